// The end of an import into an internal list: its entries are added, a batch a mutation.
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/handler/import_session.h"
#include "server/handler/read_handler.h"
#include "storage/base/status_macros.h"

namespace dnc {

using storage::v1::ImportEntries;

namespace {

constexpr int kEntriesPerMutation = 1000;
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

void ImportSession::CountAdded(const Outcome& outcome,
                               const storage::v1::ImportEntriesResult& result) {
  summary_.set_added(summary_.added() + result.added());
  summary_.set_unchanged(summary_.unchanged() + result.unchanged());
  summary_.set_revision(outcome.revision());
  summary_.set_changed(summary_.added() > 0);
}

absl::Status ImportSession::LandPart(Flight* flight, Repeat repeat) {
  std::unique_ptr<Proposed> part = std::move(flight->front());
  flight->pop_front();
  DNC_ASSIGN_OR_RETURN(const Outcome outcome, Await(std::move(part), repeat));
  storage::v1::ImportEntriesResult result;
  if (!result.ParseFromString(outcome.response())) return CorruptRecord(Family::kAudit);
  CountAdded(outcome, result);
  return absl::OkStatus();
}

// The next parts are read and proposed while one is judged, and another committed.
absl::Status ImportSession::ProposeParts(Flight* flight) {
  for (;;) {
    DNC_ASSIGN_OR_RETURN(ImportEntries part, ReadPart());
    if (part.entries().empty()) return absl::OkStatus();
    if (flight->size() >= kPartsInFlight) DNC_RETURN_IF_ERROR(LandPart(flight));
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
  if (summary_.added() + summary_.unchanged() == summary_.rows_accepted()) return absl::OkStatus();
  return absl::DataLossError("the import's temporary file ended early");
}

absl::Status ImportSession::FinishInternal() {
  if (config_.validate_only()) return absl::OkStatus();
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
