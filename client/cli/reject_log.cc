#include "client/cli/reject_log.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/progress.h"
#include "client/cli/table.h"
#include "storage/base/csv_reader.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

constexpr size_t kShown = 10;

}  // namespace

std::string WithoutIndex(absl::string_view text, absl::string_view field) {
  const bool indexed = absl::StartsWith(text, absl::StrCat(field, "["));
  const size_t end = indexed ? text.find("].") : absl::string_view::npos;
  return std::string(end == absl::string_view::npos ? text : text.substr(end + 2));
}

absl::Status RejectLog::Open() {
  if (path_.empty()) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(file_, OutputFile::Create(path_));
  file_->stream() << "line,cause,value,message\n";
  return absl::OkStatus();
}

void RejectLog::Add(const v1::RejectedRow& row) {
  ++count_;
  // Rows are judged in any order.
  const auto by_line = [](const v1::RejectedRow& a, const v1::RejectedRow& b) {
    return a.line() < b.line();
  };
  first_.insert(std::upper_bound(first_.begin(), first_.end(), row, by_line), row);
  if (first_.size() > kShown) first_.pop_back();
  if (file_ == nullptr) return;
  file_->stream() << row.line() << ',' << CsvEscape(row.cause()) << ',' << CsvEscape(row.value())
                  << ',' << CsvEscape(row.message()) << '\n';
}

absl::Status RejectLog::Commit(const absl::Status& imported) {
  if (file_ == nullptr || (!imported.ok() && count_ == 0)) return absl::OkStatus();
  return file_->Commit();
}

void RejectLog::Print(std::ostream& err) const {
  if (count_ == 0) return;
  err << Grouped(count_) << (count_ == 1 ? " row was" : " rows were") << " not taken:\n";
  Table table({"  LINE", "CAUSE", "VALUE", "MESSAGE"});
  for (const v1::RejectedRow& row : first_) {
    table.AddRow({absl::StrCat("  ", row.line()), row.cause(), row.value(), row.message()});
  }
  table.Print(err);
  const int64_t more = count_ - static_cast<int64_t>(first_.size());
  if (more == 0) return;
  err << "  … " << Grouped(more) << " more"
      << (path_.empty() ? "; --rejects FILE writes all of them" : "; all are in " + path_) << '\n';
}

google::protobuf::Struct RejectLog::ToJson() const {
  google::protobuf::Struct json;
  auto& fields = *json.mutable_fields();
  fields["count"].set_number_value(static_cast<double>(count_));
  auto* first = fields["first"].mutable_list_value();
  for (const v1::RejectedRow& row : first_) {
    auto& shown = *first->add_values()->mutable_struct_value()->mutable_fields();
    shown["line"].set_number_value(static_cast<double>(row.line()));
    shown["cause"].set_string_value(row.cause());
    shown["value"].set_string_value(row.value());
    shown["message"].set_string_value(row.message());
  }
  return json;
}

}  // namespace dnc::cli
