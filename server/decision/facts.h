// What a decision is made of. Everything here was read from one state; Decide adds nothing to it.
#ifndef DNC_SERVER_DECISION_FACTS_H_
#define DNC_SERVER_DECISION_FACTS_H_

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/catalog/catalog.h"
#include "server/contact/contact_point.h"
#include "storage/base/clock.h"

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

// What is known of one contact point. Whoever reads the facts keeps the records.
struct PointFacts {
  ContactPoint point;
  // In the organization, and in `global`.
  const storage::v1::SubjectRecord* own = &storage::v1::SubjectRecord::default_instance();
  const storage::v1::SubjectRecord* global = &storage::v1::SubjectRecord::default_instance();
  // Every registry that applies to the question's channel and class; phone numbers only.
  absl::InlinedVector<RegistryFact, 4> registries;
};

// What is known of the lead that the check names.
struct LeadFacts {
  absl::string_view id;
  bool known = false;
  const storage::v1::LeadState* state = &storage::v1::LeadState::default_instance();
};

struct Facts {
  bool names_lead = false;
  LeadFacts lead;
  absl::InlinedVector<PointFacts, 1> points;
};

}  // namespace dnc

#endif  // DNC_SERVER_DECISION_FACTS_H_
