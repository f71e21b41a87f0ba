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
};

// Decides from the first row of a file. `wanted` is what the user said: a column's title, its
// number from 1, or empty. Without it the title decides (phone, mobile, number … for phone
// channels, email … for EMAIL, address … for MAIL, any of them for MESSAGING), and a file of one
// column needs none: its first row is a header unless it could be a contact point itself.
// `no_header` says that the first row is data. INVALID_ARGUMENT, with the titles there are, where
// it cannot be told.
absl::StatusOr<ContactColumn> FindContactColumn(CsvReader::Fields first_row, v1::Channel channel,
                                                absl::string_view wanted, bool no_header);

// `text` as E.164 digits where it is exactly '+' and a number of the North American Numbering Plan:
// +1, area code and exchange starting with 2 to 9. Anything else is for the gateway to read.
std::optional<uint64_t> StrictNanpDigits(absl::string_view text);

// A column's title in lower case, letters and digits only: "E-Mail Address" is "emailaddress".
std::string PlainTitle(absl::string_view title);

// Whether `text` may travel in a protobuf string.
bool IsUtf8(absl::string_view text);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_CONTACT_COLUMN_H_
