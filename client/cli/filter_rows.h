// The rows of a filtered CSV file: what goes through of them, and where the verdict stands.
#ifndef DNC_CLIENT_CLI_FILTER_ROWS_H_
#define DNC_CLIENT_CLI_FILTER_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/csv_reader.h"

namespace dnc::cli {

// Thread-safe.
class FilterRows {
 public:
  // From a file's first row. In a header, the two columns `verdict` and `reasons` of an earlier run
  // are left out of every row, since new ones take their place at its end. INVALID_ARGUMENT where
  // other columns are called so (only one of the two, in capitals, twice): nobody could tell them
  // from the new ones.
  static absl::StatusOr<FilterRows> FromFirst(CsvReader::Fields first_row, bool is_header);

  // INVALID_ARGUMENT with the line where the row has more fields than the first: they would stand
  // under the verdict.
  absl::Status Check(CsvReader::Fields row, uint64_t line) const;

  // The fields that go through as CSV, without the line's end; a short row is filled up.
  std::string Join(CsvReader::Fields row) const;
  // The same, behind what stands in `*text`.
  void Append(CsvReader::Fields row, std::string* text) const;

 private:
  size_t width_ = 0;
  bool has_header_ = false;
  std::vector<size_t> left_out_;
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_FILTER_ROWS_H_
