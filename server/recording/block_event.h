// What a block of a send list leaves behind: one piece of memory that is handed over whole, since
// millions of its contact points a second may not be allowed.
#ifndef DNC_SERVER_RECORDING_BLOCK_EVENT_H_
#define DNC_SERVER_RECORDING_BLOCK_EVENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "server/recording/event_bytes.h"
#include "storage/base/clock.h"
#include "storage/recording/decision_page.h"
#include "storage/recording/secret.h"

namespace dnc {

// A rule by which phones of a block were not allowed.
struct BlockRule {
  MatchedRule rule;
  v1::Verdict verdict = v1::VERDICT_UNSPECIFIED;
};

// Phones of a block that were not allowed: columns of one length. Views, for as long as the call
// lasts.
struct DeniedPhones {
  absl::Span<const BlockRule> rules;   // each once, at most 256
  absl::Span<const uint32_t> indexes;  // their places in the block
  absl::Span<const uint64_t> phones;   // their digits
  absl::Span<const uint8_t> rule_of;   // places in `rules`
};

// A block that was judged: its summary, and then what was not allowed.
struct BlockRecord {
  std::string bytes;
  size_t summary_bytes = 0;
  uint32_t records = 0;

  // Leaves the summary only, which is one record. The result is how many were left out.
  uint32_t Trim();
};

// Put together while a block is judged.
class BlockEvents {
 public:
  explicit BlockEvents(const DecisionId& id) : id_(id) {}

  void Allow(uint32_t count) { allowed_ += count; }
  // The contact point `index` was not allowed because of `rule`. `points`: as what it was judged;
  // none where it is unreadable: it is counted, and leaves no record of its own.
  void Deny(uint32_t index, v1::Verdict verdict, const MatchedRule& rule, const Question& question,
            absl::Span<const ContactPoint> points);
  // The same of many phones that were judged as themselves.
  void Deny(const DeniedPhones& denied, const Question& question);

  BlockRecord Finish(const DecisionContext& context) const;

 private:
  struct Count {
    v1::ReasonType type;
    v1::Verdict verdict;
    uint32_t count;
  };

  void CountDenied(v1::ReasonType type, v1::Verdict verdict, uint32_t count);
  void WriteSummary(const DecisionContext& context, EventWriter* writer) const;

  const DecisionId id_;
  uint32_t allowed_ = 0;
  uint32_t denied_ = 0;  // that leave records
  std::vector<Count> counts_;
  std::string columns_;  // of many phones
  std::string items_;    // one by one
};

// Makes the records of a block, as many at a time as a page should have. The block must stay.
class BlockReader {
 public:
  BlockReader(const BlockRecord& block, const Secret& secret);
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  // Of which no more are added before `is_full` is asked again.
  static constexpr size_t kMostAtOnce = 512;

  // Adds records until there are no more (false), or `is_full()` says that it is enough.
  bool Read(absl::FunctionRef<bool()> is_full, PageBuilder* records);
  UnixMicros time() const { return static_cast<UnixMicros>(view_.id.time); }

 private:
  struct Columns {
    std::vector<DeniedKind> kinds;
    absl::string_view indexes, phones, rule_of;
    size_t count = 0;
  };

  void ReadSummary(PageBuilder* records);
  void BeginColumns();
  // Some of the column.
  void ReadPhones(PageBuilder* records);
  // One that has no mask of a phone number.
  void ReadPhone(PageBuilder* records);
  void ReadItem(PageBuilder* records);

  event_bytes::EventReader bytes_;
  DecisionView view_;
  event_bytes::PhoneCodes codes_;
  event_bytes::PointReader points_;
  bool begun_ = false;
  Columns columns_;
  size_t next_ = 0;  // in the columns
  std::vector<DeniedPhone> denied_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RECORDING_BLOCK_EVENT_H_
