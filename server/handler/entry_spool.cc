#include "server/handler/entry_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/disk_full.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr uint64_t kRoomStep = 1u << 20;

absl::Status SpoolError() {
  if (IsNoRoom(errno)) {
    return DiskFullError(absl::StrCat("the import's temporary file: ", std::strerror(errno),
                                      "; free space, and import it again"));
  }
  return absl::UnavailableError(
      absl::StrCat("the import's temporary file: ", std::strerror(errno), "; import it again"));
}

}  // namespace

absl::StatusOr<EntrySpool> EntrySpool::Create(const std::string& dir, SpillRoom room) {
  std::string path = absl::StrCat(dir, "/import-XXXXXX");
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) return SpoolError();
  ::unlink(path.c_str());
  File file(::fdopen(fd, "w+"), &std::fclose);
  if (file != nullptr) return EntrySpool(std::move(file), std::move(room));
  const absl::Status error = SpoolError();
  ::close(fd);
  return error;
}

absl::Status EntrySpool::AskForRoom(uint64_t bytes) {
  since_asked_ += bytes;
  if (room_ == nullptr || since_asked_ < kRoomStep) return absl::OkStatus();
  since_asked_ = 0;
  return room_(kRoomStep);
}

absl::Status EntrySpool::Write(const v1::Entry& entry) {
  const std::string bytes = entry.SerializeAsString();
  const auto size = static_cast<uint32_t>(bytes.size());
  DNC_RETURN_IF_ERROR(AskForRoom(sizeof(size) + bytes.size()));
  const bool written = std::fwrite(&size, sizeof(size), 1, file_.get()) == 1 &&
                       std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size();
  return written ? absl::OkStatus() : SpoolError();
}

absl::Status EntrySpool::Rewind() {
  if (std::fflush(file_.get()) != 0) return SpoolError();
  std::rewind(file_.get());
  return absl::OkStatus();
}

absl::StatusOr<bool> EntrySpool::Read(v1::Entry* entry) {
  uint32_t size = 0;
  if (std::fread(&size, sizeof(size), 1, file_.get()) != 1) {
    if (std::ferror(file_.get()) != 0) return SpoolError();
    return false;
  }
  std::string bytes(size, '\0');
  const bool whole = std::fread(bytes.data(), 1, size, file_.get()) == size;
  if (std::ferror(file_.get()) != 0) return SpoolError();
  if (whole && entry->ParseFromString(bytes)) return true;
  return absl::UnavailableError("the import's temporary file is damaged; import it again");
}

}  // namespace dnc
