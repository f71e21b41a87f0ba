#include "storage/log/embedded_mutation_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// Whether the sink has all that was acknowledged.
absl::Status CheckMarker(const CommitMarker& marker, int64_t applied, bool accept_missing) {
  if (marker.revision().has_value()) {
    if (accept_missing) {
      spdlog::warn("accept_missing_marker: {} is here; unset it, or its loss will go unnoticed",
                   marker.path());
    }
    if (*marker.revision() <= applied) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(
        "the store ends at revision ", applied, " but revision ", *marker.revision(),
        " was acknowledged: ", *marker.revision() - applied,
        " acknowledged changes are missing; restore the data directory from a backup"));
  }
  if (applied == 0) return absl::OkStatus();  // a new store: nothing was acknowledged yet
  if (!accept_missing) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the commit marker ", marker.path(), " is missing or empty and the store ends at revision ",
        applied, ", so it cannot be told whether acknowledged changes are missing after that; ",
        "restore the data directory with its marker, or, where it was restored without one on "
        "purpose, start once with --accept-missing-marker"));
  }
  spdlog::warn(
      "accept_missing_marker: beginning a new marker at revision {}; acknowledged changes after "
      "that, if there were any, are not here",
      applied);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<EmbeddedMutationLog>> EmbeddedMutationLog::Create(
    MutationSink* sink, std::unique_ptr<CommitMarker> marker,
    const EmbeddedMutationLogOptions& options) {
  const int64_t applied = sink->applied_revision();
  DNC_RETURN_IF_ERROR(CheckMarker(*marker, applied, options.accept_missing_marker));
  // From its first mutation on, a store without a marker is one that lost it.
  if (!marker->revision().has_value()) {
    DNC_RETURN_IF_ERROR(marker->Advance(applied));
    DNC_RETURN_IF_ERROR(marker->Sync());
  }
  return std::unique_ptr<EmbeddedMutationLog>(
      new EmbeddedMutationLog(sink, std::move(marker), options));
}

EmbeddedMutationLog::EmbeddedMutationLog(MutationSink* sink, std::unique_ptr<CommitMarker> marker,
                                         const EmbeddedMutationLogOptions& options)
    : sink_(sink), marker_(std::move(marker)), options_(options) {
  absl::MutexLock lock(&join_mu_);
  appliers_.reserve(kAppliers);
  for (size_t i = 0; i < kAppliers; ++i) appliers_.emplace_back([this] { RunApplier(); });
}

EmbeddedMutationLog::~EmbeddedMutationLog() { Stop(); }

absl::Status EmbeddedMutationLog::Admit(size_t bytes) const {
  if (stopping_) {
    return absl::UnavailableError("the log has stopped: the server is shutting down");
  }
  if (waiting_ < options_.max_queue && waiting_bytes_ + bytes <= options_.max_queue_bytes) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat(waiting_, " changes wait already; back off and repeat"));
}

void EmbeddedMutationLog::Propose(Mutation mutation, Done done) {
  const size_t bytes = mutation.ByteSizeLong();
  absl::Status refusal;
  {
    absl::MutexLock lock(&mu_);
    refusal = Admit(bytes);
    if (refusal.ok()) {
      ++waiting_;
      waiting_bytes_ += bytes;
      queue_.push_back({std::move(mutation), std::move(done), bytes});
      return;
    }
  }
  std::move(done)(std::move(refusal));
}

void EmbeddedMutationLog::Stop() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  absl::MutexLock lock(&join_mu_);
  for (std::thread& applier : appliers_) {
    if (applier.joinable()) applier.join();
  }
}

bool EmbeddedMutationLog::Fits(const Batch& batch) const {
  if (queue_.empty() || batch.done.size() >= options_.max_batch) return false;
  return batch.done.empty() || batch.bytes + queue_.front().bytes <= options_.max_batch_bytes;
}

std::vector<Mutation> EmbeddedMutationLog::TakeMore(Batch* batch) {
  absl::MutexLock lock(&mu_);
  const auto ready = [this, batch]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return Fits(*batch) || (batch->done.empty() ? stopping_ : !committing_);
  };
  mu_.Await(absl::Condition(&ready));
  std::vector<Mutation> taken;
  if (batch->done.empty() && queue_.empty()) return taken;
  while (Fits(*batch)) {
    Pending& pending = queue_.front();
    batch->bytes += pending.bytes;
    batch->done.push_back(std::move(pending.done));
    taken.push_back(std::move(pending.mutation));
    queue_.pop_front();
  }
  if (committing_) return taken;
  committing_ = true;
  batch->closed = true;
  waiting_ -= batch->done.size();
  waiting_bytes_ -= batch->bytes;
  return taken;
}

EmbeddedMutationLog::Batch EmbeddedMutationLog::JudgeBatch() {
  absl::MutexLock judging(&judging_mu_);
  Batch batch;
  do {
    std::vector<Mutation> taken = TakeMore(&batch);
    if (taken.empty()) continue;
    // Only now, so that what failed before the first of them came is not beneath it.
    if (batch.judged == nullptr) batch.judged = sink_->Begin();
    int64_t revision = batch.judged->revision;
    std::vector<LogEntry> entries;
    entries.reserve(taken.size());
    for (Mutation& mutation : taken) entries.push_back({++revision, std::move(mutation)});
    sink_->Judge(std::move(entries), batch.judged.get());
  } while (!batch.closed && !batch.done.empty());
  return batch;
}

absl::Status EmbeddedMutationLog::CommitBatch(Batch* batch) {
  absl::Status status = sink_->Commit(batch->judged.get());
  if (status.ok()) {
    status = marker_->Advance(batch->judged->revision);
    if (!status.ok()) sink_->StopWriting(std::string(status.message()));
  }
  absl::MutexLock lock(&mu_);
  committing_ = false;
  return status;
}

void EmbeddedMutationLog::Answer(Batch batch, const absl::Status& status) {
  for (size_t i = 0; i < batch.done.size(); ++i) {
    if (status.ok()) {
      std::move(batch.done[i])(std::move(batch.judged->outcomes[i]));
    } else {
      std::move(batch.done[i])(status);
    }
  }
}

void EmbeddedMutationLog::RunApplier() {
  for (;;) {
    Batch batch = JudgeBatch();
    if (batch.done.empty()) return;  // stopping, and nothing waits
    const absl::Status status = CommitBatch(&batch);
    Answer(std::move(batch), status);
  }
}

}  // namespace dnc
