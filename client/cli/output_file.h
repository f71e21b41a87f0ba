// A file that appears whole or not at all.
#ifndef DNC_CLIENT_CLI_OUTPUT_FILE_H_
#define DNC_CLIENT_CLI_OUTPUT_FILE_H_

#include <fstream>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/part_files.h"

namespace dnc::cli {

// Written beside `path` under a temporary name, renamed by Commit, removed where Commit was not
// reached. What stood at `path` before stays until then, and leaves its permissions to the new one;
// a new file is for its owner only, since it holds contact data. A `path` that is no regular file
// (a device, a pipe) is written directly. Not thread-safe.
class OutputFile {
 public:
  // INVALID_ARGUMENT where `path` is a folder or cannot be made.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path);
  ~OutputFile();

  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  std::ostream& stream() { return stream_; }

  // Makes the file durable and gives it its name. UNKNOWN where the disk refuses.
  absl::Status Commit();

 private:
  OutputFile(std::string path, std::string written);

  bool direct() const { return written_ == path_; }
  absl::Status Failed(const char* what) const;

  const std::string path_;
  const std::string written_;  // the temporary name, or path_
  std::ofstream stream_;
  PartFile part_;  // removes the temporary file
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_OUTPUT_FILE_H_
