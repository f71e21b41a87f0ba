#include "server/handler/diagnose_parts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/diagnose/findings.h"
#include "server/diagnose/remedies.h"
#include "server/error/error.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/state/txn.h"
#include "storage/base/status_macros.h"

namespace dnc {

using google::protobuf::util::TimeUtil;
using storage::v1::LeadRecord;
using v1::Finding;

absl::StatusOr<const CatalogOrganization*> FindParent(const View& view, const std::string& parent) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseOrganizationName(parent, "parent"));
  return FindOrganization(view, name.organization);
}

absl::StatusOr<std::string> LeadIdOf(const CatalogOrganization& organization,
                                     const std::string& name, absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(const ResourceName parsed, ParseLeadName(name, field));
  if (parsed.organization == organization.id) return parsed.lead;
  return InvalidField(field, "must belong to the request's parent");
}

absl::StatusOr<std::optional<LeadRecord>> FindLead(const StoreReader& reader, uint32_t organization,
                                                   absl::string_view id) {
  LeadRecord lead;
  DNC_ASSIGN_OR_RETURN(
      const bool found,
      reader.Get(Family::kLeads, keys::Lead(organization, id), [&](absl::string_view bytes) {
        const bool whole =
            lead.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) && lead.has_state();
        return whole ? absl::OkStatus() : CorruptRecord(Family::kLeads);
      }));
  if (!found) return std::optional<LeadRecord>();
  return std::optional<LeadRecord>(std::move(lead));
}

absl::StatusOr<std::optional<storage::v1::EntryRecord>> FindEntry(const StoreReader& reader,
                                                                  uint32_t organization,
                                                                  EntryId id) {
  storage::v1::EntryRecord entry;
  DNC_ASSIGN_OR_RETURN(
      const bool found,
      reader.Get(Family::kEntries, keys::Entry(organization, id), [&](absl::string_view bytes) {
        return entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                   ? absl::OkStatus()
                   : CorruptRecord(Family::kEntries);
      }));
  if (!found) return std::optional<storage::v1::EntryRecord>();
  return std::optional<storage::v1::EntryRecord>(std::move(entry));
}

Finding LeadUnknown(absl::string_view lead) {
  Finding finding = MakeFinding(Finding::KIND_LEAD_UNKNOWN, Finding::SEVERITY_CAUSE, lead, "",
                                absl::StrCat(lead, " is not known to the gateway"));
  finding.set_reason(ShortName(v1::ERROR_REASON_LEAD_NOT_FOUND));
  *finding.mutable_remedy() = MakeRemedy(
      "Upsert the lead, or send its contact points with the action.", "LeadService.UpsertLead",
      absl::StrCat("dncctl leads upsert ", LastPart(lead),
                   " --record-type TYPE --status WORKFLOW/STATUS"));
  return finding;
}

Finding LeadGone(const LeadRecord& lead, absl::string_view organization) {
  const std::string& name = lead.lead().name();
  const std::string when =
      TimeUtil::ToString(TimeUtil::MicrosecondsToTimestamp(lead.delete_time()));
  if (lead.merged_into().empty()) {
    Finding finding = MakeFinding(
        Finding::KIND_LEAD_DELETED, Finding::SEVERITY_CAUSE, name, "",
        absl::StrCat(name, " was deleted on ", when,
                     ": lists leave it out; what restricts it and its contact points stays"));
    finding.set_reason(ShortName(v1::ERROR_REASON_LEAD_DELETED));
    *finding.mutable_remedy() =
        MakeRemedy("An upsert brings it back with all its entries.", "LeadService.UpsertLead");
    return finding;
  }
  const std::string heir = LeadName(organization, lead.merged_into());
  Finding finding = MakeFinding(Finding::KIND_LEAD_MERGED, Finding::SEVERITY_CAUSE, name, heir,
                                absl::StrCat(name, " was merged into ", heir, " on ", when));
  finding.set_reason(ShortName(v1::ERROR_REASON_LEAD_MERGED));
  *finding.mutable_remedy() =
      MakeRemedy(absl::StrCat("Work with ", heir, "."), "LeadService.GetLead",
                 absl::StrCat("dncctl leads get ", lead.merged_into()));
  return finding;
}

}  // namespace dnc
