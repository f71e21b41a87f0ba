// Plain lists: one phone number or e-mail address a line, maybe below a line that names the column.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "server/registry/column_title.h"
#include "server/registry/format_parser.h"
#include "server/registry/row_fields.h"

namespace dnc {
namespace {

// The text within the quotes that a spreadsheet puts around a whole line.
absl::string_view StripQuotes(absl::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  const absl::string_view inner = text.substr(1, text.size() - 2);
  return absl::StrContains(inner, '"') ? text : inner;
}

class PlainRows : public RowFormat {
 public:
  explicit PlainRows(RowEmitter* emitter) : emitter_(emitter) {}

  CsvOptions csv_options() const override { return {.delimiter = std::nullopt}; }
  FlatForm flat_form() const override {
    return emitter_->ReadsTenDigits() ? FlatForm::kTenDigits : FlatForm::kNone;
  }

  absl::Status OnRow(CsvReader::Fields fields, uint64_t line) override {
    const bool first = !seen_row_;
    seen_row_ = true;
    const absl::string_view text = StripQuotes(absl::StripAsciiWhitespace(fields[0]));
    const bool header = first && IsHeader(fields) && IsContactTitle(text);
    if (header || text.empty()) return absl::OkStatus();
    if (absl::StrContains(text, '@')) {
      emitter_->Email({.line = line}, text);
    } else {
      emitter_->Phone({.line = line}, text);
    }
    return absl::OkStatus();
  }

 private:
  RowEmitter* const emitter_;
  bool seen_row_ = false;
};

}  // namespace

std::unique_ptr<RowFormat> MakePlainRows(RowEmitter* emitter) {
  return std::make_unique<PlainRows>(emitter);
}

}  // namespace dnc
