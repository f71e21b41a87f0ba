#include "client/cli/report_output.h"

#include <algorithm>

#include "absl/memory/memory.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

constexpr int64_t kBarWidth = 24;

bool IsNumber(absl::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789.") == absl::string_view::npos;
}

bool IsFormula(absl::string_view cell) {
  return !cell.empty() && absl::string_view("=+-@\t\r").find(cell[0]) != absl::string_view::npos &&
         !IsNumber(cell);
}

std::string CsvCell(const std::string& cell) {
  const std::string safe = IsFormula(cell) ? absl::StrCat("'", cell) : cell;
  if (safe.find_first_of(",\"\r\n") == std::string::npos) return safe;
  return absl::StrCat("\"", absl::StrReplaceAll(safe, {{"\"", "\"\""}}), "\"");
}

}  // namespace

void AddReportFormat(CLI::App& app, ReportFormat& format) {
  app.add_flag("--csv", format.csv, "Print CSV");
  app.add_option("--out", format.out,
                 "Write to this file, which appears once it is whole: CSV, or with -o json JSON")
      ->type_name("FILE");
}

std::string CsvLine(const std::vector<std::string>& cells) {
  return absl::StrCat(absl::StrJoin(cells, ",",
                                    [](std::string* out, const std::string& cell) {
                                      absl::StrAppend(out, CsvCell(cell));
                                    }),
                      "\r\n");
}

std::string ShareBar(int64_t value, int64_t most) {
  if (value <= 0 || most <= 0) return "";
  return std::string(static_cast<size_t>(std::max<int64_t>(1, value * kBarWidth / most)), '#');
}

ReportOutput::ReportOutput(Session& session, Kind kind, std::string key,
                           std::vector<std::string> header)
    : session_(session),
      kind_(kind),
      key_(std::move(key)),
      header_(std::move(header)),
      progress_(session.err(), ErrIsTerminal(), "rows", -1) {}

absl::StatusOr<std::unique_ptr<ReportOutput>> ReportOutput::Create(
    Session& session, const ReportFormat& format, std::string key,
    std::vector<std::string> header) {
  if (session.json() && format.csv) {
    return absl::InvalidArgumentError("--csv and -o json: choose one");
  }
  const bool csv = !session.json() && (format.csv || !format.out.empty());
  const Kind kind = session.json() ? Kind::kJson : csv ? Kind::kCsv : Kind::kTable;
  auto output =
      absl::WrapUnique(new ReportOutput(session, kind, std::move(key), std::move(header)));
  if (!format.out.empty()) {
    DNC_ASSIGN_OR_RETURN(output->file_, OutputFile::Create(format.out));
    output->path_ = format.out;
  }
  return output;
}

// Not before there is an answer: a report that is refused prints nothing.
void ReportOutput::Begin() {
  if (std::exchange(begun_, true)) return;
  if (kind_ == Kind::kCsv) out() << CsvLine(header_);
  if (kind_ == Kind::kJson) out() << "{\n\"" << key_ << "\": [\n";
}

void ReportOutput::AddRow(const google::protobuf::Message& row, std::vector<std::string> cells,
                          int64_t bar) {
  Begin();
  ++written_;
  switch (kind_) {
    case Kind::kTable:
      rows_.emplace_back(std::move(cells), bar);
      break;
    case Kind::kCsv:
      out() << CsvLine(cells);
      break;
    case Kind::kJson:
      if (std::exchange(any_, true)) out() << ",\n";
      session_.PrintJson(row, out());
      break;
  }
}

void ReportOutput::PrintTable() {
  int64_t most = 0;
  for (const auto& [cells, bar] : rows_) most = std::max(most, bar);
  std::vector<std::string> header = header_;
  for (std::string& title : header) title = absl::AsciiStrToUpper(title);
  if (most > 0) header.emplace_back();
  Table table(header);
  for (auto& [cells, bar] : rows_) {
    if (most > 0) cells.push_back(ShareBar(bar, most));
    table.AddRow(std::move(cells));
  }
  table.Print(session_.out());
}

absl::Status ReportOutput::Finish(int64_t revision, const google::protobuf::Message& summary) {
  Begin();
  if (kind_ == Kind::kTable) PrintTable();
  if (kind_ == Kind::kJson) {
    out() << "],\n\"revision\": \"" << revision << "\",\n\"summary\": ";
    session_.PrintJson(summary, out());
    out() << "}\n";
  }
  if (file_ == nullptr) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(file_->Commit());
  session_.err() << "dncctl: wrote " << Counted(written_, "row", "rows") << " to "
                 << Printable(path_) << '\n';
  return absl::OkStatus();
}

void AddPeriod(CLI::App& app, PeriodOptions& period, const std::string& what) {
  AddTime(app, "--since", period.since, absl::StrCat("Only ", what, " at or after this time"));
  AddTime(app, "--before", period.before, absl::StrCat("Only ", what, " before this time"));
}

void FillPeriod(const PeriodOptions& options, v1::Period* period) {
  if (options.since != absl::InfinitePast()) {
    *period->mutable_start_time() = ToProtoTime(options.since);
  }
  if (options.before != absl::InfinitePast()) {
    *period->mutable_end_time() = ToProtoTime(options.before);
  }
}

}  // namespace dnc::cli
