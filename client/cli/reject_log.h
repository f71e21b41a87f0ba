// Rows of an imported file that were not taken: some to look at, all of them on request.
#ifndef DNC_CLIENT_CLI_REJECT_LOG_H_
#define DNC_CLIENT_CLI_REJECT_LOG_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/cli/output_file.h"
#include "dnc/v1/registry.pb.h"
#include "google/protobuf/struct.pb.h"

namespace dnc::cli {

// "status: …" for "leads[7].status: …", where `field` is "leads": a row's place in what was sent
// says nothing of the file.
std::string WithoutIndex(absl::string_view text, absl::string_view field);

// Not thread-safe.
class RejectLog {
 public:
  // `path`: where all rows go as they are judged, as CSV with the columns line, cause, value,
  // message; empty: nowhere.
  explicit RejectLog(std::string path) : path_(std::move(path)) {}

  // Begins the file, which takes the place of an older one in Commit only. INVALID_ARGUMENT where
  // it cannot be made. Call it before anything is imported.
  absl::Status Open();

  void Add(const v1::RejectedRow& row);

  // Gives the file its name, also where no row was rejected, unless the import failed for another
  // reason before one was: `imported` is how it ended. UNKNOWN where it could not be written.
  absl::Status Commit(const absl::Status& imported);

  // Shows the first rows of the file, and where the others are.
  void Print(std::ostream& err) const;

  // The same as JSON: {"count": 12, "first": [{"line": …, "cause": …, "value": …, "message": …}]}.
  google::protobuf::Struct ToJson() const;

  int64_t count() const { return count_; }

 private:
  const std::string path_;
  std::unique_ptr<OutputFile> file_;
  std::vector<v1::RejectedRow> first_;  // by line
  int64_t count_ = 0;
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_REJECT_LOG_H_
