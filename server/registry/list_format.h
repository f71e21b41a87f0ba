// The file formats that Do-Not-Contact lists come in.
#ifndef DNC_SERVER_REGISTRY_LIST_FORMAT_H_
#define DNC_SERVER_REGISTRY_LIST_FORMAT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

enum class ListFormat : uint8_t {
  kAuto,            // "auto": found out from the first 64 KiB
  kPlain,           // "plain": one phone number or e-mail address a line
  kFtcFlat,         // "ftc-flat": FTC national registry, `AAA,NNNNNNN` or ten digits a line
  kFtcXml,          // "ftc-xml": FTC national registry, <list><ac val='…'><ph val='…'/>
  kFtcChange,       // "ftc-change": area code, number, A (add) or D (delete), maybe a time stamp
  kFtcComplaints,   // "ftc-complaints": FTC daily reported calls, with a header line
  kSesSuppression,  // "ses": Amazon SES suppression list, `email,REASON`
  kSendgrid,        // "sendgrid": `email,created`, created in seconds since the Unix epoch
  kMailchimp,       // "mailchimp": header with `Email Address` and `UNSUB_TIME`
};

// The name in flags, API and messages. Thread-safe.
absl::string_view ListFormatName(ListFormat format);

// The format of that name. INVALID_ARGUMENT, listing the names, for any other. Thread-safe.
absl::StatusOr<ListFormat> ParseListFormat(absl::string_view name);

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_LIST_FORMAT_H_
