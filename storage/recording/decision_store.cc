#include "storage/recording/decision_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using recording_keys::Counter;
using storage::v1::RecordedDecision;
using storage::v1::RecordedGap;
using storage::v1::RecordingState;

constexpr uint32_t kSchemaOfRecords = 1;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3600 * kSecond;
// A bucket takes at most this part of what all of them may have, so that dropping the oldest one
// drops little more than must go.
constexpr uint64_t kBucketsInSize = 32;
constexpr RecordingFamily kDecisions = RecordingFamily::kDecisions;

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

// Whether the record is where those of its time are looked for.
bool IsInOrder(const DecisionRow& row, uint64_t bucket, UnixMicros now) {
  const auto time = static_cast<int64_t>(row.id.time);
  return time >= static_cast<int64_t>(bucket) - DecisionStore::kDisorderMicros &&
         time <= now + DecisionStore::kDisorderMicros;
}

// Every key under which the record is found.
std::vector<std::string> IndexKeys(const std::string& bucket, const DecisionRow& row) {
  const std::string id = recording_keys::Decision(row.id);
  const std::set<std::string> hashes(row.record.contact_hashes().begin(),
                                     row.record.contact_hashes().end());
  std::vector<std::string> keys;
  keys.reserve(hashes.size() + 2);
  for (const std::string& hash : hashes) {
    keys.push_back(absl::StrCat(bucket, recording_keys::HashPrefix(row.org, hash), id));
  }
  if (!row.record.lead().empty()) {
    keys.push_back(
        absl::StrCat(bucket, recording_keys::LeadPrefix(row.org, row.record.lead()), id));
  }
  if (row.record.kind() == v1::DECISION_KIND_FILTER_BLOCK || row.record.more_contact_points()) {
    const auto channel = static_cast<uint8_t>(row.record.channel());
    keys.push_back(absl::StrCat(bucket, recording_keys::BlockPrefix(row.org, channel), id));
  }
  return keys;
}

using Counts = std::map<Counter, uint64_t>;

void CountRow(const DecisionRow& row, Counts* counts) {
  const RecordedDecision& record = row.record;
  Counter counter;
  counter.hour = static_cast<uint32_t>(record.time() / kHour);
  counter.org = row.org;
  counter.channel = static_cast<uint8_t>(record.channel());
  counter.campaign = record.campaign();
  const auto add = [&](v1::Verdict verdict, v1::ReasonType reason, uint64_t count) {
    if (count == 0) return;
    counter.verdict = static_cast<uint8_t>(verdict);
    counter.reason = static_cast<uint8_t>(reason);
    (*counts)[counter] += count;
  };
  if (record.kind() == v1::DECISION_KIND_FILTER_DENIED) return;  // its block counts it
  if (record.kind() != v1::DECISION_KIND_FILTER_BLOCK) {
    const bool explained = record.verdict() != v1::VERDICT_ALLOW && record.reasons_size() > 0;
    return add(record.verdict(), explained ? record.reasons(0).type() : v1::REASON_TYPE_UNSPECIFIED,
               1);
  }
  add(v1::VERDICT_ALLOW, v1::REASON_TYPE_UNSPECIFIED, record.allowed());
  for (const storage::v1::RecordedReasonCount& reason : record.reason_counts()) {
    add(reason.verdict(), reason.type(), reason.count());
  }
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
  std::string next = recording_keys::Bucket(0);
  const std::string end(recording_keys::kBucketBytes, '\xff');
  while (!next.empty()) {
    const std::string begin = std::exchange(next, "");
    DNC_RETURN_IF_ERROR(store_->ScanUp(kDecisions, begin, end, [&](absl::string_view key, auto) {
      buckets.push_back(recording_keys::BucketOf(key));
      next = AfterBucket(buckets.back());
      return false;
    }));
  }
  absl::MutexLock write_lock(&write_mu_);
  if (!buckets.empty()) {
    last_bucket_ = buckets.back();
    bucket_bytes_ = store_->SizeOf(kDecisions, recording_keys::Bucket(buckets.back()), end);
  }
  absl::MutexLock lock(&mu_);
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
  if (!buckets_.empty() && !full && time < buckets_.back() + kHour) return buckets_.back();
  // Ascending, however the clock is set, and none that is just being dropped.
  last_bucket_ = std::max(time, last_bucket_ + 1);
  buckets_.push_back(last_bucket_);
  bucket_bytes_ = 0;
  return last_bucket_;
}

absl::Status DecisionStore::AddCounts(const DecisionBatch& batch, RecordingBatch* changes) const {
  Counts counts;
  for (const DecisionRow& row : batch.rows) CountRow(row, &counts);
  for (const auto& [counter, count] : counts) {
    std::string key = recording_keys::CounterKey(counter);
    DNC_ASSIGN_OR_RETURN(const std::optional<std::string> before,
                         store_->Get(RecordingFamily::kCounters, key));
    const uint64_t sum = count + (before.has_value() ? recording_keys::ReadNumber(*before) : 0);
    changes->Add(RecordingFamily::kCounters, std::move(key), recording_keys::Number64(sum));
  }
  return absl::OkStatus();
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
  if (!batch.rows.empty()) {
    const uint64_t number = BucketFor(now);
    const std::string bucket = recording_keys::Bucket(number);
    for (const DecisionRow& row : batch.rows) {
      if (!IsInOrder(row, number, now)) state.set_unordered(true);
      changes.Add(kDecisions,
                  absl::StrCat(bucket, recording_keys::DecisionPrefix(row.org),
                               recording_keys::Decision(row.id)),
                  row.record.SerializeAsString());
      for (std::string& key : IndexKeys(bucket, row)) changes.Add(kDecisions, std::move(key), "");
    }
  }
  const uint64_t bytes = changes.bytes();
  DNC_RETURN_IF_ERROR(AddCounts(batch, &changes));
  DNC_ASSIGN_OR_RETURN(LastGaps gaps, AddGaps(batch, &changes));
  state.set_recorded(state.recorded() + static_cast<int64_t>(batch.rows.size()));
  for (const RecordedGap& gap : batch.gaps) state.set_dropped(state.dropped() + gap.count());
  state.set_last_batch_time(complete_until);
  DNC_RETURN_IF_ERROR(Commit(std::move(changes), state, /*synced=*/false));
  bucket_bytes_ += bytes;
  for (auto& [cause, gap] : gaps) last_gaps_[cause] = std::move(gap);
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
    const uint64_t part = store_->SizeOf(kDecisions, recording_keys::Bucket(buckets[count]),
                                         recording_keys::Bucket(buckets[count + 1]));
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
    absl::MutexLock lock(&mu_);
    buckets_.erase(buckets_.begin(), buckets_.begin() + static_cast<std::ptrdiff_t>(count));
  }
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

uint64_t DecisionStore::SizeOnDisk() const {
  const std::string end(recording_keys::kBucketBytes, '\xff');
  return store_->SizeOf(kDecisions, recording_keys::Bucket(0), end);
}

UnixMicros DecisionStore::OldestTime() const {
  const RecordingState state = this->state();
  return std::max(state.begin_time(), state.retired_until());
}

}  // namespace dnc
