#include "server/state/migrate.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/state/audit_anchor.h"
#include "server/state/record_bytes.h"
#include "server/state/txn.h"

namespace dnc {
namespace {

// The key of a status's count, from a lead's own key and record.
absl::StatusOr<std::string> LeadCountKey(absl::string_view key, absl::string_view value) {
  storage::v1::LeadRecord lead;
  const bool parsed = lead.ParseFromArray(value.data(), static_cast<int>(value.size()));
  if (!parsed || !lead.has_state() || key.size() <= sizeof(uint32_t)) {
    return CorruptRecord(Family::kLeads);
  }
  return keys::LeadCount(keys::OrgOfKey(key), lead.state().status());
}

absl::Status CountLeads(const StoreReader& reader, WriteSet* writes) {
  std::map<std::string, int64_t> counts;
  absl::Status result;
  DNC_RETURN_IF_ERROR(
      reader.Scan(Family::kLeads, "", "", [&](absl::string_view key, absl::string_view value) {
        absl::StatusOr<std::string> count = LeadCountKey(key, value);
        result = count.status();
        if (result.ok()) ++counts[*std::move(count)];
        return result.ok();
      }));
  for (const auto& [key, count] : counts) writes->Put(Family::kMeta, key, EncodeCount(count));
  return result;
}

}  // namespace

absl::Status Migrate(Store* store, storage::v1::StoreRecord* record) {
  if (record->schema_version() == kSchemaVersion) return absl::OkStatus();
  if (record->schema_version() < 1 || record->schema_version() > kSchemaVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("the store has schema version ", record->schema_version(),
                     " and this program knows versions 1 to ", kSchemaVersion,
                     "; run the release that wrote it, or restore a backup"));
  }
  storage::v1::StoreRecord migrated = *record;
  migrated.set_schema_version(kSchemaVersion);
  WriteSet writes;
  // Version 2 has more rows in the index of entries than version 3, and otherwise the same.
  if (record->schema_version() == 1) {
    DNC_RETURN_IF_ERROR(CountLeads(store->Latest(), &writes));
    DNC_RETURN_IF_ERROR(AnchorAuditTrail(store->Latest(), &migrated));
  }
  // Up to here an older program still opens the store.
  DNC_RETURN_IF_ERROR(store->CreateMissingFamilies());
  writes.Put(Family::kMeta, keys::Store(), RecordBytes(migrated));
  DNC_RETURN_IF_ERROR(store->Commit(writes, Durability::kSynced));
  *record = std::move(migrated);
  return absl::OkStatus();
}

}  // namespace dnc
