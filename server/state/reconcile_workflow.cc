// ApplyWorkflow: one object after another, lists first, is compared with what is wanted and brought
// to that shape.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/workflow_edits.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::PlannedChange;

// A state that the request does not mention stays as it is.
v1::ObjectState StateOr(v1::ObjectState wanted, v1::ObjectState held) {
  return wanted == v1::OBJECT_STATE_UNSPECIFIED ? held : wanted;
}

class Reconciler {
 public:
  Reconciler(Txn& txn, const v1::ApplyWorkflowRequest& request, v1::ApplyWorkflowResponse* response)
      : txn_(txn),
        wanted_(request.workflow()),
        lists_(request.lists()),
        allow_dropping_dnc_(request.allow_dropping_dnc()),
        id_(LastPart(wanted_.name())),
        response_(response) {}

  absl::Status Run() {
    for (const v1::DncList& list : lists_) DNC_RETURN_IF_ERROR(ReconcileList(list));
    DNC_RETURN_IF_ERROR(ReconcileWorkflow());
    for (const v1::Status& status : wanted_.statuses()) {
      DNC_RETURN_IF_ERROR(ReconcileStatus(status));
    }
    for (const v1::Status& status : wanted_.statuses()) {
      DNC_RETURN_IF_ERROR(CheckStatusReferences(txn_, wanted_.record_type(), status));
    }
    *response_->mutable_workflow() = ReadBack(txn_, id_);
    return absl::OkStatus();
  }

 private:
  PlannedChange* Record(const std::string& name, PlannedChange::Kind kind) {
    PlannedChange* change = response_->add_changes();
    change->set_name(name);
    change->set_kind(kind);
    return change;
  }

  const CatalogWorkflow* Held() const {
    return txn_.catalog().Find(txn_.mutation().organization())->FindWorkflow(id_);
  }

  absl::Status ReconcileList(const v1::DncList& wanted) {
    const CatalogList* held =
        txn_.catalog().Find(txn_.mutation().organization())->FindList(LastPart(wanted.name()));
    if (held == nullptr) {
      Record(wanted.name(), PlannedChange::KIND_CREATE);
      AddList(txn_, wanted);
      return absl::OkStatus();
    }
    Record(wanted.name(), PlannedChange::KIND_UNCHANGED);
    const v1::DncList& list = held->record.list();
    const std::vector<absl::string_view> fields = Differences(list, wanted);
    if (fields.empty()) return absl::OkStatus();
    return MakeError(
        v1::ERROR_REASON_ALREADY_EXISTS,
        absl::StrCat("lists: ", list.name(), " exists with another ", absl::StrJoin(fields, ", "),
                     "; a list keeps what it was made with, so choose another id"),
        {{"name", list.name()}});
  }

  // What the request does not mention may be anything.
  static std::vector<absl::string_view> Differences(const v1::DncList& held,
                                                    const v1::DncList& wanted) {
    std::vector<absl::string_view> fields;
    const auto compare = [&](absl::string_view field, bool mentioned, bool same) {
      if (mentioned && !same) fields.push_back(field);
    };
    compare("kind", true, held.kind() == wanted.kind());
    compare("brand", !wanted.brand().empty(), held.brand() == wanted.brand());
    compare("campaign", !wanted.campaign().empty(), held.campaign() == wanted.campaign());
    compare("channels", !wanted.channels().empty(), SameValues(held.channels(), wanted.channels()));
    compare("message_classes", !wanted.message_classes().empty(),
            SameValues(held.message_classes(), wanted.message_classes()));
    compare("max_age", wanted.has_max_age(),
            MessageDifferencer::Equals(held.max_age(), wanted.max_age()));
    return fields;
  }

  static bool SameValues(const google::protobuf::RepeatedField<int>& a,
                         const google::protobuf::RepeatedField<int>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  absl::Status ReconcileWorkflow() {
    const CatalogWorkflow* held = Held();
    if (held == nullptr) {
      Record(wanted_.name(), PlannedChange::KIND_CREATE);
      AddWorkflowRow(txn_, wanted_);
      return absl::OkStatus();
    }
    const v1::Workflow& current = held->record.workflow();
    DNC_RETURN_IF_ERROR(CheckEtag(wanted_.name(), wanted_.etag(), current.etag()));
    if (current.record_type() != wanted_.record_type()) {
      return MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                       absl::StrCat(wanted_.name(), " is for ", current.record_type(),
                                    " records and its record type is fixed"),
                       {{"source_record_type", wanted_.record_type()},
                        {"target_record_type", current.record_type()},
                        {"target", wanted_.name()}});
    }
    CatalogWorkflow changed = *held;
    v1::Workflow* row = changed.record.mutable_workflow();
    PlannedChange* change = Record(wanted_.name(), PlannedChange::KIND_UNCHANGED);
    if (current.display_name() != wanted_.display_name()) change->add_fields("display_name");
    const v1::ObjectState state = StateOr(wanted_.state(), current.state());
    if (current.state() != state) change->add_fields("state");
    if (change->fields().empty()) return absl::OkStatus();
    change->set_kind(PlannedChange::KIND_UPDATE);
    row->set_display_name(wanted_.display_name());
    row->set_state(state);
    row->set_etag(txn_.etag());
    txn_.PutWorkflow(changed);
    return absl::OkStatus();
  }

  absl::Status ReconcileStatus(const v1::Status& wanted) {
    const CatalogStatus* held = Held()->FindStatus(LastPart(wanted.name()));
    if (held == nullptr) {
      Record(wanted.name(), PlannedChange::KIND_CREATE);
      for (const v1::Action& action : wanted.actions()) {
        Record(action.name(), PlannedChange::KIND_CREATE);
      }
      return AddStatus(txn_, id_, wanted_.record_type(), wanted);
    }
    const std::shared_ptr<const Catalog> keep = txn_.shared_catalog();  // `held` points into it
    v1::Status merged = held->proto();
    if (wanted.has_restriction()) {
      DNC_RETURN_IF_ERROR(CheckKeepsRestriction(merged, &wanted.restriction(), false));
    }
    bool changed = ReconcileFields(wanted, &merged);
    for (const v1::Action& action : wanted.actions()) {
      DNC_ASSIGN_OR_RETURN(const bool action_changed, ReconcileAction(action, &merged));
      changed |= action_changed;
    }
    return changed ? ReplaceStatus(txn_, id_, *held, std::move(merged)) : absl::OkStatus();
  }

  bool ReconcileFields(const v1::Status& wanted, v1::Status* merged) {
    PlannedChange* change = Record(wanted.name(), PlannedChange::KIND_UNCHANGED);
    if (merged->display_name() != wanted.display_name()) change->add_fields("display_name");
    if (merged->system_status() != wanted.system_status()) change->add_fields("system_status");
    const v1::ObjectState state = StateOr(wanted.state(), merged->state());
    if (merged->state() != state) change->add_fields("state");
    // One that is not mentioned stays.
    if (wanted.has_restriction() &&
        (!merged->has_restriction() ||
         !MessageDifferencer::Equals(merged->restriction(), wanted.restriction()))) {
      change->add_fields("restriction");
    }
    if (change->fields().empty()) return false;
    change->set_kind(PlannedChange::KIND_UPDATE);
    merged->set_display_name(wanted.display_name());
    merged->set_system_status(wanted.system_status());
    merged->set_state(state);
    if (wanted.has_restriction()) *merged->mutable_restriction() = wanted.restriction();
    return true;
  }

  absl::StatusOr<bool> ReconcileAction(v1::Action wanted, v1::Status* merged) {
    v1::Action* held = nullptr;
    for (v1::Action& action : *merged->mutable_actions()) {
      if (action.name() == wanted.name()) held = &action;
    }
    wanted.set_state(
        StateOr(wanted.state(), held == nullptr ? v1::OBJECT_STATE_ENABLED : held->state()));
    if (held != nullptr && SameContent(*held, wanted)) {
      Record(wanted.name(), PlannedChange::KIND_UNCHANGED);
      return false;
    }
    if (held == nullptr) {
      Record(wanted.name(), PlannedChange::KIND_CREATE);
      held = merged->add_actions();
    } else {
      DNC_RETURN_IF_ERROR(CheckKeepsDnc(*held, &wanted, allow_dropping_dnc_));
      NameDifferences(*held, wanted, Record(wanted.name(), PlannedChange::KIND_UPDATE));
    }
    const std::string copied_from = held->copied_from();
    *held = wanted;
    held->set_copied_from(copied_from);
    held->set_etag(txn_.etag());
    return true;
  }

  static void NameDifferences(const v1::Action& held, const v1::Action& wanted,
                              PlannedChange* change) {
    if (held.display_name() != wanted.display_name()) change->add_fields("display_name");
    if (held.category() != wanted.category()) change->add_fields("category");
    if (held.state() != wanted.state()) change->add_fields("state");
    v1::Action probe = wanted;
    *probe.mutable_operations() = held.operations();
    if (!MessageDifferencer::Equals(probe, wanted)) change->add_fields("operations");
  }

  Txn& txn_;
  const v1::Workflow& wanted_;
  const google::protobuf::RepeatedPtrField<v1::DncList>& lists_;
  const bool allow_dropping_dnc_;
  const std::string id_;
  v1::ApplyWorkflowResponse* const response_;
};

}  // namespace

absl::Status Apply(const v1::ApplyWorkflowRequest& request, Txn& txn,
                   v1::ApplyWorkflowResponse* response) {
  DNC_RETURN_IF_ERROR(txn.Organization().status());
  return Reconciler(txn, request, response).Run();
}

}  // namespace dnc
