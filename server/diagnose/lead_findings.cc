#include "server/diagnose/lead_findings.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "server/catalog/masks.h"
#include "server/diagnose/findings.h"
#include "server/diagnose/remedies.h"
#include "server/name/resource_name.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

using storage::v1::EntrySummary;
using v1::Finding;

Finding AboutEntry(Finding::Kind kind, Finding::Severity severity, absl::string_view lead,
                   absl::string_view entry, std::string message, v1::Remedy remedy) {
  Finding finding = MakeFinding(kind, severity, lead, entry, std::move(message));
  *finding.mutable_remedy() = std::move(remedy);
  return finding;
}

bool HasBegun(const EntrySummary& entry, UnixMicros now) {
  return entry.begun() || entry.effective_time() <= now;
}

bool HasEnded(const EntrySummary& entry, UnixMicros now) {
  return entry.expire_time() != 0 && entry.expire_time() <= now;
}

bool IsLead(absl::string_view subject) { return absl::StrContains(subject, "/leads/"); }

// The subject as options of dncctl say it.
std::string SubjectOptions(absl::string_view subject) {
  if (IsLead(subject)) return absl::StrCat("--lead ", LastPart(subject));
  if (subject == SubjectOf(ContactKind::kEmail)) return "--email ADDRESS";
  if (subject == SubjectOf(ContactKind::kOther)) return "--other ADDRESS";
  return "--phone NUMBER";
}

std::string AddEntryCommand(absl::string_view subject) {
  return absl::StrCat("dncctl entries add ", SubjectOptions(subject), " --reason TEXT");
}

std::string NameOf(absl::string_view organization, const EntrySummary& entry) {
  return EntryName(organization, FormatEntryId({entry.revision(), entry.ordinal()}));
}

}  // namespace

std::string TimeOf(UnixMicros time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMicros(time), absl::UTCTimeZone());
}

std::string SubjectOf(ContactKind kind) {
  switch (kind) {
    case ContactKind::kPhone:
      return "the phone number";
    case ContactKind::kEmail:
      return "the e-mail address";
    default:
      return "the address";
  }
}

std::string ChannelsOf(uint32_t channels) {
  if (channels == 0) return "every channel";
  std::string text;
  for (int value = v1::Channel_MIN; value <= v1::Channel_MAX; ++value) {
    const auto channel = static_cast<v1::Channel>(value);
    if (!v1::Channel_IsValid(value) || (channels & Bit(channel)) == 0) continue;
    absl::StrAppend(&text, text.empty() ? "" : ", ",
                    absl::StripPrefix(v1::Channel_Name(channel), "CHANNEL_"));
  }
  return text;
}

bool IsWorked(const CatalogStatus& status) {
  switch (status.proto().system_status()) {
    case v1::SYSTEM_STATUS_NEW:
    case v1::SYSTEM_STATUS_WORKING:
    case v1::SYSTEM_STATUS_NURTURE:
      return true;
    default:
      return false;
  }
}

Finding FlaggedNotDead(absl::string_view lead, absl::string_view status) {
  return AboutEntry(
      Finding::KIND_FLAGGED_LEAD_NOT_DEAD, Finding::SEVERITY_CAUSE, lead, status,
      absl::StrCat(lead, " is not to be contacted and stands in ", CommandName(status),
                   ", which is worked: a report that selects by status shows it; ListActiveLeads "
                   "leaves it out"),
      MakeRemedy(
          "Move the lead to a status that means DEAD, and use the report of active leads.",
          "LeadService.UpsertLead",
          absl::StrCat("dncctl leads upsert ", LastPart(lead), " --status WORKFLOW/STATUS")));
}

Finding ContactPointFlagged(absl::string_view lead, absl::string_view other,
                            absl::string_view entry) {
  const std::string what =
      other.empty() ? absl::StrCat("a contact point of ", lead, " is on a DNC list (",
                                   LastPart(entry), "), and the lead itself is not flagged")
                    : absl::StrCat(lead, " shares a contact point with ", other,
                                   ", which is not to be contacted, and is not flagged itself: the "
                                   "DNC action was applied to that record only");
  return AboutEntry(Finding::KIND_CONTACT_POINT_FLAGGED, Finding::SEVERITY_CAUSE, lead,
                    other.empty() ? entry : other, what, FlagLead(lead));
}

Finding EntryExpired(absl::string_view lead, absl::string_view entry, UnixMicros when) {
  return AboutEntry(
      Finding::KIND_ENTRY_EXPIRED, Finding::SEVERITY_CAUSE, lead, entry,
      absl::StrCat(lead, " was put on a DNC list for a time, which ended on ", TimeOf(when)),
      IsLead(lead)
          ? MakeRemedy(
                "Where the person meant it for good, apply a DNC action without an end, and mend "
                "the action that had one.",
                "ActionService.ApplyAction",
                absl::StrCat("dncctl actions apply --lead ", LastPart(lead),
                             " --action WORKFLOW/STATUS/ACTION"))
          : MakeRemedy("Where the person meant it for good, add an entry without an end.",
                       "RegistryService.AddEntry", AddEntryCommand(lead)));
}

Finding EntryRevoked(absl::string_view lead, absl::string_view entry, UnixMicros when) {
  return AboutEntry(
      Finding::KIND_ENTRY_REVOKED, Finding::SEVERITY_CAUSE, lead, entry,
      absl::StrCat("the entry ", LastPart(entry), " of ", lead, " was revoked on ", TimeOf(when)),
      MakeRemedy("Look at the evidence of renewed consent; where there was none, put the person "
                 "back on the list.",
                 "RegistryService.GetEntry", absl::StrCat("dncctl entries get ", LastPart(entry))));
}

Finding EntryNotYet(absl::string_view lead, absl::string_view entry, UnixMicros when) {
  return AboutEntry(Finding::KIND_ENTRY_NOT_YET, Finding::SEVERITY_CAUSE, lead, entry,
                    absl::StrCat("the entry ", LastPart(entry), " of ", lead,
                                 " takes effect only on ", TimeOf(when)),
                    MakeRemedy("Add an entry that is in force now.", "RegistryService.AddEntry",
                               AddEntryCommand(lead)));
}

Finding EntryChannels(absl::string_view lead, absl::string_view entry, uint32_t channels,
                      Finding::Severity severity) {
  return AboutEntry(
      Finding::KIND_ENTRY_CHANNELS, severity, lead, entry,
      absl::StrCat("the entry ", LastPart(entry), " of ", lead, " blocks ", ChannelsOf(channels),
                   " only"),
      MakeRemedy("Where the person meant every channel, add an entry without channels.",
                 "RegistryService.AddEntry", AddEntryCommand(lead)));
}

Finding EntryLeadOnly(absl::string_view lead, absl::string_view entry) {
  return AboutEntry(
      Finding::KIND_ENTRY_LEAD_ONLY, Finding::SEVERITY_WARNING, lead, entry,
      absl::StrCat("the entry ", LastPart(entry), " flags ", lead,
                   " only, and puts none of its contact points on the list"),
      MakeRemedy("Take lead_only off the DNC action, and apply one that covers the contact points.",
                 "WorkflowService.UpdateAction"));
}

Finding NoEntry(absl::string_view lead) {
  if (!IsLead(lead)) {
    return AboutEntry(Finding::KIND_NO_ENTRY, Finding::SEVERITY_CAUSE, lead, "",
                      absl::StrCat("nothing restricts ", lead, ": no entry was ever added for it"),
                      MakeRemedy("Where the person asked not to be contacted, add an entry.",
                                 "RegistryService.AddEntry", AddEntryCommand(lead)));
  }
  return AboutEntry(Finding::KIND_NO_ENTRY, Finding::SEVERITY_CAUSE, lead, "",
                    absl::StrCat("nothing restricts ", lead,
                                 ": no DNC action was applied to it, and none of its contact "
                                 "points is on a list"),
                    FlagLead(lead));
}

OwnEntries JudgeOwnEntries(const storage::v1::LeadRecord& lead, absl::string_view organization,
                           absl::string_view status, v1::Channel channel, UnixMicros now) {
  const std::string& name = lead.lead().name();
  OwnEntries judged;
  std::vector<Finding> weak;  // why entries do not flag it for the channel
  for (const EntrySummary& entry : lead.state().entries()) {
    const std::string entry_name = NameOf(organization, entry);
    if (HasEnded(entry, now)) {
      weak.push_back(EntryExpired(name, entry_name, entry.expire_time()));
    } else if (!HasBegun(entry, now)) {
      weak.push_back(EntryNotYet(name, entry_name, entry.effective_time()));
    } else if (channel != v1::CHANNEL_UNSPECIFIED && !ChannelBlocked(entry.channels(), channel)) {
      weak.push_back(EntryChannels(name, entry_name, entry.channels(), Finding::SEVERITY_CAUSE));
    } else {
      judged.flagged = true;
      if (entry.channels() != 0) {
        judged.findings.push_back(
            EntryChannels(name, entry_name, entry.channels(), Finding::SEVERITY_INFO));
      }
      if (!entry.covers_contact_points()) {
        judged.findings.push_back(EntryLeadOnly(name, entry_name));
      }
    }
  }
  if (judged.flagged) {
    judged.findings.insert(judged.findings.begin(), FlaggedNotDead(name, status));
  } else {
    judged.findings = std::move(weak);
  }
  return judged;
}

}  // namespace dnc
