#include "server/handler/raw_text.h"

#include <utility>

#include "absl/strings/match.h"
#include "server/contact/text.h"
#include "server/subject/subject.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// Full-width forms, as East Asian input methods write them.
constexpr absl::string_view kFullWidthAt = "\xef\xbc\xa0";
constexpr absl::string_view kFullWidthPlus = "\xef\xbc\x8b";
constexpr absl::string_view kFullWidthParenthesis = "\xef\xbc\x88";

absl::StatusOr<ContactPoint> ReadAs(v1::ContactPoint::AddressCase kind, absl::string_view text,
                                    absl::string_view region) {
  return NormalizeContactPoint(ContactPointView{kind, text, {}}, region, "raw");
}

bool IsAddress(absl::string_view text) {
  return absl::StrContains(text.substr(1), '@') || absl::StrContains(text, kFullWidthAt);
}

// Whether it can only be meant as a number.
bool IsDialled(absl::string_view text, const CharCounts& counts) {
  if (text.front() == '@') return false;
  return text.front() == '+' || text.front() == '(' || absl::StartsWith(text, kFullWidthPlus) ||
         absl::StartsWith(text, kFullWidthParenthesis) || counts.letters == 0 ||
         counts.digits >= counts.letters;
}

absl::StatusOr<RawPoints> ReadMessagingText(absl::string_view text, absl::string_view region) {
  text = TrimSpace(text);
  RawPoints points;
  if (!text.empty() && IsAddress(text)) {
    DNC_ASSIGN_OR_RETURN(points.emplace_back(), ReadAs(v1::ContactPoint::kEmail, text, region));
    return points;
  }
  absl::StatusOr<ContactPoint> phone = ReadAs(v1::ContactPoint::kPhone, text, region);
  const CharCounts counts = CountChars(text);
  if (!phone.ok() && (text.empty() || IsDialled(text, counts))) return phone.status();
  if (phone.ok()) points.push_back(*std::move(phone));
  if (counts.letters == 0 && text.front() != '@') return points;
  DNC_ASSIGN_OR_RETURN(points.emplace_back(), ReadAs(v1::ContactPoint::kOther, text, region));
  return points;
}

v1::ContactPoint::AddressCase KindFor(v1::Channel channel) {
  if (channel == v1::CHANNEL_EMAIL) return v1::ContactPoint::kEmail;
  if (channel == v1::CHANNEL_MAIL) return v1::ContactPoint::kOther;
  return v1::ContactPoint::kPhone;
}

}  // namespace

absl::StatusOr<RawPoints> ReadRawText(absl::string_view text, v1::Channel channel,
                                      absl::string_view region) {
  DNC_RETURN_IF_ERROR(CheckUtf8(text, "text"));
  if (channel == v1::CHANNEL_MESSAGING) return ReadMessagingText(text, region);
  DNC_ASSIGN_OR_RETURN(ContactPoint point, ReadAs(KindFor(channel), text, region));
  return RawPoints{std::move(point)};
}

}  // namespace dnc
