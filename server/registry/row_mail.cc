// The suppression lists of e-mail services: Amazon SES, SendGrid, Mailchimp.
#include <optional>

#include "absl/strings/ascii.h"
#include "server/registry/column_title.h"
#include "server/registry/format_parser.h"
#include "server/registry/list_time.h"
#include "server/registry/row_fields.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using ReadTime = std::optional<UnixMicros> (*)(absl::string_view);

// What tells the three services apart.
struct MailDialect {
  absl::string_view email_column;
  absl::string_view time_column;  // empty: the second column is the reason
  ReadTime read_time;
  bool needs_header;
};

constexpr MailDialect kSes = {"email", "", nullptr, false};
constexpr MailDialect kSendgrid = {"email", "created", ParseEpochSeconds, false};
constexpr MailDialect kMailchimp = {"Email Address", "UNSUB_TIME", ParseListTime, true};

// A file without a header has just the two columns, address first.
class MailRows : public RowFormat {
 public:
  MailRows(const MailDialect& dialect, RowEmitter* emitter)
      : dialect_(dialect), emitter_(emitter) {}

  absl::Status OnRow(CsvReader::Fields fields, uint64_t line) override {
    const bool first = !seen_row_;
    seen_row_ = true;
    if (first && StartsWithHeader(fields)) return ReadHeader(fields, line);
    if (fields.size() != width_) {
      emitter_->RejectWidth(line, fields.size(), width_, fields[0]);
      return absl::OkStatus();
    }
    ReadRow(absl::StripAsciiWhitespace(fields[email_]), absl::StripAsciiWhitespace(fields[detail_]),
            line);
    return absl::OkStatus();
  }

 private:
  bool StartsWithHeader(CsvReader::Fields fields) const {
    if (dialect_.needs_header) return true;
    // SES has the address first; SendGrid's exports may have it anywhere.
    const bool names_email =
        !dialect_.time_column.empty() && FindColumn(fields, dialect_.email_column).has_value();
    return IsHeader(fields) && (IsContactTitle(fields[0]) || names_email);
  }

  absl::Status ReadHeader(CsvReader::Fields fields, uint64_t line) {
    // SES writes no header; one that somebody put there keeps the order of the columns.
    if (dialect_.time_column.empty()) return absl::OkStatus();
    DNC_ASSIGN_OR_RETURN(email_, NeedColumn(fields, dialect_.email_column, line));
    DNC_ASSIGN_OR_RETURN(detail_, NeedColumn(fields, dialect_.time_column, line));
    width_ = fields.size();
    return absl::OkStatus();
  }

  void ReadRow(absl::string_view email, absl::string_view detail, uint64_t line) {
    RowEmitter::Details details{.line = line};
    if (email.empty()) {
      emitter_->Reject(line, RejectCause::kMissingField, "stands where an e-mail address belongs",
                       email);
      return;
    }
    if (dialect_.time_column.empty()) {
      details.reason = detail;
    } else if (!detail.empty()) {
      details.time = dialect_.read_time(detail);
      if (!details.time.has_value()) {
        emitter_->Reject(line, RejectCause::kBadTime, "is no time of this format", detail);
        return;
      }
    }
    emitter_->Email(details, email);
  }

  const MailDialect& dialect_;
  RowEmitter* const emitter_;
  bool seen_row_ = false;
  size_t width_ = 2;
  size_t email_ = 0, detail_ = 1;
};

}  // namespace

std::unique_ptr<RowFormat> MakeSesRows(RowEmitter* emitter) {
  return std::make_unique<MailRows>(kSes, emitter);
}

std::unique_ptr<RowFormat> MakeSendgridRows(RowEmitter* emitter) {
  return std::make_unique<MailRows>(kSendgrid, emitter);
}

std::unique_ptr<RowFormat> MakeMailchimpRows(RowEmitter* emitter) {
  return std::make_unique<MailRows>(kMailchimp, emitter);
}

}  // namespace dnc
