// What a check leaves behind at once: a few hundred bytes without pointers, written on the thread
// that answers. Everything dear (hashes, masks, the record itself) is made of it later. The bytes
// never leave the process.
#ifndef DNC_SERVER_RECORDING_DECISION_EVENT_H_
#define DNC_SERVER_RECORDING_DECISION_EVENT_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/decision.pb.h"
#include "server/decision/decide.h"
#include "server/decision/facts.h"
#include "storage/recording/decision_store.h"
#include "storage/recording/record_ring.h"
#include "storage/recording/secret.h"

namespace dnc {

// A new id for a decision of that time: unique.
DecisionId NewDecisionId(UnixMicros now);

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

// A check of the facts' contact points, and of `lead` unless it is empty.
void WriteCheckEvent(const DecisionContext& context, const DecisionId& id, absl::string_view lead,
                     const Facts& facts, const Decision& decision, EventWriter* writer);

// A block of a send list: put together while it is judged, in pieces that fit into events.
class BlockEvents {
 public:
  explicit BlockEvents(const DecisionId& id) : id_(id) {}

  void Allow(uint32_t count) { allowed_ += count; }
  // The contact point `index` was not allowed because of `rule`. `points`: as what it was judged;
  // none where it is unreadable: it is counted, and leaves no record of its own.
  void Deny(uint32_t index, v1::Verdict verdict, const MatchedRule& rule, const Question& question,
            absl::Span<const ContactPoint> points);

  // Calls `on_event` with each event, and how many records it makes: the block's first.
  template <typename OnEvent>
  void Write(const DecisionContext& context, OnEvent on_event) const {
    EventWriter summary;
    WriteSummary(context, &summary);
    on_event(summary.bytes(), uint32_t{1});
    for (const Piece& piece : pieces_) {
      EventWriter event;
      WritePiece(context, piece, &event);
      on_event(event.bytes(), piece.count);
    }
  }

 private:
  struct Piece {
    std::string items;
    uint32_t count = 0;
  };
  struct Count {
    v1::ReasonType type;
    v1::Verdict verdict;
    uint32_t count;
  };

  void WriteSummary(const DecisionContext& context, EventWriter* writer) const;
  void WritePiece(const DecisionContext& context, const Piece& piece, EventWriter* writer) const;

  const DecisionId id_;
  uint32_t allowed_ = 0;
  std::vector<Count> counts_;
  std::vector<Piece> pieces_;
};

// The records that an event makes, appended to `*rows`. Contact points are masked, and hashed with
// the secret.
void ReadEvent(absl::string_view event, const Secret& secret, std::vector<DecisionRow>* rows);

}  // namespace dnc

#endif  // DNC_SERVER_RECORDING_DECISION_EVENT_H_
