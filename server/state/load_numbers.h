// Reads a registry version from the store into memory.
#ifndef DNC_SERVER_STATE_LOAD_NUMBERS_H_
#define DNC_SERVER_STATE_LOAD_NUMBERS_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "server/catalog/catalog.h"
#include "storage/registry/number_set.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// The numbers of the list's active version. What is read must be what was activated: every chunk
// vouches for its bytes, all of them are there, in order, they are the ones whose digest the list's
// record holds, and they have as many numbers as it says. DATA_LOSS where one of these does not
// hold; errors of `reader` and of DecodeChunk. Large versions are decoded on a thread of its own
// while the store is read.
absl::StatusOr<std::shared_ptr<const NumberSet>> LoadNumbers(const StoreReader& reader,
                                                             uint32_t organization,
                                                             const CatalogList& list);

// As LoadNumbers, into `list`. Where it fails, the list has a problem instead, which is logged: it
// vouches for nothing, and checks answer UNKNOWN.
void LoadNumbersInto(const StoreReader& reader, uint32_t organization, CatalogList* list);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_LOAD_NUMBERS_H_
