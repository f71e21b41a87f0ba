// Records of checks on disk: appended in batches, read newest first, retired by age and size.
#ifndef DNC_STORAGE_RECORDING_DECISION_STORE_H_
#define DNC_STORAGE_RECORDING_DECISION_STORE_H_

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "dnc/storage/v1/recording.pb.h"
#include "storage/base/clock.h"
#include "storage/recording/decision_page.h"
#include "storage/recording/decision_pages.h"
#include "storage/recording/decision_view.h"
#include "storage/recording/recording_keys.h"
#include "storage/recording/secret.h"
#include "storage/rocksdb/recording_store.h"

namespace dnc {

struct DecisionLimits {
  int64_t retention_micros = 0;          // records are retired within the hour after it
  int64_t counter_retention_micros = 0;  // of the counts by the hour
  uint64_t max_bytes = 0;                // the oldest records are retired beyond it
};

// What is written at once.
struct DecisionBatch {
  PageBuilder records;
  std::vector<storage::v1::RecordedGap> gaps;
};

// Which records are wanted.
struct DecisionRange {
  enum class Of : uint8_t {
    kOrganization,  // all
    kContact,       // those of `contact`
    kLead,          // those of `lead`
    kIncomplete,    // those on `channel` that may have allowed more than they name
  };
  Of of = Of::kOrganization;
  ContactHash contact = {};
  std::string lead = {};  // its id
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  // Decisions judged in [start_time, end_time).
  uint64_t start_time = 0;
  uint64_t end_time = std::numeric_limits<int64_t>::max();
};

// One thread appends and closes, another may retire meanwhile; any reads.
class DecisionStore {
 public:
  // A record is written within so much time of its check. Where clocks were set, or the disk was
  // stuck, that is put on record, and reads look everywhere.
  static constexpr int64_t kDisorderMicros = int64_t{600} * 1'000'000;

  // Whether a server has kept records in the store before.
  static absl::StatusOr<bool> IsUsed(const RecordingStore& store);

  // `recording`: whether checks leave records from now on. `answered_before`: where the store is
  // new, whether checks may have been answered without it. A time for which records may be missing
  // is put on record as a gap. The store's errors; DATA_LOSS for a schema that is not known.
  static absl::StatusOr<std::unique_ptr<DecisionStore>> Create(RecordingStore* store,
                                                               const DecisionLimits& limits,
                                                               UnixMicros now, bool recording,
                                                               bool answered_before);

  // `complete_until`: with this batch whatever was judged before has its record, or is on record as
  // a gap. A gap that begins where the last one of its cause had not ended is one with it.
  // UNAVAILABLE: nothing of it was written.
  absl::Status Append(const DecisionBatch& batch, UnixMicros now, UnixMicros complete_until);
  // Tries to make the store writable again.
  absl::Status Resume() { return store_->Resume(); }
  // Drops what is too old or too much.
  absl::Status Retire(UnixMicros now);
  // Puts on record that nothing is missing up to now. Nothing may be appended after it.
  absl::Status Close(UnixMicros now);

  absl::StatusOr<std::optional<DecisionRow>> Get(uint32_t org, const DecisionId& id) const;

  // Calls `on_row` for each record of the range below `below`, where an earlier call ended (empty:
  // from the newest on), until it answers false or `*budget` rows, buckets and pages without rows
  // were looked at. Newest first; of those that were written in the same moment from page to page
  // only. The result is where to go on; empty: there is no more.
  absl::StatusOr<std::string> ScanDown(uint32_t org, const DecisionRange& range,
                                       absl::string_view below, int* budget,
                                       absl::FunctionRef<bool(const DecisionRow&)> on_row) const;

  // Times within [start, end] for which records are missing, newest first, at most `limit`.
  absl::StatusOr<std::vector<storage::v1::RecordedGap>> Gaps(UnixMicros start, UnixMicros end,
                                                             size_t limit) const;

  // Calls `on_count` for each count of hours in [first, last], ascending.
  absl::Status ScanCounters(
      uint32_t first_hour, uint32_t last_hour,
      absl::FunctionRef<void(const recording_keys::Counter&, uint64_t)> on_count) const;

  // As it was last written, and of what its files take.
  storage::v1::RecordingState state() const;
  uint64_t SizeOnDisk() const;
  // When the oldest records that are still held may have been judged.
  UnixMicros OldestTime() const;

 private:
  DecisionStore(RecordingStore* store, const DecisionLimits& limits)
      : store_(store), limits_(limits), pages_(store) {}

  absl::Status Load();
  absl::Status Begin(UnixMicros now, bool recording, bool answered_before);
  uint64_t BucketFor(UnixMicros now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  std::vector<uint64_t> Buckets() const;
  std::vector<uint64_t> BucketsOf(const DecisionRange& range) const;
  std::vector<uint64_t> BucketsFor(const DecisionId& id) const;
  size_t CountOld(const std::vector<uint64_t>& buckets, UnixMicros now) const;
  size_t CountBeyondSize(const std::vector<uint64_t>& buckets) const;
  absl::Status DropBuckets(size_t count, UnixMicros now);
  bool IsOld(uint64_t bucket) const ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t SizeBetween(uint64_t first, uint64_t end) const;
  absl::StatusOr<std::optional<DecisionRow>> GetIn(uint64_t bucket, uint32_t org,
                                                   const DecisionId& id) const;
  using OnRow = absl::FunctionRef<bool(const DecisionRow&)>;
  absl::StatusOr<std::string> ScanBucket(uint64_t bucket, uint32_t org, const DecisionRange& range,
                                         absl::string_view below, int* budget, OnRow on_row) const;
  // The same of a bucket of schema 1.
  absl::StatusOr<std::optional<DecisionRow>> GetInOld(uint64_t bucket, uint32_t org,
                                                      const DecisionId& id) const;
  absl::StatusOr<std::string> ScanOldBucket(uint64_t bucket, uint32_t org,
                                            const DecisionRange& range, absl::string_view below,
                                            int* budget, OnRow on_row) const;
  using Counts = std::map<recording_keys::Counter, uint64_t>;
  // The result is how many there are with the batch.
  absl::StatusOr<Counts> AddCounts(const DecisionBatch& batch, RecordingBatch* changes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  // A gap, and the key that it has.
  struct WrittenGap {
    std::string key;
    storage::v1::RecordedGap gap;
  };
  using LastGaps = std::map<int, WrittenGap>;  // by cause
  absl::StatusOr<LastGaps> AddGaps(const DecisionBatch& batch, RecordingBatch* changes) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);
  absl::Status Commit(RecordingBatch changes, const storage::v1::RecordingState& state, bool synced)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(write_mu_);

  RecordingStore* const store_;
  const DecisionLimits limits_;
  DecisionPages pages_;
  // Held from reading the state until it is written.
  absl::Mutex write_mu_ ABSL_ACQUIRED_BEFORE(mu_);
  uint64_t bucket_bytes_ ABSL_GUARDED_BY(write_mu_) = 0;  // written to the newest bucket
  uint64_t last_bucket_ ABSL_GUARDED_BY(write_mu_) = 0;   // the newest there ever was; 0: none
  LastGaps last_gaps_ ABSL_GUARDED_BY(write_mu_);         // written since the start
  Counts counts_ ABSL_GUARDED_BY(write_mu_);              // of late, as they are on disk
  mutable absl::Mutex mu_;
  std::vector<uint64_t> buckets_ ABSL_GUARDED_BY(mu_);   // ascending
  std::set<uint64_t> old_buckets_ ABSL_GUARDED_BY(mu_);  // those of schema 1
  storage::v1::RecordingState state_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_DECISION_STORE_H_
