// How events are put together and taken apart: the parts that those of checks and of blocks share.
#ifndef DNC_SERVER_RECORDING_EVENT_BYTES_H_
#define DNC_SERVER_RECORDING_EVENT_BYTES_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/decision.pb.h"
#include "server/decision/decide.h"
#include "server/decision/facts.h"
#include "storage/recording/decision_view.h"
#include "storage/recording/record_ring.h"
#include "storage/recording/secret.h"

namespace dnc {

// What all decisions of one call have in common. Views, for as long as the call lasts.
struct DecisionContext {
  v1::DecisionKind kind = v1::DECISION_KIND_UNSPECIFIED;
  absl::string_view caller;
  const Question* question = nullptr;
  int64_t revision = 0;
};

// Bytes put together piece by piece; what is beyond the room is left out.
class EventWriter {
 public:
  static constexpr size_t kMaxBytes = RecordRing::kMaxRecordBytes;

  template <typename T>
  void Put(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (room() < sizeof(T)) return;
    std::memcpy(bytes_.data() + size_, &value, sizeof(T));
    size_ += sizeof(T);
  }
  // At most `limit` bytes of it.
  void PutText(absl::string_view text, size_t limit);
  void PutBytes(absl::string_view bytes);
  size_t room() const { return kMaxBytes - size_; }
  absl::string_view bytes() const { return {bytes_.data(), size_}; }
  // Of the byte at `position`, which was put before.
  void Set(size_t position, uint8_t value) { bytes_[position] = static_cast<char>(value); }
  size_t size() const { return size_; }

 private:
  std::array<char, kMaxBytes> bytes_;  // not initialised
  size_t size_ = 0;
};

namespace event_bytes {

inline constexpr size_t kMaxReasons = 16;
inline constexpr size_t kMaxPoints = 64;

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

PackedReason PackReason(const MatchedRule& rule, const Question& question);
void PutPoint(const ContactPoint& point, EventWriter* writer);
size_t SizeOf(const ContactPoint& point);
void PutHead(const DecisionContext& context, const DecisionId& id, v1::Verdict verdict,
             absl::string_view lead, EventWriter* writer);

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
  absl::string_view TakeText() { return TakeBytes(Take<uint16_t>()); }
  absl::string_view TakeBytes(size_t count) {
    const absl::string_view bytes = bytes_.substr(0, count);
    bytes_.remove_prefix(bytes.size());
    return bytes;
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

DecisionView ReadHead(EventReader* reader);
ReasonView ViewOf(const PackedReason& packed);

// By which records of a phone number are found: Secret::Code of its subject.
class PhoneCodes {
 public:
  PhoneCodes(uint32_t org, const Secret& secret);
  uint64_t CodeOf(uint64_t digits) const;

 private:
  std::string subject_;  // of the number 0, which ends with its digits
  const Secret& secret_;
  const SipHashOfTails usual_;  // of numbers whose subjects begin with the same eight bytes
};

// The mask and the code of a phone number. False where the mask has to be written out.
bool ShowPhone(const PhoneCodes& codes, uint64_t digits, PointView* point);

// The contact points of one record, and the masks that they need written out.
class PointReader {
 public:
  PointReader(EventReader* event, uint32_t org, const Secret& secret)
      : event_(event), org_(org), secret_(secret), phones_(org, secret) {}

  // What it shows lasts until the next call.
  absl::Span<const PointView> Take(size_t count);

 private:
  void Add(const ContactPoint& contact);

  EventReader* const event_;
  const uint32_t org_;
  const Secret& secret_;
  const PhoneCodes phones_;
  std::vector<std::string> texts_;  // stay where they are: there is room for all
  absl::InlinedVector<PointView, 4> points_;
};

}  // namespace event_bytes
}  // namespace dnc

#endif  // DNC_SERVER_RECORDING_EVENT_BYTES_H_
