// The entries of an import into an internal list, on disk until the whole file has been judged.
#ifndef DNC_SERVER_HANDLER_ENTRY_SPOOL_H_
#define DNC_SERVER_HANDLER_ENTRY_SPOOL_H_

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dnc/v1/registry.pb.h"

namespace dnc {

// Not thread-safe. Every error is UNAVAILABLE: the disk.
class EntrySpool {
 public:
  // A file in `dir` without a name, so that nothing is left of it whatever happens.
  static absl::StatusOr<EntrySpool> Create(const std::string& dir);

  absl::Status Write(const v1::Entry& entry);
  // After the last Write: Read begins with the first entry.
  absl::Status Rewind();
  // False at the end.
  absl::StatusOr<bool> Read(v1::Entry* entry);

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  explicit EntrySpool(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_ENTRY_SPOOL_H_
