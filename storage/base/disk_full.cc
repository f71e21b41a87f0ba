#include "storage/base/disk_full.h"

#include <cerrno>

#include "absl/strings/cord.h"

namespace dnc {
namespace {

constexpr absl::string_view kDiskFullPayload = "dnc/disk-full";

}  // namespace

bool IsNoRoom(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

absl::Status DiskFullError(absl::string_view message) {
  absl::Status status = absl::ResourceExhaustedError(message);
  status.SetPayload(kDiskFullPayload, absl::Cord());
  return status;
}

bool IsDiskFull(const absl::Status& status) {
  return status.GetPayload(kDiskFullPayload).has_value();
}

}  // namespace dnc
