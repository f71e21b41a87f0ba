// Get and List of leads and entries, which are read from the store.
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/handler/page.h"
#include "server/handler/period.h"
#include "server/handler/read_handler.h"
#include "server/handler/stored_rows.h"
#include "server/name/resource_name.h"
#include "server/state/entries.h"
#include "server/state/entry_ids.h"
#include "server/state/leads.h"
#include "server/subject/subject.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using storage::v1::EntryRecord;
using storage::v1::LeadRecord;

// A lead without a state would pass for one that nothing restricts.
absl::StatusOr<std::optional<LeadRecord>> ReadLead(const View& view, uint32_t organization,
                                                   absl::string_view id) {
  DNC_ASSIGN_OR_RETURN(std::optional<LeadRecord> lead,
                       ReadRecord<LeadRecord>(view, Family::kLeads, keys::Lead(organization, id)));
  if (lead.has_value() && !lead->has_state()) return CorruptRecord(Family::kLeads);
  return lead;
}

absl::StatusOr<std::optional<std::string>> OptionalSubjectKey(
    const CatalogOrganization& organization, bool given, const v1::ContactPoint& contact) {
  if (!given) return std::optional<std::string>();
  DNC_ASSIGN_OR_RETURN(
      const ContactPoint point,
      NormalizeContactPoint(contact, organization.record.organization().default_region(),
                            "contact_point"));
  return std::optional<std::string>(SubjectKey(organization.number(), point));
}

// The status whose leads are wanted; null for all.
absl::StatusOr<const CatalogStatus*> WantedStatus(const CatalogOrganization& organization,
                                                  const std::string& name) {
  if (name.empty()) return nullptr;
  DNC_ASSIGN_OR_RETURN(const ResourceName parsed, ParseStatusName(name, "status"));
  const CatalogStatus* status = parsed.organization == organization.id
                                    ? organization.FindStatus(parsed.workflow, parsed.status)
                                    : nullptr;
  if (status != nullptr) return status;
  return MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND, absl::StrCat(name, " does not exist"),
                   {{"status", name}});
}

absl::Status ListLeadsOfPoint(const View& view, const CatalogOrganization& organization,
                              const std::string& subject_key, const CatalogStatus* status,
                              bool show_deleted, const Page& page, absl::string_view filter,
                              UnixMicros now, v1::ListLeadsResponse* response) {
  DNC_ASSIGN_OR_RETURN(
      const std::optional<storage::v1::SubjectRecord> subject,
      ReadRecord<storage::v1::SubjectRecord>(view, Family::kSubjects, subject_key));
  if (!subject.has_value()) return absl::OkStatus();
  std::set<std::string> ids;
  for (const storage::v1::LeadReference& reference : subject->leads()) {
    const bool wanted = status == nullptr || reference.state().status() == status->record.number();
    if (wanted && reference.lead() >= page.start) ids.insert(reference.lead());
  }
  for (const std::string& id : ids) {
    if (response->leads_size() == page.size) {
      response->set_next_page_token(MakePageToken(id, filter));
      break;
    }
    DNC_ASSIGN_OR_RETURN(const std::optional<LeadRecord> lead,
                         ReadLead(view, organization.number(), id));
    if (!lead.has_value()) return CorruptRecord(Family::kSubjects);
    if (lead->delete_time() != 0 && !show_deleted) continue;
    *response->add_leads() = LeadToProto(*lead, organization, now);
  }
  return absl::OkStatus();
}

struct EntryFilter {
  const v1::ListEntriesRequest& request;
  UnixMicros now;

  bool Matches(const v1::Entry& entry) const {
    if (!request.list().empty() && entry.list() != request.list()) return false;
    if (!request.lead().empty() && entry.lead() != request.lead()) return false;
    if (request.channel() != v1::CHANNEL_UNSPECIFIED &&
        !ChannelBlocked(MaskOf(entry.channels()), request.channel())) {
      return false;
    }
    if (request.active_only() && !IsActive(entry, now)) return false;
    const v1::Period& period = request.create_period();
    if (period.has_start_time() && entry.create_time() < period.start_time()) return false;
    return !period.has_end_time() || entry.create_time() < period.end_time();
  }
};

// Whose entries the request asks for; nothing where it names neither contact point nor lead.
absl::StatusOr<std::optional<EntryOwner>> WantedOwner(const CatalogOrganization& organization,
                                                      const v1::ListEntriesRequest& request) {
  DNC_ASSIGN_OR_RETURN(
      const std::optional<std::string> subject,
      OptionalSubjectKey(organization, request.has_contact_point(), request.contact_point()));
  ResourceName lead;
  if (!request.lead().empty()) {
    DNC_ASSIGN_OR_RETURN(lead, ParseLeadName(request.lead(), "lead"));
    if (lead.organization != organization.id) {
      return InvalidField("lead", "must belong to the request's parent");
    }
  }
  std::optional<EntryOwner> owner;
  if (subject.has_value()) {
    owner.emplace(EntryOwner::Subject(*subject));
  } else if (!lead.lead.empty()) {
    owner.emplace(EntryOwner::Lead(organization.number(), lead.lead));
  }
  return owner;
}

// Where every entry is that a request asks for which names no owner.
absl::StatusOr<Range> EntryRange(const CatalogOrganization& organization,
                                 const v1::ListEntriesRequest& request) {
  if (request.list().empty()) {
    return Range{Family::kEntries, keys::OrgPrefix(organization.number())};
  }
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(request.list(), "list"));
  const CatalogList* list =
      name.organization == organization.id ? organization.FindList(name.list) : nullptr;
  if (list == nullptr) {
    return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                     absl::StrCat(request.list(), " does not exist"), {{"list", request.list()}});
  }
  return Range{Family::kIndex, keys::ListIndexPrefix(organization.number(), list->record.number())};
}

}  // namespace

absl::Status ReadHandler::Get(const v1::GetLeadRequest& request,
                              v1::GetLeadResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseLeadName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  DNC_ASSIGN_OR_RETURN(const std::optional<LeadRecord> lead,
                       ReadLead(*view, organization->number(), name.lead));
  if (!lead.has_value()) {
    return MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND, absl::StrCat(request.name(), " is not known"),
                     {{"lead", request.name()}});
  }
  DNC_RETURN_IF_ERROR(CheckNotMerged(*lead, organization->id));
  *response->mutable_lead() = LeadToProto(*lead, *organization, clock_->Now());
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListLeadsRequest& request,
                               v1::ListLeadsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status, WantedStatus(*organization, request.status()));
  if (status != nullptr && request.show_deleted()) {
    return InvalidField("show_deleted", "not with status: a deleted lead is in none");
  }
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  DNC_ASSIGN_OR_RETURN(
      const std::optional<std::string> subject,
      OptionalSubjectKey(*organization, request.has_contact_point(), request.contact_point()));
  const UnixMicros now = clock_->Now();
  if (subject.has_value()) {
    return ListLeadsOfPoint(*view, *organization, *subject, status, request.show_deleted(), page,
                            filter, now, response);
  }
  const uint32_t number = organization->number();
  const Range range =
      status == nullptr
          ? Range{Family::kLeads, keys::OrgPrefix(number)}
          : Range{Family::kIndex, keys::StatusIndexPrefix(number, status->record.number())};
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      ReadRows(*view, range, page, filter,
               [&](absl::string_view key, absl::string_view) -> absl::StatusOr<bool> {
                 const absl::string_view id = key.substr(range.prefix.size());
                 DNC_ASSIGN_OR_RETURN(const std::optional<LeadRecord> lead,
                                      ReadLead(*view, number, id));
                 if (!lead.has_value()) return CorruptRecord(Family::kIndex);
                 const bool merged = !lead->merged_into().empty();
                 if (merged || (lead->delete_time() != 0 && !request.show_deleted())) return false;
                 *response->add_leads() = LeadToProto(*lead, *organization, now);
                 return true;
               }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetEntryRequest& request,
                              v1::GetEntryResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseEntryName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  std::optional<EntryRecord> record;
  if (const std::optional<EntryId> id = ParseEntryId(name.entry); id.has_value()) {
    DNC_ASSIGN_OR_RETURN(record, ReadRecord<EntryRecord>(*view, Family::kEntries,
                                                         keys::Entry(organization->number(), *id)));
  }
  if (!record.has_value()) {
    return MakeError(v1::ERROR_REASON_ENTRY_NOT_FOUND,
                     absl::StrCat(request.name(), " does not exist"), {{"entry", request.name()}});
  }
  *response->mutable_entry() = EntryToProto(*record);
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListEntriesRequest& request,
                               v1::ListEntriesResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  const std::string filter_text = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  if (!request.list().empty()) {
    DNC_RETURN_IF_ERROR(ParseListName(request.list(), "list").status());
  }
  if (!v1::Channel_IsValid(request.channel())) return InvalidField("channel", "unknown value");
  DNC_RETURN_IF_ERROR(CheckPeriod(request.create_period(), "create_period"));
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter_text));
  DNC_ASSIGN_OR_RETURN(const std::optional<EntryOwner> owner, WantedOwner(*organization, request));
  const EntryFilter filter{request, clock_->Now()};
  const auto take = [&](absl::string_view key, absl::string_view) -> absl::StatusOr<bool> {
    DNC_ASSIGN_OR_RETURN(
        const std::optional<EntryRecord> record,
        ReadRecord<EntryRecord>(*view, Family::kEntries,
                                keys::Entry(organization->number(), keys::EntryIdOfKey(key))));
    if (!record.has_value()) return CorruptRecord(Family::kIndex);
    if (!filter.Matches(record->entry())) return false;
    *response->add_entries() = EntryToProto(*record);
    return true;
  };
  if (owner.has_value()) {
    DNC_ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                         ReadEntryRows(*view, *owner, page, filter_text, take));
    return absl::OkStatus();
  }
  DNC_ASSIGN_OR_RETURN(const Range range, EntryRange(*organization, request));
  DNC_ASSIGN_OR_RETURN(*response->mutable_next_page_token(),
                       ReadRows(*view, range, page, filter_text, take));
  return absl::OkStatus();
}

}  // namespace dnc
