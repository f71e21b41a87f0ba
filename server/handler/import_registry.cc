// The end of an import into a registry: the new version is built beside the active one, and one
// mutation activates it.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/handler/import_session.h"
#include "server/handler/registry_versions.h"
#include "server/state/refusal.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/registry/chunk_reader.h"
#include "storage/registry/op_blocks.h"
#include "storage/registry/threaded_sink.h"

namespace dnc {

using google::protobuf::util::TimeUtil;

namespace {

// The least that makes it worth while to say how far the building has come.
constexpr uint64_t kNumbersPerReport = 5'000'000;

// For a version that is only judged.
class DiscardingSink : public ChunkSink {
 public:
  absl::Status Put(uint32_t /*ordinal*/, std::string /*bytes*/) override {
    return absl::OkStatus();
  }
};

// A version that may be damaged, or that the disk or this program cannot read: it ends where it
// cannot be read on, and says so. A full file can do without it.
class SalvagedVersion : public BlockSource {
 public:
  explicit SalvagedVersion(ChunkSource& chunks) : version_(chunks) {}

  absl::StatusOr<const NumberBlock*> Next() override {
    if (!damage_.ok()) return nullptr;
    absl::StatusOr<const NumberBlock*> block = version_.Next();
    if (block.ok()) return block;
    damage_ = block.status();
    return nullptr;
  }

  const absl::Status& damage() const { return damage_; }

 private:
  ChunkReader version_;
  absl::Status damage_;
};

}  // namespace

VersionProgress ImportSession::BuildProgress(int64_t most) const {
  return [this, most, reported = uint64_t{0}](uint64_t written) mutable {
    if (written - reported < kNumbersPerReport) return absl::OkStatus();
    reported = written;
    return on_built_(static_cast<int64_t>(written), most);
  };
}

// On a thread of its own the sink writes while the next chunks are made.
absl::StatusOr<VersionSummary> ImportSession::Build(VersionMode mode, BlockSource* previous,
                                                    int64_t most, ChunkSink& sink) {
  DNC_RETURN_IF_ERROR(on_built_(0, most));
  StoppableChunkSink stoppable(&sink, context_.stop);
  ThreadedSink threaded(&stoppable);
  std::optional<OpBlocks> changes;
  if (changes_.has_value()) changes.emplace(*changes_);
  ChangeSource& source = changes.has_value() ? static_cast<ChangeSource&>(*changes) : *numbers_;
  DNC_ASSIGN_OR_RETURN(VersionSummary summary,
                       BuildVersion(mode, previous, source, threaded, BuildProgress(most)));
  DNC_RETURN_IF_ERROR(threaded.Finish());
  // Their memory is free for others while the version is made durable.
  numbers_.reset();
  return summary;
}

absl::StatusOr<ImportSession::BuiltVersion> ImportSession::BuildNext(const CatalogList& list,
                                                                     VersionMode mode,
                                                                     int64_t version) {
  const v1::ListVersion& active = list.record.list().active_version();
  BuiltVersion built;
  built.changes_undated = active.undated();
  DNC_ASSIGN_OR_RETURN(
      built.subscription,
      SubscriptionFor(config_, parser_->format(), mode == VersionMode::kFull, active, area_codes_));
  const VersionId id{organization_number_, list.record.number(), version};
  std::unique_ptr<StoreChunkSink> sink;  // null: nothing is to be changed
  if (!config_.validate_only()) {
    DNC_ASSIGN_OR_RETURN(sink, StoreChunkSink::Create(context_.store, id));
  }
  DiscardingSink discarding;
  ChunkSink& into = sink != nullptr ? static_cast<ChunkSink&>(*sink) : discarding;
  const std::shared_ptr<const StoreReader> snapshot = context_.store->Snapshot();
  StoreChunkSource chunks(snapshot.get(), {id.organization, id.list, version - 1},
                          list.record.chunks());
  SalvagedVersion previous(chunks);
  VersionSummary& summary = built.summary;
  const int64_t kept = mode == VersionMode::kChange ? active.count() : 0;
  DNC_ASSIGN_OR_RETURN(summary,
                       Build(mode, list.has_version() ? &previous : nullptr, kept + rows(), into));
  absl::Status damage = previous.damage();
  // What another try may read is not to be given up.
  if (mode == VersionMode::kChange && !damage.ok() && !absl::IsDataLoss(damage)) return damage;
  const auto before = static_cast<uint64_t>(active.count());  // 0: none
  if (damage.ok() && summary.count != before + summary.added - summary.removed) {
    damage = absl::DataLossError("it has not as many numbers as it should");
  }
  // Its chunks may be whole and yet not those that were activated.
  if (damage.ok() && !list.problem.empty()) damage = absl::DataLossError(list.problem);
  if (!damage.ok()) {
    DNC_RETURN_IF_ERROR(JudgeDamage(list, mode, damage, summary.count));
    built.replaces_damage = true;
    summary.added = summary.count;
    summary.removed = before;
  }
  if (sink == nullptr) return built;
  DNC_ASSIGN_OR_RETURN(built.numbers, sink->Finish());
  DNC_ASSIGN_OR_RETURN(built.chunk_digest, sink->Digest());
  return built;
}

absl::Status ImportSession::JudgeDamage(const CatalogList& list, VersionMode mode,
                                        const absl::Status& damage, uint64_t new_count) {
  const v1::DncList& held = list.record.list();
  const std::string what =
      absl::StrCat(held.name(), ": the active version, ", held.active_version().version(),
                   ", cannot be read whole (", damage.message(), ")");
  spdlog::error("{}", what);
  if (mode == VersionMode::kChange) {
    return MakeError(v1::ERROR_REASON_CORRUPT_RECORD,
                     absl::StrCat(what,
                                  ", so no change list can be applied to it; import a full file "
                                  "with allow_shrink, which replaces it"));
  }
  if (config_.allow_shrink()) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_REGISTRY_WOULD_SHRINK,
                   absl::StrCat(what,
                                ", so what this full file would remove cannot be told; make sure "
                                "that the file is whole, then import it with allow_shrink"),
                   {{"list", held.name()},
                    {"previous_count", absl::StrCat(held.active_version().count())},
                    {"new_count", absl::StrCat(new_count)}});
}

absl::Status ImportSession::Activate(const BuiltVersion& built, int64_t version, bool is_change) {
  const VersionSummary& summary = built.summary;
  storage::v1::ActivateVersion activate;
  activate.set_list(config_.list());
  activate.set_chunks(summary.chunks);
  activate.set_chunk_digest(built.chunk_digest);
  activate.set_base_version(version - 1);
  activate.set_allow_shrink(config_.allow_shrink());
  activate.set_is_change(is_change);
  v1::ListVersion* content = activate.mutable_version();
  content->set_version(version);
  content->set_count(static_cast<int64_t>(summary.count));
  content->set_added(static_cast<int64_t>(summary.added));
  content->set_removed(static_cast<int64_t>(summary.removed));
  content->set_digest(summary.digest);
  *content->mutable_as_of_time() = TimeUtil::MicrosecondsToTimestamp(date_.as_of);
  content->set_undated(!date_.given || (is_change && built.changes_undated));
  content->mutable_area_codes()->Add(built.subscription.area_codes.begin(),
                                     built.subscription.area_codes.end());
  content->set_area_codes_source(built.subscription.source);
  storage::v1::Mutation mutation =
      context_.preparer->Prepare(std::move(activate), organization_, config_.actor(), caller_);
  if (config_.validate_only()) {
    return RefusalOf(context_.state->DryRun(mutation));
  }
  DNC_ASSIGN_OR_RETURN(std::unique_ptr<Proposed> proposed, Propose(std::move(mutation)));
  DNC_ASSIGN_OR_RETURN(const Outcome outcome, Await(std::move(proposed)));
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

bool ImportSession::IsNews(const CatalogList& list, VersionMode mode,
                           const BuiltVersion& built) const {
  const v1::ListVersion& active = list.record.list().active_version();
  if (!list.has_version() || built.replaces_damage) return true;
  if (active.digest() != built.summary.digest) return true;
  const UnixMicros held = TimeUtil::TimestampToMicroseconds(active.as_of_time());
  const bool dates = active.undated() && mode == VersionMode::kFull;
  if (date_.given && (dates || date_.as_of > held)) return true;
  return built.subscription != SubscriptionOf(active);
}

void ImportSession::Summarize(const VersionSummary& built, VersionMode mode) {
  summary_.set_added(static_cast<int64_t>(built.added));
  summary_.set_removed(static_cast<int64_t>(built.removed));
  const int64_t removed_rows = mode == VersionMode::kChange ? summary_.removed() : 0;
  summary_.set_unchanged(summary_.rows_accepted() - summary_.added() - removed_rows);
}

absl::Status ImportSession::BuildAndActivate(const CatalogList& list, VersionMode mode,
                                             const VersionId& id) {
  DNC_ASSIGN_OR_RETURN(BuiltVersion built, BuildNext(list, mode, id.version));
  Summarize(built.summary, mode);
  if (!IsNews(list, mode, built)) return absl::OkStatus();
  if (!config_.validate_only()) {
    context_.state->StageNumbers(id.organization, id.list, id.version, std::move(built.numbers));
  }
  activation_ = Activate(built, id.version, mode == VersionMode::kChange);
  DNC_RETURN_IF_ERROR(activation_);
  summary_.set_changed(!config_.validate_only());
  return absl::OkStatus();
}

// What was not activated is removed; beside what was, the versions before it that are to be kept
// for audits stay.
absl::Status ImportSession::CleanUp(const VersionId& id) {
  if (summary_.changed()) {
    const int64_t oldest = std::max<int64_t>(0, id.version + 1 - context_.kept_versions);
    return RemoveVersions(context_.store, {id.organization, id.list, 0}, oldest);
  }
  return RemoveVersions(context_.store, id, id.version + 1);
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
  // Where it was activated the catalog has its numbers.
  context_.state->UnstageNumbers(id.organization, id.list, id.version);
  // Of an activation whose fate is not known nothing is removed; the next import does that.
  if (absl::IsUnavailable(activation_)) return status;
  const absl::Status cleaned = CleanUp(id);
  return status.ok() ? cleaned : status;
}

}  // namespace dnc
