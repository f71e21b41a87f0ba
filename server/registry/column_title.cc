#include "server/registry/column_title.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"

namespace dnc {
namespace {

constexpr absl::string_view kTitles[] = {
    "address",      "ani",
    "callerid",     "callernumber",
    "cell",         "cellnumber",
    "cellphone",    "contact",
    "contactpoint", "destination",
    "dncnumber",    "email",
    "emailaddress", "emailaddresses",
    "emails",       "fax",
    "faxnumber",    "homephone",
    "landline",     "mail",
    "mobile",       "mobilenumber",
    "mobilephone",  "msisdn",
    "number",       "numbers",
    "pattern",      "phone",
    "phonenumber",  "phonenumbers",
    "phones",       "recipient",
    "tel",          "telefon",
    "telephone",    "telephonenumber",
    "workphone",
};

}  // namespace

bool IsContactTitle(absl::string_view field) {
  std::string title;
  std::copy_if(field.begin(), field.end(), std::back_inserter(title), [](char c) {
    return c != '-' && c != '_' && !absl::ascii_isspace(static_cast<unsigned char>(c));
  });
  absl::AsciiStrToLower(&title);
  return std::find(std::begin(kTitles), std::end(kTitles), title) != std::end(kTitles);
}

}  // namespace dnc
