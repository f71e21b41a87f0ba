#include "server/handler/audit_reader.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/util/time_util.h"
#include "server/handler/audit_log.h"
#include "server/handler/page.h"
#include "server/handler/period.h"
#include "server/name/resource_name.h"
#include "server/workflow/shape.h"
#include "storage/audit/render.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::AuditRecord;

// A page is ended where its records are together as large as this, and before one that would make
// them larger than that. gRPC's clients take 4 MiB unless they are told otherwise.
constexpr size_t kPageBytes = size_t{1} << 20;
constexpr size_t kMostPageBytes = size_t{3} << 20;
// As long as any name, actor or request id is.
constexpr size_t kMostBytesAsked = 512;
// How far back the index is read at first where the newest records are wanted first.
constexpr int64_t kFirstWindow = 1024;

absl::StatusOr<v1::AuditRecord> Render(const AuditRecord& record) {
  absl::StatusOr<v1::AuditRecord> rendered = RenderAuditRecord(record);
  if (!rendered.ok()) return CorruptRecord(Family::kAudit);
  rendered->set_hash(AuditHashText(record.hash()));
  return rendered;
}

// What a listing asks for, in the terms of the store.
struct Wanted {
  AuditScope scope;
  std::optional<std::string> object;  // without its organization
  uint32_t organization = 0;          // the object's
  int64_t first = 1;
  int64_t last = 0;
  std::optional<UnixMicros> since;
  std::optional<UnixMicros> before;
};

absl::Status CheckKind(const std::string& kind) {
  const std::vector<std::string>& kinds = MutationKinds();
  if (kind.empty() || std::binary_search(kinds.begin(), kinds.end(), kind)) return absl::OkStatus();
  return InvalidField("kind", absl::StrCat("is one of ", absl::StrJoin(kinds, ", ")));
}

// What mutations change, as names without their organization.
constexpr std::array<absl::string_view, 12> kObjectForms = {
    "bindings/{id}",
    "entries/{id}",
    "groups/{id}",
    "leads/{id}",
    "lists/{id}",
    "optouts/{id}",
    "reviews/{id}",
    "roles/{id}",
    "templates/{id}",
    "workflows/{id}",
    "workflows/{id}/statuses/{id}",
    "workflows/{id}/statuses/{id}/actions/{id}",
};

bool HasForm(absl::string_view path, absl::string_view form) {
  const std::vector<absl::string_view> parts = absl::StrSplit(path, '/');
  const std::vector<absl::string_view> wanted = absl::StrSplit(form, '/');
  return std::equal(parts.begin(), parts.end(), wanted.begin(), wanted.end(),
                    [](absl::string_view part, absl::string_view place) {
                      return place == "{id}" ? IsLeadId(part) : part == place;
                    });
}

absl::Status ReadObject(const View& view, const std::string& name, Wanted* wanted) {
  if (name.empty()) return absl::OkStatus();
  if (wanted->scope.all) {
    return InvalidField("object", "needs a parent that is one organization, not all of them");
  }
  const std::string organization = OrganizationName(wanted->scope.organization);
  if (name == organization) return absl::OkStatus();  // everything is a part of it
  absl::string_view path = name;
  if (!absl::ConsumePrefix(&path, organization + "/") ||
      std::none_of(kObjectForms.begin(), kObjectForms.end(),
                   [&](absl::string_view form) { return HasForm(path, form); })) {
    return InvalidField("object", absl::StrCat("is ", organization, " or below it one of ",
                                               absl::StrJoin(kObjectForms, ", ")));
  }
  wanted->object = std::string(path);
  wanted->organization = view.catalog->Find(wanted->scope.organization)->number();
  return absl::OkStatus();
}

absl::Status ReadPeriod(const v1::Period& period, Wanted* wanted) {
  DNC_RETURN_IF_ERROR(CheckPeriod(period, "period"));
  if (period.has_start_time()) {
    wanted->since = TimeUtil::TimestampToMicroseconds(period.start_time());
  }
  if (period.has_end_time()) {
    wanted->before = TimeUtil::TimestampToMicroseconds(period.end_time());
  }
  return absl::OkStatus();
}

absl::StatusOr<Wanted> ReadWanted(const View& view, const v1::ListAuditRecordsRequest& request) {
  Wanted wanted;
  DNC_ASSIGN_OR_RETURN(wanted.scope, ParseAuditScope(view, request.parent()));
  DNC_RETURN_IF_ERROR(CheckKind(request.kind()));
  DNC_RETURN_IF_ERROR(CheckText(request.actor(), kMostBytesAsked, "actor"));
  if (!request.principal().empty()) {
    DNC_RETURN_IF_ERROR(ValidatePrincipal(request.principal(), "principal"));
  }
  DNC_RETURN_IF_ERROR(CheckText(request.request_id(), kMostBytesAsked, "request_id"));
  DNC_RETURN_IF_ERROR(CheckText(request.object(), kMostBytesAsked, "object"));
  if (!v1::AuditDisposition_IsValid(request.disposition())) {
    return InvalidField("disposition", "is APPLIED, REFUSED or REPEATED");
  }
  DNC_RETURN_IF_ERROR(ReadObject(view, request.object(), &wanted));
  DNC_RETURN_IF_ERROR(ReadPeriod(request.period(), &wanted));
  DNC_ASSIGN_OR_RETURN(const RevisionRange range,
                       ReadRange(request.first_revision(), request.last_revision(), view.revision));
  wanted.first = range.first;
  wanted.last = range.last;
  return wanted;
}

bool Matches(const v1::ListAuditRecordsRequest& request, const Wanted& wanted,
             const AuditRecord& record) {
  const storage::v1::Mutation& mutation = record.mutation();
  const UnixMicros time = mutation.propose_time();
  const auto is = [](const std::string& asked, const std::string& held) {
    return asked.empty() || asked == held;
  };
  return wanted.scope.Holds(mutation.organization()) &&
         is(request.actor(), mutation.actor().id()) &&
         is(request.principal(), mutation.principal()) &&
         is(request.request_id(), mutation.request_id()) &&
         (request.kind().empty() || request.kind() == MutationKind(mutation)) &&
         (request.disposition() == v1::AUDIT_DISPOSITION_UNSPECIFIED ||
          static_cast<int>(request.disposition()) == static_cast<int>(record.disposition())) &&
         (!wanted.since.has_value() || time >= *wanted.since) &&
         (!wanted.before.has_value() || time < *wanted.before);
}

// Revisions in [low, high] whose records changed the object, ascending, at most `most` of them.
absl::StatusOr<std::vector<int64_t>> Indexed(const AuditLog& log, const Wanted& wanted, int64_t low,
                                             int64_t high, size_t most) {
  std::vector<int64_t> revisions;
  // An entry's id says which revision added it, and so is in no index.
  if (absl::string_view path = *wanted.object; absl::ConsumePrefix(&path, "entries/")) {
    const std::optional<EntryId> id = ParseEntryId(path);
    const int64_t added = id.has_value() ? static_cast<int64_t>(id->revision) : 0;
    if (added >= low && added <= high) revisions.push_back(added);
  }
  DNC_RETURN_IF_ERROR(
      log.reader().Scan(Family::kIndex, keys::AuditIndex(wanted.organization, *wanted.object, low),
                        keys::AuditIndex(wanted.organization, *wanted.object, high + 1),
                        [&](absl::string_view key, absl::string_view) {
                          if (revisions.size() >= most) return false;
                          revisions.push_back(keys::RevisionOfAuditIndexKey(key));
                          return true;
                        }));
  return revisions;
}

// The revisions to be read, in the order asked for, a number at a time.
class Candidates {
 public:
  Candidates(const AuditLog& log, const Wanted& wanted, bool descending, int64_t start)
      : log_(log), wanted_(wanted), descending_(descending), position_(start) {}

  // The next ones, ascending or descending, at most about `most`; empty: there are no more.
  absl::StatusOr<std::vector<int64_t>> Next(size_t most) {
    std::vector<int64_t> revisions;
    while (revisions.empty() && position_ >= wanted_.first && position_ <= wanted_.last) {
      DNC_ASSIGN_OR_RETURN(revisions, descending_ ? Backwards(most) : Forwards(most));
    }
    return revisions;
  }

 private:
  absl::StatusOr<std::vector<int64_t>> Forwards(size_t most) {
    std::vector<int64_t> revisions;
    if (wanted_.object.has_value()) {
      DNC_ASSIGN_OR_RETURN(revisions, Indexed(log_, wanted_, position_, wanted_.last, most));
      position_ = revisions.size() < most ? wanted_.last + 1 : revisions.back() + 1;
      return revisions;
    }
    for (; revisions.size() < most && position_ <= wanted_.last; ++position_) {
      revisions.push_back(position_);
    }
    return revisions;
  }

  absl::StatusOr<std::vector<int64_t>> Backwards(size_t most) {
    std::vector<int64_t> revisions;
    if (!wanted_.object.has_value()) {
      for (; revisions.size() < most && position_ >= wanted_.first; --position_) {
        revisions.push_back(position_);
      }
      return revisions;
    }
    // The index is read forwards only: in windows that grow where there is little in them.
    const int64_t low = std::max(wanted_.first, position_ - window_ + 1);
    DNC_ASSIGN_OR_RETURN(revisions,
                         Indexed(log_, wanted_, low, position_, static_cast<size_t>(window_) + 1));
    std::reverse(revisions.begin(), revisions.end());
    position_ = low - 1;
    if (revisions.empty()) window_ = std::min(window_ * 4, kFirstWindow * 1024);
    return revisions;
  }

  const AuditLog& log_;
  const Wanted& wanted_;
  const bool descending_;
  int64_t position_;
  int64_t window_ = kFirstWindow;
};

// Fills a page.
class Lister {
 public:
  Lister(const v1::ListAuditRecordsRequest& request, const Wanted& wanted,
         const AuditBudget& budget, v1::ListAuditRecordsResponse* response)
      : request_(request), wanted_(wanted), budget_(budget), response_(response) {}

  // Where the next page begins; 0: there is none.
  absl::StatusOr<int64_t> Fill(const AuditLog& log, int page_size, int64_t start) {
    Candidates candidates(log, wanted_, request_.descending(), start);
    while (true) {
      DNC_ASSIGN_OR_RETURN(const std::vector<int64_t> revisions,
                           candidates.Next(static_cast<size_t>(page_size)));
      if (revisions.empty()) break;
      for (const int64_t revision : revisions) {
        if (Full(page_size)) return revision;
        DNC_ASSIGN_OR_RETURN(const bool taken, Take(log, revision));
        if (!taken) return revision;
      }
    }
    response_->set_scanned_revision(request_.descending() ? wanted_.first : wanted_.last);
    return int64_t{0};
  }

 private:
  bool Full(int page_size) const {
    return response_->records_size() >= page_size || read_ >= budget_.records ||
           read_bytes_ >= budget_.bytes || page_bytes_ >= kPageBytes;
  }

  // False: the page has no room for it.
  absl::StatusOr<bool> Take(const AuditLog& log, int64_t revision) {
    DNC_ASSIGN_OR_RETURN(const std::optional<AuditRecord> record, log.Read(revision));
    ++read_;
    if (record.has_value()) {  // else VerifyAudit tells of it
      read_bytes_ += record->ByteSizeLong();
      if (Matches(request_, wanted_, *record)) {
        DNC_ASSIGN_OR_RETURN(v1::AuditRecord rendered, Render(*record));
        const size_t bytes = rendered.ByteSizeLong();
        if (response_->records_size() > 0 && page_bytes_ + bytes > kMostPageBytes) return false;
        *response_->add_records() = std::move(rendered);
        page_bytes_ += bytes;
      }
    }
    response_->set_scanned_revision(revision);
    return true;
  }

  const v1::ListAuditRecordsRequest& request_;
  const Wanted& wanted_;
  const AuditBudget& budget_;
  v1::ListAuditRecordsResponse* const response_;
  int read_ = 0;
  size_t read_bytes_ = 0;
  size_t page_bytes_ = 0;
};

}  // namespace

absl::Status AuditReader::Get(const v1::GetAuditRecordRequest& request,
                              v1::GetAuditRecordResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const AuditScope scope, ParseAuditScope(*view, request.parent()));
  if (request.revision() == 0) return MissingField("revision", "name one, e.g. 4711");
  if (request.revision() < 0) return InvalidField("revision", "must not be negative");
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  std::optional<AuditRecord> record;
  if (request.revision() <= log.newest()) {
    DNC_ASSIGN_OR_RETURN(record, log.Read(request.revision()));
  }
  if (!record.has_value() || !scope.Holds(record->mutation().organization())) {
    return MakeError(
        v1::ERROR_REASON_AUDIT_RECORD_NOT_FOUND,
        absl::StrCat(request.parent(), " has no audit record of revision ", request.revision()),
        {{"revision", absl::StrCat(request.revision())}});
  }
  DNC_ASSIGN_OR_RETURN(*response->mutable_record(), Render(*record));
  return absl::OkStatus();
}

absl::Status AuditReader::Get(const v1::GetAuditHeadRequest& request,
                              v1::GetAuditHeadResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_RETURN_IF_ERROR(ParseAuditScope(*view, request.parent()).status());
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  *response->mutable_head() = HeadOf(log);
  return absl::OkStatus();
}

absl::Status AuditReader::List(const v1::ListAuditRecordsRequest& request,
                               v1::ListAuditRecordsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const Wanted wanted, ReadWanted(*view, request));
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  int64_t start = request.descending() ? wanted.last : wanted.first;
  if (!page.start.empty() && (!absl::SimpleAtoi(page.start, &start) || start < 1)) {
    return InvalidField("page_token", "not a token of this request; begin again without it");
  }
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  Lister lister(request, wanted, budget_, response);
  DNC_ASSIGN_OR_RETURN(const int64_t next, lister.Fill(log, page.size, start));
  if (next != 0) response->set_next_page_token(MakePageToken(absl::StrCat(next), filter));
  return absl::OkStatus();
}

}  // namespace dnc
