// Every key of the recording store. Integers are big-endian, so that byte order is numeric order.
//
// clang-format off
//   state      'S'                                                         RecordingState
//   decisions  bucket:u64 'P' page:u32 part:u16                            decision_page.h
//   index      bucket:u64 'R' run:u32                                      run: decision_index.h
//              bucket:u64 'X' partition:u16 run:u32                        chunk: decision_index.h
//   gaps       end_time:u64 ordinal:u32                                    RecordedGap
//   counters   hour:u32 org:u32 channel:u8 verdict:u8 reason:u8 campaign   count:u64
//   contacts   'I' org:u32 contact-id                                      contact_time:u64
//              'C' org:u32 contact_time:u64 contact-id                     RecordedContact
//              'H' org:u32 hash:16 contact_time:u64 contact-id             nothing
//              'L' org:u32 lead-id 0x00 contact_time:u64 contact-id        nothing
//              'V' org:u32 contact_time:u64 contact-id                     with violations: nothing
//
//   decision   time:u64 random:u32 number:u32 index:u32                    see DecisionId
//   hour       hours since the Unix epoch
//   part       0: the whole page; from 1: what was written of it before it was full, a page each
//
// Until schema 1 of the records, and read for as long as there are such buckets:
//   decisions  bucket:u64 'D' org:u32 decision                             RecordedDecision
//              bucket:u64 'H' org:u32 hash:16 decision                     contact point: nothing
//              bucket:u64 'L' org:u32 lead-id 0x00 decision                lead: nothing
//              bucket:u64 'B' org:u32 channel:u8 decision                  incomplete: nothing
//   incomplete a send list, or a lead's check with more contact points than its record names
// clang-format on
//
// A bucket is named by the time when it was opened. What is recorded goes into the newest one, so
// that the oldest records are dropped, with all of their keys, as one range. Pages and runs of a
// bucket count from 0.
#ifndef DNC_STORAGE_RECORDING_RECORDING_KEYS_H_
#define DNC_STORAGE_RECORDING_RECORDING_KEYS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "storage/base/clock.h"

namespace dnc {

// Names a decision: the time when it was judged, which keeps ids in order, and what makes it
// unique. `index` is 0, or of a contact point of a block its place in it, from 1.
struct DecisionId {
  uint64_t time = 0;
  uint32_t random = 0;
  uint32_t number = 0;
  uint32_t index = 0;
  friend bool operator==(const DecisionId&, const DecisionId&) = default;
};

inline constexpr size_t kContactHashBytes = 16;

// The digits of an id without its index, without an allocation.
class DecisionText {
 public:
  explicit DecisionText(const DecisionId& id);
  absl::string_view view() const { return {digits_.data(), digits_.size()}; }

 private:
  std::array<char, 32> digits_;
};

// 32 hexadecimal digits; of a contact point of a block a dash and its number within it, from 0.
std::string FormatDecisionId(const DecisionId& id);
std::optional<DecisionId> ParseDecisionId(absl::string_view text);

namespace recording_keys {

inline constexpr size_t kBucketBytes = 8;
inline constexpr size_t kDecisionBytes = 20;

std::string State();

std::string Bucket(uint64_t bucket);
uint64_t BucketOf(absl::string_view key);

// Whether the bucket that the key is of has pages: it has nothing else then.
bool IsOfPages(absl::string_view key);

inline constexpr uint16_t kWholePage = 0;
struct PageKey {
  uint32_t page = 0;
  uint16_t part = kWholePage;
};
std::string Page(uint64_t bucket, const PageKey& page);
PageKey PageOf(absl::string_view key);

std::string RunPrefix(uint64_t bucket);
std::string Run(uint64_t bucket, uint32_t run);
std::string Chunk(uint64_t bucket, uint16_t partition, uint32_t run);
// Of a run's or a chunk's key.
uint32_t RunOf(absl::string_view key);

// Of schema 1: what stands behind the bucket, in front of the decision.
std::string DecisionPrefix(uint32_t org);
std::string HashPrefix(uint32_t org, absl::string_view hash);
std::string LeadPrefix(uint32_t org, absl::string_view lead_id);
std::string BlockPrefix(uint32_t org, uint8_t channel);

std::string Decision(const DecisionId& id);
// Of any key that ends with a decision.
DecisionId DecisionOf(absl::string_view key);

std::string Gap(UnixMicros end_time, uint32_t ordinal);

// What was counted.
struct Counter {
  uint32_t hour = 0;
  uint32_t org = 0;
  uint8_t channel = 0;
  uint8_t verdict = 0;
  uint8_t reason = 0;
  std::string campaign;
  // clang-tidy 14 takes the 0 that the compiler compares with for a pointer.
  // NOLINTNEXTLINE(modernize-use-nullptr)
  friend auto operator<=>(const Counter&, const Counter&) = default;
};
std::string CounterKey(const Counter& counter);
Counter CounterOf(absl::string_view key);
std::string CounterHour(uint32_t hour);

std::string ContactById(uint32_t org, absl::string_view contact_id);
std::string ContactPrefix(uint32_t org);
std::string ContactHashPrefix(uint32_t org, absl::string_view hash);
std::string ContactLeadPrefix(uint32_t org, absl::string_view lead_id);
std::string ViolationPrefix(uint32_t org);
// What stands behind those prefixes.
std::string ContactAt(UnixMicros time, absl::string_view contact_id);
std::string ContactTime(UnixMicros time);

std::string Number64(uint64_t value);
uint64_t ReadNumber(absl::string_view bytes);

}  // namespace recording_keys
}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_RECORDING_KEYS_H_
