#include "server/handler/raw_text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/contact/phone.h"
#include "server/contact/text.h"
#include "server/subject/subject.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr absl::string_view kFullWidthAt = "\xef\xbc\xa0";

absl::StatusOr<ContactPoint> ReadAs(v1::ContactPoint::AddressCase kind, absl::string_view text,
                                    absl::string_view region) {
  return NormalizeContactPoint(ContactPointView{kind, text, {}}, region, "raw");
}

// "@jane@example.social" is a handle.
bool IsAddress(absl::string_view text) {
  return text.front() != '@' &&
         (absl::StrContains(text, '@') || absl::StrContains(text, kFullWidthAt));
}

// Whether it can only be meant as a number.
bool IsDialled(absl::string_view text) {
  const CharCounts counts = CountChars(text);
  return MayBeDialled(text) || (text.front() != '@' && counts.digits >= counts.letters);
}

void AddNumber(absl::string_view text, absl::string_view region, RawPoints* points) {
  const absl::StatusOr<uint64_t> phone = NormalizePhone(text, region);
  if (!phone.ok()) return;
  ContactPoint point{ContactKind::kPhone, *phone, {}};
  if (std::find(points->begin(), points->end(), point) != points->end()) return;
  points->push_back(std::move(point));
}

// The number in "12125550123@…", the identifier of a messenger's or a telephone's account.
void AddNumberOfAccount(absl::string_view text, absl::string_view region, RawPoints* points) {
  const absl::string_view account = text.substr(0, text.find('@'));
  if (account.empty() || CountChars(account).letters > 0) return;
  AddNumber(account, region, points);
  AddNumber(absl::StrCat("+", account), region, points);
}

absl::StatusOr<RawPoints> ReadMessagingText(absl::string_view text, absl::string_view region) {
  text = TrimSpace(text);
  RawPoints points;
  if (!text.empty() && IsAddress(text)) {
    DNC_ASSIGN_OR_RETURN(points.emplace_back(), ReadAs(v1::ContactPoint::kEmail, text, region));
    AddNumberOfAccount(text, region, &points);
    return points;
  }
  absl::StatusOr<ContactPoint> phone = ReadAs(v1::ContactPoint::kPhone, text, region);
  if (!phone.ok() && (text.empty() || IsDialled(text))) return phone.status();
  if (phone.ok()) points.push_back(*std::move(phone));
  if (MayBeDialled(text)) return points;
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

RawPoints ReadingsOf(ContactPoint point, v1::Channel channel, absl::string_view region) {
  RawPoints points;
  points.push_back(std::move(point));
  if (channel != v1::CHANNEL_MESSAGING) return points;
  const std::string text = points[0].text;  // canonical
  if (points[0].kind == ContactKind::kEmail) AddNumberOfAccount(text, region, &points);
  if (points[0].kind == ContactKind::kOther) AddNumber(text, region, &points);
  return points;
}

}  // namespace dnc
