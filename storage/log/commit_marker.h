// A small file that says how far the log was acknowledged, so that a store whose write-ahead log
// lost its end is recognised at the next start instead of being served.
//
// The marker is advanced after the store's sync and before the answers. It is written and not
// synced: it survives any death of the process, and after a power cut it may say less than the
// truth, never more. Its first revision is synced, so that no power cut leaves a store without one.
//
//   file    := slot slot                    32 bytes each, written in turn
//   slot    := magic:u32 zero:u32 revision:u64 sequence:u64 check:u64    little-endian
//   magic   := 0x31434e44                   "DNC1"
//   check   := 64-bit FNV-1a over the 24 bytes before it
#ifndef DNC_STORAGE_LOG_COMMIT_MARKER_H_
#define DNC_STORAGE_LOG_COMMIT_MARKER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace dnc {

// Not thread-safe: the applier owns it.
class CommitMarker {
 public:
  // Opens or creates `path`. UNAVAILABLE: it cannot be opened. DATA_LOSS: neither slot is whole.
  static absl::StatusOr<std::unique_ptr<CommitMarker>> Open(const std::string& path);
  ~CommitMarker();
  CommitMarker(const CommitMarker&) = delete;
  CommitMarker& operator=(const CommitMarker&) = delete;

  const std::string& path() const { return path_; }
  // The highest revision recorded; empty in a new file.
  std::optional<int64_t> revision() const { return revision_; }

  absl::Status Advance(int64_t revision);
  // Makes what it says, and that it exists, durable against a power cut.
  absl::Status Sync();

 private:
  CommitMarker(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  absl::Status Load();

  const int fd_;
  const std::string path_;
  std::optional<int64_t> revision_;
  uint64_t sequence_ = 0;
};

}  // namespace dnc

#endif  // DNC_STORAGE_LOG_COMMIT_MARKER_H_
