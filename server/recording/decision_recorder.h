// Takes what checks leave behind and writes it down, on a thread of its own, and retires it on
// another. docs/decisions.md says what operators see of it.
#ifndef DNC_SERVER_RECORDING_DECISION_RECORDER_H_
#define DNC_SERVER_RECORDING_DECISION_RECORDER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/recording/block_event.h"
#include "server/recording/block_queue.h"
#include "server/recording/decision_event.h"
#include "storage/base/clock.h"
#include "storage/recording/decision_store.h"
#include "storage/recording/record_ring.h"
#include "storage/recording/secret.h"

namespace dnc {

struct RecorderOptions {
  bool enabled = true;
  // Where there is no room: make checks wait, instead of answering them without a record.
  bool wait = false;
  // Records that may wait to be written, of single checks and of blocks each.
  size_t queue = 65'536;
  // Called now and then, on the retiring thread: what else is to be retired.
  std::function<absl::Status(UnixMicros now)> retire;
  // How often the clock is asked, and that nothing is missing put on record, where neither checks
  // nor queries tell the time.
  absl::Duration look_interval = absl::Seconds(10);
  // Test seam: while it is set, nothing is written. Null: never.
  const std::atomic<bool>* paused = nullptr;
};

struct RecorderState {
  bool enabled = false;
  bool wait = false;
  bool writable = true;
  int64_t recorded = 0;
  int64_t dropped = 0;
  UnixMicros last_drop_time = 0;  // 0: none since the start
  int queue_percent = 0;
  UnixMicros oldest_time = 0;
  uint64_t disk_bytes = 0;
};

// Thread-safe. A check pushes into a queue without a lock: it waits for nobody and calls no system.
class DecisionRecorder {
 public:
  DecisionRecorder(DecisionStore* store, const Secret* secret, const Clock* clock,
                   const RecorderOptions& options);
  // Writes what was recorded.
  ~DecisionRecorder();
  DecisionRecorder(const DecisionRecorder&) = delete;
  DecisionRecorder& operator=(const DecisionRecorder&) = delete;

  bool enabled() const { return options_.enabled; }

  // Whether a check would have to wait, so that it should do so on a thread that may: see `wait`.
  bool MustWait() const;

  // Records the event of a check. Where there is no room: counts it as dropped; or, where checks
  // wait, waits for a while if `may_block`, and then is OVERLOADED: the check must not be answered.
  absl::Status Record(absl::string_view event, bool may_block);
  // The same of a block of a send list. These come in masses, and do not crowd out checks. Where
  // there is no room, what was not allowed is left out first, and then the block itself.
  absl::Status RecordBlock(BlockRecord block, bool may_block);

  // Waits until everything that was recorded before can be read. RECORDING_UNAVAILABLE: it cannot
  // be written; whoever asks is not kept waiting until it can.
  absl::Status Flush();

  RecorderState state() const;

 private:
  static constexpr size_t kRings = 4;  // so that threads seldom meet on one

  RecordRing& RingOfThread();
  absl::Status PushWhenThereIsRoom(absl::FunctionRef<bool()> try_push);

  void Run();
  bool Paused() const { return options_.paused != nullptr && options_.paused->load(); }
  // Writes what is in the rings. False: the disk did not take it.
  bool WriteAll();
  bool IsBusy() const;
  bool BatchIsFull() const;
  void Collect(RecordRing* ring, uint64_t end);
  // Writes the records of a block. False: the disk did not take all of them.
  bool WriteBlock(const BlockRecord& block);
  // `complete_until`: see DecisionStore::Append.
  bool WriteBatch(UnixMicros complete_until);
  absl::Status TryWrite(UnixMicros now, UnixMicros complete_until);
  std::vector<storage::v1::RecordedGap> Gaps(UnixMicros now, int64_t dropped) const;
  void RetireWhenDue() ABSL_LOCKS_EXCLUDED(mu_);
  void RunRetiring();
  void Retire(UnixMicros now);

  DecisionStore* const store_;
  const Secret* const secret_;
  const Clock* const clock_;
  const RecorderOptions options_;
  std::vector<std::unique_ptr<RecordRing>> rings_;
  BlockQueue blocks_;
  std::atomic<int64_t> dropped_{0};  // not yet on record
  std::atomic<UnixMicros> last_drop_time_{0};
  // As checks, queries and now and then the clock tell it.
  std::atomic<UnixMicros> known_time_{0};
  std::atomic<bool> writable_{true};
  std::atomic<uint64_t> disk_bytes_{0};

  // The writing thread's own.
  DecisionBatch batch_;
  std::string event_;
  int64_t lost_ = 0;  // that the disk did not take; not yet on record
  // What was judged before has its record, or is on record as a gap.
  UnixMicros complete_until_ = 0;
  UnixMicros last_retire_ = 0;
  uint64_t rows_since_retire_ = 0;
  absl::Time next_resume_;
  absl::Time next_look_;

  mutable absl::Mutex mu_;
  uint64_t asked_ ABSL_GUARDED_BY(mu_) = 0;  // flushes
  uint64_t done_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t cycles_ ABSL_GUARDED_BY(mu_) = 0;
  UnixMicros retire_at_ ABSL_GUARDED_BY(mu_) = 0;  // it is due, and then it is that time; 0: not
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::thread thread_;
  std::thread retiring_thread_;
};

}  // namespace dnc

#endif  // DNC_SERVER_RECORDING_DECISION_RECORDER_H_
