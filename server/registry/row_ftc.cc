// Files of the U.S. Federal Trade Commission: the National Do Not Call Registry's full list (16 CFR
// 310.4(b)(1)(iii)(B)) and the daily complaints.
#include <array>

#include "absl/strings/ascii.h"
#include "server/registry/format_parser.h"
#include "server/registry/list_time.h"
#include "server/registry/row_fields.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// `AAA,NNNNNNN`, or ten digits. The widths are fixed and the files machine-made: a row of another
// width is damage, not a number that cannot be dialled.
class FtcFlatRows : public RowFormat {
 public:
  explicit FtcFlatRows(RowEmitter* emitter) : emitter_(emitter) {}

  FlatForm flat_form() const override { return FlatForm::kTenDigitsOrComma; }

  absl::Status OnRow(CsvReader::Fields fields, uint64_t line) override {
    const bool first = !seen_row_;
    seen_row_ = true;
    if (first && IsHeader(fields)) return absl::OkStatus();
    std::array<char, kNumberDigits> number;
    size_t size = 0;
    constexpr std::array<size_t, 2> kWidths = {kAreaDigits, kLocalDigits};
    for (size_t i = 0; i < fields.size(); ++i) {
      const absl::string_view field = absl::StripAsciiWhitespace(fields[i]);
      const bool fits = fields.size() == 1   ? IsDigits(field, kNumberDigits)
                        : fields.size() == 2 ? IsDigits(field, kWidths[i])
                                             : false;
      if (!fits) {
        emitter_->Reject(line, RejectCause::kMalformed,
                         "is neither ten digits nor area code, comma, seven digits; fetch the "
                         "file again if it is damaged, or name its format",
                         field);
        return absl::OkStatus();
      }
      size += field.copy(number.data() + size, field.size());
    }
    emitter_->AmericanPhone({.line = line}, {number.data(), size});
    return absl::OkStatus();
  }

 private:
  RowEmitter* const emitter_;
  bool seen_row_ = false;
};

// DNC_Complaint_Numbers_YYYY-MM-DD.csv. A complaint about a caller who hid the number names nobody.
class FtcComplaintRows : public RowFormat {
 public:
  explicit FtcComplaintRows(RowEmitter* emitter) : emitter_(emitter) {}

  absl::Status OnRow(CsvReader::Fields fields, uint64_t line) override {
    if (width_ == 0) return ReadHeader(fields, line);
    if (fields.size() != width_) {
      emitter_->RejectWidth(line, fields.size(), width_, fields[0]);
      return absl::OkStatus();
    }
    const absl::string_view created = absl::StripAsciiWhitespace(fields[created_]);
    RowEmitter::Details details{.line = line,
                                .op = ListRow::Op::kAdd,
                                .reason = absl::StripAsciiWhitespace(fields[subject_]),
                                .time = ParseListTime(created)};
    const absl::string_view number = absl::StripAsciiWhitespace(fields[number_]);
    if (number.empty()) {
      emitter_->RejectHarmless(line, RejectCause::kMissingField, "the complaint names no number");
    } else if (!created.empty() && !details.time.has_value()) {
      emitter_->Reject(line, RejectCause::kBadTime, "is no date; write 2025-12-02 13:05:59",
                       created);
    } else {
      emitter_->AmericanPhone(details, number);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ReadHeader(CsvReader::Fields fields, uint64_t line) {
    DNC_ASSIGN_OR_RETURN(number_, NeedColumn(fields, "Company_Phone_Number", line));
    DNC_ASSIGN_OR_RETURN(created_, NeedColumn(fields, "Created_Date", line));
    DNC_ASSIGN_OR_RETURN(subject_, NeedColumn(fields, "Subject", line));
    width_ = fields.size();
    return absl::OkStatus();
  }

  RowEmitter* const emitter_;
  size_t width_ = 0;  // 0 until the header
  size_t number_ = 0, created_ = 0, subject_ = 0;
};

}  // namespace

std::unique_ptr<RowFormat> MakeFtcFlatRows(RowEmitter* emitter) {
  return std::make_unique<FtcFlatRows>(emitter);
}

std::unique_ptr<RowFormat> MakeFtcComplaintRows(RowEmitter* emitter) {
  return std::make_unique<FtcComplaintRows>(emitter);
}

}  // namespace dnc
