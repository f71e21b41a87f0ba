#include "storage/registry/spill_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/base/disk_full.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

absl::Status FileError(int error, absl::string_view doing, absl::string_view dir) {
  const std::string where =
      absl::StrCat(doing, " a temporary file in directory \"", dir, "\" failed");
  if (IsNoRoom(error)) {
    return DiskFullError(
        absl::StrCat(absl::ErrnoToStatus(error, where).message(),
                     "; free space there, or choose a directory on a larger volume"));
  }
  return absl::ErrnoToStatus(error,
                             absl::StrCat(where, " (it must exist, be writable and healthy)"));
}

off_t FileOffset(uint64_t record) { return static_cast<off_t>(record * sizeof(uint64_t)); }

}  // namespace

absl::StatusOr<SpillFile> SpillFile::Create(const std::string& dir, SpillRoom room) {
  std::string path = absl::StrCat(dir, "/dnc-sort-XXXXXX");
  const int fd = mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) return FileError(errno, "creating", dir);
  SpillFile file(dir, fd, std::move(room));
  if (unlink(path.c_str()) != 0) return FileError(errno, "unlinking", dir);
  return file;
}

SpillFile::SpillFile(SpillFile&& other) noexcept
    : dir_(std::move(other.dir_)),
      room_(std::move(other.room_)),
      fd_(std::exchange(other.fd_, -1)),
      size_(other.size_) {}

SpillFile::~SpillFile() {
  if (fd_ >= 0) close(fd_);
}

absl::Status SpillFile::Append(absl::Span<const uint64_t> records) {
  const char* data = reinterpret_cast<const char*>(records.data());
  size_t left = records.size() * sizeof(uint64_t);
  if (room_ != nullptr) DNC_RETURN_IF_ERROR(room_(left));
  for (off_t at = FileOffset(size_); left > 0;) {
    const ssize_t written = pwrite(fd_, data, left, at);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError(errno, "writing", dir_);
    data += written;
    at += written;
    left -= static_cast<size_t>(written);
  }
  size_ += records.size();
  return absl::OkStatus();
}

absl::Status SpillFile::Read(uint64_t first, absl::Span<uint64_t> records) const {
  char* data = reinterpret_cast<char*>(records.data());
  size_t left = records.size() * sizeof(uint64_t);
  for (off_t at = FileOffset(first); left > 0;) {
    const ssize_t got = pread(fd_, data, left, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, "reading", dir_);
    if (got == 0) {
      return absl::DataLossError(absl::StrCat("a temporary file in directory \"", dir_,
                                              "\" ends before what was written to it, at byte ", at,
                                              "; check that volume and import again"));
    }
    data += got;
    at += got;
    left -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

}  // namespace dnc
