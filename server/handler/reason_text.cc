#include "server/handler/reason_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "dnc/v1/check.pb.h"
#include "server/name/resource_name.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

std::string FormatTime(UnixMicros time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixMicros(time), absl::UTCTimeZone());
}

std::string UntilText(const MatchedRule& rule) {
  return rule.until == 0 ? "" : absl::StrCat(" until ", FormatTime(rule.until));
}

// Writes the sentence for people that says why.
class Sentence {
 public:
  Sentence(const MatchedRule& rule, WireWriter* writer) : rule_(rule), writer_(writer) {}
  void Write() const;

 private:
  template <typename... Pieces>
  void Say(const Pieces&... pieces) const {
    writer_->TextOf(v1::Reason::kMessageFieldNumber, pieces...);
  }
  void SayStatus() const;

  // "the list internal"
  absl::string_view list_article() const { return rule_.list == nullptr ? "a list" : "the list "; }
  absl::string_view list() const {
    return rule_.list == nullptr ? absl::string_view() : rule_.list->id;
  }

  const MatchedRule& rule_;
  WireWriter* const writer_;
};

void Sentence::SayStatus() const {
  if (rule_.status == nullptr) {
    return Say("The lead is in a status that this gateway does not know; restore the store.");
  }
  Say("The lead's status \"", rule_.status->proto().display_name(), "\" restricts contact",
      UntilText(rule_), ".");
}

void Sentence::Write() const {
  switch (rule_.type) {
    case v1::REASON_TYPE_CONTACT_POINT_ON_LIST:
      return Say("The contact point is on ", list_article(), list(), UntilText(rule_), ".");
    case v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY:
      return Say("The number is in the registry ", list(), ".");
    case v1::REASON_TYPE_LEAD_ON_LIST:
      return Say("The lead ", rule_.lead, " is on ", list_article(), list(), UntilText(rule_), ".");
    case v1::REASON_TYPE_STATUS_RESTRICTS:
      return SayStatus();
    case v1::REASON_TYPE_NURTURE:
      return Say("The lead is being nurtured", UntilText(rule_), ".");
    case v1::REASON_TYPE_REGISTRY_STALE:
      if (rule_.list != nullptr && rule_.list->undated) {
        return Say("The registry ", list(),
                   " counts as too old: nobody said of which date it is; import a file with its "
                   "date.");
      }
      return Say("The registry ", list(), " is older than it may be, since ",
                 FormatTime(rule_.since), "; import a newer version.");
    case v1::REASON_TYPE_REGISTRY_EMPTY:
      return Say("The registry ", list(), " has no version that can be read; import a full file.");
    case v1::REASON_TYPE_AREA_CODE_NOT_SUBSCRIBED:
      return Say("The registry ", list(),
                 " does not cover the number's area code; subscribe to it and import.");
    case v1::REASON_TYPE_LEAD_UNKNOWN:
      return Say(
          "The gateway does not know the lead, or it was deleted or merged into another; "
          "upsert it, or leave it out of the check.");
    case v1::REASON_TYPE_NO_CONTACT_POINT:
      return Say("The lead has no contact point that the channel can reach.");
    case v1::REASON_TYPE_STORE_NOT_WRITABLE:
      return Say("The gateway cannot record opt-outs now, so it allows nothing.");
    default:
      return Say("The contact point cannot be read.");
  }
}

}  // namespace

void WriteReason(int field, const Question& question, const MatchedRule& rule, WireWriter* writer) {
  using v1::Reason;
  const size_t begin = writer->Begin(field);
  writer->Number(Reason::kTypeFieldNumber, static_cast<uint64_t>(rule.type));
  writer->Number(Reason::kEffectFieldNumber, static_cast<uint64_t>(rule.effect));
  if (rule.list != nullptr) {
    writer->Text(Reason::kListFieldNumber, rule.list->record.list().name());
  }
  if (rule.entry.has_value() && rule.owner != nullptr) {
    writer->Text(Reason::kEntryFieldNumber,
                 EntryNameParts(rule.owner->id, FormatEntryId(*rule.entry)));
  }
  if (rule.status != nullptr) {
    writer->Text(Reason::kStatusFieldNumber, rule.status->proto().name());
  }
  if (!rule.lead.empty()) {
    writer->Text(Reason::kLeadFieldNumber, LeadNameParts(question.organization->id, rule.lead));
  }
  if (rule.point != nullptr) {
    WriteContactPoint(Reason::kContactPointFieldNumber, *rule.point, writer);
  }
  if (rule.since != 0) writer->Micros(Reason::kSinceFieldNumber, rule.since);
  if (rule.until != 0) writer->Micros(Reason::kUntilFieldNumber, rule.until);
  writer->Number(Reason::kOverridableFieldNumber, rule.overridable ? 1 : 0);
  Sentence(rule, writer).Write();
  writer->End(begin);
}

}  // namespace dnc
