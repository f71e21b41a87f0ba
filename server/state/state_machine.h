// Applies the log to the store and publishes what reads see. One mutation after another is judged
// upon an overlay; a batch commits as one: state, audit records, answers to request ids and the
// applied revision in one write with one sync. Then the new view is published, and only then is
// anybody answered. While a batch is written and synced, the next is judged upon it.
#ifndef DNC_SERVER_STATE_STATE_MACHINE_H_
#define DNC_SERVER_STATE_STATE_MACHINE_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/state/change_feed.h"
#include "server/state/load_state.h"
#include "server/state/overlay.h"
#include "server/state/published.h"
#include "server/state/record_cache.h"
#include "server/state/txn.h"
#include "server/state/view.h"
#include "storage/log/mutation_log.h"

namespace dnc {

class StateMachine : public MutationSink {
 public:
  using ViewGuard = Published<View>::Guard;

  // Reads the catalog and the registries from `store`, which must outlive it, and begins to read
  // what else is held in memory (start_fill.h); writes what a new store has. FAILED_PRECONDITION:
  // the store's schema version is not known. DATA_LOSS: revisions are missing, or a record or
  // registry cannot be read.
  static absl::StatusOr<std::unique_ptr<StateMachine>> Create(Store* store,
                                                              const StateOptions& options);

  int64_t applied_revision() const override { return applied_.load(std::memory_order_acquire); }
  // Contact points are still being read into memory after the start.
  bool filling_memory() const { return fill_ != nullptr && !fill_->ended(); }
  std::unique_ptr<JudgedBatch> Begin() override;
  void Judge(std::vector<LogEntry> entries, JudgedBatch* batch) override;
  absl::Status Commit(JudgedBatch* batch) override;

  // All three for one batch.
  absl::Status Apply(std::vector<LogEntry> entries, std::vector<Outcome>* outcomes);

  // What the mutation would do now, upon what reads see; nothing is changed, and nothing waits for
  // it. Its outcome has revision 0, unless it would be a repeat: then it is the first answer.
  Outcome DryRun(const Mutation& mutation) const;

  // The newest view. Lock-free.
  ViewGuard Read() const { return published_.Read(); }

  // The newest audit records, for those who follow them.
  ChangeFeed& changes() { return changes_; }

  // Registries are made ready before the mutation that activates them is proposed.
  void StageNumbers(uint32_t organization, uint32_t list, int64_t version,
                    std::shared_ptr<const NumberSet> numbers);
  void UnstageNumbers(uint32_t organization, uint32_t list, int64_t version);

  bool writable() const { return writable_.load(); }
  void StopWriting(const std::string& problem) override;
  // Stops writing where the store has failed between two commits.
  void NoticeStoreFailure();
  // Tries to make a store writable that was not, and publishes that it is.
  absl::Status TryRecover();

 private:
  using VersionKey = std::pair<std::pair<uint32_t, uint32_t>, int64_t>;

  StateMachine(Store* store, LoadedState state);

  struct Batch;
  // What the next batch stands upon.
  struct Judged {
    int64_t revision = 0;
    std::shared_ptr<const Catalog> catalog;
    storage::v1::AuditChain audit_chain;
  };

  // What was begun and is not committed will not be.
  void ForgetJudged() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_, commit_mu_);
  absl::Status CommitBatch(Batch* batch) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mu_);
  void CacheRecords(const WriteSet& writes, int64_t revision)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mu_);
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mu_);
  // `before` is where `catalog` began.
  std::shared_ptr<const Catalog> WithNumbers(std::shared_ptr<const Catalog> catalog,
                                             const std::shared_ptr<const Catalog>& before)
      ABSL_LOCKS_EXCLUDED(staged_mu_);
  std::unique_ptr<View> MakeView() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mu_);
  void SetWritable(bool writable, std::string problem) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_mu_);

  Store* const store_;
  absl::Mutex commit_mu_;  // held while a batch is committed; no read takes it
  absl::Mutex mu_ ABSL_ACQUIRED_AFTER(commit_mu_);  // held while mutations are judged
  std::atomic<int64_t> applied_;
  const std::unique_ptr<RecordCache> cache_;     // written under commit_mu_
  const std::unique_ptr<SubjectFilter> filter_;  // every organization's but `global`'s
  const std::unique_ptr<SubjectFilter> global_filter_;
  const CachedReader latest_;
  Judged judged_ ABSL_GUARDED_BY(mu_);
  // Of batches that are begun and not committed, in their order.
  std::deque<std::shared_ptr<const Overlay>> pending_ ABSL_GUARDED_BY(mu_);
  std::atomic<uint64_t> failures_{0};  // counts up under both locks, whenever pending_ is dropped
  storage::v1::AuditChain audit_chain_ ABSL_GUARDED_BY(commit_mu_);
  std::shared_ptr<const Catalog> catalog_ ABSL_GUARDED_BY(commit_mu_);
  std::atomic<bool> writable_{true};
  std::string problem_ ABSL_GUARDED_BY(commit_mu_);
  Published<View> published_;
  ChangeFeed changes_;

  absl::Mutex staged_mu_;
  std::map<VersionKey, std::shared_ptr<const NumberSet>> staged_ ABSL_GUARDED_BY(staged_mu_);
  const std::unique_ptr<StartFill> fill_;  // of filters and cache; ends before them
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_STATE_MACHINE_H_
