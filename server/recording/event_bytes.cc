#include "server/recording/event_bytes.h"

#include "server/subject/subject.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

constexpr size_t kMaxCallerBytes = 256;
constexpr size_t kMaxNameBytes = 128;     // of leads, campaigns and brands
constexpr size_t kMaxAddressBytes = 512;  // of contact points

}  // namespace

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

namespace event_bytes {

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

DecisionView ReadHead(EventReader* reader) {
  const Head head = reader->Take<Head>();
  DecisionView view;
  view.org = head.org;
  view.id = head.id;
  view.kind = head.kind;
  view.channel = head.channel;
  view.message_class = head.message_class;
  view.verdict = head.verdict;
  view.revision = head.revision;
  view.caller = reader->TakeText();
  view.lead = reader->TakeText();
  view.campaign = reader->TakeText();
  view.brand = reader->TakeText();
  return view;
}

ReasonView ViewOf(const PackedReason& packed) {
  return {packed.type, packed.effect,         packed.global != 0,
          packed.list, packed.entry_revision, packed.entry_ordinal};
}

PhoneCodes::PhoneCodes(uint32_t org, const Secret& secret)
    : subject_(SubjectKey(org, {ContactKind::kPhone, 0, {}})),
      secret_(secret),
      usual_(secret.CodesOfTails(absl::string_view(subject_).substr(0, sizeof(uint64_t)))) {}

uint64_t PhoneCodes::CodeOf(uint64_t digits) const {
  // Of the digits' eight bytes, the highest first, five are behind the subject's first eight.
  constexpr size_t kTailBytes = 5;
  constexpr int kHeadBits = 8 * (sizeof(digits) - kTailBytes);
  if (subject_.size() == sizeof(uint64_t) + kTailBytes && digits >> 8 * kTailBytes == 0) {
    return usual_.Hash(__builtin_bswap64(digits) >> kHeadBits, kTailBytes);
  }
  std::array<char, 16> bytes;
  const size_t size = std::min(subject_.size(), bytes.size());
  std::memcpy(bytes.data(), subject_.data(), size);
  const uint64_t big_endian = __builtin_bswap64(digits);
  std::memcpy(bytes.data() + size - sizeof(digits), &big_endian, sizeof(digits));
  return secret_.Code({bytes.data(), size});
}

bool ShowPhone(const PhoneCodes& codes, uint64_t digits, PointView* point) {
  point->code = codes.CodeOf(digits);
  return ContactMask::OfPhone(digits, &point->mask);
}

absl::Span<const PointView> PointReader::Take(size_t count) {
  texts_.clear();
  if (count > texts_.capacity()) texts_.reserve(count);
  points_.clear();
  for (size_t i = 0; i < count; ++i) Add(event_->TakePoint());
  return points_;
}

void PointReader::Add(const ContactPoint& contact) {
  PointView& point = points_.emplace_back();
  const bool is_phone = contact.kind == ContactKind::kPhone;
  if (is_phone && ShowPhone(phones_, contact.phone, &point)) return;
  if (!is_phone) point.code = secret_.Code(SubjectKey(org_, contact));
  point.mask.text = texts_.emplace_back(MaskContact(ToString(contact)));
}

}  // namespace event_bytes
}  // namespace dnc
