#include "server/action/copy_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "server/workflow/rules.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using v1::CopiedAction;

void Refuse(v1::ErrorReason reason, const std::string& action, absl::string_view message,
            TargetPlan* plan) {
  plan->Refuse(MakeError(reason, message), action);
}

// Plans one action into `plan`.
class ActionPlanner {
 public:
  ActionPlanner(const v1::Action& source, v1::ConflictPolicy policy, const std::string& etag,
                TargetPlan* plan)
      : source_(source), id_(LastPart(source.name())), policy_(policy), etag_(etag), plan_(plan) {}

  void Plan() {
    v1::Action* held = FindActionIn(&plan_->after, id_);
    if (held == nullptr) return Add(id_, CopiedAction::OUTCOME_CREATED);
    if (SameContent(*held, source_)) return Keep(*held, CopiedAction::OUTCOME_UNCHANGED);
    switch (policy_) {
      case v1::CONFLICT_POLICY_SKIP:
        return Skip(*held);
      case v1::CONFLICT_POLICY_REPLACE:
        return Replace(held);
      case v1::CONFLICT_POLICY_RENAME:
        return Add(FreeActionId(&plan_->after, id_), CopiedAction::OUTCOME_RENAMED);
      default:
        return Refuse(
            v1::ERROR_REASON_ACTION_CONFLICT, id_,
            absl::StrCat("the target has another action ", id_, "; choose SKIP, REPLACE or RENAME"),
            plan_);
    }
  }

 private:
  CopiedAction* Record(CopiedAction::Outcome outcome, const std::string& target_name) {
    CopiedAction* copied = plan_->result.add_actions();
    copied->set_source_action(id_);
    copied->set_target_action(target_name);
    copied->set_outcome(outcome);
    return copied;
  }

  v1::Action Copy(const std::string& name) const {
    v1::Action copy = source_;
    copy.set_name(name);
    copy.set_copied_from(source_.name());
    copy.set_etag(etag_);
    return copy;
  }

  void Add(const std::string& id, CopiedAction::Outcome outcome) {
    const std::string name = ActionName(plan_->after.name(), id);
    v1::Action* added = plan_->after.add_actions();
    *added = Copy(name);
    *Record(outcome, name)->mutable_after() = *added;
    plan_->changed = true;
  }

  void Keep(const v1::Action& held, CopiedAction::Outcome outcome) {
    CopiedAction* copied = Record(outcome, held.name());
    *copied->mutable_before() = held;
    *copied->mutable_after() = held;
  }

  void Skip(const v1::Action& held) {
    if (KeepsDnc(source_, held)) {
      return Keep(held, CopiedAction::OUTCOME_SKIPPED);
    }
    Refuse(v1::ERROR_REASON_DNC_OPERATION_DROPPED, id_,
           absl::StrCat("skipping would leave the target's ", id_,
                        " without the add-to-DNC-list operation; choose REPLACE or RENAME"),
           plan_);
  }

  void Replace(v1::Action* held) {
    if (!KeepsDnc(*held, source_)) {
      return Refuse(v1::ERROR_REASON_DNC_OPERATION_DROPPED, id_,
                    absl::StrCat("replacing would take the add-to-DNC-list operation from the "
                                 "target's ",
                                 id_, "; choose SKIP or RENAME"),
                    plan_);
    }
    CopiedAction* copied = Record(CopiedAction::OUTCOME_REPLACED, held->name());
    *copied->mutable_before() = *held;
    *held = Copy(held->name());
    *copied->mutable_after() = *held;
    plan_->changed = true;
  }

  const v1::Action& source_;
  const std::string id_;
  const v1::ConflictPolicy policy_;
  const std::string& etag_;
  TargetPlan* const plan_;
};

}  // namespace

absl::StatusOr<std::vector<const v1::Action*>> SelectActions(
    const CatalogStatus& source, const google::protobuf::RepeatedPtrField<std::string>& ids) {
  std::vector<const v1::Action*> selected;
  for (const std::string& id : ids) {
    if (source.FindAction(id) == nullptr) {
      const std::string name = ActionName(source.proto().name(), id);
      return MakeError(v1::ERROR_REASON_ACTION_NOT_FOUND,
                       absl::StrCat(name, " does not exist; list the source's actions"),
                       {{"action", name}});
    }
  }
  for (const v1::Action& action : source.proto().actions()) {
    const std::string id(LastPart(action.name()));
    if (ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end()) {
      selected.push_back(&action);
    }
  }
  return selected;
}

TargetPlan PlanCopy(const CatalogOrganization& organization, const CatalogStatus& source,
                    const std::vector<const v1::Action*>& actions, const std::string& target,
                    absl::string_view field, v1::ConflictPolicy policy, const std::string& etag,
                    absl::FunctionRef<absl::Status(const v1::Action&)> check_saved) {
  TargetPlan plan;
  plan.result.set_target(target);
  if (target == source.proto().name()) {
    plan.Refuse(MakeError(v1::ERROR_REASON_COPY_ONTO_ITSELF, "the target is the source",
                          {{"source", target}}),
                "");
    return plan;
  }
  const absl::StatusOr<const CatalogStatus*> status =
      FindMoveTarget(organization, target, source.record_type, field);
  if (!status.ok()) {
    plan.Refuse(status.status(), "");
    return plan;
  }
  plan.after = (*status)->proto();
  for (const v1::Action* action : actions) ActionPlanner(*action, policy, etag, &plan).Plan();
  plan.Finish(etag, field, check_saved,
              [](const v1::Action& action) { return std::string(LastPart(action.copied_from())); });
  return plan;
}

}  // namespace dnc
