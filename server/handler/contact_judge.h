// Judges contacts that were made: against the records of checks, and against what was on the lists.
#ifndef DNC_SERVER_HANDLER_CONTACT_JUDGE_H_
#define DNC_SERVER_HANDLER_CONTACT_JUDGE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/contact_report.pb.h"
#include "server/catalog/catalog.h"
#include "server/handler/raw_text.h"
#include "server/recording/contact_rules.h"
#include "server/state/view.h"
#include "storage/recording/decision_store.h"
#include "storage/recording/secret.h"

namespace dnc {

// How far ahead of the gateway's clock a reporter's may be.
inline constexpr int64_t kReporterSkewMicros = int64_t{300} * 1'000'000;

// A report whose shape is good.
struct ContactReport {
  v1::JudgedContact contact;  // without what judging adds
  ContactMade made;
  RawPoints points;  // the readings of its contact point, itself first
  std::string lead;  // its id; empty: none
  std::optional<DecisionId> decision;
  std::string fingerprint;  // of what the report says
};

// Brings a report into its canonical form. `now` is the gateway's time. The errors name fields of
// the report: REQUIRED_FIELD_MISSING, INVALID_FIELD, CHANNEL_MISMATCH and those of contact points.
absl::StatusOr<ContactReport> ReadContact(const CatalogOrganization& organization,
                                          const v1::ReportedContact& contact, UnixMicros now);

// Where contacts are judged: one state of the lists, and the records of checks.
struct ContactBench {
  const View& view;
  const CatalogOrganization& organization;
  const DecisionStore& decisions;
  const Secret& secret;
  int64_t max_check_age = 0;  // microseconds before the contact
};

// Sets the decision that the contact goes with, the revision, and its violations. The errors are
// the stores'.
absl::Status JudgeContact(const ContactBench& bench, ContactReport* report);

// The keyed hash of a contact point by which contacts are found.
std::string HashOf(const Secret& secret, const CatalogOrganization& organization,
                   const ContactPoint& point);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_CONTACT_JUDGE_H_
