// DNC lists and entries.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/entries.h"
#include "server/state/leads.h"
#include "server/state/revocation.h"
#include "server/state/workflow_edits.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;

// What a registry may lose in one version without being asked again: a tenth.
constexpr int64_t kShrinkDivisor = 10;

// What a request says of these is not for it to say.
void ClearOutputOnly(v1::Entry* entry) {
  entry->clear_revoke_time();
  entry->clear_revoke_actor();
  entry->clear_revoke_evidence();
  entry->clear_consent_time();
  entry->clear_last_request_time();
  entry->clear_last_request_actor();
  entry->clear_last_request_evidence();
}

absl::StatusOr<EntrySpec> SpecOf(const Txn& txn, const CatalogOrganization& organization,
                                 const v1::Entry& entry, const char* source) {
  EntrySpec spec;
  spec.when_covered = WhenCovered::kNote;
  spec.entry = entry;
  ClearOutputOnly(&spec.entry);
  DNC_ASSIGN_OR_RETURN(spec.list, ResolveInternalList(organization, entry.list(), "entry.list"));
  spec.entry.set_source(source);
  *spec.entry.mutable_actor() = txn.mutation().actor();
  if (!entry.has_effective_time()) {
    *spec.entry.mutable_effective_time() = TimeUtil::MicrosecondsToTimestamp(txn.now());
  }
  return spec;
}

// Blocks a lead and, as the registry is keyed by contact point, all its contact points too.
absl::StatusOr<std::optional<EntryId>> AddForLead(Txn& txn, const CatalogOrganization& organization,
                                                  EntrySpec spec, std::optional<EntryId>* covering,
                                                  v1::AddEntryResponse* response) {
  const std::string id(LastPart(spec.entry.lead()));
  DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> lead,
                       LoadLeadOrHeir(txn, organization.number(), id));
  if (!lead.has_value()) {
    return MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND,
                     absl::StrCat(spec.entry.lead(),
                                  " is not known; upsert it first, or add an "
                                  "entry for its contact point"),
                     {{"lead", spec.entry.lead()}});
  }
  std::vector<EntryId> of_points;
  DNC_ASSIGN_OR_RETURN(const std::optional<EntryId> added,
                       BlockLead(txn, organization, std::move(spec), &*lead, covering, &of_points));
  for (const EntryId of_point : of_points) {
    response->add_contact_point_entries(EntryNameOf(organization.id, of_point));
  }
  return added;
}

// Consent ends only opt-outs that were made before it.
absl::Status CheckConsent(const v1::RevokeEntryRequest& request, const v1::Entry& entry) {
  if (!request.has_consent_time()) return absl::OkStatus();
  const UnixMicros last = LastRequestTime(entry);
  if (TimeUtil::TimestampToMicroseconds(request.consent_time()) > last) return absl::OkStatus();
  const std::string consent_text = TimeUtil::ToString(request.consent_time());
  const std::string last_text = TimeUtil::ToString(TimeUtil::MicrosecondsToTimestamp(last));
  return MakeError(
      v1::ERROR_REASON_CONSENT_OLDER_THAN_OPT_OUT,
      absl::StrCat(request.name(), " was last asked for on ", last_text, ", and the consent of ",
                   consent_text, " is no later; ask the person again"),
      {{"entry", request.name()},
       {"consent_time", consent_text},
       {"last_request_time", last_text}});
}

absl::Status WouldShrink(const v1::DncList& list, absl::string_view problem, int64_t before,
                         int64_t after) {
  return MakeError(v1::ERROR_REASON_REGISTRY_WOULD_SHRINK,
                   absl::StrCat(list.name(), " ", problem,
                                "; make sure that the file is whole, then confirm with "
                                "allow_shrink"),
                   {{"list", list.name()},
                    {"previous_count", absl::StrCat(before)},
                    {"new_count", absl::StrCat(after)}});
}

// An empty registry vouches for every number: it is taken only when it is meant.
absl::Status CheckFirstVersion(const CatalogList& list,
                               const storage::v1::ActivateVersion& request) {
  if (request.is_change()) {
    const std::string& name = list.record.list().name();
    return MakeError(v1::ERROR_REASON_REGISTRY_HAS_NO_VERSION,
                     absl::StrCat(name,
                                  " has no version that a change list could change; import a "
                                  "full file first"),
                     {{"list", name}});
  }
  if (request.version().count() > 0 || request.allow_shrink()) return absl::OkStatus();
  return WouldShrink(list.record.list(), "would get an empty first version", 0, 0);
}

// A change list brings no numbers of area codes that the version before did not cover.
absl::Status CheckSubscription(const v1::DncList& held,
                               const storage::v1::ActivateVersion& request) {
  const auto& before = held.active_version().area_codes();
  if (!request.is_change() || before.empty()) return absl::OkStatus();
  const auto& wanted = request.version().area_codes();
  const bool within =
      !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const std::string& code) {
        return std::find(before.begin(), before.end(), code) != before.end();
      });
  if (within) return absl::OkStatus();
  return InvalidField("config.area_codes",
                      "a change list cannot add area codes; import a full file for them");
}

absl::Status CheckVersion(const CatalogList& list, const storage::v1::ActivateVersion& request) {
  const v1::DncList& held = list.record.list();
  const v1::ListVersion& version = request.version();
  const int64_t active = list.has_version() ? held.active_version().version() : 0;
  if (active != request.base_version()) {
    return MakeError(v1::ERROR_REASON_IMPORT_IN_PROGRESS,
                     absl::StrCat(held.name(), " got another version meanwhile; import again"),
                     {{"list", held.name()}});
  }
  if (active == 0) return CheckFirstVersion(list, request);
  DNC_RETURN_IF_ERROR(CheckSubscription(held, request));
  // The time of an import says nothing of the content's date, so a full file of any date may
  // replace it. Change lists must come in their order all the same.
  const bool comparable = !held.active_version().undated() || request.is_change();
  if (comparable && version.as_of_time() < held.active_version().as_of_time()) {
    const std::string held_time = TimeUtil::ToString(held.active_version().as_of_time());
    const std::string new_time = TimeUtil::ToString(version.as_of_time());
    return MakeError(
        v1::ERROR_REASON_VERSION_TOO_OLD,
        absl::StrCat("the file speaks of ", new_time, " and the active version of ", held_time,
                     "; import a newer file"),
        {{"list", held.name()}, {"active_as_of_time", held_time}, {"as_of_time", new_time}});
  }
  const int64_t before = held.active_version().count();
  if (request.allow_shrink() || version.removed() <= before / kShrinkDivisor) {
    return absl::OkStatus();
  }
  return WouldShrink(held,
                     absl::StrCat("would lose ", version.removed(), " of its ", before, " numbers"),
                     before, version.count());
}

}  // namespace

absl::Status Apply(const v1::CreateListRequest& request, Txn& txn,
                   v1::CreateListResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const std::string name = ListName(organization->id, request.list_id());
  if (organization->FindList(request.list_id()) != nullptr) {
    return MakeError(v1::ERROR_REASON_ALREADY_EXISTS, absl::StrCat(name, " exists already"),
                     {{"name", name}});
  }
  v1::DncList list = request.list();
  list.set_name(name);
  *response->mutable_list() = AddList(txn, std::move(list));
  return absl::OkStatus();
}

namespace {

absl::Status FixedAtCreation(absl::string_view field) {
  return InvalidField(field, "is fixed at creation; create another list");
}

// What a list is stays; a registry's rules are only for registries.
absl::Status CheckListChange(const v1::DncList& wanted, const v1::DncList& held) {
  if (wanted.kind() != v1::LIST_KIND_UNSPECIFIED && wanted.kind() != held.kind()) {
    return FixedAtCreation("list.kind");
  }
  if (!wanted.brand().empty() && wanted.brand() != held.brand()) {
    return FixedAtCreation("list.brand");
  }
  if (!wanted.campaign().empty() && wanted.campaign() != held.campaign()) {
    return FixedAtCreation("list.campaign");
  }
  const bool of_registries =
      !wanted.channels().empty() || !wanted.message_classes().empty() || wanted.has_max_age();
  if (!of_registries || held.kind() == v1::LIST_KIND_REGISTRY) return absl::OkStatus();
  return InvalidField("list", "channels, message_classes and max_age are for registries");
}

// The field by which the registry would block less than it does; empty: none.
absl::string_view WeakenedField(const CatalogList& held, const CatalogList& changed) {
  if ((held.channels & ~changed.channels) != 0) return "list.channels";
  if ((held.classes & ~changed.classes) != 0) return "list.message_classes";
  const bool older = held.max_age != 0 && changed.max_age > held.max_age;
  return older ? "list.max_age" : "";
}

}  // namespace

absl::Status Apply(const v1::UpdateListRequest& request, Txn& txn,
                   v1::UpdateListResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const v1::DncList& wanted = request.list();
  const CatalogList* held = organization->FindList(LastPart(wanted.name()));
  if (held == nullptr) {
    return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                     absl::StrCat(wanted.name(), " does not exist; create it first"),
                     {{"list", wanted.name()}});
  }
  DNC_RETURN_IF_ERROR(CheckEtag(wanted.name(), wanted.etag(), held->record.list().etag()));
  DNC_RETURN_IF_ERROR(CheckListChange(wanted, held->record.list()));
  storage::v1::ListRecord record = held->record;
  v1::DncList* list = record.mutable_list();
  if (!wanted.display_name().empty()) list->set_display_name(wanted.display_name());
  if (!wanted.channels().empty()) *list->mutable_channels() = wanted.channels();
  if (!wanted.message_classes().empty()) {
    *list->mutable_message_classes() = wanted.message_classes();
  }
  if (wanted.has_max_age()) *list->mutable_max_age() = wanted.max_age();
  list->set_etag(txn.etag());
  auto changed = std::make_shared<CatalogList>(std::move(record));
  changed->numbers = held->numbers;
  changed->problem = held->problem;
  const absl::string_view weakened = WeakenedField(*held, *changed);
  if (!weakened.empty() && !request.allow_weakening()) {
    return MakeError(v1::ERROR_REASON_LIST_WEAKENED,
                     absl::StrCat(weakened, ": ", wanted.name(),
                                  " would block less than it does; confirm with allow_weakening"),
                     {{"list", wanted.name()}, {"field", std::string(weakened)}});
  }
  *response->mutable_list() = changed->record.list();
  DNC_ASSIGN_OR_RETURN(const int64_t entries,
                       txn.EntryCount(organization->number(), changed->record.number()));
  response->mutable_list()->set_entry_count(entries);
  txn.PutList(std::move(changed));
  return absl::OkStatus();
}

absl::Status Apply(const v1::AddEntryRequest& request, Txn& txn, v1::AddEntryResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(EntrySpec spec, SpecOf(txn, *organization, request.entry(), "api"));
  std::optional<EntryId> covering;
  absl::StatusOr<std::optional<EntryId>> added =
      request.entry().has_lead()
          ? AddForLead(txn, *organization, std::move(spec), &covering, response)
          : AddPointEntry(txn, organization->number(), organization->id,
                          FromCanonical(request.entry().contact_point()), spec, &covering);
  if (!added.ok()) return added.status();
  response->set_created(added->has_value());
  const EntryId id = added->has_value() ? **added : *covering;
  DNC_ASSIGN_OR_RETURN(EntryRecord record, ReadEntry(txn, organization->number(), id));
  *response->mutable_entry() = EntryToProto(record);
  return absl::OkStatus();
}

absl::Status Apply(const v1::RevokeEntryRequest& request, Txn& txn,
                   v1::RevokeEntryResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const std::optional<EntryId> id = ParseEntryId(LastPart(request.name()));
  std::optional<EntryRecord> record;
  if (id.has_value()) {
    DNC_ASSIGN_OR_RETURN(
        record, txn.Read<EntryRecord>(Family::kEntries, keys::Entry(organization->number(), *id)));
  }
  if (!record.has_value()) {
    return MakeError(v1::ERROR_REASON_ENTRY_NOT_FOUND,
                     absl::StrCat(request.name(), " does not exist"), {{"entry", request.name()}});
  }
  const v1::Entry* entry = &record->entry();
  if (entry->has_revoke_time()) {
    return MakeError(
        v1::ERROR_REASON_ENTRY_ALREADY_REVOKED,
        absl::StrCat(request.name(), " was revoked on ", TimeUtil::ToString(entry->revoke_time())),
        {{"entry", request.name()}});
  }
  DNC_RETURN_IF_ERROR(CheckEtag(request.name(), request.etag(), EtagOf(*entry)));
  DNC_RETURN_IF_ERROR(CheckConsent(request, *entry));
  const google::protobuf::Timestamp* consent =
      request.has_consent_time() ? &request.consent_time() : nullptr;
  DNC_RETURN_IF_ERROR(RevokeEntry(txn, *organization, *id,
                                  {request.actor(), request.evidence(), consent}, &*record));
  *response->mutable_entry() = EntryToProto(*record);
  return absl::OkStatus();
}

absl::Status Apply(const storage::v1::ImportEntries& request, Txn& txn,
                   storage::v1::ImportEntriesResult* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  for (const v1::Entry& entry : request.entries()) {
    DNC_ASSIGN_OR_RETURN(EntrySpec spec, SpecOf(txn, *organization, entry, "import"));
    DNC_ASSIGN_OR_RETURN(spec.list, ResolveInternalList(*organization, request.list(), "list"));
    // A file that dates its rows tells of later requests; any other says no more than last time.
    spec.when_covered =
        entry.has_effective_time() ? WhenCovered::kNoteIfLater : WhenCovered::kLeave;
    DNC_ASSIGN_OR_RETURN(const std::optional<EntryId> added,
                         AddPointEntry(txn, organization->number(), organization->id,
                                       FromCanonical(entry.contact_point()), spec));
    if (added.has_value()) {
      response->set_added(response->added() + 1);
    } else {
      response->set_unchanged(response->unchanged() + 1);
    }
  }
  return absl::OkStatus();
}

absl::Status Apply(const storage::v1::ActivateVersion& request, Txn& txn, v1::DncList* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  const CatalogList* list = organization->FindList(LastPart(request.list()));
  if (list == nullptr) {
    return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                     absl::StrCat(request.list(), " does not exist; create it first"),
                     {{"list", request.list()}});
  }
  DNC_RETURN_IF_ERROR(CheckVersion(*list, request));
  storage::v1::ListRecord record = list->record;
  *record.mutable_list()->mutable_active_version() = request.version();
  *record.mutable_list()->mutable_active_version()->mutable_activate_time() =
      TimeUtil::MicrosecondsToTimestamp(txn.now());
  record.mutable_list()->set_etag(txn.etag());
  record.set_chunks(request.chunks());
  record.set_chunk_digest(request.chunk_digest());
  *response = record.list();
  txn.PutList(std::make_shared<CatalogList>(std::move(record)));
  return absl::OkStatus();
}

}  // namespace dnc
