// What DecisionStore reads.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/recording/decision_store.h"

namespace dnc {
namespace {

using storage::v1::RecordedGap;

std::string DecisionKey(uint64_t bucket, uint32_t org, const DecisionId& id) {
  return absl::StrCat(recording_keys::Bucket(bucket), recording_keys::DecisionPrefix(org),
                      recording_keys::Decision(id));
}

absl::Status CorruptDecision() {
  return absl::DataLossError(
      "a record of a check cannot be read; restore the directory `recording`");
}

}  // namespace

// First the one that was open when it was judged, and those after it; then, since clocks are set,
// all others.
std::vector<uint64_t> DecisionStore::BucketsFor(const DecisionId& id) const {
  std::vector<uint64_t> buckets = Buckets();
  auto first = std::upper_bound(buckets.begin(), buckets.end(), id.time);
  if (first != buckets.begin()) --first;
  std::rotate(buckets.begin(), first, buckets.end());
  return buckets;
}

absl::StatusOr<std::optional<DecisionRow>> DecisionStore::GetIn(uint64_t bucket, uint32_t org,
                                                                const DecisionId& id) const {
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                       store_->Get(RecordingFamily::kDecisions, DecisionKey(bucket, org, id)));
  if (!bytes.has_value()) return std::optional<DecisionRow>();
  DecisionRow row{org, id, {}};
  if (!row.record.ParseFromString(*bytes)) return CorruptDecision();
  return std::optional<DecisionRow>(std::move(row));
}

absl::StatusOr<std::optional<DecisionRow>> DecisionStore::Get(uint32_t org,
                                                              const DecisionId& id) const {
  for (const uint64_t bucket : BucketsFor(id)) {
    DNC_ASSIGN_OR_RETURN(std::optional<DecisionRow> row, GetIn(bucket, org, id));
    if (row.has_value()) return row;
  }
  return std::optional<DecisionRow>();
}

// Newest first, without those that can have nothing of the range.
std::vector<uint64_t> DecisionStore::BucketsOf(const DecisionRange& range) const {
  const std::vector<uint64_t> buckets = Buckets();
  const bool ordered = !state().unordered();
  constexpr auto kDisorder = static_cast<uint64_t>(kDisorderMicros);
  std::vector<uint64_t> wanted;
  for (size_t i = buckets.size(); i-- > 0;) {
    const bool later = buckets[i] > range.end_time + kDisorder;
    const bool earlier = i + 1 < buckets.size() && buckets[i + 1] + kDisorder < range.start_time;
    if (!ordered || (!later && !earlier)) wanted.push_back(buckets[i]);
  }
  return wanted;
}

absl::StatusOr<std::string> DecisionStore::ScanDown(
    uint32_t org, const DecisionRange& range, absl::string_view below, int* budget,
    absl::FunctionRef<bool(const DecisionRow&)> on_row) const {
  const std::vector<uint64_t> buckets = BucketsOf(range);
  const bool is_index = range.prefix != recording_keys::DecisionPrefix(org);
  for (const uint64_t bucket : buckets) {
    const std::string prefix = absl::StrCat(recording_keys::Bucket(bucket), range.prefix);
    const std::string lower = absl::StrCat(prefix, recording_keys::Number64(range.start_time));
    std::string upper = absl::StrCat(prefix, recording_keys::Number64(range.end_time));
    if (!below.empty()) upper = std::min(upper, std::string(below));
    if (upper <= lower) continue;  // of a bucket that was looked through, or no time at all
    if (--*budget < 0) return upper;
    std::string next;
    absl::Status error;
    DNC_RETURN_IF_ERROR(store_->ScanDown(
        RecordingFamily::kDecisions, lower, upper,
        [&](absl::string_view key, absl::string_view value) {
          DecisionRow row{org, recording_keys::DecisionOf(key), {}};
          if (is_index) {
            absl::StatusOr<std::optional<DecisionRow>> found = GetIn(bucket, org, row.id);
            if (!found.ok()) error = found.status();
            if (!found.ok() || !found->has_value()) return found.ok();  // retired meanwhile
            row = *std::move(*found);
          } else if (!row.record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
            error = CorruptDecision();
            return false;
          }
          const bool go_on = on_row(row);
          if (go_on && --*budget > 0) return true;
          next = std::string(key);
          return false;
        }));
    if (!error.ok()) return error;
    if (!next.empty()) return next;
  }
  return std::string();
}

absl::StatusOr<std::vector<RecordedGap>> DecisionStore::Gaps(UnixMicros start, UnixMicros end,
                                                             size_t limit) const {
  const storage::v1::RecordingState now = state();
  std::vector<RecordedGap> gaps;
  // Gaps are in the order of their ends, but not of their beginnings.
  absl::Status error;
  DNC_RETURN_IF_ERROR(
      store_->ScanDown(RecordingFamily::kGaps, recording_keys::Gap(std::max<int64_t>(start, 0), 0),
                       std::string(13, '\xff'), [&](absl::string_view, absl::string_view value) {
                         RecordedGap gap;
                         if (!gap.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
                           error = CorruptDecision();
                           return false;
                         }
                         if (gap.start_time() <= end) gaps.push_back(std::move(gap));
                         return gaps.size() < limit;
                       }));
  if (!error.ok()) return error;
  const auto add = [&](v1::DecisionGapCause cause, UnixMicros from, UnixMicros until) {
    if (gaps.size() >= limit || until < start || from > end) return;
    RecordedGap& gap = gaps.emplace_back();
    gap.set_cause(cause);
    gap.set_start_time(from);
    gap.set_end_time(until);
  };
  if (now.disabled_since() != 0) {
    add(v1::DECISION_GAP_CAUSE_DISABLED, now.disabled_since(), std::numeric_limits<int64_t>::max());
  }
  if (now.retired_until() > 0) add(v1::DECISION_GAP_CAUSE_RETIRED, 0, now.retired_until() - 1);
  return gaps;
}

absl::Status DecisionStore::ScanCounters(
    uint32_t first_hour, uint32_t last_hour,
    absl::FunctionRef<void(const recording_keys::Counter&, uint64_t)> on_count) const {
  return store_->ScanUp(RecordingFamily::kCounters, recording_keys::CounterHour(first_hour),
                        recording_keys::CounterHour(last_hour + 1),
                        [&](absl::string_view key, absl::string_view value) {
                          on_count(recording_keys::CounterOf(key),
                                   recording_keys::ReadNumber(value));
                          return true;
                        });
}

}  // namespace dnc
