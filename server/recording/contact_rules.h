// Which check a contact goes with, and which entries it should have respected: pure rules.
#ifndef DNC_SERVER_RECORDING_CONTACT_RULES_H_
#define DNC_SERVER_RECORDING_CONTACT_RULES_H_

#include <string>

#include "dnc/storage/v1/recording.pb.h"
#include "dnc/v1/contact.pb.h"
#include "dnc/v1/registry.pb.h"
#include "storage/base/clock.h"

namespace dnc {

// What of a contact is matched.
struct ContactMade {
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::MessageClass message_class = v1::MESSAGE_CLASS_MARKETING;  // never unset
  std::string campaign;                                          // in lower case; empty: not said
  std::string brand;                                             // the same
  UnixMicros time = 0;
};

// Whether the check was about such a contact: the same channel and message class; and the same
// campaign and brand, unless either side leaves them open.
bool CheckFits(const storage::v1::RecordedDecision& check, const ContactMade& contact);

// Whether the entry was in force when the contact was made and blocks its channel and class,
// whatever became of the entry later. Of which contact point or lead, and whether its list applies,
// is for the caller to know.
bool EntryBlocked(const v1::Entry& entry, const ContactMade& contact);

// When the entry began to block.
UnixMicros BlockedSince(const v1::Entry& entry);

}  // namespace dnc

#endif  // DNC_SERVER_RECORDING_CONTACT_RULES_H_
