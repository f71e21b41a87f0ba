#include "server/handler/preparer.h"

#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/handler/preparer_parts.h"
#include "server/handler/visibility.h"
#include "server/name/resource_name.h"
#include "server/subject/scope.h"
#include "server/subject/subject.h"
#include "server/workflow/shape.h"
#include "storage/audit/sha256.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::Mutation;

constexpr size_t kMaxActor = 256;
constexpr size_t kMaxReason = 512;
constexpr int kMaxContactPoints = 100;
constexpr int kMaxLeads = 1000;
constexpr size_t kSaltBytes = 16;
constexpr size_t kSecretBytes = 32;
// Clocks of honest callers differ by less.
constexpr int64_t kClockSkewMicros = 60'000'000;

absl::Status NormalizePoints(const std::string& region, absl::string_view field,
                             google::protobuf::RepeatedPtrField<v1::ContactPoint>* points) {
  DNC_RETURN_IF_ERROR(CheckCount(field, points->size(), kMaxContactPoints));
  for (int i = 0; i < points->size(); ++i) {
    DNC_ASSIGN_OR_RETURN(
        const ContactPoint point,
        NormalizeContactPoint(points->Get(i), region, absl::StrCat(field, "[", i, "]")));
    *points->Mutable(i) = ToProto(point);
  }
  return absl::OkStatus();
}

// Seeded by the system; nobody can tell them from what they see of others.
std::string RandomBytes(size_t size) {
  static thread_local absl::BitGen random;
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(absl::Uniform<uint8_t>(random));
  return bytes;
}

absl::Status SameOrganization(const std::string& wanted, const std::string& found,
                              absl::string_view field) {
  if (wanted == found) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("must belong to ", OrganizationName(wanted)));
}

}  // namespace

absl::Status ShapeScope(absl::string_view field, std::string* name) {
  std::string kept;
  DNC_ASSIGN_OR_RETURN(const absl::string_view canonical, CanonicalScope(*name, field, &kept));
  if (canonical != *name) *name = std::move(kept);
  return absl::OkStatus();
}

absl::Status CheckPast(const google::protobuf::Timestamp& time, UnixMicros now,
                       absl::string_view field) {
  DNC_RETURN_IF_ERROR(CheckTimestamp(time, field));
  if (TimeUtil::TimestampToMicroseconds(time) <= now + kClockSkewMicros) return absl::OkStatus();
  return InvalidField(field, "lies in the future");
}

absl::Status CheckNotGlobal(absl::string_view organization, absl::string_view field) {
  if (organization != kGlobalOrganization) return absl::OkStatus();
  return InvalidField(field,
                      "organizations/global has neither workflows nor leads, only lists; name "
                      "another organization");
}

std::string FingerprintOf(absl::string_view kind, absl::string_view content) {
  return Sha256({kind, "\n", content});
}

absl::Status CheckActor(const v1::Actor& actor, bool required, absl::string_view field) {
  if (required && actor.id().empty()) {
    return MissingField(absl::StrCat(field, ".id"), "say who does it, e.g. users/jane");
  }
  DNC_RETURN_IF_ERROR(CheckText(actor.id(), kMaxActor, absl::StrCat(field, ".id")));
  return CheckText(actor.origin(), kMaxActor, absl::StrCat(field, ".origin"));
}

Mutation Preparer::StartPart(const std::string& organization, const v1::Actor& actor,
                             const Principal& caller) const {
  Mutation mutation;
  mutation.set_organization(organization);
  *mutation.mutable_actor() = actor;
  if (actor.id().empty()) mutation.mutable_actor()->set_id(caller.id);
  mutation.set_principal(caller.id);
  mutation.set_principal_is_administrator(caller.administrator);
  mutation.set_propose_time(clock_->Now());
  mutation.set_salt(RandomBytes(kSaltBytes));
  if (state_->applied_revision() == 0) mutation.set_audit_secret(RandomBytes(kSecretBytes));
  return mutation;
}

absl::StatusOr<std::string> Preparer::DefaultRegion(const std::string& organization) const {
  const StateMachine::ViewGuard view = state_->Read();
  const CatalogOrganization* found = view->catalog->Find(organization);
  if (found != nullptr) return found->record.organization().default_region();
  const std::string name = OrganizationName(organization);
  return MakeError(v1::ERROR_REASON_ORGANIZATION_NOT_FOUND,
                   absl::StrCat(name, " does not exist; create it first"),
                   {{"organization", name}});
}

Preparer::Result Preparer::Prepare(const v1::ApplyActionRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName lead, ParseLeadName(request.lead(), "lead"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(lead.organization, "lead"));
  DNC_RETURN_IF_ERROR(ParseActionName(request.action(), "action").status());
  DNC_RETURN_IF_ERROR(CheckText(request.evidence(), kMaxEvidence, "evidence"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, lead.organization, caller, true));
  if (request.has_request_time()) {
    DNC_RETURN_IF_ERROR(CheckPast(request.request_time(), mutation.propose_time(), "request_time"));
  }
  v1::ApplyActionRequest* body = mutation.mutable_apply_action();
  *body = request;
  if (!request.contact_points().empty()) {
    DNC_ASSIGN_OR_RETURN(const std::string region, DefaultRegion(lead.organization));
    DNC_RETURN_IF_ERROR(NormalizePoints(region, "contact_points", body->mutable_contact_points()));
  }
  return Finish(std::move(mutation), *body);
}

namespace {

// What a request may say of a lead; the rest is output.
v1::Lead InputOf(v1::Lead given) {
  v1::Lead lead;
  lead.set_name(std::move(*given.mutable_name()));
  lead.set_display_name(std::move(*given.mutable_display_name()));
  lead.set_record_type(std::move(*given.mutable_record_type()));
  lead.set_status(std::move(*given.mutable_status()));
  *lead.mutable_contact_points() = std::move(*given.mutable_contact_points());
  lead.set_etag(std::move(*given.mutable_etag()));
  return lead;
}

}  // namespace

absl::Status Preparer::ShapeLead(const std::string& organization, const std::string& region,
                                 const std::string& field, v1::Lead* lead) const {
  *lead = InputOf(std::move(*lead));
  const std::string name_field = absl::StrCat(field, ".name");
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseLeadName(lead->name(), name_field));
  DNC_RETURN_IF_ERROR(SameOrganization(organization, name.organization, name_field));
  DNC_RETURN_IF_ERROR(
      CheckText(lead->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  DNC_RETURN_IF_ERROR(CheckEtagShape(lead->etag(), absl::StrCat(field, ".etag")));
  if (!lead->record_type().empty()) {
    DNC_RETURN_IF_ERROR(ValidateId(lead->record_type(), absl::StrCat(field, ".record_type")));
  }
  if (!lead->status().empty()) {
    const std::string status_field = absl::StrCat(field, ".status");
    DNC_ASSIGN_OR_RETURN(const ResourceName status, ParseStatusName(lead->status(), status_field));
    DNC_RETURN_IF_ERROR(SameOrganization(organization, status.organization, status_field));
  }
  return NormalizePoints(region, absl::StrCat(field, ".contact_points"),
                         lead->mutable_contact_points());
}

namespace {

// Whether the lead is in the status that its row names.
absl::StatusOr<bool> IsThereAlready(const View& view, const v1::Lead& row) {
  DNC_ASSIGN_OR_RETURN(const ResourceName lead, ParseLeadName(row.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(row.status(), "status"));
  const CatalogOrganization* organization = view.catalog->Find(lead.organization);
  const CatalogStatus* status =
      organization == nullptr ? nullptr : organization->FindStatus(name.workflow, name.status);
  if (status == nullptr || name.organization != lead.organization) return false;
  storage::v1::LeadRecord record;
  DNC_ASSIGN_OR_RETURN(
      const bool found,
      view.reader->Get(Family::kLeads, keys::Lead(organization->number(), lead.lead),
                       [&](absl::string_view bytes) {
                         return record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                                    ? absl::OkStatus()
                                    : CorruptRecord(Family::kLeads);
                       }));
  return found && record.state().status() == status->record.number();
}

// STATUS_NOT_FOUND where the row moves its lead to a status that the caller does not see. A lead
// tells whoever may read it where it is, so that saying it again is no move.
absl::Status CheckStatusSeen(const View& view, const Principal& caller, const v1::Lead& row,
                             absl::string_view field) {
  absl::Status seen = CheckVisible(view, caller, row.status());
  if (seen.ok()) return seen;
  DNC_ASSIGN_OR_RETURN(const bool there, IsThereAlready(view, row));
  return there ? absl::OkStatus() : WithField(std::move(seen), absl::StrCat(field, ".status"));
}

}  // namespace

Preparer::Result Preparer::Prepare(const v1::UpsertLeadRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseLeadName(request.lead().name(), "lead.name"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(name.organization, "lead.name"));
  DNC_ASSIGN_OR_RETURN(const std::string region, DefaultRegion(name.organization));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpsertLeadRequest* body = mutation.mutable_upsert_lead();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeLead(name.organization, region, "lead", body->mutable_lead()));
  DNC_RETURN_IF_ERROR(CheckStatusSeen(*state_->Read(), caller, request.lead(), "lead"));
  return Finish(std::move(mutation), *body);
}

namespace {

void KeepGoodRows(const std::vector<absl::Status>& rows,
                  google::protobuf::RepeatedPtrField<v1::Lead>* leads) {
  int kept = 0;
  for (int i = 0; i < leads->size(); ++i) {
    if (rows[static_cast<size_t>(i)].ok()) leads->SwapElements(kept++, i);
  }
  leads->DeleteSubrange(kept, leads->size() - kept);
}

}  // namespace

Preparer::Result Preparer::PrepareBatch(const v1::BatchUpsertLeadsRequest& request,
                                        const Principal& caller,
                                        std::vector<absl::Status>* rows) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(parent.organization, "parent"));
  if (request.leads().empty()) return MissingField("leads", "give 1 to 1,000 leads");
  DNC_RETURN_IF_ERROR(CheckCount("leads", request.leads_size(), kMaxLeads));
  DNC_ASSIGN_OR_RETURN(const std::string region, DefaultRegion(parent.organization));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::BatchUpsertLeadsRequest* body = mutation.mutable_batch_upsert_leads();
  *body = request;
  rows->clear();
  const StateMachine::ViewGuard view = state_->Read();
  for (int i = 0; i < request.leads_size(); ++i) {
    const std::string field = absl::StrCat("leads[", i, "]");
    rows->push_back(ShapeLead(parent.organization, region, field, body->mutable_leads(i)));
    if (rows->back().ok()) rows->back() = CheckStatusSeen(*view, caller, request.leads(i), field);
    if (!rows->back().ok() && request.all_or_nothing()) return rows->back();
  }
  // Another row that is refused makes another request too.
  if (!request.request_id().empty()) mutation.set_fingerprint(Fingerprint(*body));
  KeepGoodRows(*rows, body->mutable_leads());
  return mutation;
}

namespace {

// What a request may say of a list; the rest is output.
v1::DncList InputOf(const v1::DncList& given) {
  v1::DncList list;
  list.set_name(given.name());
  list.set_display_name(given.display_name());
  list.set_kind(given.kind());
  list.set_brand(given.brand());
  list.set_campaign(given.campaign());
  *list.mutable_channels() = given.channels();
  *list.mutable_message_classes() = given.message_classes();
  if (given.has_max_age()) *list.mutable_max_age() = given.max_age();
  return list;
}

// What a request may say of an entry; the rest is output.
v1::Entry InputOf(const v1::Entry& given) {
  v1::Entry entry;
  entry.set_list(given.list());
  if (given.has_lead()) entry.set_lead(given.lead());
  if (given.has_contact_point()) *entry.mutable_contact_point() = given.contact_point();
  *entry.mutable_channels() = given.channels();
  *entry.mutable_message_classes() = given.message_classes();
  entry.set_reason(given.reason());
  entry.set_evidence(given.evidence());
  if (given.has_effective_time()) *entry.mutable_effective_time() = given.effective_time();
  if (given.has_expire_time()) *entry.mutable_expire_time() = given.expire_time();
  return entry;
}

}  // namespace

absl::Status Preparer::ShapeList(const std::string& id, const std::string& field,
                                 v1::DncList* list) {
  *list = InputOf(*list);
  DNC_RETURN_IF_ERROR(
      CheckText(list->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  DNC_RETURN_IF_ERROR(ShapeScope(absl::StrCat(field, ".brand"), list->mutable_brand()));
  DNC_RETURN_IF_ERROR(ShapeScope(absl::StrCat(field, ".campaign"), list->mutable_campaign()));
  if (list->display_name().empty()) list->set_display_name(id);
  if (list->kind() != v1::LIST_KIND_INTERNAL && list->kind() != v1::LIST_KIND_REGISTRY) {
    return InvalidField(absl::StrCat(field, ".kind"), "use INTERNAL or REGISTRY");
  }
  DNC_RETURN_IF_ERROR(CheckChannels(list->channels(), absl::StrCat(field, ".channels")));
  DNC_RETURN_IF_ERROR(
      CheckClasses(list->message_classes(), absl::StrCat(field, ".message_classes")));
  const bool registry_only =
      !list->channels().empty() || !list->message_classes().empty() || list->has_max_age();
  if (list->kind() == v1::LIST_KIND_INTERNAL && registry_only) {
    return InvalidField(field, "channels, message_classes and max_age are for registries");
  }
  if (list->has_max_age()) {
    DNC_RETURN_IF_ERROR(CheckDuration(list->max_age(), absl::StrCat(field, ".max_age")));
  }
  return absl::OkStatus();
}

Preparer::Result Preparer::Prepare(const v1::CreateListRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(ValidateId(request.list_id(), "list_id"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, false));
  v1::CreateListRequest* body = mutation.mutable_create_list();
  *body = request;
  body->mutable_list()->set_name(ListName(parent.organization, request.list_id()));
  DNC_RETURN_IF_ERROR(ShapeList(request.list_id(), "list", body->mutable_list()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::UpdateListRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(request.list().name(), "list.name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.list().etag(), "list.etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, false));
  v1::UpdateListRequest* body = mutation.mutable_update_list();
  *body = request;
  v1::DncList* list = body->mutable_list();
  *list = InputOf(request.list());
  list->set_etag(request.list().etag());
  if (!v1::ListKind_IsValid(list->kind())) {
    return InvalidField("list.kind", "leave it out: it is fixed at creation");
  }
  DNC_RETURN_IF_ERROR(CheckText(list->display_name(), kMaxDisplayName, "list.display_name"));
  DNC_RETURN_IF_ERROR(ShapeScope("list.brand", list->mutable_brand()));
  DNC_RETURN_IF_ERROR(ShapeScope("list.campaign", list->mutable_campaign()));
  DNC_RETURN_IF_ERROR(CheckChannels(list->channels(), "list.channels"));
  DNC_RETURN_IF_ERROR(CheckClasses(list->message_classes(), "list.message_classes"));
  if (list->has_max_age()) {
    DNC_RETURN_IF_ERROR(CheckDuration(list->max_age(), "list.max_age"));
  }
  return Finish(std::move(mutation), *body);
}

absl::Status Preparer::ShapeEntry(const std::string& organization, v1::Entry* entry) const {
  *entry = InputOf(*entry);
  if (!entry->list().empty()) {
    DNC_RETURN_IF_ERROR(ParseListName(entry->list(), "entry.list").status());
  }
  DNC_RETURN_IF_ERROR(CheckChannels(entry->channels(), "entry.channels"));
  DNC_RETURN_IF_ERROR(CheckClasses(entry->message_classes(), "entry.message_classes"));
  DNC_RETURN_IF_ERROR(CheckText(entry->reason(), kMaxReason, "entry.reason"));
  DNC_RETURN_IF_ERROR(CheckText(entry->evidence(), kMaxEvidence, "entry.evidence"));
  if (entry->has_effective_time()) {
    DNC_RETURN_IF_ERROR(CheckTimestamp(entry->effective_time(), "entry.effective_time"));
  }
  if (entry->has_expire_time()) {
    DNC_RETURN_IF_ERROR(CheckTimestamp(entry->expire_time(), "entry.expire_time"));
    if (TimeUtil::TimestampToMicroseconds(entry->expire_time()) <= clock_->Now()) {
      return InvalidField("entry.expire_time", "lies in the past: the entry would block nothing");
    }
    if (entry->has_effective_time() && entry->expire_time() <= entry->effective_time()) {
      return InvalidField("entry.expire_time", "must lie after effective_time");
    }
  }
  if (entry->has_lead()) {
    DNC_ASSIGN_OR_RETURN(const ResourceName lead, ParseLeadName(entry->lead(), "entry.lead"));
    DNC_RETURN_IF_ERROR(SameOrganization(organization, lead.organization, "entry.lead"));
    return CheckNotGlobal(organization, "entry.lead");
  }
  DNC_ASSIGN_OR_RETURN(const std::string region, DefaultRegion(organization));
  DNC_ASSIGN_OR_RETURN(
      const ContactPoint point,
      NormalizeContactPoint(entry->contact_point(), region, "entry.contact_point"));
  *entry->mutable_contact_point() = ToProto(point);
  return absl::OkStatus();
}

Preparer::Result Preparer::Prepare(const v1::AddEntryRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  if (request.entry().subject_case() == v1::Entry::SUBJECT_NOT_SET) {
    return MissingField("entry.contact_point", "name a contact point or a lead");
  }
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, true));
  v1::AddEntryRequest* body = mutation.mutable_add_entry();
  *body = request;
  DNC_RETURN_IF_ERROR(ShapeEntry(parent.organization, body->mutable_entry()));
  return Finish(std::move(mutation), *body);
}

Preparer::Result Preparer::Prepare(const v1::RevokeEntryRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseEntryName(request.name(), "name"));
  if (request.evidence().empty()) {
    return MissingField("evidence", "say what proves the renewed consent");
  }
  DNC_RETURN_IF_ERROR(CheckText(request.evidence(), kMaxEvidence, "evidence"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, true));
  if (request.has_consent_time()) {
    DNC_RETURN_IF_ERROR(CheckPast(request.consent_time(), mutation.propose_time(), "consent_time"));
  }
  *mutation.mutable_revoke_entry() = request;
  return Finish(std::move(mutation), request);
}

Mutation Preparer::Prepare(storage::v1::ImportEntries part, const std::string& organization,
                           const v1::Actor& actor, const Principal& caller) const {
  Mutation mutation = StartPart(organization, actor, caller);
  *mutation.mutable_import_entries() = std::move(part);
  return mutation;
}

Mutation Preparer::Prepare(storage::v1::ActivateVersion part, const std::string& organization,
                           const v1::Actor& actor, const Principal& caller) const {
  Mutation mutation = StartPart(organization, actor, caller);
  *mutation.mutable_activate_version() = std::move(part);
  return mutation;
}

}  // namespace dnc
