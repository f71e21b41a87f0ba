#include "client/cli/reject_log.h"

#include "absl/strings/str_cat.h"
#include "client/cli/progress.h"
#include "client/cli/table.h"
#include "storage/base/csv_reader.h"

namespace dnc::cli {
namespace {

constexpr size_t kShown = 10;

}  // namespace

absl::Status RejectLog::Open() {
  if (path_.empty()) return absl::OkStatus();
  file_.open(path_, std::ios::out | std::ios::trunc | std::ios::binary);
  file_ << "line,cause,value,message\n" << std::flush;
  return Check();
}

void RejectLog::Add(const v1::RejectedRow& row) {
  ++count_;
  if (first_.size() < kShown) first_.push_back(row);
  if (path_.empty()) return;
  file_ << row.line() << ',' << CsvEscape(row.cause()) << ',' << CsvEscape(row.value()) << ','
        << CsvEscape(row.message()) << '\n';
}

absl::Status RejectLog::Finish(std::ostream& err) {
  if (count_ > 0) {
    err << Grouped(count_) << (count_ == 1 ? " row was" : " rows were") << " not taken:\n";
    Table table({"  LINE", "CAUSE", "VALUE", "MESSAGE"});
    for (const v1::RejectedRow& row : first_) {
      table.AddRow({absl::StrCat("  ", row.line()), row.cause(), row.value(), row.message()});
    }
    table.Print(err);
    if (static_cast<int64_t>(first_.size()) < count_) {
      err << "  … " << Grouped(count_ - static_cast<int64_t>(first_.size())) << " more"
          << (path_.empty() ? "; --rejects FILE writes all of them" : "; all are in " + path_)
          << '\n';
    }
  }
  if (path_.empty()) return absl::OkStatus();
  file_.close();
  return Check();
}

absl::Status RejectLog::Check() const {
  if (!file_.fail()) return absl::OkStatus();
  return absl::UnknownError(
      absl::StrCat("cannot write ", path_, "; check the path and the space left on its disk"));
}

}  // namespace dnc::cli
