// Why a lead is contacted although it is not to be, out of its entries, checks and contacts. Pure.
#ifndef DNC_SERVER_DIAGNOSE_CONTACT_FINDINGS_H_
#define DNC_SERVER_DIAGNOSE_CONTACT_FINDINGS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dnc/storage/v1/record.pb.h"
#include "dnc/v1/contact_report.pb.h"
#include "dnc/v1/decision.pb.h"
#include "dnc/v1/diagnose.pb.h"
#include "server/diagnose/findings.h"
#include "storage/base/clock.h"

namespace dnc {

// What is known of an entry where it is judged.
struct KnownEntry {
  v1::Entry entry;
  bool covers_contact_points = false;
  // Of its list.
  std::string brand;
  std::string campaign;
};

// Who is contacted, and how.
struct ContactCase {
  std::string subject;  // the lead; where none is named, what SubjectOf (lead_findings.h) says
  bool names_lead = false;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  UnixMicros now = 0;
};

// What entries leave open. Answers since when the first of those that were ever in force was there;
// nothing where there was none.
std::optional<UnixMicros> JudgeEntries(const ContactCase& asked,
                                       const std::vector<KnownEntry>& entries,
                                       FindingList* findings);

// Checks that were allowed after the opt-out of `since`.
void JudgeChecks(const std::vector<v1::DecisionRecord>& decisions, std::optional<UnixMicros> since,
                 FindingList* findings);

// What contacts did wrong. `points`: the lead's contact points, masked; empty where no lead is
// named.
void JudgeContacts(const ContactCase& asked, const std::set<std::string>& points,
                   const std::vector<v1::JudgedContact>& contacts, FindingList* findings);

// Something that was asked for about the lead and refused, where it would have blocked it.
void JudgeRefusal(const storage::v1::AuditRecord& record, FindingList* findings);

v1::Finding RecordsMissing(const v1::DecisionGap& gap);

}  // namespace dnc

#endif  // DNC_SERVER_DIAGNOSE_CONTACT_FINDINGS_H_
