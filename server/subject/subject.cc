#include "server/subject/subject.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/contact/email.h"
#include "server/contact/other.h"
#include "server/contact/phone.h"
#include "server/contact/text.h"
#include "server/error/error.h"
#include "storage/base/status_macros.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

absl::Status FieldError(v1::ErrorReason reason, absl::string_view field,
                        const absl::Status& problem) {
  return MakeError(reason, absl::StrCat(field, ": ", problem.message()),
                   {{"field", std::string(field)}});
}

absl::Status UnknownRegion(absl::string_view field) {
  return InvalidField(absl::StrCat(field, ".default_region"),
                      "not an ISO 3166-1 alpha-2 region such as \"US\"");
}

// Numbers and e-mail addresses must not hide as other addresses: one opted out as the one would be
// clean as the other. Letters among the digits make a postal address.
absl::Status CheckIsOther(absl::string_view canonical, absl::string_view region,
                          absl::string_view field) {
  absl::string_view kind;
  if (MayBeDialled(canonical) && NormalizePhone(canonical, region).ok()) kind = "phone";
  if (absl::StrContains(canonical, '@') && NormalizeEmail(canonical).ok()) kind = "email";
  if (kind.empty()) return absl::OkStatus();
  return InvalidField(
      absl::StrCat(field, ".other"),
      absl::StrCat("can be read as ", kind == "phone" ? "a phone number" : "an e-mail address",
                   "; give it as ", kind));
}

absl::StatusOr<ContactPoint> NormalizePhonePoint(const ContactPointView& contact,
                                                 absl::string_view region,
                                                 absl::string_view field) {
  if (!region.empty() && !IsKnownRegion(region)) return UnknownRegion(field);
  const absl::StatusOr<uint64_t> phone = NormalizePhone(contact.address, region);
  if (!phone.ok()) {
    return FieldError(v1::ERROR_REASON_INVALID_PHONE_NUMBER, absl::StrCat(field, ".phone"),
                      phone.status());
  }
  return ContactPoint{ContactKind::kPhone, *phone, {}};
}

}  // namespace

ContactPointView ViewOf(const v1::ContactPoint& contact) {
  const v1::ContactPoint::AddressCase kind = contact.address_case();
  // Those that are not set are empty.
  const std::string& address = kind == v1::ContactPoint::kPhone   ? contact.phone()
                               : kind == v1::ContactPoint::kEmail ? contact.email()
                                                                  : contact.other();
  return {kind, address, contact.default_region()};
}

bool ReadContactPoint(absl::string_view message, ContactPointView* contact) {
  WireReader reader(message);
  while (reader.Next()) {
    switch (reader.tag()) {
      case BytesTag(v1::ContactPoint::kPhoneFieldNumber):
      case BytesTag(v1::ContactPoint::kEmailFieldNumber):
      case BytesTag(v1::ContactPoint::kOtherFieldNumber):
        contact->kind = static_cast<v1::ContactPoint::AddressCase>(reader.tag() >> 3);
        contact->address = reader.bytes();
        break;
      case BytesTag(v1::ContactPoint::kDefaultRegionFieldNumber):
        contact->default_region = reader.bytes();
        break;
      default:
        break;
    }
  }
  return reader.ok();
}

absl::Status CheckRegionFor(v1::Channel channel, const ContactPointView& contact,
                            absl::string_view field) {
  const absl::string_view region = contact.default_region;
  if (channel != v1::CHANNEL_MESSAGING || region.empty() || IsKnownRegion(region)) {
    return absl::OkStatus();
  }
  return UnknownRegion(field);
}

absl::StatusOr<ContactPoint> NormalizeContactPoint(const ContactPointView& contact,
                                                   absl::string_view default_region,
                                                   absl::string_view field) {
  const absl::string_view region = RegionOf(contact, default_region);
  switch (contact.kind) {
    case v1::ContactPoint::kPhone:
      return NormalizePhonePoint(contact, region, field);
    case v1::ContactPoint::kEmail: {
      absl::StatusOr<std::string> email = NormalizeEmail(contact.address);
      if (email.ok()) return ContactPoint{ContactKind::kEmail, 0, *std::move(email)};
      return FieldError(v1::ERROR_REASON_INVALID_EMAIL_ADDRESS, absl::StrCat(field, ".email"),
                        email.status());
    }
    case v1::ContactPoint::kOther: {
      absl::StatusOr<std::string> other = NormalizeOther(contact.address);
      if (!other.ok()) {
        return FieldError(v1::ERROR_REASON_INVALID_FIELD, absl::StrCat(field, ".other"),
                          other.status());
      }
      DNC_RETURN_IF_ERROR(CheckIsOther(*other, region, field));
      return ContactPoint{ContactKind::kOther, 0, *std::move(other)};
    }
    case v1::ContactPoint::ADDRESS_NOT_SET:
      break;
  }
  return MissingField(field, "set one of phone, email and other");
}

ContactPoint FromCanonical(const ContactPointView& contact) {
  if (contact.kind == v1::ContactPoint::kEmail) {
    return {ContactKind::kEmail, 0, std::string(contact.address)};
  }
  if (contact.kind == v1::ContactPoint::kOther) {
    return {ContactKind::kOther, 0, std::string(contact.address)};
  }
  ContactPoint point;
  absl::string_view digits = contact.address;
  if (!absl::ConsumePrefix(&digits, "+") || !absl::SimpleAtoi(digits, &point.phone)) {
    point.phone = 0;
  }
  return point;
}

v1::ContactPoint ToProto(const ContactPoint& contact) {
  v1::ContactPoint proto;
  switch (contact.kind) {
    case ContactKind::kPhone:
      proto.set_phone(FormatE164(contact.phone));
      break;
    case ContactKind::kEmail:
      proto.set_email(contact.text);
      break;
    case ContactKind::kOther:
      proto.set_other(contact.text);
      break;
  }
  return proto;
}

// The fields of the oneof have the numbers that ContactKind has, which the store keeps as well.
void WriteContactPoint(int field, const ContactPoint& contact, WireWriter* writer) {
  static_assert(v1::ContactPoint::kPhone == static_cast<int>(ContactKind::kPhone) &&
                v1::ContactPoint::kEmail == static_cast<int>(ContactKind::kEmail) &&
                v1::ContactPoint::kOther == static_cast<int>(ContactKind::kOther));
  const size_t begin = writer->Begin(field);
  const int kind = static_cast<int>(contact.kind);
  if (contact.kind == ContactKind::kPhone) {
    writer->Text(kind, FormatE164(contact.phone));
  } else {
    writer->Text(kind, contact.text);
  }
  writer->End(begin);
}

std::string SubjectKey(uint32_t organization, const ContactPoint& contact) {
  if (contact.kind == ContactKind::kPhone) return keys::PhoneSubject(organization, contact.phone);
  return keys::TextSubject(organization, static_cast<uint8_t>(contact.kind), contact.text);
}

bool ChannelReaches(v1::Channel channel, ContactKind kind) {
  switch (channel) {
    case v1::CHANNEL_VOICE:
    case v1::CHANNEL_SMS:
    case v1::CHANNEL_FAX:
      return kind == ContactKind::kPhone;
    case v1::CHANNEL_EMAIL:
      return kind == ContactKind::kEmail;
    case v1::CHANNEL_MAIL:
      return kind == ContactKind::kOther;
    default:
      return true;
  }
}

absl::Status CheckChannelReaches(v1::Channel channel, ContactKind kind, absl::string_view field) {
  if (ChannelReaches(channel, kind)) return absl::OkStatus();
  const std::string name = v1::Channel_Name(channel);
  return MakeError(v1::ERROR_REASON_CHANNEL_MISMATCH,
                   absl::StrCat(field, ": ", name,
                                " cannot reach that kind of address; VOICE, SMS and FAX take a "
                                "phone, EMAIL an email, MAIL an other"),
                   {{"field", std::string(field)}, {"channel", name}});
}

}  // namespace dnc
