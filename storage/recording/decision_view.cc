#include "storage/recording/decision_view.h"

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

using storage::v1::RecordedDecision;

constexpr uint64_t kShortestMasked = 100'000'000;  // nine digits
constexpr uint64_t kShownDigits = 10'000;

void FillCounts(const DecisionView& view, RecordedDecision* record) {
  record->set_allowed(view.allowed);
  for (const ReasonCountView& counted : view.counts) {
    storage::v1::RecordedReasonCount* count = record->add_reason_counts();
    count->set_type(static_cast<v1::ReasonType>(counted.type));
    count->set_verdict(static_cast<v1::Verdict>(counted.verdict));
    count->set_count(counted.count);
    if (counted.verdict == v1::VERDICT_DENY) {
      record->set_denied(record->denied() + counted.count);
    } else {
      record->set_unknown(record->unknown() + counted.count);
    }
  }
}

}  // namespace

bool ContactMask::OfPhone(uint64_t digits, ContactMask* mask) {
  if (digits < kShortestMasked) return false;
  mask->is_phone = true;
  mask->last = static_cast<uint8_t>(digits % 100);
  constexpr uint64_t kEleven = 10'000'000'000;       // digits, as North American numbers have
  if (digits >= kEleven && digits < 10 * kEleven) {  // without the divisions below
    mask->first = static_cast<uint16_t>(digits / (kEleven / 1000));
    return true;
  }
  uint64_t power = kShortestMasked / 1000;
  while (digits / power >= kShownDigits) power *= 10;
  mask->first = static_cast<uint16_t>(digits / power);
  return true;
}

std::string ContactMask::Text() const {
  if (!is_phone) return std::string(text);
  return absl::StrCat("+", absl::Dec(first, absl::kZeroPad4), "***",
                      absl::Dec(last, absl::kZeroPad2));
}

DecisionRow ToRow(const DecisionView& view) {
  DecisionRow row{view.org, view.id, {}};
  RecordedDecision& record = row.record;
  record.set_kind(static_cast<v1::DecisionKind>(view.kind));
  record.set_time(static_cast<int64_t>(view.id.time));
  record.set_channel(static_cast<v1::Channel>(view.channel));
  record.set_message_class(static_cast<v1::MessageClass>(view.message_class));
  record.set_verdict(static_cast<v1::Verdict>(view.verdict));
  record.set_revision(view.revision);
  record.set_caller(std::string(view.caller));
  record.set_lead(std::string(view.lead));
  record.set_campaign(std::string(view.campaign));
  record.set_brand(std::string(view.brand));
  for (const ReasonView& matched : view.reasons) {
    storage::v1::RecordedReason* reason = record.add_reasons();
    reason->set_type(static_cast<v1::ReasonType>(matched.type));
    reason->set_effect(static_cast<v1::Verdict>(matched.effect));
    reason->set_list(matched.list);
    reason->set_global(matched.global);
    reason->set_entry_revision(matched.entry_revision);
    reason->set_entry_ordinal(matched.entry_ordinal);
  }
  for (const PointView& point : view.points) {
    record.add_contact_points(point.mask.Text());
    record.add_contact_hashes(recording_keys::Number64(point.code));
  }
  record.set_more_contact_points(view.more_points);
  if (view.kind == v1::DECISION_KIND_FILTER_BLOCK) FillCounts(view, &record);
  return row;
}

}  // namespace dnc
