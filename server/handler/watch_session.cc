#include "server/handler/watch_session.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "server/catalog/masks.h"
#include "server/handler/audit_log.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/state/audit_capture.h"
#include "server/state/entries.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using storage::v1::AuditRecord;
using storage::v1::EntryRecord;

// A message is ended, after a whole revision, at one of these.
constexpr int kMessageRevisions = 2000;
constexpr size_t kMessageBytes = size_t{256} << 10;

absl::Status HistoryGone(int64_t start, int64_t oldest) {
  return MakeError(
      v1::ERROR_REASON_HISTORY_GONE,
      absl::StrCat("start_revision: changes are known from revision ", oldest, " on, not from ",
                   start, "; list entries and leads, and watch from the revision after theirs"),
      {{"start_revision", absl::StrCat(start)}, {"oldest_revision", absl::StrCat(oldest)}});
}

// The first revision whose changes are known: of those that are still kept, the first whose record
// says what it changed.
absl::StatusOr<int64_t> OldestRevision(const AuditLog& log) {
  int64_t kept = log.newest() + 1;
  DNC_RETURN_IF_ERROR(log.Scan(1, log.newest(), [&](int64_t revision, const StoredAudit&) {
    kept = revision;
    return false;
  }));
  return std::max(kept, log.chain().first_revision());
}

absl::StatusOr<int64_t> ReadStart(const View& view, int64_t start) {
  if (start < 0) return InvalidField("start_revision", "must not be negative");
  if (start == 0) return view.revision + 1;
  if (start > view.revision + 1) {
    return MakeError(v1::ERROR_REASON_FUTURE_REVISION,
                     absl::StrCat("start_revision: revision ", start,
                                  " does not exist yet; the newest is ", view.revision),
                     {{"field", "start_revision"},
                      {"revision", absl::StrCat(start)},
                      {"newest_revision", absl::StrCat(view.revision)}});
  }
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(view));
  DNC_ASSIGN_OR_RETURN(const int64_t oldest, OldestRevision(log));
  if (start < oldest) return HistoryGone(start, oldest);
  return start;
}

absl::Status CheckList(const View& view, const std::string& organization, const std::string& list) {
  if (list.empty()) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(list, "list"));
  if (name.organization != organization && name.organization != kGlobalOrganization) {
    return InvalidField("list", absl::StrCat("must belong to ", OrganizationName(organization),
                                             " or to organizations/global"));
  }
  const CatalogOrganization* owner = view.catalog->Find(name.organization);
  if (owner != nullptr && owner->FindList(name.list) != nullptr) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND, absl::StrCat("list: ", list, " does not exist"),
                   {{"list", list}});
}

absl::StatusOr<ChangeFilter> ReadFilter(const View& view, const std::string& organization,
                                        const v1::WatchChangesRequest& request) {
  ChangeFilter filter;
  for (int i = 0; i < request.kinds_size(); ++i) {
    const int kind = request.kinds(i);
    const std::string field = absl::StrCat("kinds[", i, "]");
    if (kind == v1::CHANGE_KIND_UNSPECIFIED || !v1::ChangeKind_IsValid(kind)) {
      return InvalidField(field, "is none of the kinds of changes, e.g. CHANGE_KIND_ENTRY_ADDED");
    }
    if (!filter.kinds.insert(kind).second) return InvalidField(field, "stands there twice");
  }
  DNC_RETURN_IF_ERROR(CheckChannels(request.channels(), "channels"));
  filter.channels = MaskOf(request.channels());
  DNC_RETURN_IF_ERROR(CheckList(view, organization, request.list()));
  filter.list = request.list();
  return filter;
}

// The entries that `revision` added, as they are now.
absl::StatusOr<std::vector<v1::Entry>> EntriesOf(const View& view, uint32_t organization,
                                                 int64_t revision) {
  std::vector<v1::Entry> entries;
  absl::Status parsed;
  const auto first = static_cast<uint64_t>(revision);
  DNC_RETURN_IF_ERROR(view.reader->Scan(
      Family::kEntries, keys::Entry(organization, {first, 0}),
      keys::Entry(organization, {first + 1, 0}), [&](absl::string_view, absl::string_view value) {
        EntryRecord record;
        if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
          parsed = CorruptRecord(Family::kEntries);
          return false;
        }
        entries.push_back(EntryToProto(record));
        return true;
      }));
  if (!parsed.ok()) return parsed;
  return entries;
}

}  // namespace

absl::StatusOr<std::unique_ptr<WatchSession>> WatchSession::Create(
    StateMachine* state, const v1::WatchChangesRequest& request) {
  const StateMachine::ViewGuard view = state->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(FindOrganization(*view, name.organization).status());
  auto session = absl::WrapUnique(new WatchSession);
  session->state_ = state;
  session->organization_ = name.organization;
  DNC_ASSIGN_OR_RETURN(session->filter_, ReadFilter(*view, name.organization, request));
  DNC_ASSIGN_OR_RETURN(session->next_, ReadStart(*view, request.start_revision()));
  return session;
}

absl::Status WatchSession::AddChanges(const View& view, const AuditRecord& record,
                                      v1::WatchChangesResponse* response) const {
  const std::string& organization = record.mutation().organization();
  if (organization != organization_ && organization != kGlobalOrganization) {
    return absl::OkStatus();
  }
  std::vector<v1::Entry> added;
  if (record.entries_added() > kMostEntriesAudited) {
    const CatalogOrganization* owner = view.catalog->Find(organization);
    if (owner == nullptr) return CorruptRecord(Family::kAudit);
    DNC_ASSIGN_OR_RETURN(added, EntriesOf(view, owner->number(), record.revision()));
  }
  absl::StatusOr<std::vector<v1::Change>> changes = ChangesOf(record, added);
  if (!changes.ok()) return CorruptRecord(Family::kAudit);
  for (v1::Change& change : *changes) {
    if (filter_.Wants(change)) *response->add_changes() = std::move(change);
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> WatchSession::Advance(v1::WatchChangesResponse* response) {
  const StateMachine::ViewGuard view = state_->Read();
  std::optional<AuditLog> log;  // for what is not in memory
  size_t bytes = 0;
  for (int i = 0; next_ <= view->revision && i < kMessageRevisions && bytes < kMessageBytes; ++i) {
    ChangeFeed::Record record = state_->changes().Find(next_);
    if (record == nullptr) {
      if (!log.has_value()) {
        DNC_ASSIGN_OR_RETURN(log, AuditLog::Open(*view));
      }
      DNC_ASSIGN_OR_RETURN(std::optional<AuditRecord> stored, log->Read(next_));
      if (!stored.has_value()) return CorruptRecord(Family::kAudit);
      record = std::make_shared<const AuditRecord>(*std::move(stored));
    }
    const int before = response->changes_size();
    DNC_RETURN_IF_ERROR(AddChanges(*view, *record, response));
    for (int j = before; j < response->changes_size(); ++j) {
      bytes += response->changes(j).ByteSizeLong();
    }
    ++next_;
  }
  response->set_checkpoint_revision(next_ - 1);
  response->set_head_revision(view->revision);
  return next_ > view->revision;
}

}  // namespace dnc
