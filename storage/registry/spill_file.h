// A temporary file without a name, for data that need not outlive the process: whatever way the
// process ends, nothing stays behind in the directory.
#ifndef DNC_STORAGE_REGISTRY_SPILL_FILE_H_
#define DNC_STORAGE_REGISTRY_SPILL_FILE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace dnc {

// OK where a temporary file may grow by so many bytes; an error ends what needs it. Empty: it
// always may.
using SpillRoom = std::function<absl::Status(uint64_t bytes)>;

// A growing array of 64-bit records in a file. Every error names the directory and the cause:
// RESOURCE_EXHAUSTED where the device, the quota or the file size limit is full, DATA_LOSS where
// the file gives back less than was written, else the code of the errno. Not thread-safe.
class SpillFile {
 public:
  // `dir` exists and may be written; NOT_FOUND or PERMISSION_DENIED otherwise. `room` is asked
  // before each Append.
  static absl::StatusOr<SpillFile> Create(const std::string& dir, SpillRoom room = {});

  SpillFile(SpillFile&& other) noexcept;
  SpillFile& operator=(SpillFile&&) = delete;
  ~SpillFile();

  absl::Status Append(absl::Span<const uint64_t> records);

  // Fills `records` from the file, starting at record number `first`.
  absl::Status Read(uint64_t first, absl::Span<uint64_t> records) const;

  uint64_t size() const { return size_; }  // records

 private:
  SpillFile(std::string dir, int fd, SpillRoom room)
      : dir_(std::move(dir)), room_(std::move(room)), fd_(fd) {}

  std::string dir_;
  SpillRoom room_;
  int fd_;  // -1 once moved from
  uint64_t size_ = 0;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_SPILL_FILE_H_
