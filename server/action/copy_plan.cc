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

constexpr int kMaxActionsOfStatus = 200;
constexpr size_t kMaxIdBytes = 63;

void Refuse(const absl::Status& why, const std::string& action, TargetPlan* plan) {
  if (plan->first_refusal.ok()) plan->first_refusal = why;
  v1::CopyRefusal* refusal = plan->result.add_refusals();
  const auto info = ErrorInfoOf(why);
  if (info.has_value()) refusal->set_reason(info->reason());
  refusal->set_action(action);
  refusal->set_message(std::string(why.message()));
}

void Refuse(v1::ErrorReason reason, const std::string& action, absl::string_view message,
            TargetPlan* plan) {
  Refuse(MakeError(reason, message), action, plan);
}

v1::Action* FindIn(v1::Status* status, absl::string_view id) {
  for (v1::Action& action : *status->mutable_actions()) {
    if (LastPart(action.name()) == id) return &action;
  }
  return nullptr;
}

std::string FreeId(v1::Status* status, const std::string& id) {
  for (int n = 2;; ++n) {
    const std::string suffix = absl::StrCat("-", n);
    std::string candidate = absl::StrCat(id.substr(0, kMaxIdBytes - suffix.size()), suffix);
    if (FindIn(status, candidate) == nullptr) return candidate;
  }
}

// Plans one action into `plan`.
class ActionPlanner {
 public:
  ActionPlanner(const v1::Action& source, v1::ConflictPolicy policy, const std::string& etag,
                TargetPlan* plan)
      : source_(source), id_(LastPart(source.name())), policy_(policy), etag_(etag), plan_(plan) {}

  void Plan() {
    v1::Action* held = FindIn(&plan_->after, id_);
    if (held == nullptr) return Add(id_, CopiedAction::OUTCOME_CREATED);
    if (SameContent(*held, source_)) return Keep(*held, CopiedAction::OUTCOME_UNCHANGED);
    switch (policy_) {
      case v1::CONFLICT_POLICY_SKIP:
        return Skip(*held);
      case v1::CONFLICT_POLICY_REPLACE:
        return Replace(held);
      case v1::CONFLICT_POLICY_RENAME:
        return Add(FreeId(&plan_->after, id_), CopiedAction::OUTCOME_RENAMED);
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
    Refuse(MakeError(v1::ERROR_REASON_COPY_ONTO_ITSELF, "the target is the source",
                     {{"source", target}}),
           "", &plan);
    return plan;
  }
  const absl::StatusOr<const CatalogStatus*> status =
      FindMoveTarget(organization, target, source.record_type, field);
  if (!status.ok()) {
    Refuse(status.status(), "", &plan);
    return plan;
  }
  plan.after = (*status)->proto();
  for (const v1::Action* action : actions) ActionPlanner(*action, policy, etag, &plan).Plan();
  if (plan.after.actions_size() > kMaxActionsOfStatus) {
    Refuse(MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                     absl::StrCat("the target would have ", plan.after.actions_size(),
                                  " actions, at most ", kMaxActionsOfStatus,
                                  " are taken; copy fewer, or delete some of the target's"),
                     {{"field", std::string(field)},
                      {"limit", absl::StrCat(kMaxActionsOfStatus)},
                      {"actual", absl::StrCat(plan.after.actions_size())}}),
           "", &plan);
  }
  for (const v1::Action& action : plan.after.actions()) {
    if (action.etag() != etag || plan.refused()) continue;
    const absl::Status saved = check_saved(action);
    if (!saved.ok()) Refuse(saved, std::string(LastPart(action.copied_from())), &plan);
  }
  if (plan.refused()) plan.result.clear_actions();
  plan.after.set_etag(etag);
  return plan;
}

}  // namespace dnc
