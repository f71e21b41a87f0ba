// The unit that the registry is keyed by: one phone number, e-mail address or other address.
#ifndef DNC_SERVER_CONTACT_CONTACT_POINT_H_
#define DNC_SERVER_CONTACT_CONTACT_POINT_H_

#include <cstdint>
#include <string>
#include <utility>

namespace dnc {

// The values are persisted and never renumbered.
enum class ContactKind : uint8_t { kPhone = 1, kEmail = 2, kOther = 3 };

// A contact point in canonical form: two of them are equal exactly where they reach the same place.
// Made by NormalizePhone (phone.h), NormalizeEmail (email.h) and NormalizeOther (other.h).
struct ContactPoint {
  ContactKind kind = ContactKind::kPhone;
  uint64_t phone = 0;     // kPhone: the digits of the E.164 number, country code first; else 0
  std::string text = {};  // kEmail, kOther: the canonical text; else empty

  friend bool operator==(const ContactPoint&, const ContactPoint&) = default;

  template <typename H>
  friend H AbslHashValue(H h, const ContactPoint& contact) {
    return H::combine(std::move(h), contact.kind, contact.phone, contact.text);
  }
};

// The contact point as people write it: "+12125551234", "jane@example.com". Never for logs or error
// texts: those take it through MaskContact.
std::string ToString(const ContactPoint& contact);

}  // namespace dnc

#endif  // DNC_SERVER_CONTACT_CONTACT_POINT_H_
