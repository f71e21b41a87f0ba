// The end of an import into an internal list: its entries are added, a batch a mutation.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/handler/disk_room.h"
#include "server/handler/import_session.h"
#include "server/handler/read_handler.h"
#include "server/state/refusal.h"
#include "storage/base/status_macros.h"

namespace dnc {

using storage::v1::ImportEntries;

namespace {

constexpr int kEntriesPerMutation = 1000;
// The least that makes it worth while to say how far it has come.
constexpr int64_t kRowsPerReport = 10'000;
// One is committed while the next is judged. A third would be judged with the second, and so on:
// one long commit and one short one in turn, for which the judging waits.
constexpr size_t kPartsInFlight = 2;

}  // namespace

absl::StatusOr<ImportEntries> ImportSession::ReadPart() {
  ImportEntries part;
  part.set_list(config_.list());
  while (part.entries_size() < kEntriesPerMutation) {
    DNC_ASSIGN_OR_RETURN(const bool more, spool_->Read(part.add_entries()));
    if (more) continue;
    part.mutable_entries()->RemoveLast();
    break;
  }
  return part;
}

absl::Status ImportSession::CountAdded(const Outcome& outcome) {
  storage::v1::ImportEntriesResult result;
  if (!result.ParseFromString(outcome.response())) return CorruptRecord(Family::kAudit);
  summary_.set_added(summary_.added() + result.added());
  summary_.set_unchanged(summary_.unchanged() + result.unchanged());
  return absl::OkStatus();
}

absl::Status ImportSession::TellAdded() {
  const int64_t done = summary_.added() + summary_.unchanged();
  if (done - told_added_ < kRowsPerReport) return absl::OkStatus();
  told_added_ = done;
  return on_built_(done, summary_.rows_accepted());
}

absl::Status ImportSession::LandPart(Flight* flight, Repeat repeat) {
  std::unique_ptr<Proposed> part = std::move(flight->front());
  flight->pop_front();
  DNC_ASSIGN_OR_RETURN(const Outcome outcome, Await(std::move(part), repeat));
  DNC_RETURN_IF_ERROR(CountAdded(outcome));
  summary_.set_revision(outcome.revision());
  summary_.set_changed(summary_.added() > 0);
  return absl::OkStatus();
}

// The next parts are read and proposed while one is judged, and another committed.
absl::Status ImportSession::ProposeParts(Flight* flight) {
  for (;;) {
    DNC_ASSIGN_OR_RETURN(ImportEntries part, ReadPart());
    if (part.entries().empty()) return absl::OkStatus();
    if (flight->size() >= kPartsInFlight) DNC_RETURN_IF_ERROR(LandPart(flight));
    DNC_RETURN_IF_ERROR(TellAdded());
    DNC_RETURN_IF_ERROR(CheckDiskRoom(*context_.store, part.ByteSizeLong()));
    storage::v1::Mutation mutation =
        context_.preparer->Prepare(std::move(part), organization_, config_.actor(), caller_);
    DNC_ASSIGN_OR_RETURN(std::unique_ptr<Proposed> proposed, Propose(std::move(mutation)));
    flight->push_back(std::move(proposed));
    // One that was refused at once must be in its place before another follows.
    const Proposed& last = *flight->back();
    const bool refused = last.done.HasBeenNotified() && !last.result.ok();
    while (refused && !flight->empty()) DNC_RETURN_IF_ERROR(LandPart(flight));
  }
}

absl::Status ImportSession::AddSpooled() {
  DNC_RETURN_IF_ERROR(spool_->Rewind());
  Flight flight;
  absl::Status status = ProposeParts(&flight);
  // Whatever became of one, others may be on the list. After an error none is proposed again.
  while (!flight.empty()) {
    status.Update(LandPart(&flight, status.ok() ? Repeat::kYes : Repeat::kNo));
  }
  DNC_RETURN_IF_ERROR(status);
  return CheckAllCounted();
}

absl::Status ImportSession::CheckAllCounted() const {
  if (summary_.added() + summary_.unchanged() == summary_.rows_accepted()) return absl::OkStatus();
  return absl::DataLossError("the import's temporary file ended early");
}

// Judges each part as Apply would, upon what is committed.
absl::Status ImportSession::JudgeSpooled() {
  DNC_RETURN_IF_ERROR(spool_->Rewind());
  for (;;) {
    DNC_ASSIGN_OR_RETURN(ImportEntries part, ReadPart());
    if (part.entries().empty()) return CheckAllCounted();
    DNC_RETURN_IF_ERROR(context_.stop->status());
    DNC_RETURN_IF_ERROR(TellAdded());
    const Outcome outcome = context_.state->DryRun(
        context_.preparer->Prepare(std::move(part), organization_, config_.actor(), caller_));
    DNC_RETURN_IF_ERROR(RefusalOf(outcome));
    DNC_RETURN_IF_ERROR(CountAdded(outcome));
  }
}

absl::Status ImportSession::FinishInternal() {
  DNC_RETURN_IF_ERROR(on_built_(0, summary_.rows_accepted()));
  if (config_.validate_only()) return JudgeSpooled();
  const absl::Status status = AddSpooled();
  const int64_t done = summary_.added() + summary_.unchanged();
  if (status.ok() || done == 0) return status;
  // What was added blocks, and stays.
  absl::Status told(status.code(),
                    absl::StrCat(status.message(), "; ", done, " of ", summary_.rows_accepted(),
                                 " rows are on the list already (", summary_.added(),
                                 " were added); import the file again for the rest"));
  const auto info = ErrorInfoOf(status);
  return info.has_value() ? WithErrorInfo(std::move(told), *info) : told;
}

}  // namespace dnc
