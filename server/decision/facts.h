// What a decision is made of. Everything here was read from one state; Decide adds nothing to it.
#ifndef DNC_SERVER_DECISION_FACTS_H_
#define DNC_SERVER_DECISION_FACTS_H_

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/contact.pb.h"
#include "server/catalog/catalog.h"
#include "server/contact/contact_point.h"
#include "storage/base/clock.h"
#include "storage/schema/keys.h"

namespace dnc {

// What is asked: the same for all contact points of one check or block.
struct Question {
  const CatalogOrganization* organization = nullptr;
  const CatalogOrganization* global = nullptr;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::MessageClass message_class = v1::MESSAGE_CLASS_MARKETING;
  absl::string_view campaign;  // empty: every campaign
  absl::string_view brand;     // empty: every brand
  UnixMicros now = 0;
  int64_t max_validity_micros = 0;  // how long an ALLOW may be relied on at the most
  bool store_writable = true;
};

// What is known of a registry and one number.
struct RegistryFact {
  const CatalogList* list = nullptr;
  bool member = false;
};

// An entry of a contact point or a lead; what the numbers mean: storage.v1.EntrySummary.
struct EntryFacts {
  EntryId id;
  uint32_t list = 0;
  uint32_t channels = 0;
  uint32_t message_classes = 0;
  bool begun = false;
  UnixMicros effective_time = 0;
  UnixMicros expire_time = 0;
};

// What restricts a lead; what the numbers mean: storage.v1.LeadState.
struct LeadStateFacts {
  uint32_t status = 0;
  uint32_t nurture_channels = 0;
  UnixMicros status_time = 0;
  UnixMicros nurture_since = 0;
  UnixMicros nurture_until = 0;
  bool deleted = false;  // or merged into another; only of the lead that the check names
  absl::InlinedVector<EntryFacts, 1> entries;
};

// A lead, by its id, that has the contact point. Whoever reads the facts keeps the text.
struct LeadOfPoint {
  absl::string_view lead;
  LeadStateFacts state;
};

// What one organization knows of a contact point.
struct SubjectFacts {
  absl::InlinedVector<EntryFacts, 1> entries;
  absl::InlinedVector<LeadOfPoint, 1> leads;
};

// What is known of one contact point.
struct PointFacts {
  ContactPoint point;
  SubjectFacts own;
  SubjectFacts global;
  // Every registry that applies to the question's channel and class; phone numbers only.
  absl::InlinedVector<RegistryFact, 4> registries;
};

// What is known of the lead that the check names.
struct LeadFacts {
  absl::string_view id;
  bool known = false;
  LeadStateFacts state;
};

struct Facts {
  bool names_lead = false;
  LeadFacts lead;
  absl::InlinedVector<PointFacts, 1> points;
};

}  // namespace dnc

#endif  // DNC_SERVER_DECISION_FACTS_H_
