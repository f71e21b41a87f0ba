// How reports are shown: as a table with bars, as CSV, or as JSON, on standard output or in a file.
#ifndef DNC_CLIENT_CLI_REPORT_OUTPUT_H_
#define DNC_CLIENT_CLI_REPORT_OUTPUT_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/cli/output_file.h"
#include "client/cli/progress.h"
#include "client/cli/session.h"
#include "dnc/v1/contact.pb.h"
#include "google/protobuf/message.h"

namespace dnc::cli {

struct ReportFormat {
  bool csv = false;
  std::string out;
};

// --csv and --out.
void AddReportFormat(CLI::App& app, ReportFormat& format);

// A line of CSV (RFC 4180). Text that a spreadsheet would take for a formula, because it begins
// with = + - @, a tab or a carriage return, gets an apostrophe before it, unless it is a number,
// such as a telephone's.
std::string CsvLine(const std::vector<std::string>& cells);

// "########", as long as `value` is of `most`; at least one where it is not zero.
std::string ShareBar(int64_t value, int64_t most);

// Takes a report's rows as they come. A table is printed at the end; CSV and JSON are written as
// they come, so that a report of any length takes no memory.
class ReportOutput {
 public:
  // `key`: the rows' field in the JSON object.
  static absl::StatusOr<std::unique_ptr<ReportOutput>> Create(Session& session,
                                                              const ReportFormat& format,
                                                              std::string key,
                                                              std::vector<std::string> header);

  bool is_table() const { return kind_ == Kind::kTable; }
  bool is_json() const { return kind_ == Kind::kJson; }

  // `row` for JSON; its cells for the others. `bar`: of which the table shows a bar; -1: none.
  void AddRow(const google::protobuf::Message& row, std::vector<std::string> cells,
              int64_t bar = -1);
  void ShowProgress(int64_t rows_read) { progress_.Update(rows_read, 0); }

  // Prints what is left, and makes a file appear.
  absl::Status Finish(int64_t revision, const google::protobuf::Message& summary);

 private:
  enum class Kind { kTable, kCsv, kJson };

  ReportOutput(Session& session, Kind kind, std::string key, std::vector<std::string> header);

  std::ostream& out() { return file_ == nullptr ? session_.out() : file_->stream(); }
  void Begin();
  void PrintTable();

  Session& session_;
  const Kind kind_;
  const std::string key_;
  std::vector<std::string> header_;
  std::unique_ptr<OutputFile> file_;
  std::string path_;  // of the file
  int64_t written_ = 0;
  std::vector<std::pair<std::vector<std::string>, int64_t>> rows_;  // of the table
  bool begun_ = false;
  bool any_ = false;  // row of JSON
  Progress progress_;
};

// Reads a report to its end: each piece's progress is shown, `rows` takes its rows. INTERNAL: the
// stream ended without a summary.
template <typename Response, typename Request, typename OnRows>
absl::StatusOr<Response> ReadReport(Session& session, const Request& request, ReportOutput& output,
                                    const OnRows& rows) {
  Response last;
  const absl::Status read =
      session.gateway().Read(request, [&](const Response& piece) -> absl::Status {
        output.ShowProgress(piece.rows_read());
        rows(piece);
        last = piece;
        return absl::OkStatus();
      });
  if (!read.ok()) return read;
  if (!last.has_summary()) {
    return absl::InternalError("the gateway ended the report without its summary; repeat it");
  }
  const absl::Status finished = output.Finish(last.revision(), last.summary());
  if (!finished.ok()) return finished;
  return last;
}

// --since and --before, for Request.period.
struct PeriodOptions {
  absl::Time since = absl::InfinitePast();
  absl::Time before = absl::InfinitePast();
};
void AddPeriod(CLI::App& app, PeriodOptions& period, const std::string& what);
void FillPeriod(const PeriodOptions& options, v1::Period* period);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_REPORT_OUTPUT_H_
