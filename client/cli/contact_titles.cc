#include "client/cli/contact_titles.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace dnc::cli {
namespace {

using TitleWords = std::initializer_list<absl::string_view>;

bool IsOneOf(absl::string_view title, TitleWords words) {
  return std::find(words.begin(), words.end(), title) != words.end();
}

bool EndsInOneOf(absl::string_view title, TitleWords words) {
  return std::any_of(words.begin(), words.end(),
                     [title](absl::string_view word) { return absl::EndsWith(title, word); });
}

bool IsFax(absl::string_view title) { return EndsInOneOf(title, {"fax", "faxnumber", "faxno"}); }

bool IsMobile(absl::string_view title) {
  return IsOneOf(title, {"sms", "smsnumber", "smsphone", "textnumber", "msisdn"}) ||
         EndsInOneOf(title, {"mobile", "mobilephone", "mobilenumber", "mobilephonenumber", "cell",
                             "cellphone", "cellnumber", "cellphonenumber"});
}

bool IsPhone(absl::string_view title) {
  if (absl::StrContains(title, "fax")) return false;
  return IsMobile(title) || IsOneOf(title, {"tel", "landline", "voice"}) ||
         EndsInOneOf(title, {"phone", "phonenumber", "phoneno"});
}

bool IsEmail(absl::string_view title) {
  return title == "mail" || EndsInOneOf(title, {"email", "emailaddress"});
}

bool IsPostal(absl::string_view title) {
  return IsOneOf(title, {"postaladdress", "mailingaddress", "mailaddress"});
}

bool IsAddress(absl::string_view title) {
  return IsPostal(title) || IsOneOf(title, {"address", "streetaddress", "homeaddress"});
}

bool IsVague(absl::string_view title, v1::Channel channel) {
  if (IsOneOf(title, {"contact", "contactpoint"})) return true;
  const bool email = IsOneOf(title, {"recipient", "to"});
  const bool phone = IsOneOf(title, {"number", "to", "pattern"});
  switch (channel) {
    case v1::CHANNEL_EMAIL:
      return email;
    case v1::CHANNEL_MAIL:
      return title == "other";
    case v1::CHANNEL_MESSAGING:
      return email || phone || title == "other" || IsAddress(title);
    default:
      return phone;
  }
}

bool IsForChannel(absl::string_view title, v1::Channel channel) {
  switch (channel) {
    case v1::CHANNEL_SMS:
      return IsMobile(title);
    case v1::CHANNEL_FAX:
      return IsFax(title);
    case v1::CHANNEL_MAIL:
      return IsPostal(title);
    case v1::CHANNEL_MESSAGING:
      return title == "handle";
    default:
      return false;
  }
}

bool IsOfKind(absl::string_view title, v1::Channel channel) {
  switch (channel) {
    case v1::CHANNEL_EMAIL:
      return IsEmail(title);
    case v1::CHANNEL_MAIL:
      return IsAddress(title);
    case v1::CHANNEL_MESSAGING:
      return IsPhone(title) || IsEmail(title);
    default:
      return IsPhone(title);
  }
}

}  // namespace

TitleFit FitOf(absl::string_view title, v1::Channel channel) {
  std::string plain = PlainTitle(title);
  while (plain.size() > 1 && absl::ascii_isdigit(static_cast<unsigned char>(plain.back()))) {
    plain.pop_back();
  }
  if (IsForChannel(plain, channel)) return TitleFit::kChannel;
  if (IsOfKind(plain, channel)) return TitleFit::kKind;
  return IsVague(plain, channel) ? TitleFit::kVague : TitleFit::kNone;
}

std::string PlainTitle(absl::string_view title) {
  std::string plain;
  for (const char c : title) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      plain.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
    }
  }
  return plain;
}

}  // namespace dnc::cli
