// The end of an import into a registry: the new version is built beside the active one, and one
// mutation activates it.
#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/handler/import_session.h"
#include "server/handler/registry_versions.h"
#include "storage/base/status_macros.h"
#include "storage/registry/chunk_reader.h"

namespace dnc {

using google::protobuf::util::TimeUtil;

absl::StatusOr<VersionSummary> ImportSession::BuildNumbers(
    const CatalogList& list, const StoreReader& reader, VersionMode mode, int64_t version,
    std::shared_ptr<const NumberSet>* numbers) {
  const VersionId id{organization_number_, list.record.number(), version};
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<StoreChunkSink> sink,
                       StoreChunkSink::Create(context_.store, id));
  StoreChunkSource chunks(&reader, {id.organization, id.list, version - 1}, list.record.chunks());
  ChunkReader previous(chunks);
  DNC_ASSIGN_OR_RETURN(
      const VersionSummary built,
      BuildVersion(mode, list.has_version() ? &previous : nullptr, *sorter_, *sink));
  const auto before =
      static_cast<uint64_t>(list.record.list().active_version().count());  // 0: none
  if (built.count != before + built.added - built.removed) {
    return absl::DataLossError(
        "the active version cannot be read whole; import a full file into "
        "a new list");
  }
  DNC_ASSIGN_OR_RETURN(*numbers, sink->Finish());
  return built;
}

absl::Status ImportSession::Activate(const CatalogList& list, const VersionSummary& built,
                                     int64_t version, bool is_change) {
  storage::v1::ActivateVersion activate;
  activate.set_list(config_.list());
  activate.set_chunks(built.chunks);
  activate.set_base_version(version - 1);
  activate.set_allow_shrink(config_.allow_shrink());
  activate.set_is_change(is_change);
  v1::ListVersion* content = activate.mutable_version();
  content->set_version(version);
  content->set_count(static_cast<int64_t>(built.count));
  content->set_added(static_cast<int64_t>(built.added));
  content->set_removed(static_cast<int64_t>(built.removed));
  content->set_digest(built.digest);
  *content->mutable_as_of_time() = TimeUtil::MicrosecondsToTimestamp(as_of_);
  const bool keeps_subscription = config_.area_codes().empty();
  *content->mutable_area_codes() =
      keeps_subscription ? list.record.list().active_version().area_codes() : config_.area_codes();
  storage::v1::Mutation mutation =
      context_.preparer->Prepare(std::move(activate), organization_, config_.actor(), caller_);
  if (config_.validate_only()) {
    const Outcome outcome = context_.state->DryRun(mutation);
    if (outcome.code() == 0) return absl::OkStatus();
    return WithErrorInfo(
        absl::Status(static_cast<absl::StatusCode>(outcome.code()), outcome.message()),
        outcome.error());
  }
  DNC_ASSIGN_OR_RETURN(const Outcome outcome, ProposeAndWait(std::move(mutation)));
  summary_.set_revision(outcome.revision());
  return absl::OkStatus();
}

absl::StatusOr<VersionMode> ImportSession::ModeFor(const CatalogList& list) const {
  const bool is_change_list = parser_->format() == ListFormat::kFtcChange;
  const bool change = config_.mode() == v1::IMPORT_MODE_CHANGE ||
                      (config_.mode() == v1::IMPORT_MODE_UNSPECIFIED && is_change_list);
  if (has_deletes_ && !change) {
    return InvalidField("config.mode",
                        "the file deletes numbers, so it is no full list; use CHANGE");
  }
  if (change && !list.has_version()) {
    return MakeError(v1::ERROR_REASON_REGISTRY_HAS_NO_VERSION,
                     absl::StrCat(config_.list(),
                                  " has no version that a change list could change; "
                                  "import a full file first"),
                     {{"list", config_.list()}});
  }
  return change ? VersionMode::kChange : VersionMode::kFull;
}

bool ImportSession::IsNews(const CatalogList& list, const VersionSummary& built) const {
  const v1::ListVersion& active = list.record.list().active_version();
  if (!list.has_version() || active.digest() != built.digest) return true;
  if (as_of_given_ && as_of_ > TimeUtil::TimestampToMicroseconds(active.as_of_time())) return true;
  return !config_.area_codes().empty() &&
         !std::equal(config_.area_codes().begin(), config_.area_codes().end(),
                     active.area_codes().begin(), active.area_codes().end());
}

void ImportSession::Summarize(const VersionSummary& built, VersionMode mode) {
  summary_.set_added(static_cast<int64_t>(built.added));
  summary_.set_removed(static_cast<int64_t>(built.removed));
  const int64_t removed_rows = mode == VersionMode::kChange ? summary_.removed() : 0;
  summary_.set_unchanged(summary_.rows_accepted() - summary_.added() - removed_rows);
}

absl::Status ImportSession::BuildAndActivate(const CatalogList& list, VersionMode mode,
                                             const VersionId& id) {
  std::shared_ptr<const NumberSet> numbers;
  const std::shared_ptr<const StoreReader> snapshot = context_.store->Snapshot();
  DNC_ASSIGN_OR_RETURN(const VersionSummary built,
                       BuildNumbers(list, *snapshot, mode, id.version, &numbers));
  Summarize(built, mode);
  if (!IsNews(list, built)) return absl::OkStatus();
  context_.state->StageNumbers(id.organization, id.list, id.version, std::move(numbers));
  DNC_RETURN_IF_ERROR(Activate(list, built, id.version, mode == VersionMode::kChange));
  summary_.set_changed(!config_.validate_only());
  return absl::OkStatus();
}

// What was not activated is removed; of what was, the version before it is kept for audits.
absl::Status ImportSession::CleanUp(const VersionId& id) {
  if (summary_.changed()) {
    return RemoveVersions(context_.store, {id.organization, id.list, 0}, id.version - 1);
  }
  const absl::Status removed = RemoveVersions(context_.store, id, id.version + 1);
  context_.state->UnstageNumbers(id.organization, id.list, id.version);
  return removed;
}

absl::Status ImportSession::FinishRegistry() {
  std::shared_ptr<const Catalog> catalog;
  {
    const StateMachine::ViewGuard view = context_.state->Read();
    catalog = view->catalog;
  }
  const CatalogList& list = *catalog->Find(organization_)->FindList(list_id_);
  DNC_ASSIGN_OR_RETURN(const VersionMode mode, ModeFor(list));
  const VersionId id{organization_number_, list.record.number(),
                     list.record.list().active_version().version() + 1};
  const absl::Status status = BuildAndActivate(list, mode, id);
  // Of an activation whose fate is not known nothing is removed; the next import does that.
  if (absl::IsUnavailable(status)) return status;
  const absl::Status cleaned = CleanUp(id);
  return status.ok() ? cleaned : status;
}

}  // namespace dnc
