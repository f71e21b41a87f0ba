// Contact points between the API, the domain and the store's keys.
#ifndef DNC_SERVER_SUBJECT_SUBJECT_H_
#define DNC_SERVER_SUBJECT_SUBJECT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"
#include "server/contact/contact_point.h"
#include "storage/base/wire.h"

namespace dnc {

// A v1.ContactPoint whose texts stay where the message has them.
struct ContactPointView {
  v1::ContactPoint::AddressCase kind = v1::ContactPoint::ADDRESS_NOT_SET;
  absl::string_view address;
  absl::string_view default_region;
};
ContactPointView ViewOf(const v1::ContactPoint& contact);
// Of a serialised v1.ContactPoint. False where it is malformed. Does not look for invalid UTF-8.
bool ReadContactPoint(absl::string_view message, ContactPointView* contact);

// Where a number without country code is from: the contact point's own default region, else the
// given one.
inline absl::string_view RegionOf(const ContactPointView& contact,
                                  absl::string_view default_region) {
  return contact.default_region.empty() ? default_region : contact.default_region;
}

// INVALID_FIELD where a contact point's own default region is none, and a check on `channel` may
// need it: on MESSAGING every kind of address may be read as a number. NormalizeContactPoint does
// not look at one that it does not need, so that for its sake no opt-out is refused.
absl::Status CheckRegionFor(v1::Channel channel, const ContactPointView& contact,
                            absl::string_view field);

// Brings a contact point of a request into its canonical form. An `other` that can be read as a
// phone number (without letters, or behind a + or parenthesis) or as an e-mail address is refused.
// `field` is where it stands, for errors: REQUIRED_FIELD_MISSING, INVALID_PHONE_NUMBER,
// INVALID_EMAIL_ADDRESS, INVALID_FIELD.
absl::StatusOr<ContactPoint> NormalizeContactPoint(const ContactPointView& contact,
                                                   absl::string_view default_region,
                                                   absl::string_view field);
inline absl::StatusOr<ContactPoint> NormalizeContactPoint(const v1::ContactPoint& contact,
                                                          absl::string_view default_region,
                                                          absl::string_view field) {
  return NormalizeContactPoint(ViewOf(contact), default_region, field);
}

// A contact point that went through NormalizeContactPoint and ToProto before; where it did not, a
// phone may come out as 0, which no number is.
ContactPoint FromCanonical(const ContactPointView& contact);
inline ContactPoint FromCanonical(const v1::ContactPoint& contact) {
  return FromCanonical(ViewOf(contact));
}
v1::ContactPoint ToProto(const ContactPoint& contact);
void WriteContactPoint(int field, const ContactPoint& contact, WireWriter* writer);

// Its key in the family subjects.
std::string SubjectKey(uint32_t organization, const ContactPoint& contact);

// Whether the channel can reach that kind of address.
bool ChannelReaches(v1::Channel channel, ContactKind kind);
// CHANNEL_MISMATCH unless it can.
absl::Status CheckChannelReaches(v1::Channel channel, ContactKind kind, absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_SUBJECT_SUBJECT_H_
