// What the diagnoses share.
#ifndef DNC_SERVER_HANDLER_DIAGNOSE_PARTS_H_
#define DNC_SERVER_HANDLER_DIAGNOSE_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "dnc/v1/diagnose.pb.h"
#include "server/catalog/catalog.h"
#include "server/state/view.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"

namespace dnc {

// The organization `parent`. ORGANIZATION_NOT_FOUND, INVALID_FIELD, REQUIRED_FIELD_MISSING.
absl::StatusOr<const CatalogOrganization*> FindParent(const View& view, const std::string& parent);

// The id of a lead of the organization. INVALID_FIELD.
absl::StatusOr<std::string> LeadIdOf(const CatalogOrganization& organization,
                                     const std::string& name, absl::string_view field);

// The lead's record; nothing where there is none. CORRUPT_RECORD.
absl::StatusOr<std::optional<storage::v1::LeadRecord>> FindLead(const StoreReader& reader,
                                                                uint32_t organization,
                                                                absl::string_view id);

// The entry's record; nothing where there is none. CORRUPT_RECORD.
absl::StatusOr<std::optional<storage::v1::EntryRecord>> FindEntry(const StoreReader& reader,
                                                                  uint32_t organization,
                                                                  EntryId id);

v1::Finding LeadUnknown(absl::string_view lead);
// A lead that was deleted or merged.
v1::Finding LeadGone(const storage::v1::LeadRecord& lead, absl::string_view organization);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_DIAGNOSE_PARTS_H_
