// The change list of the U.S. Federal Trade Commission's National Do Not Call Registry.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/registry/format_parser.h"
#include "server/registry/list_time.h"
#include "server/registry/row_fields.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// Area code, number (or both as ten digits), A or D, maybe a time stamp, in any order. The first
// row decides which column is which.
class FtcChangeRows : public RowFormat {
 public:
  explicit FtcChangeRows(RowEmitter* emitter) : emitter_(emitter) {}

  absl::Status OnRow(CsvReader::Fields fields, uint64_t line) override {
    if (columns_.empty()) {
      const bool header = !std::exchange(seen_row_, true) && IsHeader(fields);
      if (header) return absl::OkStatus();
      DNC_RETURN_IF_ERROR(FindColumns(fields, line));
    }
    ReadRow(fields, line);
    return absl::OkStatus();
  }

 private:
  enum class Column : uint8_t { kArea, kLocal, kNumber, kOperation, kTime, kUnknown };

  static std::optional<ListRow::Op> ReadOperation(absl::string_view field) {
    if (field == "A" || field == "a") return ListRow::Op::kAdd;
    if (field == "D" || field == "d") return ListRow::Op::kDelete;
    return std::nullopt;
  }

  static Column Judge(absl::string_view field) {
    if (IsDigits(field, kAreaDigits)) return Column::kArea;
    if (IsDigits(field, kLocalDigits)) return Column::kLocal;
    if (IsDigits(field, kNumberDigits)) return Column::kNumber;
    if (ReadOperation(field).has_value()) return Column::kOperation;
    // Nothing but the time stamp may be left out.
    if (field.empty() || ParseListTime(field).has_value()) return Column::kTime;
    return Column::kUnknown;
  }

  absl::Status FindColumns(CsvReader::Fields fields, uint64_t line) {
    std::vector<Column> columns;
    for (const absl::string_view field : fields) {
      columns.push_back(Judge(absl::StripAsciiWhitespace(field)));
    }
    const auto count = [&](Column c) { return std::count(columns.begin(), columns.end(), c); };
    const bool split =
        count(Column::kArea) == 1 && count(Column::kLocal) == 1 && count(Column::kNumber) == 0;
    const bool joined =
        count(Column::kArea) == 0 && count(Column::kLocal) == 0 && count(Column::kNumber) == 1;
    if ((!split && !joined) || count(Column::kOperation) != 1 || count(Column::kTime) > 1 ||
        count(Column::kUnknown) != 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          "line ", line,
          ": the columns of this change list are ambiguous; it needs one area code "
          "(3 digits) and one number (7 digits), or one number of 10 digits, one A or D, and at "
          "most one time stamp"));
    }
    columns_ = std::move(columns);
    return absl::OkStatus();
  }

  void ReadRow(CsvReader::Fields fields, uint64_t line) {
    const bool time_left_out =
        fields.size() + 1 == columns_.size() && columns_.back() == Column::kTime;
    if (fields.size() != columns_.size() && !time_left_out) {
      emitter_->RejectWidth(line, fields.size(), columns_.size(), fields[0]);
      return;
    }
    RowEmitter::Details details{.line = line};
    std::string area, local;
    for (size_t i = 0; i < fields.size(); ++i) {
      const absl::string_view field = absl::StripAsciiWhitespace(fields[i]);
      if (!ReadField(columns_[i], field, details, area, local)) return;
    }
    emitter_->AmericanPhone(details, absl::StrCat(area, local));
  }

  // False, after a reject, where the field does not fit its column.
  bool ReadField(Column column, absl::string_view field, RowEmitter::Details& details,
                 std::string& area, std::string& local) {
    const Column kind = Judge(field);
    if (kind != column) {
      emitter_->Reject(details.line, CauseOf(column), "does not fit its column", field);
      return false;
    }
    if (column == Column::kOperation) details.op = *ReadOperation(field);
    if (column == Column::kTime) details.time = ParseListTime(field);
    if (column == Column::kArea) area = std::string(field);
    if (column == Column::kLocal || column == Column::kNumber) local = std::string(field);
    return true;
  }

  static RejectCause CauseOf(Column column) {
    if (column == Column::kOperation) return RejectCause::kBadOperation;
    if (column == Column::kTime) return RejectCause::kBadTime;
    return RejectCause::kMalformed;
  }

  RowEmitter* const emitter_;
  bool seen_row_ = false;
  std::vector<Column> columns_;  // empty until the first row
};

}  // namespace

std::unique_ptr<RowFormat> MakeFtcChangeRows(RowEmitter* emitter) {
  return std::make_unique<FtcChangeRows>(emitter);
}

}  // namespace dnc
