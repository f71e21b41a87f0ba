// Titles of the columns that hold contact points. Internal to this folder.
#ifndef DNC_SERVER_REGISTRY_COLUMN_TITLE_H_
#define DNC_SERVER_REGISTRY_COLUMN_TITLE_H_

#include "absl/strings/string_view.h"

namespace dnc {

// True for the usual titles of a column of phone numbers or e-mail addresses, as "Phone Number",
// "e-mail" or "pattern", in whatever case and with blanks, dashes and underscores left aside. A
// first line that is none of them may be a contact point that was damaged. Thread-safe.
bool IsContactTitle(absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_COLUMN_TITLE_H_
