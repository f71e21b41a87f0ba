#include "server/diagnose/contact_findings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"
#include "server/catalog/masks.h"
#include "server/diagnose/lead_findings.h"
#include "server/diagnose/remedies.h"
#include "server/name/resource_name.h"
#include "storage/audit/render.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using v1::Finding;

// Contacts and checks that are told one by one.
constexpr int kMostTold = 20;

UnixMicros Micros(const google::protobuf::Timestamp& time) {
  return TimeUtil::TimestampToMicroseconds(time);
}

Finding WithRemedy(Finding finding, v1::Remedy remedy) {
  *finding.mutable_remedy() = std::move(remedy);
  return finding;
}

Finding ScopeFinding(const ContactCase& asked, const KnownEntry& known) {
  const std::string scope = known.brand.empty()
                                ? absl::StrCat("the campaign \"", known.campaign, "\"")
                                : absl::StrCat("the brand \"", known.brand, "\"");
  return WithRemedy(
      MakeFinding(Finding::KIND_ENTRY_SCOPE, Finding::SEVERITY_WARNING, asked.subject,
                  known.entry.name(),
                  absl::StrCat("the entry ", LastPart(known.entry.name()), " is on the list ",
                               CommandName(known.entry.list()), " of ", scope,
                               ", and does not block a check that names another")),
      MakeRemedy("Where the person meant the whole company, add an entry on the list internal.",
                 "RegistryService.AddEntry"));
}

Finding ClassFinding(const ContactCase& asked, const KnownEntry& known) {
  return WithRemedy(
      MakeFinding(Finding::KIND_ENTRY_CLASSES, Finding::SEVERITY_INFO, asked.subject,
                  known.entry.name(),
                  absl::StrCat("the entry ", LastPart(known.entry.name()),
                               " blocks some message classes only")),
      MakeRemedy("Where the person meant every message, add an entry without message classes.",
                 "RegistryService.AddEntry"));
}

// What an entry in force leaves open.
void JudgeInForce(const ContactCase& asked, const KnownEntry& known, FindingList* findings) {
  const uint32_t channels = MaskOf(known.entry.channels());
  if (channels != 0) {
    const bool open =
        asked.channel != v1::CHANNEL_UNSPECIFIED && !ChannelBlocked(channels, asked.channel);
    findings->Add(EntryChannels(asked.subject, known.entry.name(), channels,
                                open ? Finding::SEVERITY_CAUSE : Finding::SEVERITY_INFO));
  }
  if (known.entry.has_lead() && !known.covers_contact_points) {
    findings->Add(EntryLeadOnly(asked.subject, known.entry.name()));
  }
  if (!known.brand.empty() || !known.campaign.empty()) findings->Add(ScopeFinding(asked, known));
  if (!known.entry.message_classes().empty()) findings->Add(ClassFinding(asked, known));
}

Finding ContactFinding(Finding::Kind kind, const std::string& contact, const std::string& related,
                       absl::string_view message, v1::Remedy remedy) {
  return WithRemedy(MakeFinding(kind, Finding::SEVERITY_CAUSE, contact, related,
                                absl::StrCat("contact ", contact, ": ", message)),
                    std::move(remedy));
}

Finding ViolationOf(const v1::JudgedContact& contact, const v1::ContactViolation& violation) {
  const std::string& id = contact.contact_id();
  switch (violation.kind()) {
    case v1::CONTACT_VIOLATION_KIND_AFTER_DENY:
      return ContactFinding(
          Finding::KIND_CONTACT_AFTER_DENY, id, violation.decision(), violation.message(),
          MakeRemedy("Let the channel take everything but ALLOW for \"do not contact\".",
                     "DecisionService.GetDecision",
                     absl::StrCat("dncctl decisions show ", LastPart(violation.decision()))));
    case v1::CONTACT_VIOLATION_KIND_AFTER_OPT_OUT:
      return ContactFinding(
          Finding::KIND_CONTACT_AFTER_OPT_OUT, id, violation.entry(), violation.message(),
          MakeRemedy("Let the channel check immediately before each contact, and cancel what waits "
                     "when an entry is added.",
                     "WatchService.WatchChanges"));
    default:
      return ContactFinding(
          Finding::KIND_CONTACT_WITHOUT_CHECK, id, "", violation.message(),
          MakeRemedy("Let the channel check before each contact.", "CheckService.CheckContact"));
  }
}

// What may have been no violation is no cause.
Finding ViolationFinding(const v1::JudgedContact& contact, const v1::ContactViolation& violation) {
  Finding finding = ViolationOf(contact, violation);
  if (violation.uncertain()) finding.set_severity(Finding::SEVERITY_WARNING);
  return finding;
}

}  // namespace

std::optional<UnixMicros> JudgeEntries(const ContactCase& asked,
                                       const std::vector<KnownEntry>& entries,
                                       FindingList* findings) {
  std::optional<UnixMicros> first;
  for (const KnownEntry& known : entries) {
    const v1::Entry& entry = known.entry;
    const UnixMicros begins = std::max(Micros(entry.create_time()), Micros(entry.effective_time()));
    if (begins <= asked.now) first = std::min(first.value_or(begins), begins);
    if (entry.has_revoke_time()) {
      findings->Add(EntryRevoked(asked.subject, entry.name(), Micros(entry.revoke_time())));
    } else if (entry.has_expire_time() && Micros(entry.expire_time()) <= asked.now) {
      findings->Add(EntryExpired(asked.subject, entry.name(), Micros(entry.expire_time())));
    } else if (begins > asked.now) {
      findings->Add(EntryNotYet(asked.subject, entry.name(), begins));
    } else {
      JudgeInForce(asked, known, findings);
    }
  }
  return first;
}

void JudgeChecks(const std::vector<v1::DecisionRecord>& decisions, std::optional<UnixMicros> since,
                 FindingList* findings) {
  if (!since.has_value()) return;
  const v1::DecisionRecord* first = nullptr;
  int allowed = 0;
  int exempt = 0;
  for (const v1::DecisionRecord& decision : decisions) {
    const UnixMicros time = Micros(decision.evaluate_time());
    if (decision.verdict() != v1::VERDICT_ALLOW || time < *since) continue;
    ++allowed;
    if (first == nullptr || time < Micros(first->evaluate_time())) first = &decision;
    for (const v1::DecisionReason& reason : decision.reasons()) {
      if (reason.effect() != v1::VERDICT_ALLOW || reason.entry().empty()) continue;
      if (exempt++ >= kMostTold) continue;
      findings->Add(WithRemedy(
          MakeFinding(
              Finding::KIND_CLASS_EXEMPT, Finding::SEVERITY_CAUSE, decision.name(), reason.entry(),
              absl::StrCat("the check ", LastPart(decision.name()), " of ", TimeOf(time),
                           " was allowed: messages of the class ",
                           absl::StripPrefix(v1::MessageClass_Name(decision.message_class()),
                                             "MESSAGE_CLASS_"),
                           " are exempt from the entry ", LastPart(reason.entry()))),
          MakeRemedy("See that the message is of that class; where the person meant every message, "
                     "add an entry that names the class.",
                     "RegistryService.AddEntry")));
    }
  }
  if (first == nullptr) return;
  findings->Add(WithRemedy(
      MakeFinding(Finding::KIND_ALLOWED_AFTER_OPT_OUT, Finding::SEVERITY_WARNING, first->name(), "",
                  absl::StrCat(allowed, allowed == 1 ? " check was" : " checks were",
                               " allowed after the opt-out of ", TimeOf(*since), "; the first on ",
                               TimeOf(Micros(first->evaluate_time())))),
      MakeRemedy("Compare what the check named (channel, message class, brand, campaign, contact "
                 "point) with what the entry blocks.",
                 "DecisionService.GetDecision",
                 absl::StrCat("dncctl decisions show ", LastPart(first->name())))));
}

void JudgeContacts(const ContactCase& asked, const std::set<std::string>& points,
                   const std::vector<v1::JudgedContact>& contacts, FindingList* findings) {
  for (const v1::JudgedContact& contact : contacts) {
    for (const v1::ContactViolation& violation : contact.violations()) {
      findings->Add(ViolationFinding(contact, violation));
    }
    if (!asked.names_lead || contact.lead() != asked.subject) continue;
    if (points.count(contact.contact_point()) > 0) continue;
    findings->Add(ContactFinding(
        Finding::KIND_CONTACT_POINT_NOT_OF_LEAD, contact.contact_id(), asked.subject,
        absl::StrCat(contact.contact_point(), " is no contact point of ", asked.subject,
                     ", so that its entry does not block it there"),
        MakeRemedy(
            "Add the contact point to the lead, which blocks it as well, and find out where "
            "the channel has it from.",
            "LeadService.UpsertLead",
            absl::StrCat("dncctl leads upsert ", LastPart(asked.subject), " --phone NUMBER"))));
  }
}

void JudgeRefusal(const storage::v1::AuditRecord& record, FindingList* findings) {
  const storage::v1::Mutation& mutation = record.mutation();
  Finding finding = MakeFinding(
      Finding::KIND_OPT_OUT_REFUSED, Finding::SEVERITY_CAUSE, absl::StrCat(record.revision()),
      mutation.has_apply_action() ? mutation.apply_action().action() : "",
      absl::StrCat(MutationKind(mutation), " by ", mutation.actor().id(), " on ",
                   TimeOf(mutation.propose_time()), " was refused: ", record.outcome().message()));
  finding.set_reason(record.outcome().error().reason());
  findings->Add(
      WithRemedy(std::move(finding),
                 MakeRemedy("Mend what the message says, and repeat it: nothing was changed.",
                            mutation.has_apply_action() ? "ActionService.ApplyAction"
                                                        : "RegistryService.AddEntry")));
}

Finding RecordsMissing(const v1::DecisionGap& gap) {
  const std::string cause(
      absl::StripPrefix(v1::DecisionGapCause_Name(gap.cause()), "DECISION_GAP_CAUSE_"));
  // What is older than records are kept is missing for everybody.
  const Finding::Severity severity = gap.cause() == v1::DECISION_GAP_CAUSE_RETIRED
                                         ? Finding::SEVERITY_INFO
                                         : Finding::SEVERITY_WARNING;
  return MakeFinding(
      Finding::KIND_RECORDS_MISSING, severity, "", cause,
      absl::StrCat("records of checks are missing from ",
                   gap.has_start_time() ? TimeOf(Micros(gap.start_time())) : "the beginning",
                   " to ", gap.has_end_time() ? TimeOf(Micros(gap.end_time())) : "now", " (", cause,
                   "): there may have been checks that are not told here"));
}

}  // namespace dnc
