#include "server/template/template_plan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "server/template/template_content.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

using v1::AppliedAction;

// Plans one of the template's actions into `plan`.
class ActionPlanner {
 public:
  ActionPlanner(const v1::Template& from, const v1::Action& source, const TemplateUse& use,
                const std::string& etag, TemplatePlan* plan)
      : from_(from),
        source_(source),
        id_(LastPart(source.name())),
        use_(use),
        etag_(etag),
        plan_(plan) {}

  void Plan() {
    bool found = false;
    for (v1::Action& held : *plan_->after.mutable_actions()) {
      if (!IsCopyOf(held, from_.name()) || TemplateActionId(held) != id_) continue;
      found = true;
      Update(&held);
    }
    if (found) return;
    v1::Action* own = FindActionIn(&plan_->after, id_);
    if (own == nullptr) return Add(id_, AppliedAction::OUTCOME_CREATED);
    if (DifferingFields(*own, source_).empty()) {
      return Put(own, Follow(*own), AppliedAction::OUTCOME_UPDATED);
    }
    Settle(own);
  }

 private:
  AppliedAction* Record(AppliedAction::Outcome outcome, const std::string& target_name) {
    AppliedAction* applied = plan_->result.add_actions();
    applied->set_template_action(id_);
    applied->set_target_action(target_name);
    applied->set_outcome(outcome);
    return applied;
  }

  // `held` as a copy of this version of the template, its content untouched.
  v1::Action Follow(v1::Action held) const {
    held.set_template_(from_.name());
    held.set_template_version(from_.version());
    *held.mutable_template_action() = ContentOf(source_);
    return held;
  }

  v1::Action Copy(const std::string& name) const {
    v1::Action copy = Follow(source_);
    copy.set_name(name);
    copy.clear_copied_from();
    return copy;
  }

  void Add(const std::string& id, AppliedAction::Outcome outcome) {
    v1::Action* added = plan_->after.add_actions();
    *added = Copy(ActionName(plan_->after.name(), id));
    added->set_etag(etag_);
    *Record(outcome, added->name())->mutable_after() = *added;
    plan_->changed = true;
  }

  void Put(v1::Action* held, v1::Action next, AppliedAction::Outcome outcome) {
    AppliedAction* applied = Record(outcome, held->name());
    *applied->mutable_before() = *held;
    for (std::string& field : DifferingFields(*held, next)) {
      applied->add_fields(std::move(field));
    }
    next.set_etag(etag_);
    *held = std::move(next);
    *applied->mutable_after() = *held;
    plan_->changed = true;
  }

  void Keep(const v1::Action& held, AppliedAction::Outcome outcome) {
    AppliedAction* applied = Record(outcome, held.name());
    *applied->mutable_before() = held;
    *applied->mutable_after() = held;
  }

  // Brings a copy to this version of the template: all of it, or what was not adjusted.
  void Update(v1::Action* held) {
    std::vector<std::string> adjusted = AdjustedFields(*held);
    v1::Action next = *held;
    for (const ContentField& field : ContentFields()) {
      const bool is_adjusted =
          std::find(adjusted.begin(), adjusted.end(), field.name) != adjusted.end();
      if (!is_adjusted || use_.adjustments == v1::ADJUSTMENT_POLICY_OVERRIDE) {
        field.copy(source_, &next);
      }
    }
    if (!MayTakeThePlaceOf(*held, next)) return;
    const bool same = held->template_version() == from_.version() &&
                      DifferingFields(*held, next).empty() &&
                      DifferingFields(held->template_action(), source_).empty();
    if (same) {
      Keep(*held, AppliedAction::OUTCOME_UNCHANGED);
    } else {
      Put(held, Follow(std::move(next)), AppliedAction::OUTCOME_UPDATED);
    }
    AppliedAction* applied = plan_->result.mutable_actions(plan_->result.actions_size() - 1);
    for (std::string& field : adjusted) applied->add_adjusted_fields(std::move(field));
  }

  bool MayTakeThePlaceOf(const v1::Action& held, const v1::Action& next) {
    if (use_.allow_dropping_dnc || KeepsDnc(held, next)) return true;
    Refuse(v1::ERROR_REASON_DNC_OPERATION_DROPPED,
           absl::StrCat("the target's ", LastPart(held.name()),
                        " would lose what it does to Do-Not-Contact lists; confirm with "
                        "allow_dropping_dnc"));
    return false;
  }

  // An action of the target's own has the id.
  void Settle(v1::Action* own) {
    switch (use_.conflict_policy) {
      case v1::CONFLICT_POLICY_SKIP:
        if (KeepsDnc(source_, *own)) return Keep(*own, AppliedAction::OUTCOME_SKIPPED);
        return Refuse(v1::ERROR_REASON_DNC_OPERATION_DROPPED,
                      absl::StrCat("skipping would leave the target's ", id_,
                                   " without the add-to-DNC-list operation; choose REPLACE or "
                                   "RENAME"));
      case v1::CONFLICT_POLICY_REPLACE:
        if (!MayTakeThePlaceOf(*own, source_)) return;
        return Put(own, Copy(own->name()), AppliedAction::OUTCOME_REPLACED);
      case v1::CONFLICT_POLICY_RENAME:
        return Add(FreeActionId(&plan_->after, id_), AppliedAction::OUTCOME_RENAMED);
      default:
        return Refuse(v1::ERROR_REASON_ACTION_CONFLICT,
                      absl::StrCat("the target has another action ", id_,
                                   "; choose SKIP, REPLACE or RENAME"));
    }
  }

  void Refuse(v1::ErrorReason reason, absl::string_view message) {
    plan_->Refuse(MakeError(reason, message), id_);
  }

  const v1::Template& from_;
  const v1::Action& source_;
  const std::string id_;
  const TemplateUse& use_;
  const std::string& etag_;
  TemplatePlan* const plan_;
};

}  // namespace

absl::StatusOr<std::vector<const v1::Action*>> SelectTemplateActions(
    const v1::Template& from, const google::protobuf::RepeatedPtrField<std::string>& ids) {
  std::vector<const v1::Action*> selected;
  for (const v1::Action& action : from.actions()) {
    const absl::string_view id = LastPart(action.name());
    if (ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end()) {
      selected.push_back(&action);
    }
  }
  for (const std::string& id : ids) {
    const bool found = std::any_of(selected.begin(), selected.end(), [&](const v1::Action* action) {
      return LastPart(action->name()) == id;
    });
    if (found) continue;
    const std::string name = ActionName(from.name(), id);
    return MakeError(v1::ERROR_REASON_ACTION_NOT_FOUND,
                     absl::StrCat(name, " does not exist; read the template"), {{"action", name}});
  }
  return selected;
}

TemplatePlan PlanTemplate(const CatalogOrganization& organization, const v1::Template& from,
                          const std::vector<const v1::Action*>& actions, const std::string& target,
                          absl::string_view field, const TemplateUse& use, const std::string& etag,
                          absl::FunctionRef<absl::Status(const v1::Action&)> check_saved) {
  TemplatePlan plan;
  plan.result.set_target(target);
  const absl::StatusOr<const CatalogStatus*> status =
      FindMoveTarget(organization, target, from.record_type(), field);
  if (!status.ok()) {
    plan.Refuse(status.status(), "");
    return plan;
  }
  plan.after = (*status)->proto();
  for (const v1::Action* action : actions) ActionPlanner(from, *action, use, etag, &plan).Plan();
  plan.Finish(etag, field, check_saved, TemplateActionId);
  return plan;
}

}  // namespace dnc
