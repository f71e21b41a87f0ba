#include "server/registry/list_format.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dnc {
namespace {

struct Named {
  ListFormat format;
  absl::string_view name;
};

constexpr Named kFormats[] = {
    {ListFormat::kAuto, "auto"},
    {ListFormat::kPlain, "plain"},
    {ListFormat::kFtcFlat, "ftc-flat"},
    {ListFormat::kFtcXml, "ftc-xml"},
    {ListFormat::kFtcChange, "ftc-change"},
    {ListFormat::kFtcComplaints, "ftc-complaints"},
    {ListFormat::kSesSuppression, "ses"},
    {ListFormat::kSendgrid, "sendgrid"},
    {ListFormat::kMailchimp, "mailchimp"},
};

}  // namespace

absl::string_view ListFormatName(ListFormat format) {
  for (const Named& named : kFormats) {
    if (named.format == format) return named.name;
  }
  return "unknown";
}

absl::StatusOr<ListFormat> ParseListFormat(absl::string_view name) {
  for (const Named& named : kFormats) {
    if (named.name == name) return named.format;
  }
  const std::string known = absl::StrJoin(kFormats, ", ", [](std::string* out, const Named& named) {
    absl::StrAppend(out, named.name);
  });
  return absl::InvalidArgumentError(
      absl::StrCat("list format \"", name, "\" is unknown; use one of ", known));
}

}  // namespace dnc
