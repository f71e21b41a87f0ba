#include "server/handler/audit_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using storage::v1::AuditRecord;

constexpr absl::string_view kEverybody = "organizations/-";
constexpr size_t kKeyBytes = 8;

absl::Status FutureRevision(absl::string_view field, int64_t revision, int64_t newest) {
  return MakeError(
      v1::ERROR_REASON_FUTURE_REVISION,
      absl::StrCat(field, ": revision ", revision, " does not exist yet; the newest is ", newest),
      {{"field", std::string(field)},
       {"revision", absl::StrCat(revision)},
       {"newest_revision", absl::StrCat(newest)}});
}

}  // namespace

absl::StatusOr<AuditScope> ParseAuditScope(const View& view, const std::string& parent) {
  AuditScope scope;
  scope.all = parent == kEverybody;
  if (scope.all) return scope;
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseOrganizationName(parent, "parent"));
  DNC_RETURN_IF_ERROR(FindOrganization(view, name.organization).status());
  scope.organization = name.organization;
  return scope;
}

absl::StatusOr<AuditLog> AuditLog::Open(const View& view) {
  AuditLog log;
  log.newest_ = view.revision;
  log.reader_ = view.reader->ForScans();
  storage::v1::StoreRecord store;
  DNC_ASSIGN_OR_RETURN(const bool found,
                       log.reader_->Get(Family::kMeta, keys::Store(), [&](absl::string_view bytes) {
                         return store.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                                    ? absl::OkStatus()
                                    : CorruptRecord(Family::kMeta);
                       }));
  if (!found) return CorruptRecord(Family::kMeta);
  log.chain_ = std::move(*store.mutable_audit_chain());
  return log;
}

absl::StatusOr<bool> AuditLog::Get(
    int64_t revision, absl::FunctionRef<absl::Status(const StoredAudit&)> on_record) const {
  return reader_->Get(Family::kAudit, keys::Audit(revision), [&](absl::string_view bytes) {
    return on_record(SplitStoredAudit(bytes, chained(revision)));
  });
}

absl::StatusOr<std::optional<AuditRecord>> AuditLog::Read(int64_t revision) const {
  AuditRecord record;
  DNC_ASSIGN_OR_RETURN(const bool found, Get(revision, [&](const StoredAudit& stored) {
                         if (!record.ParseFromArray(stored.content.data(),
                                                    static_cast<int>(stored.content.size()))) {
                           return CorruptRecord(Family::kAudit);
                         }
                         record.set_hash(std::string(stored.hash));
                         return absl::OkStatus();
                       }));
  if (!found) return std::optional<AuditRecord>();
  return std::optional<AuditRecord>(std::move(record));
}

absl::Status AuditLog::Scan(
    int64_t first, int64_t last,
    absl::FunctionRef<bool(int64_t revision, const StoredAudit& record)> on_record) const {
  return reader_->Scan(Family::kAudit, keys::Audit(first), keys::Audit(last + 1),
                       [&](absl::string_view key, absl::string_view value) {
                         const int64_t revision =
                             key.size() == kKeyBytes ? keys::RevisionOfAuditKey(key) : 0;
                         return on_record(revision, SplitStoredAudit(value, chained(revision)));
                       });
}

absl::StatusOr<std::string> AuditLog::HashBefore(int64_t revision) const {
  if (revision == 1) return FirstAuditHash();
  if (revision < chain_.first_revision()) return std::string();
  if (revision == chain_.first_revision()) return chain_.anchor();
  std::string hash;
  DNC_RETURN_IF_ERROR(Get(revision - 1, [&](const StoredAudit& stored) {
                        hash = std::string(stored.hash);
                        return absl::OkStatus();
                      }).status());
  return hash;
}

absl::StatusOr<RevisionRange> ReadRange(int64_t first, int64_t last, int64_t newest) {
  if (first < 0) return InvalidField("first_revision", "must not be negative");
  if (last < 0) return InvalidField("last_revision", "must not be negative");
  RevisionRange range{first == 0 ? 1 : first, last == 0 ? newest : last};
  if (range.last > newest) return FutureRevision("last_revision", range.last, newest);
  if (range.first > newest + 1) return FutureRevision("first_revision", range.first, newest);
  if (range.first > range.last + 1) {
    return InvalidField("last_revision", "must not lie before first_revision");
  }
  return range;
}

absl::StatusOr<ChainRange> ChainRangeOf(const AuditLog& log, const RevisionRange& range) {
  ChainRange chain;
  chain.first_revision = range.first;
  chain.last_revision = range.last;
  chain.first_chained_revision = log.chain().first_revision();
  chain.anchor = log.chain().anchor();
  DNC_ASSIGN_OR_RETURN(chain.previous, log.HashBefore(range.first));
  return chain;
}

std::string AuditLog::KeyOf(absl::string_view organization) const {
  return AuditKey(chain_.secret(), organization);
}

std::string AuditLog::TagOf(int64_t revision, absl::string_view content) const {
  return AuditTag(KeyOf(OrganizationOfAudit(content)), revision);
}

v1::AuditHead HeadOf(const AuditLog& log) {
  v1::AuditHead head;
  head.set_revision(log.newest());
  head.set_hash(AuditHashText(log.chain().head()));
  head.set_first_chained_revision(log.chain().first_revision());
  head.set_anchor_hash(AuditHashText(log.chain().anchor()));
  return head;
}

}  // namespace dnc
