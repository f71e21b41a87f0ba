// The end of an import into an internal list: its entries are added, a batch a mutation.
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

}  // namespace

absl::Status ImportSession::AddEntries(ImportEntries part) {
  part.set_list(config_.list());
  DNC_ASSIGN_OR_RETURN(const Outcome outcome,
                       ProposeAndWait(context_.preparer->Prepare(std::move(part), organization_,
                                                                 config_.actor(), caller_)));
  storage::v1::ImportEntriesResult result;
  if (!result.ParseFromString(outcome.response())) return CorruptRecord(Family::kAudit);
  summary_.set_added(summary_.added() + result.added());
  summary_.set_unchanged(summary_.unchanged() + result.unchanged());
  summary_.set_revision(outcome.revision());
  summary_.set_changed(summary_.added() > 0);
  return absl::OkStatus();
}

absl::Status ImportSession::AddSpooled() {
  DNC_RETURN_IF_ERROR(spool_->Rewind());
  ImportEntries part;
  v1::Entry entry;
  for (;;) {
    DNC_ASSIGN_OR_RETURN(const bool more, spool_->Read(&entry));
    if (!more) break;
    *part.add_entries() = std::move(entry);
    if (part.entries_size() < kEntriesPerMutation) continue;
    DNC_RETURN_IF_ERROR(AddEntries(std::exchange(part, {})));
  }
  if (!part.entries().empty()) DNC_RETURN_IF_ERROR(AddEntries(std::move(part)));
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
