// Filters a CSV file: every row comes out again with a verdict and its reasons, in the columns that
// are the last ones. See client/cli/filter_rows.h for what becomes of older ones.
#ifndef DNC_CLIENT_CLI_CSV_FILTER_H_
#define DNC_CLIENT_CLI_CSV_FILTER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/api.h"
#include "client/cli/contact_column.h"
#include "client/cli/filter_rows.h"
#include "client/cli/input.h"
#include "storage/base/csv_reader.h"

namespace dnc::cli {

struct CsvFilterOptions {
  FilterOptions filter;
  std::string column;           // see FindContactColumn
  bool no_header = false;       // see FindContactColumn
  std::optional<Verdict> only;  // emit only rows with this verdict
};

struct CsvFilterSummary {
  int64_t rows = 0;
  int64_t allow = 0;
  int64_t deny = 0;
  int64_t unknown = 0;
  // The states at which the list was judged, and the instant at which its first block was.
  int64_t first_revision = 0;
  int64_t last_revision = 0;
  absl::Time evaluate_time = absl::InfinitePast();
  // How long after being judged every ALLOW may be relied on: the least of all blocks with one.
  absl::Duration valid_for = absl::InfiniteDuration();
};

// Reads, asks and writes at the same time, in constant memory. Runs once.
class CsvFilter {
 public:
  // Called after each block from the thread that called Run: rows so far, and bytes of the input.
  using OnProgress = std::function<void(int64_t rows, int64_t bytes)>;

  CsvFilter(CsvFilterOptions options, Input& input, std::ostream& out, OnProgress on_progress);

  // Not OK where the list was not filtered to its end: what was written so far is no whole list.
  absl::StatusOr<CsvFilterSummary> Run(CheckApi& checks);

  // The column that Run judged; none where it did not come so far.
  const std::optional<ContactColumn>& column() const { return column_; }

 private:
  struct Row {
    uint32_t end;   // of its text
    bool is_phone;  // the contact point is the next one of `phones` of the block, or of `raw`
  };
  struct Block {
    FilterBlock contacts;
    size_t phones = 0;  // how many of the contacts are in `phones`
    std::string text;   // the rows as CSV, one after the other, without the lines' ends
    std::vector<Row> rows;
    size_t contact_bytes = 0;
    int64_t position = 0;  // of the input, once it was read
  };

  // The filter's second thread: reading.
  absl::StatusOr<FilterBlock> NextBlock();
  absl::Status ReadPiece();
  absl::Status TakeRow(CsvReader::Fields fields, uint64_t line);
  absl::Status TakeFirstRow(CsvReader::Fields fields);
  void AddRow(CsvReader::Fields fields);
  void CloseBlock();

  // The calling thread: writing.
  absl::Status WriteAnswer(const FilterAnswer& answer);
  void Summarize(const FilterAnswer& answer);
  // The rows with their verdicts and, as CSV, reasons.
  void WriteRows(const Block& block, const FilterAnswer& answer);
  void WriteRow(absl::string_view row, Verdict verdict, absl::string_view reason);
  void WriteHeader();

  const CsvFilterOptions options_;
  Input& input_;
  std::ostream& out_;
  const OnProgress on_progress_;

  CsvReader reader_;
  bool input_ended_ = false;
  std::optional<ContactColumn> column_;
  FilterRows rows_;
  Block open_;
  std::deque<Block> ready_;

  bool header_written_ = false;
  CsvFilterSummary summary_;
  std::string written_;  // of one block

  absl::Mutex mutex_;
  std::string header_ ABSL_GUARDED_BY(mutex_);       // empty where the file has none
  std::deque<Block> asked_ ABSL_GUARDED_BY(mutex_);  // blocks that wait for their answer
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_CSV_FILTER_H_
