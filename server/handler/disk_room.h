// Room on the store's disk for what imports write.
#ifndef DNC_SERVER_HANDLER_DISK_ROOM_H_
#define DNC_SERVER_HANDLER_DISK_ROOM_H_

#include <cstdint>

#include "absl/status/status.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// Whether an import may write so many bytes to the store's disk. The last of it is for opt-outs: an
// import that filled it would close the gateway. DISK_SPACE_LOW, UNAVAILABLE. Thread-safe.
absl::Status CheckDiskRoom(const Store& store, uint64_t bytes);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_DISK_ROOM_H_
