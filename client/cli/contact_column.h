// Finds the column of a CSV file that holds the contact points.
#ifndef DNC_CLIENT_CLI_CONTACT_COLUMN_H_
#define DNC_CLIENT_CLI_CONTACT_COLUMN_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"
#include "storage/base/csv_reader.h"

namespace dnc::cli {

struct ContactColumn {
  size_t index = 0;
  bool has_header = false;
  std::string title = {};  // empty where the file has no header
};

// Decides from the first row of a file. `wanted` is what the user said: a column's title, its
// number from 1, or empty.
//
// Without it the titles decide (client/cli/contact_titles.h): a column for this channel (fax, or
// mobile for SMS) before one of its kind (phone, email, address) before a vague one (number,
// contact). The first of these groups that has a column must have exactly one; where several could
// be meant, none is chosen. A file of one column needs no title.
//
// The first row is a header where the column is found by its title. Of a column by its number, and
// of the only one, the first row is a header unless some cell of it could be a contact point; for
// MAIL and MESSAGING, whose contact points may be any text, only where the title says so.
// `no_header` says that the first row is data.
//
// INVALID_ARGUMENT where it cannot be told, with the titles there are, but never with what could be
// contact data.
absl::StatusOr<ContactColumn> FindContactColumn(CsvReader::Fields first_row, v1::Channel channel,
                                                absl::string_view wanted, bool no_header);

// `text` as E.164 digits where it is exactly '+' and a number of the North American Numbering Plan:
// +1, area code and exchange starting with 2 to 9. Anything else is for the gateway to read.
std::optional<uint64_t> StrictNanpDigits(absl::string_view text);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_CONTACT_COLUMN_H_
