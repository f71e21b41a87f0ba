#include "server/handler/object_history.h"

#include <deque>
#include <utility>

#include "dnc/v1/registry.pb.h"
#include "server/name/resource_name.h"
#include "server/state/txn.h"
#include "storage/base/status_macros.h"

namespace dnc {

using storage::v1::AuditedObject;
using storage::v1::AuditRecord;

absl::StatusOr<ObjectHistory> ReadHistory(const AuditLog& log, uint32_t organization,
                                          absl::string_view path, size_t most) {
  const std::string prefix = keys::AuditIndexPrefix(organization, path);
  std::deque<int64_t> revisions;
  ObjectHistory history;
  DNC_RETURN_IF_ERROR(log.reader().Scan(Family::kIndex, prefix, keys::PrefixEnd(prefix),
                                        [&](absl::string_view key, absl::string_view) {
                                          revisions.push_back(keys::RevisionOfAuditIndexKey(key));
                                          if (revisions.size() > most) {
                                            revisions.pop_front();
                                            history.cut = true;
                                          }
                                          return true;
                                        }));
  for (const int64_t revision : revisions) {
    DNC_ASSIGN_OR_RETURN(std::optional<AuditRecord> record, log.Read(revision));
    if (!record.has_value()) return CorruptRecord(Family::kAudit);
    history.records.push_back(*std::move(record));
  }
  return history;
}

PastObject ObjectAt(const ObjectHistory& history, AuditedObject::Kind kind, absl::string_view name,
                    UnixMicros time) {
  PastObject past;
  const auto take = [&](const std::string& content) {
    past.known = content.empty() ? PastObject::Known::kAbsent : PastObject::Known::kYes;
    past.content = content;
  };
  for (const AuditRecord& record : history.records) {
    for (const AuditedObject& object : record.objects()) {
      if (object.kind() != kind || object.name() != name) continue;
      if (record.mutation().propose_time() <= time) {
        take(object.after());
      } else {
        if (past.known == PastObject::Known::kUnrecorded) take(object.before());
        return past;
      }
    }
  }
  return past;
}

absl::StatusOr<std::optional<UnixMicros>> UnrecordedUntil(const AuditLog& log) {
  const int64_t last = log.chain().first_revision() - 1;
  if (last < 1) return std::optional<UnixMicros>();
  DNC_ASSIGN_OR_RETURN(const std::optional<AuditRecord> record, log.Read(last));
  if (!record.has_value()) return CorruptRecord(Family::kAudit);
  return std::optional<UnixMicros>(record->mutation().propose_time());
}

std::vector<MovedEntry> MovedEntriesOf(const AuditRecord& record) {
  std::vector<MovedEntry> moved;
  if (!record.mutation().has_merge_leads()) return moved;
  for (const AuditedObject& object : record.objects()) {
    if (object.kind() != AuditedObject::KIND_ENTRY) continue;
    v1::Entry before;
    v1::Entry after;
    const std::optional<EntryId> id = ParseEntryId(LastPart(object.name()));
    if (!id.has_value() || !before.ParseFromString(object.before()) ||
        !after.ParseFromString(object.after()) || before.lead() == after.lead()) {
      continue;
    }
    moved.push_back({*id, before.lead(), after.lead()});
  }
  return moved;
}

}  // namespace dnc
