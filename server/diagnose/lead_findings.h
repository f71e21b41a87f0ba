// What is to be said of a lead that is in a report, or is contacted, and should not be. Pure.
#ifndef DNC_SERVER_DIAGNOSE_LEAD_FINDINGS_H_
#define DNC_SERVER_DIAGNOSE_LEAD_FINDINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "dnc/v1/diagnose.pb.h"
#include "server/catalog/catalog.h"
#include "server/contact/contact_point.h"
#include "storage/base/clock.h"

namespace dnc {

// "2026-01-15T12:00:00Z".
std::string TimeOf(UnixMicros time);
// "VOICE, SMS" of a mask of channels; "every channel" for 0.
std::string ChannelsOf(uint32_t channels);

// Whether a report of leads that are being worked shows the status.
bool IsWorked(const CatalogStatus& status);

// What a contact point is called where no lead is named: "the phone number".
std::string SubjectOf(ContactKind kind);

// The names are whole. `lead` may also be what SubjectOf answers, but of FlaggedNotDead and
// ContactPointFlagged.
v1::Finding FlaggedNotDead(absl::string_view lead, absl::string_view status);
// `other`: the lead that has the entry; empty: it is the contact point's own, `entry`.
v1::Finding ContactPointFlagged(absl::string_view lead, absl::string_view other,
                                absl::string_view entry);
v1::Finding EntryExpired(absl::string_view lead, absl::string_view entry, UnixMicros when);
v1::Finding EntryRevoked(absl::string_view lead, absl::string_view entry, UnixMicros when);
v1::Finding EntryNotYet(absl::string_view lead, absl::string_view entry, UnixMicros when);
v1::Finding EntryChannels(absl::string_view lead, absl::string_view entry, uint32_t channels,
                          v1::Finding::Severity severity);
v1::Finding EntryLeadOnly(absl::string_view lead, absl::string_view entry);
v1::Finding NoEntry(absl::string_view lead);

// What the lead's own entries say about its being in a report for `channel` (unspecified: any),
// which it is since it stands in a status that is worked: `findings` gets at least one where the
// lead has an entry of its own.
struct OwnEntries {
  bool flagged = false;  // one is in force and blocks the channel
  std::vector<v1::Finding> findings;
};
OwnEntries JudgeOwnEntries(const storage::v1::LeadRecord& lead, absl::string_view organization,
                           absl::string_view status, v1::Channel channel, UnixMicros now);

}  // namespace dnc

#endif  // DNC_SERVER_DIAGNOSE_LEAD_FINDINGS_H_
