#include "server/state/state_machine.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/audit_capture.h"
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

// Writes the record after all that it tells of, and moves the chain's head on to it.
void WriteAudit(const AuditRecord& record, uint32_t organization, AuditChain* chain,
                Overlay* batch) {
  IndexObjects(record, organization, batch);
  const std::string key = AuditKey(chain->secret(), record.mutation().organization());
  std::string bytes = RecordBytes(record);
  chain->set_head(AuditHash(chain->head(), record.revision(), AuditTag(key, record.revision()),
                            AuditDigest(bytes)));
  AppendAuditHash(chain->head(), &bytes);
  batch->Put(Family::kAudit, keys::Audit(record.revision()), std::move(bytes));
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

}  // namespace

absl::StatusOr<std::unique_ptr<StateMachine>> StateMachine::Create(Store* store,
                                                                   size_t record_cache_bytes) {
  DNC_ASSIGN_OR_RETURN(LoadedState state, LoadState(store, record_cache_bytes));
  return std::unique_ptr<StateMachine>(new StateMachine(store, std::move(state)));
}

StateMachine::StateMachine(Store* store, LoadedState state)
    : store_(store),
      applied_(state.revision),
      cache_(std::move(state.cache)),
      latest_(cache_.get(), std::numeric_limits<int64_t>::max(),
              std::shared_ptr<const StoreReader>(std::shared_ptr<void>(), &store->Latest())),
      audit_chain_(std::move(state.audit_chain)),
      catalog_(std::move(state.catalog)),
      filter_(std::move(state.filter)),
      global_filter_(std::move(state.global_filter)),
      published_(MakeView()) {}

Outcome StateMachine::Execute(const LogEntry& entry, Overlay* batch,
                              std::shared_ptr<const Catalog>* catalog, AuditRecord* audit) {
  Txn txn(batch, *catalog, entry.revision, entry.mutation);
  absl::StatusOr<std::string> response = ApplyMutation(txn);
  if (!response.ok()) return RefusalOutcome(response.status());
  Outcome outcome;
  outcome.set_response(*std::move(response));
  std::shared_ptr<const Catalog> changed = txn.ShareCatalog();
  Overlay changes = std::move(txn).TakeChanges();
  if (audit != nullptr) {
    const absl::Status captured = CaptureObjects(changes, *batch, *changed, audit);
    if (!captured.ok()) {
      audit->clear_objects();
      audit->set_entries_added(0);
      return RefusalOutcome(captured);
    }
  }
  *catalog = std::move(changed);
  std::move(changes).MergeInto(batch);
  return outcome;
}

StateMachine::Judgement StateMachine::Judge(const LogEntry& entry, const std::string& request_key,
                                            Overlay* batch, std::shared_ptr<const Catalog>* catalog,
                                            AuditRecord* audit) {
  const Mutation& mutation = entry.mutation;
  if (!mutation.request_id().empty()) {
    const Txn reader(batch, *catalog, entry.revision, mutation);
    auto first = reader.Read<RequestRecord>(Family::kRequests, request_key);
    // Whether it was carried out before is not known, so it is not carried out now.
    if (!first.ok()) return {RefusalOutcome(first.status()), AuditRecord::DISPOSITION_REFUSED};
    if (first->has_value() && (*first)->fingerprint() != mutation.fingerprint()) {
      return {RefusalOutcome(RequestIdReused(mutation.request_id())),
              AuditRecord::DISPOSITION_REFUSED};
    }
    if (first->has_value()) {
      return {std::move(*(*first)->mutable_outcome()), AuditRecord::DISPOSITION_REPEATED};
    }
  }
  Outcome outcome = Execute(entry, batch, catalog, audit);
  const bool applied = outcome.code() == 0;
  return {std::move(outcome),
          applied ? AuditRecord::DISPOSITION_APPLIED : AuditRecord::DISPOSITION_REFUSED};
}

// Every mutation gets its revision and its audit record, however it ends: revisions stay dense.
Outcome StateMachine::ApplyOne(const LogEntry& entry, Overlay* batch,
                               std::shared_ptr<const Catalog>* catalog, AuditChain* audit_chain) {
  const Mutation& mutation = entry.mutation;
  const std::string request_key = RequestKey(mutation, **catalog);
  auto audit = std::make_shared<AuditRecord>();
  audit->set_revision(entry.revision);
  *audit->mutable_mutation() = mutation;
  audit->mutable_mutation()->clear_audit_secret();
  if (audit_chain->secret().empty()) {
    audit_chain->set_secret(NextAuditSecret(FirstAuditSecret(), mutation.audit_secret()));
  }
  Judgement judgement = Judge(entry, request_key, batch, catalog, audit.get());
  Outcome& outcome = judgement.outcome;
  const AuditRecord::Disposition disposition = judgement.disposition;
  if (disposition != AuditRecord::DISPOSITION_REPEATED) outcome.set_revision(entry.revision);
  audit->set_disposition(disposition);
  *audit->mutable_outcome() = outcome;
  WriteAudit(*audit, NumberOf(mutation, **catalog), audit_chain, batch);
  changes_.Prepare(std::move(audit));
  // A refusal changed nothing, so the same request may be tried again once its cause is mended.
  if (disposition == AuditRecord::DISPOSITION_APPLIED && !mutation.request_id().empty()) {
    RequestRecord record;
    record.set_fingerprint(mutation.fingerprint());
    *record.mutable_outcome() = outcome;
    batch->Put(Family::kRequests, request_key, RecordBytes(record));
  }
  return std::move(outcome);
}

absl::Status StateMachine::Commit(Overlay batch, int64_t revision, const AuditChain& audit_chain) {
  const Mutation none;
  Txn txn(&batch, catalog_, revision, none);
  DNC_ASSIGN_OR_RETURN(std::optional<StoreRecord> store,
                       txn.Read<StoreRecord>(Family::kMeta, keys::Store()));
  if (!store.has_value()) return CorruptRecord(Family::kMeta);
  store->set_applied_revision(revision);
  *store->mutable_audit_chain() = audit_chain;
  batch.Put(Family::kMeta, keys::Store(), RecordBytes(*store));
  for (const auto& [key, value] : batch.changes()) {
    if (key.first != Family::kSubjects) continue;
    (SubjectFilter::IsGlobal(key.second) ? global_filter_ : filter_)
        .Insert(SubjectFilter::Hash(key.second));
  }
  WriteSet writes;
  std::move(batch).AppendTo(&writes);
  DNC_RETURN_IF_ERROR(store_->Commit(writes, Durability::kSynced));
  CacheRecords(writes, revision);
  return absl::OkStatus();
}

// Before the view of `revision` is published: its readers must not find what was replaced.
void StateMachine::CacheRecords(const WriteSet& writes, int64_t revision) {
  for (const WriteSet::Change& change : writes.changes()) {
    if (!RecordCache::Holds(change.family)) continue;
    if (change.value.has_value()) {
      cache_->Put(change.family, change.key, *change.value, revision);
    } else {
      cache_->Erase(change.family, change.key, revision);
    }
  }
}

void StateMachine::Publish() {
  published_.Publish(MakeView());
  cache_->Reclaim(published_.Oldest().revision);
}

absl::Status StateMachine::Apply(absl::Span<const LogEntry> entries,
                                 std::vector<Outcome>* outcomes) {
  absl::MutexLock lock(&mu_);
  if (!writable_.load()) {
    return MakeError(v1::ERROR_REASON_STORE_UNAVAILABLE, problem_);
  }
  Overlay batch(&latest_);
  std::shared_ptr<const Catalog> catalog = catalog_;
  AuditChain audit_chain = audit_chain_;
  outcomes->clear();
  changes_.Begin();
  for (const LogEntry& entry : entries) {
    outcomes->push_back(ApplyOne(entry, &batch, &catalog, &audit_chain));
    // A record that cannot be read refuses the one mutation that needs it; a store that as a whole
    // cannot be read or written fails the commit. What this program cannot judge it does not
    // answer.
    if (static_cast<absl::StatusCode>(outcomes->back().code()) == absl::StatusCode::kInternal) {
      SetWritable(false, outcomes->back().message());
      return MakeError(v1::ERROR_REASON_STORE_UNAVAILABLE, problem_);
    }
  }
  const int64_t revision = entries.back().revision;
  if (const absl::Status committed = Commit(std::move(batch), revision, audit_chain);
      !committed.ok()) {
    SetWritable(false, std::string(committed.message()));
    return MakeError(v1::ERROR_REASON_STORE_UNAVAILABLE, committed.message());
  }
  audit_chain_ = std::move(audit_chain);
  catalog_ = WithNumbers(std::move(catalog));
  applied_.store(revision, std::memory_order_release);
  Publish();
  changes_.Publish(revision);
  return absl::OkStatus();
}

Outcome StateMachine::DryRun(const Mutation& mutation) {
  absl::MutexLock lock(&mu_);
  Overlay batch(&latest_);
  std::shared_ptr<const Catalog> catalog = catalog_;
  const LogEntry entry{applied_revision() + 1, mutation};
  return Judge(entry, RequestKey(mutation, *catalog), &batch, &catalog, nullptr).outcome;
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
std::shared_ptr<const Catalog> StateMachine::WithNumbers(std::shared_ptr<const Catalog> catalog) {
  if (catalog == catalog_) return catalog;
  std::shared_ptr<Catalog> changed;
  for (const auto& [id, organization] : catalog->organizations) {
    std::shared_ptr<CatalogOrganization> changed_organization;
    for (const auto& [list_id, list] : organization->lists) {
      if (!list->has_version() || list->numbers != nullptr) continue;
      auto loaded = std::make_shared<CatalogList>(*list);
      const VersionKey key{{organization->number(), list->record.number()},
                           list->record.list().active_version().version()};
      {
        absl::MutexLock lock(&staged_mu_);
        if (auto staged = staged_.extract(key); !staged.empty()) loaded->numbers = staged.mapped();
      }
      if (loaded->numbers == nullptr) {
        absl::StatusOr<std::shared_ptr<const NumberSet>> numbers =
            LoadNumbers(store_->Latest(), organization->number(), *list);
        // Without its numbers the registry vouches for nothing, and checks answer UNKNOWN.
        if (!numbers.ok()) {
          spdlog::error("{}", std::string(numbers.status().message()));
          continue;
        }
        loaded->numbers = *std::move(numbers);
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
           filter_.table(), global_filter_.table(), cache_.get()});
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
  absl::MutexLock lock(&mu_);
  if (writable_.load()) SetWritable(false, problem);
}

void StateMachine::NoticeStoreFailure() {
  const absl::Status error = store_->background_error();
  if (!error.ok()) StopWriting(std::string(error.message()));
}

absl::Status StateMachine::TryRecover() {
  absl::MutexLock lock(&mu_);
  if (writable_.load()) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(store_->Resume());
  // Nothing of a failed batch is visible, so this rewrites what the store says already: a probe
  // that the disk takes a synced write.
  DNC_RETURN_IF_ERROR(Commit(Overlay(&latest_), applied_revision(), audit_chain_));
  SetWritable(true, "");
  return absl::OkStatus();
}

}  // namespace dnc
