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
  applier_ = std::thread([this] { RunApplier(); });
  answerer_ = std::thread([this] { RunAnswerer(); });
}

EmbeddedMutationLog::~EmbeddedMutationLog() { Stop(); }

absl::Status EmbeddedMutationLog::Admit(size_t bytes) const {
  if (stopping_) {
    return absl::UnavailableError("the log has stopped: the server is shutting down");
  }
  if (queue_.size() < options_.max_queue && queue_bytes_ + bytes <= options_.max_queue_bytes) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(
      absl::StrCat(queue_.size(), " changes wait already; back off and repeat"));
}

void EmbeddedMutationLog::Propose(Mutation mutation, Done done) {
  const size_t bytes = mutation.ByteSizeLong();
  absl::Status refusal;
  {
    absl::MutexLock lock(&mu_);
    refusal = Admit(bytes);
    if (refusal.ok()) {
      queue_bytes_ += bytes;
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
  if (applier_.joinable()) applier_.join();
  if (answerer_.joinable()) answerer_.join();
}

std::vector<EmbeddedMutationLog::Pending> EmbeddedMutationLog::TakeBatch() {
  absl::MutexLock lock(&mu_);
  const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopping_ || !queue_.empty();
  };
  mu_.Await(absl::Condition(&ready));
  std::vector<Pending> batch;
  size_t bytes = 0;
  while (!queue_.empty() && batch.size() < options_.max_batch) {
    bytes += queue_.front().bytes;
    if (!batch.empty() && bytes > options_.max_batch_bytes) break;
    queue_bytes_ -= queue_.front().bytes;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

EmbeddedMutationLog::Decided EmbeddedMutationLog::ApplyBatch(std::vector<Pending> batch) {
  Decided decided;
  std::vector<LogEntry> entries;
  entries.reserve(batch.size());
  int64_t revision = sink_->applied_revision();
  for (Pending& pending : batch) {
    entries.push_back({++revision, std::move(pending.mutation)});
    decided.done.push_back(std::move(pending.done));
  }
  decided.status = sink_->Apply(entries, &decided.outcomes);
  if (!decided.status.ok()) return decided;
  decided.status = marker_->Advance(revision);
  if (!decided.status.ok()) sink_->StopWriting(std::string(decided.status.message()));
  return decided;
}

void EmbeddedMutationLog::RunApplier() {
  for (;;) {
    std::vector<Pending> batch = TakeBatch();
    if (batch.empty()) break;  // stopping, and nothing waits
    Decided decided = ApplyBatch(std::move(batch));
    absl::MutexLock lock(&answers_mu_);
    answers_.push_back(std::move(decided));
  }
  absl::MutexLock lock(&answers_mu_);
  applier_ended_ = true;
}

void EmbeddedMutationLog::RunAnswerer() {
  for (;;) {
    Decided decided;
    {
      absl::MutexLock lock(&answers_mu_);
      const auto ready = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(answers_mu_) {
        return applier_ended_ || !answers_.empty();
      };
      answers_mu_.Await(absl::Condition(&ready));
      if (answers_.empty()) return;
      decided = std::move(answers_.front());
      answers_.pop_front();
    }
    for (size_t i = 0; i < decided.done.size(); ++i) {
      if (decided.status.ok()) {
        std::move(decided.done[i])(std::move(decided.outcomes[i]));
      } else {
        std::move(decided.done[i])(decided.status);
      }
    }
  }
}

}  // namespace dnc
