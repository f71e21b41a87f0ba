#include "server/diagnose/timeline.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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
using storage::v1::AuditedObject;
using storage::v1::AuditRecord;
using v1::TimelineEvent;

UnixMicros MicrosOf(const google::protobuf::Timestamp& time) {
  return TimeUtil::TimestampToMicroseconds(time);
}

std::string EntryText(const v1::Entry& entry, absl::string_view holder) {
  std::string text = entry.has_lead() ? "for the lead" : "for a contact point";
  if (!holder.empty()) {
    text = absl::StrCat("for ", LastPart(holder), ", which was merged into this lead later,");
  }
  absl::StrAppend(&text, " on the list ", CommandName(entry.list()), ", blocks ",
                  ChannelsOf(MaskOf(entry.channels())));
  if (entry.has_expire_time()) {
    absl::StrAppend(&text, " until ", TimeOf(MicrosOf(entry.expire_time())));
  }
  if (!entry.reason().empty()) absl::StrAppend(&text, ": ", entry.reason());
  return text;
}

std::string VerdictText(v1::Verdict verdict) {
  return std::string(absl::StripPrefix(v1::Verdict_Name(verdict), "VERDICT_"));
}

std::string ChannelText(v1::Channel channel) {
  return std::string(absl::StripPrefix(v1::Channel_Name(channel), "CHANNEL_"));
}

std::string CheckText(const v1::DecisionRecord& decision) {
  const std::string subject = decision.contact_points().empty()
                                  ? std::string("the lead")
                                  : absl::StrJoin(decision.contact_points(), ", ");
  std::string text = absl::StrCat("check of ", subject, " for ", ChannelText(decision.channel()),
                                  ": ", VerdictText(decision.verdict()));
  const std::string reasons =
      absl::StrJoin(decision.reasons(), ", ", [](std::string* out, const auto& reason) {
        absl::StrAppend(out, absl::StripPrefix(v1::ReasonType_Name(reason.type()), "REASON_TYPE_"));
      });
  if (!reasons.empty()) absl::StrAppend(&text, " (", reasons, ")");
  return text;
}

std::string ContactText(const v1::JudgedContact& contact) {
  std::string text =
      absl::StrCat("contact of ", contact.contact_point(), " by ", ChannelText(contact.channel()));
  if (!contact.outcome().empty()) absl::StrAppend(&text, ", ", contact.outcome());
  for (const v1::ContactViolation& violation : contact.violations()) {
    absl::StrAppend(&text, "; ", violation.message());
  }
  return text;
}

}  // namespace

TimelineEvent* Timeline::Add(UnixMicros time, TimelineEvent::Kind kind, std::string object,
                             std::string message) {
  TimelineEvent* event = &dropped_;
  if (start_ <= time && time < end_) event = &events_.emplace_back();
  *event->mutable_time() = TimeUtil::MicrosecondsToTimestamp(time);
  event->set_kind(kind);
  event->set_object(std::move(object));
  event->set_message(std::move(message));
  return event;
}

void Timeline::AddFromRecord(const AuditRecord& record, TimelineEvent::Kind kind,
                             std::string object, std::string message) {
  TimelineEvent* event =
      Add(record.mutation().propose_time(), kind, std::move(object), std::move(message));
  event->set_user(record.mutation().actor().id());
  event->set_revision(record.revision());
}

void Timeline::AddLeadDifference(const AuditRecord& record, const v1::Lead& before,
                                 const v1::Lead& after, bool existed) {
  const std::string by = MutationKind(record.mutation());
  if (!existed) {
    AddFromRecord(record, TimelineEvent::KIND_LEAD_CREATED, after.status(),
                  absl::StrCat("created in ", CommandName(after.status()), " by ", by));
  } else if (before.status() != after.status()) {
    AddFromRecord(record, TimelineEvent::KIND_STATUS_CHANGED, after.status(),
                  absl::StrCat("moved from ", CommandName(before.status()), " to ",
                               CommandName(after.status()), " by ", by));
  }
  const int points = after.contact_points_size() - before.contact_points_size();
  if (existed && points > 0) {
    AddFromRecord(record, TimelineEvent::KIND_CONTACT_POINT_ADDED, after.name(),
                  absl::StrCat("gained ", points,
                               points == 1 ? " contact point" : " contact points", " by ", by));
  }
  const bool same_nurture = before.has_nurture_until() == after.has_nurture_until() &&
                            before.nurture_until() == after.nurture_until();
  if (!same_nurture) {
    AddFromRecord(record, TimelineEvent::KIND_NURTURE_CHANGED, after.name(),
                  after.has_nurture_until()
                      ? absl::StrCat("nurtured until ", TimeOf(MicrosOf(after.nurture_until())))
                      : "no nurture period any more");
  }
  if (!before.has_delete_time() && after.has_delete_time()) {
    AddFromRecord(record, TimelineEvent::KIND_LEAD_DELETED, after.name(),
                  absl::StrCat("ended by ", by));
  }
}

void Timeline::AddLeadChange(const AuditRecord& record, const std::string& lead) {
  if (record.disposition() == AuditRecord::DISPOSITION_REFUSED) {
    AddFromRecord(record, TimelineEvent::KIND_REFUSED, lead,
                  absl::StrCat(MutationKind(record.mutation()),
                               " was refused: ", record.outcome().message()));
    return;
  }
  for (const AuditedObject& object : record.objects()) {
    if (object.kind() != AuditedObject::KIND_LEAD || object.name() != lead) continue;
    v1::Lead before;
    v1::Lead after;
    if (!before.ParseFromString(object.before()) || !after.ParseFromString(object.after()))
      continue;
    AddLeadDifference(record, before, after, !object.before().empty());
  }
}

void Timeline::AddConfigurationChange(const AuditRecord& record) {
  std::vector<std::string> names;
  for (const AuditedObject& object : record.objects()) {
    switch (object.kind()) {
      case AuditedObject::KIND_LIST:
      case AuditedObject::KIND_WORKFLOW:
      case AuditedObject::KIND_STATUS:
      case AuditedObject::KIND_ACTION:
        names.push_back(object.name());
        break;
      default:
        break;
    }
  }
  if (names.empty()) return;
  constexpr size_t kMostNamed = 3;
  std::string text = absl::StrCat(MutationKind(record.mutation()), " changed ");
  for (size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", CommandName(names[i]));
  }
  if (names.size() > kMostNamed)
    absl::StrAppend(&text, " and ", names.size() - kMostNamed, " more");
  AddFromRecord(record, TimelineEvent::KIND_CONFIGURATION_CHANGED, names.front(), std::move(text));
}

void Timeline::AddEntry(const v1::Entry& entry, absl::string_view holder) {
  const UnixMicros created = MicrosOf(entry.create_time());
  TimelineEvent* added = Add(created, TimelineEvent::KIND_ENTRY_ADDED, entry.name(),
                             absl::StrCat("entry ", EntryText(entry, holder)));
  added->set_user(entry.actor().id());
  added->set_revision(entry.revision());
  const UnixMicros effective = MicrosOf(entry.effective_time());
  if (effective > created && effective <= now_) {
    Add(effective, TimelineEvent::KIND_ENTRY_EFFECTIVE, entry.name(), "the entry takes effect");
  }
  if (entry.has_last_request_actor() || entry.last_request_time() > entry.create_time()) {
    Add(MicrosOf(entry.last_request_time()), TimelineEvent::KIND_ENTRY_REPEATED, entry.name(),
        "the person asked again; the entry covers it")
        ->set_user(entry.last_request_actor().id());
  }
  const bool revoked = entry.has_revoke_time();
  const UnixMicros expires = entry.has_expire_time() ? MicrosOf(entry.expire_time()) : 0;
  if (expires != 0 && expires <= now_ && (!revoked || expires <= MicrosOf(entry.revoke_time()))) {
    Add(expires, TimelineEvent::KIND_ENTRY_EXPIRED, entry.name(), "the entry expired");
  }
  if (revoked) {
    Add(MicrosOf(entry.revoke_time()), TimelineEvent::KIND_ENTRY_REVOKED, entry.name(),
        "the entry was revoked")
        ->set_user(entry.revoke_actor().id());
  }
}

void Timeline::AddCheck(const v1::DecisionRecord& decision) {
  TimelineEvent* event = Add(MicrosOf(decision.evaluate_time()), TimelineEvent::KIND_CHECK,
                             decision.name(), CheckText(decision));
  event->set_user(decision.caller());
  event->set_verdict(decision.verdict());
  event->set_channel(decision.channel());
}

void Timeline::AddContact(const v1::JudgedContact& contact) {
  TimelineEvent* event = Add(MicrosOf(contact.contact_time()), TimelineEvent::KIND_CONTACT,
                             contact.contact_id(), ContactText(contact));
  event->set_user(contact.reporter());
  event->set_channel(contact.channel());
}

void Timeline::CutBefore(UnixMicros time) { cut_before_ = std::max(cut_before_, time); }

void Timeline::Write(size_t most, v1::DiagnoseContactedLeadResponse* response) && {
  std::stable_sort(
      events_.begin(), events_.end(), [](const TimelineEvent& a, const TimelineEvent& b) {
        return a.time() != b.time() ? a.time() < b.time() : a.revision() < b.revision();
      });
  size_t first = events_.size() - std::min(events_.size(), most);
  if (first > 0) CutBefore(MicrosOf(events_[first].time()));
  for (; first < events_.size(); ++first) *response->add_events() = std::move(events_[first]);
  if (cut_before_ > start_) {
    *response->mutable_cut_before_time() = TimeUtil::MicrosecondsToTimestamp(cut_before_);
  }
}

}  // namespace dnc
