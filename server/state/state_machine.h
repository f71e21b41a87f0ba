// Applies the log to the store and publishes what reads see. One mutation after another is applied
// to an overlay; a batch commits as one: state, audit records, answers to request ids and the
// applied revision in one write with one sync. Then the new view is published, and only then is
// anybody answered.
#ifndef DNC_SERVER_STATE_STATE_MACHINE_H_
#define DNC_SERVER_STATE_STATE_MACHINE_H_

#include <atomic>
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

  // Reads the catalog, the registries and the filter from `store`, which must outlive it; writes
  // what a new store has. FAILED_PRECONDITION: the store's schema version is not known. DATA_LOSS:
  // revisions are missing, or a record or registry cannot be read.
  // Keeps up to `record_cache_bytes` of what checks read in memory.
  static absl::StatusOr<std::unique_ptr<StateMachine>> Create(Store* store,
                                                              size_t record_cache_bytes);

  int64_t applied_revision() const override { return applied_.load(std::memory_order_acquire); }
  absl::Status Apply(absl::Span<const LogEntry> entries, std::vector<Outcome>* outcomes) override;

  // What the mutation would do now; nothing is changed. Its outcome has revision 0, unless it would
  // be a repeat: then it is the first answer.
  Outcome DryRun(const Mutation& mutation);

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

  struct Judgement {
    Outcome outcome;  // revision 0, unless it is a repeat's
    storage::v1::AuditRecord::Disposition disposition;
  };

  // Applies one mutation on top of `batch`; its changes join it where it succeeds.
  Outcome ApplyOne(const LogEntry& entry, Overlay* batch, std::shared_ptr<const Catalog>* catalog,
                   storage::v1::AuditChain* audit_chain) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The same without the records of its having been applied.
  // `audit` takes what it changed; null: nobody asks.
  Judgement Judge(const LogEntry& entry, const std::string& request_key, Overlay* batch,
                  std::shared_ptr<const Catalog>* catalog, storage::v1::AuditRecord* audit)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Outcome Execute(const LogEntry& entry, Overlay* batch, std::shared_ptr<const Catalog>* catalog,
                  storage::v1::AuditRecord* audit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Commit(Overlay batch, int64_t revision, const storage::v1::AuditChain& audit_chain)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CacheRecords(const WriteSet& writes, int64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::shared_ptr<const Catalog> WithNumbers(std::shared_ptr<const Catalog> catalog)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::unique_ptr<View> MakeView() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void SetWritable(bool writable, std::string problem) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  Store* const store_;
  mutable absl::Mutex mu_;  // held while mutations are applied; no read takes it
  std::atomic<int64_t> applied_;
  const std::unique_ptr<RecordCache> cache_;  // written under mu_
  const CachedReader latest_;
  storage::v1::AuditChain audit_chain_ ABSL_GUARDED_BY(mu_);
  std::shared_ptr<const Catalog> catalog_ ABSL_GUARDED_BY(mu_);
  SubjectFilter filter_ ABSL_GUARDED_BY(mu_);
  SubjectFilter global_filter_ ABSL_GUARDED_BY(mu_);
  std::atomic<bool> writable_{true};
  std::string problem_ ABSL_GUARDED_BY(mu_);
  Published<View> published_;
  ChangeFeed changes_;

  absl::Mutex staged_mu_;
  std::map<VersionKey, std::shared_ptr<const NumberSet>> staged_ ABSL_GUARDED_BY(staged_mu_);
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_STATE_MACHINE_H_
