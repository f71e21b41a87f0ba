#include "server/handler/reason_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

std::string FormatTime(UnixMicros time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMicros(time), absl::UTCTimeZone());
}

std::string UntilText(const MatchedRule& rule) {
  return rule.until == 0 ? "" : absl::StrCat(" until ", FormatTime(rule.until));
}

std::string ListText(const MatchedRule& rule) {
  return rule.list == nullptr ? "a list" : absl::StrCat("the list ", rule.list->id);
}

std::string Sentence(const MatchedRule& rule) {
  switch (rule.type) {
    case v1::REASON_TYPE_CONTACT_POINT_ON_LIST:
      return absl::StrCat("The contact point is on ", ListText(rule), UntilText(rule), ".");
    case v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY:
      return absl::StrCat("The number is in the registry ", rule.list->id, ".");
    case v1::REASON_TYPE_LEAD_ON_LIST:
      return absl::StrCat("The lead ", rule.lead, " is on ", ListText(rule), UntilText(rule), ".");
    case v1::REASON_TYPE_STATUS_RESTRICTS:
      if (rule.status == nullptr) {
        return "The lead is in a status that this gateway does not know; restore the store.";
      }
      return absl::StrCat("The lead's status \"", rule.status->proto().display_name(),
                          "\" restricts contact", UntilText(rule), ".");
    case v1::REASON_TYPE_NURTURE:
      return absl::StrCat("The lead is being nurtured", UntilText(rule), ".");
    case v1::REASON_TYPE_REGISTRY_STALE:
      return absl::StrCat("The registry ", rule.list->id, " is older than it may be, since ",
                          FormatTime(rule.since), "; import a newer version.");
    case v1::REASON_TYPE_REGISTRY_EMPTY:
      return absl::StrCat("The registry ", rule.list->id, " has no version; import one.");
    case v1::REASON_TYPE_AREA_CODE_NOT_SUBSCRIBED:
      return absl::StrCat("The registry ", rule.list->id,
                          " does not cover the number's area code; subscribe to it and import.");
    case v1::REASON_TYPE_LEAD_UNKNOWN:
      return "The gateway does not know the lead; upsert it, or leave it out of the check.";
    case v1::REASON_TYPE_NO_CONTACT_POINT:
      return "The lead has no contact point that the channel can reach.";
    case v1::REASON_TYPE_STORE_NOT_WRITABLE:
      return "The gateway cannot record opt-outs now, so it allows nothing.";
    default:
      return "The contact point cannot be read.";
  }
}

}  // namespace

void FillReason(const Question& question, const MatchedRule& rule, v1::Reason* reason) {
  reason->set_type(rule.type);
  reason->set_effect(rule.effect);
  if (rule.list != nullptr) reason->set_list(rule.list->record.list().name());
  if (rule.entry.has_value() && rule.owner != nullptr) {
    reason->set_entry(EntryName(rule.owner->id, FormatEntryId(*rule.entry)));
  }
  if (rule.status != nullptr) reason->set_status(rule.status->proto().name());
  if (!rule.lead.empty()) reason->set_lead(LeadName(question.organization->id, rule.lead));
  if (rule.point != nullptr) FillProto(*rule.point, reason->mutable_contact_point());
  if (rule.since != 0) *reason->mutable_since() = TimeUtil::MicrosecondsToTimestamp(rule.since);
  if (rule.until != 0) *reason->mutable_until() = TimeUtil::MicrosecondsToTimestamp(rule.until);
  reason->set_overridable(rule.overridable);
  reason->set_message(Sentence(rule));
}

}  // namespace dnc
