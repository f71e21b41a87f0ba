// Leads: created and updated, never weakened.
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/error/item_error.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/leads.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

struct Upserted {
  LeadEdit lead;
  bool changed = false;
};

absl::StatusOr<LeadEdit> CreateLead(const Txn& txn, const CatalogOrganization& organization,
                                    const std::string& id, const v1::Lead& wanted) {
  if (wanted.record_type().empty()) {
    return MissingField("lead.record_type", "a new lead needs a record type");
  }
  if (wanted.status().empty()) return MissingField("lead.status", "a new lead needs a status");
  DNC_ASSIGN_OR_RETURN(
      const CatalogStatus* status,
      FindMoveTarget(organization, wanted.status(), wanted.record_type(), "lead.status"));
  return NewLead(txn, organization.id, id, *status);
}

absl::Status NoLeadOfThatEtag(const std::string& name) {
  return MakeError(v1::ERROR_REASON_ETAG_MISMATCH,
                   absl::StrCat(name,
                                " does not exist, and etag asks for a version that was read; "
                                "leave etag out to create the lead"),
                   {{"name", name}, {"etag", "none"}});
}

absl::Status CheckExisting(const LeadEdit& held, const v1::Lead& wanted) {
  const std::string etag = std::to_string(held.record.revision());
  if (!wanted.etag().empty() && wanted.etag() != etag) {
    return MakeError(v1::ERROR_REASON_ETAG_MISMATCH,
                     absl::StrCat(wanted.name(), " changed since it was read; read it again"),
                     {{"name", wanted.name()}, {"etag", etag}});
  }
  const std::string& record_type = held.record.lead().record_type();
  if (wanted.record_type().empty() || wanted.record_type() == record_type) return absl::OkStatus();
  return WithField(
      MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                absl::StrCat(wanted.name(), " is a ", record_type, " and its record type is fixed"),
                {{"source_record_type", wanted.record_type()},
                 {"target_record_type", record_type},
                 {"target", wanted.name()}}),
      "lead.record_type");
}

// A CRM's row says where the lead stands there, which lifts nothing unless that is meant. A row
// that names the status the lead is in says nothing new.
absl::Status UpdateExisting(Txn& txn, const CatalogOrganization& organization,
                            const v1::Lead& wanted, bool allow_lifting, Upserted* upserted) {
  LeadEdit& lead = upserted->lead;
  DNC_RETURN_IF_ERROR(CheckExisting(lead, wanted));
  if (wanted.status().empty()) return absl::OkStatus();
  const CatalogStatus* current = organization.StatusByNumber(lead.state().status());
  if (current != nullptr && current->proto().name() == wanted.status()) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(const CatalogStatus* status,
                       FindMoveTarget(organization, wanted.status(),
                                      lead.record.lead().record_type(), "lead.status"));
  if (!allow_lifting) {
    DNC_RETURN_IF_ERROR(WithField(CheckMoveKeepsRestriction(current, lead.state().status_time(),
                                                            *status, txn.now(), txn.now()),
                                  "lead.status"));
  }
  if (MoveLead(txn, *status, &lead)) upserted->changed = true;
  return absl::OkStatus();
}

// A lead that was deleted comes back as it was.
void Revive(Upserted* upserted) {
  if (upserted->lead.record.delete_time() == 0) return;
  upserted->lead.record.clear_delete_time();
  upserted->lead.created = true;
  upserted->changed = true;
}

absl::StatusOr<Upserted> Upsert(Txn& txn, const CatalogOrganization& organization,
                                const v1::Lead& wanted, bool allow_lifting) {
  const std::string id(LastPart(wanted.name()));
  Upserted upserted;
  DNC_ASSIGN_OR_RETURN(std::optional<LeadEdit> known, LoadLead(txn, organization.number(), id));
  if (known.has_value()) {
    upserted.lead = *std::move(known);
    DNC_RETURN_IF_ERROR(
        WithField(CheckNotMerged(upserted.lead.record, organization.id), "lead.name"));
    DNC_RETURN_IF_ERROR(UpdateExisting(txn, organization, wanted, allow_lifting, &upserted));
    Revive(&upserted);
  } else {
    if (!wanted.etag().empty()) return NoLeadOfThatEtag(wanted.name());
    DNC_ASSIGN_OR_RETURN(upserted.lead, CreateLead(txn, organization, id, wanted));
    upserted.changed = true;
  }
  LeadEdit& lead = upserted.lead;
  if (!wanted.display_name().empty() &&
      wanted.display_name() != lead.record.lead().display_name()) {
    lead.record.mutable_lead()->set_display_name(wanted.display_name());
    upserted.changed = true;
  }
  for (const v1::ContactPoint& point : wanted.contact_points()) {
    const absl::StatusOr<bool> added =
        AddContactPoint(txn, organization, FromCanonical(point), &lead);
    if (!added.ok()) return WithFieldPrefix(added.status(), "lead.");
    upserted.changed |= *added;
  }
  if (upserted.changed) DNC_RETURN_IF_ERROR(SaveLead(txn, organization.number(), &lead));
  return upserted;
}

// Where the error of a row stands in the batch: "leads[3].status" for "lead.status".
std::string FieldOf(const absl::Status& status, int index) {
  std::string field = absl::StrCat("leads[", index, "]");
  const auto info = ErrorInfoOf(status);
  if (!info.has_value() || info->metadata().count("field") == 0) return field;
  absl::string_view part = info->metadata().at("field");
  absl::ConsumePrefix(&part, "lead");
  absl::ConsumePrefix(&part, ".");
  if (!part.empty()) absl::StrAppend(&field, ".", part);
  return field;
}

}  // namespace

absl::Status Apply(const v1::UpsertLeadRequest& request, Txn& txn,
                   v1::UpsertLeadResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  DNC_ASSIGN_OR_RETURN(const Upserted upserted, Upsert(txn, *organization, request.lead(),
                                                       request.allow_lifting_restriction()));
  *response->mutable_lead() = LeadToProto(upserted.lead.record, *organization, txn.now());
  response->set_created(upserted.lead.created);
  return absl::OkStatus();
}

// A refused row must leave nothing behind, so each row is applied to a transaction of its own that
// joins the mutation's only where it succeeds.
absl::Status Apply(const v1::BatchUpsertLeadsRequest& request, Txn& txn,
                   v1::BatchUpsertLeadsResponse* response) {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  for (int i = 0; i < request.leads_size(); ++i) {
    v1::LeadResult* result = response->add_results();
    Txn row = txn.Nested();
    const absl::StatusOr<Upserted> upserted =
        Upsert(row, *organization, request.leads(i), request.allow_lifting_restriction());
    if (!upserted.ok()) {
      if (absl::IsDataLoss(upserted.status()) || absl::IsUnavailable(upserted.status())) {
        return upserted.status();
      }
      if (request.all_or_nothing()) {
        return WithField(upserted.status(), FieldOf(upserted.status(), i));
      }
      FillItemError(WithField(upserted.status(), FieldOf(upserted.status(), i)),
                    result->mutable_error());
      continue;
    }
    result->set_created(upserted->lead.created);
    result->set_unchanged(!upserted->changed);
    txn.Join(std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace dnc
