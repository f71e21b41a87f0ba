// ApplyWorkflow: one object after another, lists first, is compared with what is wanted and brought
// to that shape.
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/message_differencer.h"
#include "server/name/resource_name.h"
#include "server/state/affected.h"
#include "server/state/apply.h"
#include "server/state/workflow_edits.h"
#include "server/workflow/order.h"
#include "server/workflow/origin.h"
#include "server/workflow/rules.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::PlannedChange;

// A name or state that the request does not mention stays as it is.
const std::string& NameOr(const std::string& wanted, const std::string& held) {
  return wanted.empty() ? held : wanted;
}
v1::ObjectState StateOr(v1::ObjectState wanted, v1::ObjectState held) {
  return wanted == v1::OBJECT_STATE_UNSPECIFIED ? held : wanted;
}

std::string IdOf(absl::string_view name) { return std::string(LastPart(name)); }

template <typename Objects>
std::vector<std::string> IdsOf(const Objects& objects) {
  std::vector<std::string> ids;
  for (const auto& object : objects) ids.push_back(IdOf(object.name()));
  return ids;
}

// Those of `ordered` that are among `ids`.
std::vector<std::string> OnlyThose(const std::vector<std::string>& ids,
                                   const std::vector<std::string>& ordered) {
  const std::set<std::string> wanted(ids.begin(), ids.end());
  std::vector<std::string> only;
  std::copy_if(ordered.begin(), ordered.end(), std::back_inserter(only),
               [&](const std::string& id) { return wanted.count(id) > 0; });
  return only;
}

void AddField(const char* field, PlannedChange* change) {
  change->add_fields(field);
  change->set_kind(PlannedChange::KIND_UPDATE);
}

class Reconciler {
 public:
  Reconciler(Txn& txn, const v1::ApplyWorkflowRequest& request, v1::ApplyWorkflowResponse* response)
      : txn_(txn),
        wanted_(request.workflow()),
        lists_(request.lists()),
        allow_dropping_dnc_(request.allow_dropping_dnc()),
        allow_affected_(request.allow_affected()),
        id_(LastPart(wanted_.name())),
        response_(response) {}

  absl::Status Run() {
    const CatalogOrganization& before_all = *txn_.catalog().Find(txn_.mutation().organization());
    for (const v1::DncList& list : lists_) DNC_RETURN_IF_ERROR(ReconcileList(list));
    DNC_RETURN_IF_ERROR(ReconcileWorkflow());
    PlannedChange* const workflow_change = response_->mutable_changes(lists_.size());
    const std::vector<std::string> before = StatusOrder();
    for (int i = 0; i < wanted_.statuses_size(); ++i) {
      DNC_RETURN_IF_ERROR(ReconcileStatus(wanted_.statuses(i), StatusField(i)));
    }
    ReconcileOrder(before, workflow_change);
    const ActionJudge judge(*txn_.catalog().Find(txn_.mutation().organization()),
                            response_->mutable_naming_violations());
    for (int i = 0; i < wanted_.statuses_size(); ++i) {
      DNC_RETURN_IF_ERROR(CheckSavedActions(txn_, wanted_.record_type(), wanted_.statuses(i),
                                            StatusField(i), judge));
    }
    DNC_RETURN_IF_ERROR(CheckNewExits(txn_, before_all));
    DNC_RETURN_IF_ERROR(CheckClosing());
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

  // Whatever was there and is now further out of use must not leave anything behind unseen.
  absl::Status CheckClosing() {
    Closing closing;
    if (before_workflow_.has_value()) closing.Note(*before_workflow_, *Held());
    for (const auto& [id, state] : before_statuses_) closing.Note(state, *Held()->FindStatus(id));
    if (closing.empty()) return absl::OkStatus();
    return closing.Check(txn_, allow_affected_, response_->mutable_affected());
  }

  const CatalogWorkflow* Held() const {
    return txn_.catalog().Find(txn_.mutation().organization())->FindWorkflow(id_);
  }

  static std::string StatusField(int index) {
    return absl::StrCat("workflow.statuses[", index, "]");
  }

  std::vector<std::string> StatusOrder() const {
    const auto& order = Held()->record.status_order();
    return {order.begin(), order.end()};
  }

  // Statuses come in the order of the request. Where those that were there `before` change places,
  // that is an update of the workflow.
  void ReconcileOrder(const std::vector<std::string>& before, PlannedChange* change) {
    const std::vector<std::string> now = StatusOrder();
    const std::vector<std::string> ordered = FollowOrder(now, IdsOf(wanted_.statuses()));
    if (ordered == now) return;
    storage::v1::WorkflowRecord& record = txn_.EditWorkflow(id_).record;
    record.mutable_status_order()->Assign(ordered.begin(), ordered.end());
    record.mutable_workflow()->set_etag(txn_.etag());
    if (OnlyThose(before, ordered) != before) AddField("statuses", change);
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
    before_workflow_ = current.state();
    DNC_RETURN_IF_ERROR(CheckEtag(wanted_.name(), wanted_.etag(), current.etag()));
    if (current.record_type() != wanted_.record_type()) {
      return WithField(MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH,
                                 absl::StrCat(wanted_.name(), " is for ", current.record_type(),
                                              " records and its record type is fixed"),
                                 {{"source_record_type", wanted_.record_type()},
                                  {"target_record_type", current.record_type()},
                                  {"target", wanted_.name()}}),
                       "workflow.record_type");
    }
    PlannedChange* change = Record(wanted_.name(), PlannedChange::KIND_UNCHANGED);
    const std::string& display_name = NameOr(wanted_.display_name(), current.display_name());
    const v1::ObjectState state = StateOr(wanted_.state(), current.state());
    if (current.display_name() != display_name) AddField("display_name", change);
    if (current.state() != state) AddField("state", change);
    if (change->fields().empty()) return absl::OkStatus();
    v1::Workflow* row = txn_.EditWorkflow(id_).record.mutable_workflow();
    row->set_display_name(display_name);
    row->set_state(state);
    row->set_etag(txn_.etag());
    return absl::OkStatus();
  }

  absl::Status ReconcileStatus(const v1::Status& wanted, const std::string& field) {
    const CatalogStatus* held = Held()->FindStatus(LastPart(wanted.name()));
    if (held == nullptr || (wanted.has_restriction() && !SameRestriction(wanted, held->proto()))) {
      DNC_RETURN_IF_ERROR(CheckRestrictionAhead(wanted, txn_.now(), field));
    }
    if (held == nullptr) {
      Record(wanted.name(), PlannedChange::KIND_CREATE);
      for (const v1::Action& action : wanted.actions()) {
        Record(action.name(), PlannedChange::KIND_CREATE);
      }
      return AddStatus(txn_, id_, wanted_.record_type(), wanted, "workflow.statuses");
    }
    v1::Status merged = held->proto();
    before_statuses_[IdOf(wanted.name())] = merged.state();
    if (wanted.has_restriction()) {
      DNC_RETURN_IF_ERROR(CheckKeepsRestriction(merged, &wanted.restriction(), false));
    }
    PlannedChange* change = Record(wanted.name(), PlannedChange::KIND_UNCHANGED);
    ReconcileFields(wanted, &merged, change);
    bool changed = false;
    for (const v1::Action& action : wanted.actions()) {
      DNC_ASSIGN_OR_RETURN(const bool action_changed, ReconcileAction(action, &merged));
      changed |= action_changed;
    }
    ReconcileActionOrder(IdsOf(held->proto().actions()), wanted, &merged, change);
    if (!changed && change->fields().empty()) return absl::OkStatus();
    return ReplaceStatus(txn_, id_, *held, std::move(merged), absl::StrCat(field, ".actions"));
  }

  static void ReconcileFields(const v1::Status& wanted, v1::Status* merged, PlannedChange* change) {
    const std::string display_name = NameOr(wanted.display_name(), merged->display_name());
    const v1::ObjectState state = StateOr(wanted.state(), merged->state());
    if (merged->display_name() != display_name) AddField("display_name", change);
    if (merged->system_status() != wanted.system_status()) AddField("system_status", change);
    if (merged->state() != state) AddField("state", change);
    merged->set_display_name(display_name);
    merged->set_system_status(wanted.system_status());
    merged->set_state(state);
    ReconcileRoles("visible_to_roles", wanted.visible_to_roles(),
                   merged->mutable_visible_to_roles(), change);
    // One that is not mentioned stays.
    if (!wanted.has_restriction()) return;
    if (!merged->has_restriction() ||
        !MessageDifferencer::Equals(merged->restriction(), wanted.restriction())) {
      AddField("restriction", change);
    }
    *merged->mutable_restriction() = wanted.restriction();
  }

  // Those who may see or use it; none mentioned: as they are.
  static void ReconcileRoles(const char* field,
                             const google::protobuf::RepeatedPtrField<std::string>& wanted,
                             google::protobuf::RepeatedPtrField<std::string>* held,
                             PlannedChange* change) {
    if (wanted.empty() || std::equal(wanted.begin(), wanted.end(), held->begin(), held->end())) {
      return;
    }
    AddField(field, change);
    *held = wanted;
  }

  // The same for the status's actions.
  static void ReconcileActionOrder(const std::vector<std::string>& before, const v1::Status& wanted,
                                   v1::Status* merged, PlannedChange* change) {
    const std::vector<std::string> now = IdsOf(merged->actions());
    const std::vector<std::string> ordered = FollowOrder(now, IdsOf(wanted.actions()));
    if (ordered == now) return;
    google::protobuf::RepeatedPtrField<v1::Action> actions;
    for (const std::string& id : ordered) {
      const auto at = std::find(now.begin(), now.end(), id) - now.begin();
      *actions.Add() = std::move(*merged->mutable_actions(static_cast<int>(at)));
    }
    *merged->mutable_actions() = std::move(actions);
    if (OnlyThose(before, ordered) != before) AddField("actions", change);
  }

  absl::StatusOr<bool> ReconcileAction(v1::Action wanted, v1::Status* merged) {
    v1::Action* held = nullptr;
    for (v1::Action& action : *merged->mutable_actions()) {
      if (action.name() == wanted.name()) held = &action;
    }
    if (held == nullptr) {
      FillDefaults(&wanted);
      Record(wanted.name(), PlannedChange::KIND_CREATE);
      held = merged->add_actions();
    } else {
      KeepUnset(*held, &wanted);
      if (wanted.roles().empty()) *wanted.mutable_roles() = held->roles();
      if (wanted.groups().empty()) *wanted.mutable_groups() = held->groups();
      if (SameContent(*held, wanted)) {
        Record(wanted.name(), PlannedChange::KIND_UNCHANGED);
        return false;
      }
      DNC_RETURN_IF_ERROR(CheckKeepsDnc(*held, &wanted, allow_dropping_dnc_));
      NameDifferences(*held, wanted, Record(wanted.name(), PlannedChange::KIND_UPDATE));
    }
    KeepOrigin(*held, &wanted);
    *held = std::move(wanted);
    held->set_etag(txn_.etag());
    return true;
  }

  static void NameDifferences(const v1::Action& held, const v1::Action& wanted,
                              PlannedChange* change) {
    if (held.display_name() != wanted.display_name()) change->add_fields("display_name");
    if (held.category() != wanted.category()) change->add_fields("category");
    if (held.state() != wanted.state()) change->add_fields("state");
    if (!std::equal(held.roles().begin(), held.roles().end(), wanted.roles().begin(),
                    wanted.roles().end())) {
      change->add_fields("roles");
    }
    if (!std::equal(held.groups().begin(), held.groups().end(), wanted.groups().begin(),
                    wanted.groups().end())) {
      change->add_fields("groups");
    }
    v1::Action probe = wanted;
    *probe.mutable_operations() = held.operations();
    if (!MessageDifferencer::Equals(probe, wanted)) change->add_fields("operations");
  }

  Txn& txn_;
  const v1::Workflow& wanted_;
  const google::protobuf::RepeatedPtrField<v1::DncList>& lists_;
  const bool allow_dropping_dnc_;
  const bool allow_affected_;
  const std::string id_;
  v1::ApplyWorkflowResponse* const response_;
  // The states of what was there.
  std::optional<v1::ObjectState> before_workflow_;
  std::map<std::string, v1::ObjectState> before_statuses_;
};

}  // namespace

absl::Status Apply(const v1::ApplyWorkflowRequest& request, Txn& txn,
                   v1::ApplyWorkflowResponse* response) {
  DNC_RETURN_IF_ERROR(txn.Organization().status());
  return Reconciler(txn, request, response).Run();
}

}  // namespace dnc
