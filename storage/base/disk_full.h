// Disks without room, told apart from what else is exhausted: whoever is told frees space, and does
// not merely wait and repeat.
#ifndef DNC_STORAGE_BASE_DISK_FULL_H_
#define DNC_STORAGE_BASE_DISK_FULL_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dnc {

// Whether that errno says that a file system, quota or file may take no more.
bool IsNoRoom(int error);
// RESOURCE_EXHAUSTED, and IsDiskFull.
absl::Status DiskFullError(absl::string_view message);
bool IsDiskFull(const absl::Status& status);

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_DISK_FULL_H_
