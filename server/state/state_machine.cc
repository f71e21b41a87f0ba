#include "server/state/state_machine.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/audit_capture.h"
#include "server/state/load_numbers.h"
#include "server/state/record_bytes.h"
#include "storage/audit/chain.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

using storage::v1::AuditChain;
using storage::v1::AuditRecord;
using storage::v1::RequestRecord;
using storage::v1::StoreRecord;

// A record that could not be read refuses the one mutation that needs it: nothing of it is written,
// and the caller may repeat it.
absl::Status NameReadError(const absl::Status& status) {
  if (ErrorInfoOf(status).has_value()) return status;
  if (absl::IsDataLoss(status)) {
    return MakeError(v1::ERROR_REASON_CORRUPT_RECORD, status.message());
  }
  if (!absl::IsUnavailable(status)) return status;
  return MakeError(v1::ERROR_REASON_STORE_UNAVAILABLE,
                   absl::StrCat(status.message(),
                                "; nothing was changed: mend the disk, then repeat with the same "
                                "request_id"));
}

Outcome RefusalOutcome(const absl::Status& why) {
  const absl::Status status = NameReadError(why);
  Outcome outcome;
  outcome.set_code(static_cast<int32_t>(status.code()));
  outcome.set_message(std::string(status.message()));
  if (auto info = ErrorInfoOf(status); info.has_value()) {
    *outcome.mutable_error() = *std::move(info);
  }
  return outcome;
}

absl::Status RequestIdReused(const std::string& request_id) {
  return MakeError(v1::ERROR_REASON_REQUEST_ID_REUSED,
                   "request_id: it was used before for another request; use a new one",
                   {{"request_id", request_id}});
}

uint32_t NumberOf(const Mutation& mutation, const Catalog& catalog) {
  const CatalogOrganization* organization = catalog.Find(mutation.organization());
  return organization == nullptr ? kGlobalNumber : organization->number();
}

// Where the answer to the mutation's request id is kept: in its organization's range; creating an
// organization belongs to `global`.
std::string RequestKey(const Mutation& mutation, const Catalog& catalog) {
  return keys::Request(NumberOf(mutation, catalog), mutation.request_id());
}

absl::Status StoreUnavailable(absl::string_view problem) {
  return MakeError(v1::ERROR_REASON_STORE_UNAVAILABLE, problem);
}

// Whether it is there. CORRUPT_RECORD.
template <typename Record>
absl::StatusOr<bool> ReadRecord(const Overlay& overlay, Family family, absl::string_view key,
                                Record* record) {
  return overlay.Read(family, key, [&](absl::string_view bytes) {
    return record->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
               ? absl::OkStatus()
               : CorruptRecord(family);
  });
}

// Puts down how far the store has come.
absl::Status PutRevision(int64_t revision, const AuditChain& audit_chain, Overlay* batch) {
  StoreRecord store;
  DNC_ASSIGN_OR_RETURN(const bool found, ReadRecord(*batch, Family::kMeta, keys::Store(), &store));
  if (!found) return CorruptRecord(Family::kMeta);
  store.set_applied_revision(revision);
  *store.mutable_audit_chain() = audit_chain;
  batch->Put(Family::kMeta, keys::Store(), RecordBytes(store));
  return absl::OkStatus();
}

struct Judgement {
  Outcome outcome;  // revision 0, unless it is a repeat's
  AuditRecord::Disposition disposition;
};

Outcome Execute(const LogEntry& entry, Overlay* batch, std::shared_ptr<const Catalog>* catalog,
                AuditRecord* audit) {
  Txn txn(batch, *catalog, entry.revision, entry.mutation);
  absl::StatusOr<std::string> response = ApplyMutation(txn);
  if (!response.ok()) return RefusalOutcome(response.status());
  Outcome outcome;
  outcome.set_response(*std::move(response));
  std::shared_ptr<const Catalog> changed = txn.ShareCatalog();
  Overlay changes = std::move(txn).TakeChanges();
  if (audit != nullptr) {
    const absl::Status captured = CaptureObjects(entry, changes, *batch, *changed, audit);
    if (!captured.ok()) {
      audit->Clear();
      return RefusalOutcome(captured);
    }
  }
  *catalog = std::move(changed);
  std::move(changes).MergeInto(batch);
  return outcome;
}

// Judges one mutation upon `batch`; its changes join it where it succeeds. `audit` takes what it
// changed; null: nobody asks.
Judgement JudgeOne(const LogEntry& entry, const std::string& request_key, Overlay* batch,
                   std::shared_ptr<const Catalog>* catalog, AuditRecord* audit) {
  const Mutation& mutation = entry.mutation;
  if (!mutation.request_id().empty()) {
    RequestRecord first;
    const absl::StatusOr<bool> found = ReadRecord(*batch, Family::kRequests, request_key, &first);
    // Whether it was carried out before is not known, so it is not carried out now.
    if (!found.ok()) return {RefusalOutcome(found.status()), AuditRecord::DISPOSITION_REFUSED};
    if (*found && first.fingerprint() != mutation.fingerprint()) {
      return {RefusalOutcome(RequestIdReused(mutation.request_id())),
              AuditRecord::DISPOSITION_REFUSED};
    }
    if (*found) return {std::move(*first.mutable_outcome()), AuditRecord::DISPOSITION_REPEATED};
  }
  Outcome outcome = Execute(entry, batch, catalog, audit);
  const bool applied = outcome.code() == 0;
  return {std::move(outcome),
          applied ? AuditRecord::DISPOSITION_APPLIED : AuditRecord::DISPOSITION_REFUSED};
}

}  // namespace

// Judged by one thread; from the next Begin on nobody changes it, and those who judge and who
// commits read it.
struct StateMachine::Batch : JudgedBatch {
  Batch(const Judged& judged, uint64_t failures,
        std::vector<std::shared_ptr<const Overlay>> pending, const StoreReader* latest)
      : JudgedBatch(judged.revision),
        failures_before(failures),
        below(std::move(pending), latest),
        changes(std::make_shared<Overlay>(&below)),
        catalog(judged.catalog),
        audit_chain(judged.audit_chain) {}

  const uint64_t failures_before;
  const PendingReader below;
  const std::shared_ptr<Overlay> changes;
  std::shared_ptr<const Catalog> catalog;
  AuditChain audit_chain;
  ChangeFeed::Prepared records;
  absl::Status status;  // why it cannot be committed
};

absl::StatusOr<std::unique_ptr<StateMachine>> StateMachine::Create(Store* store,
                                                                   const StateOptions& options) {
  DNC_ASSIGN_OR_RETURN(LoadedState state, LoadState(store, options));
  return std::unique_ptr<StateMachine>(new StateMachine(store, std::move(state)));
}

StateMachine::StateMachine(Store* store, LoadedState state)
    : store_(store),
      applied_(state.revision),
      cache_(std::move(state.cache)),
      filter_(std::move(state.filter)),
      global_filter_(std::move(state.global_filter)),
      latest_(cache_.get(), std::numeric_limits<int64_t>::max(),
              std::shared_ptr<const StoreReader>(std::shared_ptr<void>(), &store->Latest()),
              SubjectFilters{filter_.get(), global_filter_.get()}),
      judged_{state.revision, state.catalog, state.audit_chain},
      audit_chain_(std::move(state.audit_chain)),
      catalog_(std::move(state.catalog)),
      published_(MakeView()),
      fill_(std::move(state.fill)) {
  cache_->Advance(applied_revision());
}

namespace {

// Judges one mutation into the batch. It gets its revision and its audit record however it ends:
// revisions stay dense.
Outcome JudgeInto(const LogEntry& entry, Overlay* batch, std::shared_ptr<const Catalog>* catalog,
                  AuditChain* audit_chain, std::string* audit_content) {
  const Mutation& mutation = entry.mutation;
  const std::string request_key = RequestKey(mutation, **catalog);
  if (audit_chain->secret().empty()) {
    audit_chain->set_secret(NextAuditSecret(FirstAuditSecret(), mutation.audit_secret()));
  }
  AuditRecord changed;
  Judgement judgement = JudgeOne(entry, request_key, batch, catalog, &changed);
  Outcome& outcome = judgement.outcome;
  const AuditRecord::Disposition disposition = judgement.disposition;
  if (disposition != AuditRecord::DISPOSITION_REPEATED) outcome.set_revision(entry.revision);
  const std::string outcome_bytes = RecordBytes(outcome);
  *audit_content = AuditContent(entry, disposition, outcome_bytes, changed);
  IndexObjects(entry, changed, NumberOf(mutation, **catalog), batch);
  PutAudit(entry, *audit_content, audit_chain, batch);
  // A refusal changed nothing, so the same request may be tried again once its cause is mended.
  if (disposition == AuditRecord::DISPOSITION_APPLIED && !mutation.request_id().empty()) {
    batch->Put(Family::kRequests, request_key, RequestBytes(mutation.fingerprint(), outcome_bytes));
  }
  return std::move(outcome);
}

}  // namespace

std::unique_ptr<JudgedBatch> StateMachine::Begin() {
  absl::MutexLock lock(&mu_);
  auto batch = std::make_unique<Batch>(
      judged_, failures_.load(),
      std::vector<std::shared_ptr<const Overlay>>(pending_.begin(), pending_.end()), &latest_);
  pending_.push_back(batch->changes);
  return batch;
}

void StateMachine::Judge(std::vector<LogEntry> entries, JudgedBatch* judged) {
  absl::MutexLock lock(&mu_);
  auto* const batch = static_cast<Batch*>(judged);
  // Of what is read meanwhile from the cache nothing is freed.
  const ViewGuard view = Read();
  if (!writable_.load()) batch->status.Update(StoreUnavailable(view->problem));
  if (!batch->status.ok() || batch->failures_before != failures_.load()) return;
  const std::shared_ptr<const Catalog> before = batch->catalog;
  batch->outcomes.reserve(batch->outcomes.size() + entries.size());
  for (const LogEntry& entry : entries) {
    std::string audit_content;
    batch->outcomes.push_back(JudgeInto(entry, batch->changes.get(), &batch->catalog,
                                        &batch->audit_chain, &audit_content));
    changes_.Prepare(audit_content, &batch->records);
    // A record that cannot be read refuses the one mutation that needs it; a store that as a whole
    // cannot be read or written fails the commit. What this program cannot judge it does not
    // answer.
    const Outcome& outcome = batch->outcomes.back();
    if (static_cast<absl::StatusCode>(outcome.code()) == absl::StatusCode::kInternal) {
      batch->status = StoreUnavailable(outcome.message());
      return;
    }
  }
  batch->revision = entries.back().revision;
  batch->catalog = WithNumbers(std::move(batch->catalog), before);
  batch->status = PutRevision(batch->revision, batch->audit_chain, batch->changes.get());
  judged_ = {batch->revision, batch->catalog, batch->audit_chain};
}

absl::Status StateMachine::CommitBatch(Batch* batch) {
  if (!writable_.load()) return StoreUnavailable(problem_);
  if (batch->failures_before != failures_.load()) {
    return StoreUnavailable(
        "a change before this one could not be written; repeat with the same request_id");
  }
  absl::Status status = batch->status;
  WriteSet writes;
  if (status.ok()) {
    batch->changes->AppendTo(&writes);
    status = store_->Commit(writes, Durability::kSynced);
  }
  if (!status.ok()) {
    SetWritable(false, std::string(status.message()));
    return StoreUnavailable(status.message());
  }
  CacheRecords(writes, batch->revision);
  audit_chain_ = std::move(batch->audit_chain);
  catalog_ = std::move(batch->catalog);
  applied_.store(batch->revision, std::memory_order_release);
  Publish();
  changes_.Publish(batch->revision, std::move(batch->records));
  return absl::OkStatus();
}

absl::Status StateMachine::Commit(JudgedBatch* judged) {
  absl::MutexLock committing(&commit_mu_);
  auto* const batch = static_cast<Batch*>(judged);
  absl::Status status = CommitBatch(batch);
  absl::MutexLock judging(&mu_);
  if (status.ok()) {
    pending_.pop_front();
  } else if (batch->failures_before == failures_.load()) {
    ForgetJudged();
  }
  return status;
}

void StateMachine::ForgetJudged() {
  failures_.fetch_add(1);
  pending_.clear();
  judged_ = {applied_revision(), catalog_, audit_chain_};
}

absl::Status StateMachine::Apply(std::vector<LogEntry> entries, std::vector<Outcome>* outcomes) {
  const std::unique_ptr<JudgedBatch> batch = Begin();
  Judge(std::move(entries), batch.get());
  absl::Status status = Commit(batch.get());
  *outcomes = std::move(batch->outcomes);
  return status;
}

// Before the view of `revision` is published: its readers must not find what was replaced.
void StateMachine::CacheRecords(const WriteSet& writes, int64_t revision) {
  for (const WriteSet::Change& change : writes.changes()) {
    if (change.family == Family::kSubjects) {
      (SubjectFilter::IsGlobal(change.key) ? global_filter_ : filter_)
          ->Insert(SubjectFilter::Hash(change.key), revision);
    }
    if (!RecordCache::Holds(change.family)) continue;
    if (change.value.has_value()) {
      cache_->Put(change.family, change.key, *change.value, revision);
    } else {
      cache_->Erase(change.family, change.key, revision);
    }
  }
}

void StateMachine::Publish() {
  cache_->Advance(applied_revision());
  published_.Publish(MakeView());
  const int64_t oldest = published_.Oldest().revision;
  cache_->Reclaim(oldest);
  filter_->Reclaim(oldest);
  global_filter_->Reclaim(oldest);
}

Outcome StateMachine::DryRun(const Mutation& mutation) const {
  const ViewGuard view = Read();
  Overlay batch(view->reader.get());
  std::shared_ptr<const Catalog> catalog = view->catalog;
  const LogEntry entry{view->revision + 1, mutation};
  return JudgeOne(entry, RequestKey(mutation, *catalog), &batch, &catalog, nullptr).outcome;
}

void StateMachine::StageNumbers(uint32_t organization, uint32_t list, int64_t version,
                                std::shared_ptr<const NumberSet> numbers) {
  absl::MutexLock lock(&staged_mu_);
  staged_[{{organization, list}, version}] = std::move(numbers);
}

void StateMachine::UnstageNumbers(uint32_t organization, uint32_t list, int64_t version) {
  absl::MutexLock lock(&staged_mu_);
  staged_.erase({{organization, list}, version});
}

// Gives each registry whose version changed the numbers that were staged for it, or reads them.
std::shared_ptr<const Catalog> StateMachine::WithNumbers(
    std::shared_ptr<const Catalog> catalog, const std::shared_ptr<const Catalog>& before) {
  if (catalog == before) return catalog;
  std::shared_ptr<Catalog> changed;
  for (const auto& [id, organization] : catalog->organizations) {
    std::shared_ptr<CatalogOrganization> changed_organization;
    for (const auto& [list_id, list] : organization->lists) {
      if (!list->has_version() || list->numbers != nullptr || !list->problem.empty()) continue;
      auto loaded = std::make_shared<CatalogList>(*list);
      const VersionKey key{{organization->number(), list->record.number()},
                           list->record.list().active_version().version()};
      {
        absl::MutexLock lock(&staged_mu_);
        if (auto staged = staged_.extract(key); !staged.empty()) loaded->numbers = staged.mapped();
      }
      if (loaded->numbers == nullptr) {
        LoadNumbersInto(store_->Latest(), organization->number(), loaded.get());
      }
      if (changed_organization == nullptr) {
        changed_organization = std::make_shared<CatalogOrganization>(*organization);
      }
      changed_organization->PutList(std::move(loaded));
    }
    if (changed_organization == nullptr) continue;
    if (changed == nullptr) changed = std::make_shared<Catalog>(*catalog);
    changed->organizations[id] = std::move(changed_organization);
  }
  return changed == nullptr ? catalog : changed;
}

std::unique_ptr<View> StateMachine::MakeView() const {
  return std::make_unique<View>(
      View{applied_revision(), writable_.load(), problem_, catalog_,
           std::make_shared<CachedReader>(cache_.get(), applied_revision(), store_->Snapshot()),
           filter_.get(), global_filter_.get(), cache_.get()});
}

void StateMachine::SetWritable(bool writable, std::string problem) {
  if (writable) {
    spdlog::info("the store can write again");
  } else {
    spdlog::error("{}", problem);
  }
  writable_.store(writable);
  problem_ = std::move(problem);
  Publish();
}

void StateMachine::StopWriting(const std::string& problem) {
  absl::MutexLock lock(&commit_mu_);
  if (writable_.load()) SetWritable(false, problem);
}

void StateMachine::NoticeStoreFailure() {
  const absl::Status error = store_->background_error();
  if (!error.ok()) StopWriting(std::string(error.message()));
}

absl::Status StateMachine::TryRecover() {
  absl::MutexLock committing(&commit_mu_);
  if (writable_.load()) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(store_->Resume());
  // Nothing of a failed batch is visible, so this rewrites what the store says already: a probe
  // that the disk takes a synced write.
  Overlay probe(&latest_);
  DNC_RETURN_IF_ERROR(PutRevision(applied_revision(), audit_chain_, &probe));
  WriteSet writes;
  probe.AppendTo(&writes);
  DNC_RETURN_IF_ERROR(store_->Commit(writes, Durability::kSynced));
  // Both at once: a batch that was judged in between would fail for a store that is writable again,
  // and close it.
  absl::MutexLock judging(&mu_);
  ForgetJudged();
  SetWritable(true, "");
  return absl::OkStatus();
}

}  // namespace dnc
