// Leads as rows of a CSV file.
#ifndef DNC_CLIENT_CLI_LEAD_CSV_H_
#define DNC_CLIENT_CLI_LEAD_CSV_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/names.h"
#include "dnc/v1/lead.pb.h"
#include "storage/base/csv_reader.h"

namespace dnc::cli {

// The columns by their names in the header, without regard to case, spaces, '-' and '_':
//   id (or lead, lead id)            required
//   display_name (or name)
//   record_type (or type)            required for new leads
//   status                           WORKFLOW/STATUS; required for new leads
//   phone, phone2, phone3 …          any spelling (also mobile, cell)
//   email, email2 …
//   other, other2 … (or address)
// Others are ignored. Thread-safe.
class LeadCsv {
 public:
  // What a row without a value in the column gets.
  struct Defaults {
    std::string record_type;
    std::string status;  // WORKFLOW/STATUS
    std::string region;  // of phone numbers without country code
  };

  // INVALID_ARGUMENT where there is no id column, or a column stands twice.
  static absl::StatusOr<LeadCsv> FromHeader(CsvReader::Fields header, Defaults defaults);

  // INVALID_ARGUMENT where the row is wrong; the message has no contact data in it.
  absl::StatusOr<v1::Lead> Read(CsvReader::Fields row, const Names& names) const;

  const std::vector<std::string>& ignored() const { return ignored_; }

 private:
  enum class Kind { kIgnored, kId, kDisplayName, kRecordType, kStatus, kPhone, kEmail, kOther };

  LeadCsv() = default;
  static Kind KindOf(absl::string_view title);
  absl::Status ReadCell(Kind kind, const std::string& text, const Names& names,
                        v1::Lead* lead) const;

  Defaults defaults_;
  std::vector<Kind> columns_;
  std::vector<std::string> ignored_;
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_LEAD_CSV_H_
