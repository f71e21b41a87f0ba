#include "server/handler/disk_room.h"

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "storage/base/status_macros.h"

namespace dnc {

absl::Status CheckDiskRoom(const Store& store, uint64_t bytes) {
  DNC_ASSIGN_OR_RETURN(const uint64_t free, store.FreeBytes());
  const uint64_t reserved = store.ReservedBytes();
  if (free >= reserved + bytes) return absl::OkStatus();
  const auto mib = [](uint64_t n) { return n >> 20; };
  return MakeError(v1::ERROR_REASON_DISK_SPACE_LOW,
                   absl::StrCat("the store's disk has ", mib(free),
                                " MiB left, and an import leaves ", mib(reserved),
                                " MiB to opt-outs: free space, or move data_dir to a larger disk, "
                                "and import the file again"));
}

}  // namespace dnc
