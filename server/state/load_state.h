// Reads a store at start: what is held in memory, and whether the store is whole.
#ifndef DNC_SERVER_STATE_LOAD_STATE_H_
#define DNC_SERVER_STATE_LOAD_STATE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/catalog/catalog.h"
#include "server/state/record_cache.h"
#include "server/state/subject_filter.h"
#include "storage/rocksdb/store.h"

namespace dnc {

struct LoadedState {
  int64_t revision = 0;
  storage::v1::AuditChain audit_chain;
  std::shared_ptr<const Catalog> catalog;
  SubjectFilter filter;         // every organization's contact points but those of `global`
  SubjectFilter global_filter;  // those of `global`
  std::unique_ptr<RecordCache> cache;
};

// Writes what a new store has where `store` is empty. Errors: see StateMachine::Create.
absl::StatusOr<LoadedState> LoadState(Store* store, size_t record_cache_bytes);

// Reads a registry version's numbers. DATA_LOSS where chunks are damaged or missing.
absl::StatusOr<std::shared_ptr<const NumberSet>> LoadNumbers(const StoreReader& reader,
                                                             uint32_t organization,
                                                             const CatalogList& list);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_LOAD_STATE_H_
