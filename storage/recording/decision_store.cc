#include "storage/recording/decision_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using recording_keys::Counter;
using storage::v1::RecordedGap;
using storage::v1::RecordingState;

// 1: a key and two or three index keys for each record. 2: pages.
constexpr uint32_t kSchemaOfRecords = 2;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;
// A bucket takes at most this part of what all of them may have, so that dropping the oldest one
// drops little more than must go.
constexpr uint64_t kBucketsInSize = 32;
constexpr RecordingFamily kDecisions = RecordingFamily::kDecisions;
constexpr RecordingFamily kRecordIndex = RecordingFamily::kIndex;
// Counts that are kept in memory.
constexpr size_t kMostCounts = 10'000;

absl::Status CorruptRecording(absl::string_view what) {
  return absl::DataLossError(
      absl::StrCat(what, " cannot be read; restore the directory `recording`, or move it away"));
}

std::string AfterBucket(uint64_t bucket) { return recording_keys::Bucket(bucket + 1); }

// When the last record of a bucket can have been written.
UnixMicros EndOf(const std::vector<uint64_t>& buckets, size_t index) {
  uint64_t end = buckets[index] + kHour;
  if (index + 1 < buckets.size()) end = std::min(end, buckets[index + 1]);
  return static_cast<UnixMicros>(end);
}

// Whether the records are where those of their time are looked for.
bool AreInOrder(const PageBuilder& records, uint64_t bucket, UnixMicros now) {
  const auto min = static_cast<int64_t>(records.min_time());
  const auto max = static_cast<int64_t>(records.max_time());
  return min >= static_cast<int64_t>(bucket) - DecisionStore::kDisorderMicros &&
         max <= now + DecisionStore::kDisorderMicros;
}

RecordedGap MakeGap(v1::DecisionGapCause cause, UnixMicros start, UnixMicros end) {
  RecordedGap gap;
  gap.set_cause(cause);
  gap.set_start_time(start);
  gap.set_end_time(end);
  return gap;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DecisionStore>> DecisionStore::Create(RecordingStore* store,
                                                                     const DecisionLimits& limits,
                                                                     UnixMicros now, bool recording,
                                                                     bool answered_before) {
  std::unique_ptr<DecisionStore> decisions(new DecisionStore(store, limits));
  DNC_RETURN_IF_ERROR(decisions->Load());
  DNC_RETURN_IF_ERROR(decisions->Begin(now, recording, answered_before));
  return decisions;
}

absl::StatusOr<bool> DecisionStore::IsUsed(const RecordingStore& store) {
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> state,
                       store.Get(RecordingFamily::kState, recording_keys::State()));
  return state.has_value();
}

absl::Status DecisionStore::Load() {
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> stored,
                       store_->Get(RecordingFamily::kState, recording_keys::State()));
  RecordingState state;
  if (stored.has_value() && !state.ParseFromString(*stored)) {
    return CorruptRecording("the state of the records");
  }
  if (state.schema_version() > kSchemaOfRecords) {
    return absl::DataLossError(absl::StrCat("the records have schema ", state.schema_version(),
                                            ", of a newer program; this one knows ",
                                            kSchemaOfRecords));
  }
  std::vector<uint64_t> buckets;
  std::vector<uint64_t> paged;
  std::string next = recording_keys::Bucket(0);
  const std::string end(recording_keys::kBucketBytes, '\xff');
  while (!next.empty()) {
    const std::string begin = std::exchange(next, "");
    DNC_RETURN_IF_ERROR(store_->ScanUp(kDecisions, begin, end, [&](absl::string_view key, auto) {
      buckets.push_back(recording_keys::BucketOf(key));
      if (recording_keys::IsOfPages(key)) paged.push_back(buckets.back());
      next = AfterBucket(buckets.back());
      return false;
    }));
  }
  DNC_RETURN_IF_ERROR(pages_.Load(paged));
  absl::MutexLock write_lock(&write_mu_);
  if (!buckets.empty()) {
    last_bucket_ = buckets.back();
    bucket_bytes_ = SizeBetween(buckets.back(), UINT64_MAX);
  }
  absl::MutexLock lock(&mu_);
  std::set_difference(buckets.begin(), buckets.end(), paged.begin(), paged.end(),
                      std::inserter(old_buckets_, old_buckets_.end()));
  buckets_ = std::move(buckets);
  state_ = state;
  return absl::OkStatus();
}

// Whatever may be missing since the last batch becomes a gap.
absl::Status DecisionStore::Begin(UnixMicros now, bool recording, bool answered_before) {
  absl::MutexLock lock(&write_mu_);
  RecordingState state = this->state();
  DecisionBatch batch;
  if (state.begin_time() == 0) {
    state.set_begin_time(now);
    if (answered_before) batch.gaps.push_back(MakeGap(v1::DECISION_GAP_CAUSE_DISABLED, 0, now));
  } else if (!state.closed()) {
    batch.gaps.push_back(
        MakeGap(v1::DECISION_GAP_CAUSE_CRASH, state.last_batch_time() - kSecond, now));
  }
  if (recording && state.disabled_since() != 0) {
    batch.gaps.push_back(MakeGap(v1::DECISION_GAP_CAUSE_DISABLED, state.disabled_since(), now));
  }
  if (recording) {
    state.set_disabled_since(0);
  } else if (state.disabled_since() == 0) {
    state.set_disabled_since(now);
  }
  state.set_schema_version(kSchemaOfRecords);
  state.set_last_batch_time(now);
  state.set_closed(false);
  RecordingBatch changes;
  DNC_RETURN_IF_ERROR(AddGaps(batch, &changes).status());
  return Commit(std::move(changes), state, /*synced=*/true);
}

absl::Status DecisionStore::Close(UnixMicros now) {
  absl::MutexLock lock(&write_mu_);
  RecordingState state = this->state();
  state.set_last_batch_time(now);
  state.set_closed(true);
  return Commit(RecordingBatch(), state, /*synced=*/true);
}

absl::Status DecisionStore::Commit(RecordingBatch changes, const RecordingState& state,
                                   bool synced) {
  changes.Add(RecordingFamily::kState, recording_keys::State(), state.SerializeAsString());
  DNC_RETURN_IF_ERROR(store_->Write(changes, synced));
  absl::MutexLock lock(&mu_);
  state_ = state;
  return absl::OkStatus();
}

uint64_t DecisionStore::BucketFor(UnixMicros now) {
  absl::MutexLock lock(&mu_);
  const auto time = static_cast<uint64_t>(now);
  const bool full = bucket_bytes_ >= limits_.max_bytes / kBucketsInSize;
  const bool takes = !buckets_.empty() && !full && time < buckets_.back() + kHour &&
                     old_buckets_.count(buckets_.back()) == 0;
  if (takes) return buckets_.back();
  // Ascending, however the clock is set, and none that is just being dropped.
  last_bucket_ = std::max(time, last_bucket_ + 1);
  buckets_.push_back(last_bucket_);
  bucket_bytes_ = 0;
  return last_bucket_;
}

absl::StatusOr<DecisionStore::Counts> DecisionStore::AddCounts(const DecisionBatch& batch,
                                                               RecordingBatch* changes) const {
  Counts counts;
  batch.records.ForEachCount(
      [&](uint32_t org, uint8_t channel, absl::string_view campaign, const PageCount& count) {
        counts[{count.hour, org, channel, count.verdict, count.reason, std::string(campaign)}] +=
            count.count;
      });
  for (auto& [counter, count] : counts) {
    std::string key = recording_keys::CounterKey(counter);
    if (const auto known = counts_.find(counter); known != counts_.end()) {
      count += known->second;
    } else {
      DNC_ASSIGN_OR_RETURN(const std::optional<std::string> before,
                           store_->Get(RecordingFamily::kCounters, key));
      count += before.has_value() ? recording_keys::ReadNumber(*before) : 0;
    }
    changes->Add(RecordingFamily::kCounters, std::move(key), recording_keys::Number64(count));
  }
  return counts;
}

// The result is the last gap of each cause of the batch.
absl::StatusOr<DecisionStore::LastGaps> DecisionStore::AddGaps(const DecisionBatch& batch,
                                                               RecordingBatch* changes) const {
  LastGaps written;
  uint32_t ordinal = 0;
  for (RecordedGap gap : batch.gaps) {
    const auto last = last_gaps_.find(gap.cause());
    const bool goes_on = last != last_gaps_.end() &&
                         gap.start_time() <= last->second.gap.end_time() &&
                         gap.end_time() >= last->second.gap.end_time();
    if (goes_on) {
      gap.set_start_time(std::min(gap.start_time(), last->second.gap.start_time()));
      gap.set_count(gap.count() + last->second.gap.count());
    }
    // Another one may end at that very time, of this batch or an earlier one.
    std::string key;
    for (bool taken = true; taken;) {
      key = recording_keys::Gap(gap.end_time(), ordinal++);
      DNC_ASSIGN_OR_RETURN(const std::optional<std::string> found,
                           store_->Get(RecordingFamily::kGaps, key));
      taken = found.has_value();
    }
    if (goes_on && last->second.key != key) {
      changes->Delete(RecordingFamily::kGaps, last->second.key);
    }
    changes->Add(RecordingFamily::kGaps, key, gap.SerializeAsString());
    const int cause = gap.cause();
    written[cause] = {std::move(key), std::move(gap)};
  }
  return written;
}

absl::Status DecisionStore::Append(const DecisionBatch& batch, UnixMicros now,
                                   UnixMicros complete_until) {
  absl::MutexLock lock(&write_mu_);
  RecordingState state = this->state();
  RecordingBatch changes;
  DecisionPages::Written written;
  if (!batch.records.empty()) {
    const uint64_t bucket = BucketFor(now);
    if (!AreInOrder(batch.records, bucket, now)) state.set_unordered(true);
    DNC_RETURN_IF_ERROR(pages_.Open(bucket));
    DNC_ASSIGN_OR_RETURN(written, pages_.Put(batch.records, &changes));
  }
  const uint64_t bytes = changes.bytes();
  DNC_ASSIGN_OR_RETURN(Counts counts, AddCounts(batch, &changes));
  DNC_ASSIGN_OR_RETURN(LastGaps gaps, AddGaps(batch, &changes));
  state.set_recorded(state.recorded() + static_cast<int64_t>(batch.records.rows()));
  for (const RecordedGap& gap : batch.gaps) state.set_dropped(state.dropped() + gap.count());
  state.set_last_batch_time(complete_until);
  DNC_RETURN_IF_ERROR(Commit(std::move(changes), state, /*synced=*/false));
  bucket_bytes_ += bytes;
  for (auto& [cause, gap] : gaps) last_gaps_[cause] = std::move(gap);
  if (counts_.size() > kMostCounts) counts_.clear();
  for (const auto& [counter, count] : counts) counts_[counter] = count;
  if (!batch.records.empty()) pages_.Publish(std::move(written));
  return absl::OkStatus();
}

size_t DecisionStore::CountOld(const std::vector<uint64_t>& buckets, UnixMicros now) const {
  const int64_t oldest = now - limits_.retention_micros;
  size_t count = 0;
  while (count < buckets.size() && EndOf(buckets, count) <= oldest) ++count;
  return count;
}

// Never the newest one: a record is there for a while, however small the limit.
size_t DecisionStore::CountBeyondSize(const std::vector<uint64_t>& buckets) const {
  uint64_t size = SizeOnDisk();
  size_t count = 0;
  while (size > limits_.max_bytes && count + 1 < buckets.size()) {
    const uint64_t part = SizeBetween(buckets[count], buckets[count + 1]);
    size -= std::min(size, part);
    ++count;
  }
  return count;
}

absl::Status DecisionStore::DropBuckets(size_t count, UnixMicros now) {
  const std::vector<uint64_t> buckets = Buckets();
  const uint64_t end = count < buckets.size() ? buckets[count] : buckets.back() + 1;
  const UnixMicros until = std::min(now, EndOf(buckets, count - 1));
  {
    absl::MutexLock write_lock(&write_mu_);
    RecordingState state = this->state();
    state.set_retired_until(std::max(state.retired_until(), until));
    // Synced, since files that are gone are gone at once.
    DNC_RETURN_IF_ERROR(Commit(RecordingBatch(), state, /*synced=*/true));
    pages_.Forget(end);
    counts_.clear();
    absl::MutexLock lock(&mu_);
    buckets_.erase(buckets_.begin(), buckets_.begin() + static_cast<std::ptrdiff_t>(count));
    old_buckets_.erase(old_buckets_.begin(), old_buckets_.lower_bound(end));
  }
  DNC_RETURN_IF_ERROR(
      store_->Drop(kRecordIndex, recording_keys::Bucket(0), recording_keys::Bucket(end)));
  return store_->Drop(kDecisions, recording_keys::Bucket(0), recording_keys::Bucket(end));
}

absl::Status DecisionStore::Retire(UnixMicros now) {
  const std::vector<uint64_t> buckets = Buckets();
  const size_t count = std::max(CountOld(buckets, now), CountBeyondSize(buckets));
  if (count == 0) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(DropBuckets(count, now));
  // Only what the gap of what has been retired covers.
  DNC_RETURN_IF_ERROR(store_->Drop(RecordingFamily::kGaps, recording_keys::Gap(0, 0),
                                   recording_keys::Gap(state().retired_until(), 0)));
  const int64_t hour = std::max<int64_t>(0, now - limits_.counter_retention_micros) / kHour;
  return store_->Drop(RecordingFamily::kCounters, recording_keys::CounterHour(0),
                      recording_keys::CounterHour(static_cast<uint32_t>(hour)));
}

RecordingState DecisionStore::state() const {
  absl::MutexLock lock(&mu_);
  return state_;
}

std::vector<uint64_t> DecisionStore::Buckets() const {
  absl::MutexLock lock(&mu_);
  return buckets_;
}

bool DecisionStore::IsOld(uint64_t bucket) const {
  absl::MutexLock lock(&mu_);
  return old_buckets_.count(bucket) != 0;
}

uint64_t DecisionStore::SizeBetween(uint64_t first, uint64_t end) const {
  const std::string lower = recording_keys::Bucket(first);
  const std::string upper = recording_keys::Bucket(end);
  return store_->SizeOf(kDecisions, lower, upper) + store_->SizeOf(kRecordIndex, lower, upper);
}

uint64_t DecisionStore::SizeOnDisk() const { return SizeBetween(0, UINT64_MAX); }

UnixMicros DecisionStore::OldestTime() const {
  const RecordingState state = this->state();
  return std::max(state.begin_time(), state.retired_until());
}

}  // namespace dnc
