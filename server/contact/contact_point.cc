#include "server/contact/contact_point.h"

#include "server/contact/phone.h"

namespace dnc {

std::string ToString(const ContactPoint& contact) {
  return contact.kind == ContactKind::kPhone ? FormatE164(contact.phone) : contact.text;
}

}  // namespace dnc
