#include "server/recording/decision_event.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/ascii.h"
#include "server/subject/subject.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

using storage::v1::RecordedDecision;
using storage::v1::RecordedReason;

constexpr size_t kMaxCallerBytes = 256;
constexpr size_t kMaxNameBytes = 128;     // of leads, campaigns and brands
constexpr size_t kMaxAddressBytes = 512;  // of contact points
constexpr size_t kMaxReasons = 16;
constexpr size_t kMaxPoints = 64;
// Of one item of a piece: its head, and three readings of one address.
constexpr size_t kMaxItemBytes = 64 + 3 * (kMaxAddressBytes + 16);
// What is in front of a piece's items.
constexpr size_t kMaxHeadBytes = 128 + kMaxCallerBytes + 3 * kMaxNameBytes;

struct Head {
  int64_t revision;
  DecisionId id;
  uint32_t org;
  uint8_t kind;
  uint8_t channel;
  uint8_t message_class;
  uint8_t verdict;
};

struct PackedReason {
  uint64_t entry_revision;  // 0: no entry
  uint32_t entry_ordinal;
  uint32_t list;  // one more than its number; 0: no list
  uint8_t type;
  uint8_t effect;
  uint8_t global;
};

struct PackedCounts {
  uint32_t allowed;
  uint8_t kinds;
};

struct PackedCount {
  uint32_t count;
  uint8_t type;
  uint8_t verdict;
};

struct PackedItem {
  PackedReason reason;
  uint32_t index;
  uint8_t verdict;
  uint8_t points;
};

PackedReason PackReason(const MatchedRule& rule, const Question& question) {
  PackedReason packed{};
  packed.type = static_cast<uint8_t>(rule.type);
  packed.effect = static_cast<uint8_t>(rule.effect);
  packed.list = rule.list == nullptr ? 0 : rule.list->record.number() + 1;
  packed.global = rule.owner == question.global && question.organization != question.global;
  if (rule.entry.has_value()) {
    packed.entry_revision = rule.entry->revision;
    packed.entry_ordinal = rule.entry->ordinal;
  }
  return packed;
}

void PutPoint(const ContactPoint& point, EventWriter* writer) {
  writer->Put(static_cast<uint8_t>(point.kind));
  if (point.kind == ContactKind::kPhone) return writer->Put(point.phone);
  writer->PutText(point.text, kMaxAddressBytes);
}

size_t SizeOf(const ContactPoint& point) {
  return 1 + (point.kind == ContactKind::kPhone ? sizeof(point.phone)
                                                : sizeof(uint16_t) + point.text.size());
}

void PutHead(const DecisionContext& context, const DecisionId& id, v1::Verdict verdict,
             absl::string_view lead, EventWriter* writer) {
  const Question& question = *context.question;
  Head head{};
  head.revision = context.revision;
  head.id = id;
  head.org = question.organization->number();
  head.kind = static_cast<uint8_t>(context.kind);
  head.channel = static_cast<uint8_t>(question.channel);
  head.message_class = static_cast<uint8_t>(question.message_class);
  head.verdict = static_cast<uint8_t>(verdict);
  writer->Put(head);
  writer->PutText(context.caller, kMaxCallerBytes);
  writer->PutText(lead, kMaxNameBytes);
  writer->PutText(question.campaign, kMaxNameBytes);
  writer->PutText(question.brand, kMaxNameBytes);
}

// Takes an event apart, in the order in which it was put together.
class EventReader {
 public:
  explicit EventReader(absl::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  T Take() {
    T value{};
    const size_t size = std::min(sizeof(T), bytes_.size());
    std::memcpy(&value, bytes_.data(), size);
    bytes_.remove_prefix(size);
    return value;
  }
  absl::string_view TakeText() {
    const size_t size = std::min<size_t>(Take<uint16_t>(), bytes_.size());
    const absl::string_view text = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return text;
  }
  ContactPoint TakePoint() {
    ContactPoint point;
    point.kind = static_cast<ContactKind>(Take<uint8_t>());
    if (point.kind == ContactKind::kPhone) {
      point.phone = Take<uint64_t>();
    } else {
      point.text = std::string(TakeText());
    }
    return point;
  }
  bool done() const { return bytes_.empty(); }

 private:
  absl::string_view bytes_;
};

void ReadHead(EventReader* reader, DecisionRow* row) {
  const Head head = reader->Take<Head>();
  row->org = head.org;
  row->id = head.id;
  RecordedDecision& record = row->record;
  record.set_kind(static_cast<v1::DecisionKind>(head.kind));
  record.set_time(static_cast<int64_t>(head.id.time));
  record.set_channel(static_cast<v1::Channel>(head.channel));
  record.set_message_class(static_cast<v1::MessageClass>(head.message_class));
  record.set_verdict(static_cast<v1::Verdict>(head.verdict));
  record.set_revision(head.revision);
  record.set_caller(std::string(reader->TakeText()));
  record.set_lead(std::string(reader->TakeText()));
  // Compared without regard to case, and counted as one.
  record.set_campaign(absl::AsciiStrToLower(reader->TakeText()));
  record.set_brand(absl::AsciiStrToLower(reader->TakeText()));
}

void AddReason(const PackedReason& packed, RecordedDecision* record) {
  RecordedReason* reason = record->add_reasons();
  reason->set_type(static_cast<v1::ReasonType>(packed.type));
  reason->set_effect(static_cast<v1::Verdict>(packed.effect));
  reason->set_list(packed.list);
  reason->set_global(packed.global != 0);
  reason->set_entry_revision(packed.entry_revision);
  reason->set_entry_ordinal(packed.entry_ordinal);
}

void AddPoint(const ContactPoint& point, const Secret& secret, DecisionRow* row) {
  row->record.add_contact_points(MaskContact(ToString(point)));
  row->record.add_contact_hashes(secret.Hash(SubjectKey(row->org, point)));
}

void ReadSummary(EventReader* reader, RecordedDecision* record) {
  const auto counts = reader->Take<PackedCounts>();
  record->set_allowed(counts.allowed);
  for (int i = 0; i < counts.kinds; ++i) {
    const auto packed = reader->Take<PackedCount>();
    storage::v1::RecordedReasonCount* count = record->add_reason_counts();
    count->set_type(static_cast<v1::ReasonType>(packed.type));
    count->set_verdict(static_cast<v1::Verdict>(packed.verdict));
    count->set_count(packed.count);
    if (count->verdict() == v1::VERDICT_DENY) {
      record->set_denied(record->denied() + packed.count);
    } else {
      record->set_unknown(record->unknown() + packed.count);
    }
  }
}

}  // namespace

DecisionId NewDecisionId(UnixMicros now) {
  thread_local const auto thread_id = absl::Uniform<uint32_t>(absl::BitGen());
  thread_local uint32_t number = 0;
  return {static_cast<uint64_t>(now), thread_id, number++, 0};
}

void EventWriter::PutText(absl::string_view text, size_t limit) {
  text = text.substr(0, limit);
  if (room() < sizeof(uint16_t) + text.size()) text = "";
  Put(static_cast<uint16_t>(text.size()));
  PutBytes(text);
}

void EventWriter::PutBytes(absl::string_view bytes) {
  if (bytes.empty() || room() < bytes.size()) return;  // memcpy takes no null, of no bytes either
  std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
  size_ += bytes.size();
}

void WriteCheckEvent(const DecisionContext& context, const DecisionId& id, absl::string_view lead,
                     const Facts& facts, const Decision& decision, EventWriter* writer) {
  PutHead(context, id, decision.verdict, lead, writer);
  const size_t reasons = std::min(decision.rules.size(), kMaxReasons);
  writer->Put(static_cast<uint8_t>(reasons));
  for (size_t i = 0; i < reasons; ++i) {
    writer->Put(PackReason(decision.rules[i], *context.question));
  }
  const size_t count_at = writer->size();
  writer->Put(uint8_t{0});
  uint8_t points = 0;
  for (const PointFacts& fact : facts.points) {
    const bool fits = writer->room() > SizeOf(fact.point);  // and what follows
    if (!fits || points == kMaxPoints) break;
    PutPoint(fact.point, writer);
    ++points;
  }
  writer->Set(count_at, points);
  writer->Put(static_cast<uint8_t>(points < facts.points.size()));
}

void BlockEvents::Deny(uint32_t index, v1::Verdict verdict, const MatchedRule& rule,
                       const Question& question, absl::Span<const ContactPoint> points) {
  const auto same = [&](const Count& c) { return c.type == rule.type && c.verdict == verdict; };
  const auto found = std::find_if(counts_.begin(), counts_.end(), same);
  if (found == counts_.end()) {
    counts_.push_back({rule.type, verdict, 1});
  } else {
    ++found->count;
  }
  if (points.empty()) return;
  constexpr size_t kItemsBytes = EventWriter::kMaxBytes - kMaxHeadBytes - kMaxItemBytes;
  if (pieces_.empty() || pieces_.back().items.size() > kItemsBytes) pieces_.emplace_back();
  Piece& piece = pieces_.back();
  PackedItem item{};
  item.reason = PackReason(rule, question);
  item.index = index;
  item.verdict = static_cast<uint8_t>(verdict);
  item.points = static_cast<uint8_t>(std::min<size_t>(points.size(), 3));
  EventWriter bytes;
  bytes.Put(item);
  for (size_t i = 0; i < item.points; ++i) PutPoint(points[i], &bytes);
  piece.items.append(bytes.bytes().data(), bytes.bytes().size());
  ++piece.count;
}

void BlockEvents::WriteSummary(const DecisionContext& context, EventWriter* writer) const {
  v1::Verdict verdict = v1::VERDICT_ALLOW;
  for (const Count& count : counts_) {
    if (count.verdict == v1::VERDICT_DENY || verdict == v1::VERDICT_ALLOW) verdict = count.verdict;
  }
  DecisionContext block = context;
  block.kind = v1::DECISION_KIND_FILTER_BLOCK;
  PutHead(block, id_, verdict, "", writer);
  PackedCounts counts{};
  counts.allowed = allowed_;
  counts.kinds = static_cast<uint8_t>(counts_.size());
  writer->Put(counts);
  for (const Count& count : counts_) {
    PackedCount packed{};
    packed.count = count.count;
    packed.type = static_cast<uint8_t>(count.type);
    packed.verdict = static_cast<uint8_t>(count.verdict);
    writer->Put(packed);
  }
}

void BlockEvents::WritePiece(const DecisionContext& context, const Piece& piece,
                             EventWriter* writer) const {
  DecisionContext denied = context;
  denied.kind = v1::DECISION_KIND_FILTER_DENIED;
  PutHead(denied, id_, v1::VERDICT_UNSPECIFIED, "", writer);
  writer->PutBytes(piece.items);
}

void ReadEvent(absl::string_view event, const Secret& secret, std::vector<DecisionRow>* rows) {
  EventReader reader(event);
  DecisionRow row;
  ReadHead(&reader, &row);
  if (row.record.kind() == v1::DECISION_KIND_FILTER_BLOCK) {
    ReadSummary(&reader, &row.record);
    rows->push_back(std::move(row));
    return;
  }
  if (row.record.kind() == v1::DECISION_KIND_FILTER_DENIED) {
    while (!reader.done()) {
      DecisionRow& denied = rows->emplace_back(row);
      const auto item = reader.Take<PackedItem>();
      denied.id.index = item.index + 1;
      denied.record.set_verdict(static_cast<v1::Verdict>(item.verdict));
      AddReason(item.reason, &denied.record);
      for (int i = 0; i < item.points; ++i) AddPoint(reader.TakePoint(), secret, &denied);
    }
    return;
  }
  const auto reasons = reader.Take<uint8_t>();
  for (int i = 0; i < reasons; ++i) AddReason(reader.Take<PackedReason>(), &row.record);
  const auto points = reader.Take<uint8_t>();
  for (int i = 0; i < points; ++i) AddPoint(reader.TakePoint(), secret, &row);
  row.record.set_more_contact_points(reader.Take<uint8_t>() != 0);
  rows->push_back(std::move(row));
}

}  // namespace dnc
