// Records of checks packed into pages: what repeats is written once, and what is left of a record
// are some twenty bytes.
//
// clang-format off
//   page     schema:u8 base_time:n base_revision:n rows:n  context* 0xff  rule* 0xff  thread* 0xff  row*
//   context  kind:u8 channel:u8 message_class:u8 org:n caller:text campaign:text brand:text
//   rule     type:u8 effect:u8 global:u8 list:n           as in RecordedReason; no type is 0xff
//   thread   0x00 random:u32 number:u32                   of DecisionId; the least number of the page's
//   row      context:n thread:n time:s number:s revision:s  flags:u8  …
//            time, number and revision: how much more than the page's or the thread's
//            flags: verdict (2 bits), 4: a lead, 8: more contact points than are named, 16: reasons,
//            32: a column
//     of a check     [lead:text] [reasons:n reason*] points:n point*
//     of a block     allowed:n counts:n (type:u8 verdict:u8 count:n)*
//     of its denied  items:u16 (index:n verdict:u8 reason points:n point*)*
//     in a column    items:u16 kinds:n (verdict:u8 reason)* (index:n kind:u8 mask code:u64)*
//                    index: how much more than that of the item before
//   reason   rule:n entry_revision:n [entry_ordinal:n]    the ordinal unless the revision is 0
//   point    mask code:u64
//   mask     u24: 0x800000 | first | last << 14           of a phone number: see ContactMask
//                 length, then so many bytes              of others
//   n        a varint; s: the same of a number with a sign, zigzag; text: length:n bytes
//   u16, u24, u32, u64: little-endian
// clang-format on
#ifndef DNC_STORAGE_RECORDING_DECISION_PAGE_H_
#define DNC_STORAGE_RECORDING_DECISION_PAGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "storage/recording/decision_view.h"

namespace dnc {

// By what a query finds records beside the code of a contact point.
uint64_t OrganizationCode(uint32_t org);
uint64_t LeadCode(uint32_t org, absl::string_view lead);
uint64_t IncompleteCode(uint32_t org, uint8_t channel);

// How many checks of one kind a page has: what its counters add up.
struct PageCount {
  uint32_t hour = 0;
  uint8_t verdict = 0;
  uint8_t reason = 0;
  uint64_t count = 0;
};

// A phone number of a block that was not allowed, with a mask of a phone number.
struct DeniedPhone {
  uint64_t code = 0;
  uint32_t index = 0;  // of its DecisionId
  uint16_t first = 0;  // of its mask
  uint8_t last = 0;
  uint8_t kind = 0;
};

// How phone numbers of a block were not allowed.
struct DeniedKind {
  uint8_t verdict = 0;
  ReasonView reason;
};

// Packs records. One thread.
class PageBuilder {
 public:
  static constexpr size_t kMostReasons = 64;
  static constexpr size_t kMostPoints = 255;
  static constexpr size_t kLongestText = 1024;

  // Texts, reasons and points beyond those limits are left out.
  void Add(const DecisionView& view);

  // Adds a record of each of the phones, whose indexes ascend: of `block` but for what a
  // DeniedPhone and its kind say. At most 65,535 of them.
  void AddDenied(const DecisionView& block, absl::Span<const DeniedKind> kinds,
                 absl::Span<const DeniedPhone> phones);

  // The page of what was added.
  std::string Encode() const;
  void Clear();

  bool empty() const { return rows_ == 0; }
  size_t rows() const { return rows_; }
  size_t bytes() const { return body_.size(); }  // about
  // The times of its records.
  uint64_t min_time() const { return min_time_; }
  uint64_t max_time() const { return max_time_; }
  // Under which its records are found; some more than once.
  const std::vector<uint64_t>& codes() const { return codes_; }

  // Calls `on_count(org, channel, campaign, PageCount)` for each.
  template <typename OnCount>
  void ForEachCount(OnCount on_count) const {
    for (const Context& context : contexts_) {
      for (const PageCount& count : context.counts) {
        on_count(context.org, context.channel, absl::string_view(context.kept_campaign), count);
      }
    }
  }

 private:
  struct Context {
    uint32_t org;
    uint8_t kind, channel, message_class;
    std::string caller, campaign, brand;    // as they were given
    std::string kept_campaign, kept_brand;  // in lower case
    bool incomplete = false;                // has its code
    std::vector<PageCount> counts = {};
  };
  struct Thread {
    uint32_t random;
    uint32_t number;
  };
  // The row of a block's denied contact points to which more may be added.
  struct OpenRow {
    size_t count_at = 0;
    uint16_t items = 0;
    uint32_t context = 0;
    DecisionId id;
    int64_t revision = 0;
  };

  // Counts so many more, and finds the view's context.
  uint32_t Begin(const DecisionView& view, size_t rows);
  uint32_t ContextOf(const DecisionView& view);
  uint32_t ThreadOf(const DecisionId& id);
  uint32_t RuleOf(const ReasonView& reason);
  void CountRow(const DecisionView& view, Context* context);
  void AddCodes(const DecisionView& view, Context* context);
  bool Continues(const DecisionView& view, uint32_t context) const;
  char* PutHead(const DecisionView& view, uint32_t context, uint8_t flags, char* to);
  char* PutReason(const ReasonView& reason, char* to);
  void AddCheck(const DecisionView& view, uint32_t context);
  void AddBlock(const DecisionView& view, uint32_t context);
  void AddDenied(const DecisionView& view, uint32_t context);

  std::vector<Context> contexts_;
  std::vector<Thread> threads_;
  std::vector<uint64_t> rules_;  // packed
  absl::flat_hash_map<uint64_t, uint32_t> rule_numbers_;
  std::vector<uint64_t> codes_;
  std::string body_;
  OpenRow open_;
  bool has_columns_ = false;
  size_t rows_ = 0;
  uint32_t last_context_ = 0;
  uint32_t last_thread_ = 0;
  uint64_t base_time_ = 0;
  int64_t base_revision_ = 0;
  uint64_t min_time_ = 0;
  uint64_t max_time_ = 0;
};

// Takes a page apart. What it shows lasts until the next call, texts as long as the page.
class PageReader {
 public:
  // nullopt where it is damaged, or of a newer program.
  static std::optional<PageReader> Open(absl::string_view page);

  // The next record. False at the end, and where the page is damaged: see ok().
  bool Next(DecisionView* view);
  bool ok() const { return ok_; }

  // Where the record is that Next has just shown.
  struct Place {
    uint32_t row = 0;
    uint32_t item = 0;    // of a row with several: where it begins
    uint32_t before = 0;  // and in a column, the index of the one before
  };
  Place place() const { return place_; }
  // Shows the record that is there.
  bool ReadAt(Place place, DecisionView* view);

  size_t rows() const { return rows_; }

 private:
  struct Context {
    uint8_t kind, channel, message_class;
    uint32_t org;
    absl::string_view caller, campaign, brand;
  };
  struct Thread {
    uint32_t random;
    uint32_t number;
  };

  PageReader() = default;
  bool ReadHeader();
  bool ReadContexts();
  bool ReadRules();
  bool ReadThreads();
  bool ReadRow(DecisionView* view);
  bool ReadKinds();
  bool ReadItem(DecisionView* view);
  bool ReadItemOfColumn(DecisionView* view);
  bool ReadCheck(uint8_t flags, DecisionView* view);
  bool ReadCounts(DecisionView* view);
  bool ReadReason();
  bool ReadPoints(uint64_t count);
  bool ReadPoint();

  // All of them false at the end of the page.
  bool Byte(uint8_t* value);
  bool Number(uint64_t* value);
  bool Signed(int64_t* value);
  bool Text(absl::string_view* value);
  bool Bytes(size_t count, absl::string_view* value);

  absl::string_view page_;
  size_t at_ = 0;
  bool ok_ = true;
  size_t rows_ = 0;
  uint64_t base_time_ = 0;
  int64_t base_revision_ = 0;
  std::vector<Context> contexts_;
  std::vector<ReasonView> rules_;
  std::vector<Thread> threads_;
  DecisionView row_;  // of which items are read
  uint16_t items_left_ = 0;
  bool in_column_ = false;
  uint32_t index_ = 0;  // of the item before, in the column
  std::vector<DeniedKind> kinds_;
  Place place_;
  absl::InlinedVector<ReasonView, 16> reasons_;
  absl::InlinedVector<PointView, 8> points_;
  absl::InlinedVector<ReasonCountView, 8> counts_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_DECISION_PAGE_H_
