#include "server/handler/object_history.h"

#include <deque>
#include <utility>

#include "server/state/txn.h"
#include "storage/base/status_macros.h"
#include "storage/schema/keys.h"

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

}  // namespace dnc
