// Rows of an imported file that were not taken: some to look at, all of them on request.
#ifndef DNC_CLIENT_CLI_REJECT_LOG_H_
#define DNC_CLIENT_CLI_REJECT_LOG_H_

#include <cstdint>
#include <fstream>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "dnc/v1/registry.pb.h"

namespace dnc::cli {

// Not thread-safe.
class RejectLog {
 public:
  // `path`: where all rows go, as CSV with the columns line, cause, value, message; empty: nowhere.
  explicit RejectLog(std::string path) : path_(std::move(path)) {}

  // Makes the file, also where no row will be rejected. UNKNOWN where that fails. Call it before
  // anything is imported.
  absl::Status Open();

  void Add(const v1::RejectedRow& row);

  // Shows the first rows, and where the others are. UNKNOWN where the file could not be written.
  absl::Status Finish(std::ostream& err);

  int64_t count() const { return count_; }

 private:
  absl::Status Check() const;

  const std::string path_;
  std::ofstream file_;
  std::vector<v1::RejectedRow> first_;
  int64_t count_ = 0;
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_REJECT_LOG_H_
