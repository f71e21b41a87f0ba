// The entries of an import into an internal list, on disk until the whole file has been judged.
#ifndef DNC_SERVER_HANDLER_ENTRY_SPOOL_H_
#define DNC_SERVER_HANDLER_ENTRY_SPOOL_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dnc/v1/registry.pb.h"
#include "storage/registry/spill_file.h"

namespace dnc {

// Not thread-safe. Errors: RESOURCE_EXHAUSTED (storage/base/disk_full.h) where the disk is full,
// those of `room`, else UNAVAILABLE.
class EntrySpool {
 public:
  // A file in `dir` without a name, so that nothing is left of it whatever happens. `room` is asked
  // each time that it has grown by a mebibyte.
  static absl::StatusOr<EntrySpool> Create(const std::string& dir, SpillRoom room = {});

  absl::Status Write(const v1::Entry& entry);
  // After the last Write: Read begins with the first entry.
  absl::Status Rewind();
  // False at the end.
  absl::StatusOr<bool> Read(v1::Entry* entry);

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  EntrySpool(File file, SpillRoom room) : file_(std::move(file)), room_(std::move(room)) {}

  absl::Status AskForRoom(uint64_t bytes);

  File file_;
  SpillRoom room_;
  uint64_t since_asked_ = 0;  // bytes
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_ENTRY_SPOOL_H_
