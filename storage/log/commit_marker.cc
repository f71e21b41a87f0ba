#include "storage/log/commit_marker.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr size_t kSlotBytes = 32;
constexpr uint32_t kMagic = 0x31434e44;

struct Slot {
  int64_t revision = 0;
  uint64_t sequence = 0;
};

using SlotBytes = std::array<unsigned char, kSlotBytes>;

void Store64(uint64_t value, unsigned char* out) {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<unsigned char>(value >> (8 * i));
}

uint64_t Load64(const unsigned char* in) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | in[i];
  return value;
}

uint64_t Fnv1a(const unsigned char* bytes, size_t size) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; ++i) hash = (hash ^ bytes[i]) * 0x100000001b3u;
  return hash;
}

SlotBytes Encode(const Slot& slot) {
  SlotBytes bytes{};
  Store64(kMagic, bytes.data());
  Store64(static_cast<uint64_t>(slot.revision), bytes.data() + 8);
  Store64(slot.sequence, bytes.data() + 16);
  Store64(Fnv1a(bytes.data(), 24), bytes.data() + 24);
  return bytes;
}

std::optional<Slot> Decode(const unsigned char* bytes) {
  if (Load64(bytes) != kMagic || Load64(bytes + 24) != Fnv1a(bytes, 24)) return std::nullopt;
  return Slot{static_cast<int64_t>(Load64(bytes + 8)), Load64(bytes + 16)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<CommitMarker>> CommitMarker::Open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return absl::UnavailableError(absl::StrCat("opening ", path, ": ", std::strerror(errno)));
  }
  std::unique_ptr<CommitMarker> marker(new CommitMarker(fd, path));
  DNC_RETURN_IF_ERROR(marker->Load());
  return marker;
}

CommitMarker::~CommitMarker() { ::close(fd_); }

absl::Status CommitMarker::Load() {
  std::array<unsigned char, 2 * kSlotBytes> bytes{};
  const ssize_t size = ::pread(fd_, bytes.data(), bytes.size(), 0);
  if (size < 0) {
    return absl::UnavailableError(absl::StrCat("reading ", path_, ": ", std::strerror(errno)));
  }
  if (size == 0) return absl::OkStatus();
  for (const size_t offset : {size_t{0}, kSlotBytes}) {
    const std::optional<Slot> slot = Decode(bytes.data() + offset);
    if (slot.has_value() && (!revision_.has_value() || slot->sequence > sequence_)) {
      revision_ = slot->revision;
      sequence_ = slot->sequence;
    }
  }
  if (revision_.has_value()) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      path_,
      " is damaged, so it cannot be told whether the store is complete; restore the data "
      "directory from a backup"));
}

absl::Status CommitMarker::Advance(int64_t revision) {
  // A write that fails may leave its slot torn; the next one takes the same slot, not the good one.
  const uint64_t sequence = sequence_ + 1;
  const SlotBytes bytes = Encode({revision, sequence});
  const off_t offset = sequence % 2 == 0 ? 0 : static_cast<off_t>(kSlotBytes);
  const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), offset);
  if (written != static_cast<ssize_t>(bytes.size())) {
    return absl::UnavailableError(absl::StrCat("writing ", path_, ": ", std::strerror(errno)));
  }
  sequence_ = sequence;
  revision_ = revision;
  return absl::OkStatus();
}

absl::Status CommitMarker::Sync() {
  const std::string folder = std::filesystem::absolute(path_).parent_path().string();
  const int folder_fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = ::fsync(fd_) == 0 && folder_fd >= 0 && ::fsync(folder_fd) == 0;
  const int error = errno;
  if (folder_fd >= 0) ::close(folder_fd);
  if (synced) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("syncing ", path_, ": ", std::strerror(error)));
}

}  // namespace dnc
