#include "server/state/affected.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/error/error.h"

namespace dnc {
namespace {

constexpr size_t kMaxActionsNamed = 100;
// gRPC carries an error in its headers, which clients limit to 8 KiB.
constexpr size_t kMaxNamedBytes = 2048;

bool FurtherOut(v1::ObjectState before, v1::ObjectState after) {
  if (after == v1::OBJECT_STATE_ARCHIVED) return before != v1::OBJECT_STATE_ARCHIVED;
  return after == v1::OBJECT_STATE_DISABLED && before == v1::OBJECT_STATE_ENABLED;
}

bool MovesTo(const v1::Action& action, const std::set<std::string>& statuses) {
  return std::any_of(action.operations().begin(), action.operations().end(),
                     [&](const v1::Operation& operation) {
                       return operation.has_move_to_status() &&
                              statuses.count(operation.move_to_status().status()) > 0;
                     });
}

// The actions elsewhere that move leads to one of `statuses`, by name.
std::vector<std::string> ActionsThatMoveTo(const CatalogOrganization& organization,
                                           const std::set<std::string>& statuses) {
  std::vector<std::string> names;
  for (const auto& [workflow_id, workflow] : organization.workflows) {
    for (const auto& [status_id, status] : workflow->statuses) {
      if (statuses.count(status->proto().name()) > 0) continue;
      for (const v1::Action& action : status->proto().actions()) {
        if (MovesTo(action, statuses)) names.push_back(action.name());
      }
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string FirstOf(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    if (list.size() + name.size() > kMaxNamedBytes) break;
    absl::StrAppend(&list, list.empty() ? "" : ", ", name);
  }
  return list;
}

std::string Counted(size_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(count, " ", count == 1 ? one : many);
}

}  // namespace

void Closing::Add(const CatalogStatus& status) {
  statuses_.insert(status.proto().name());
  status_numbers_.insert(status.record.number());
}

void Closing::Note(v1::ObjectState before, const CatalogStatus& status) {
  if (!FurtherOut(before, status.proto().state())) return;
  names_.push_back(status.proto().name());
  Add(status);
}

void Closing::Note(v1::ObjectState before, const CatalogWorkflow& workflow) {
  if (!FurtherOut(before, workflow.record.workflow().state())) return;
  names_.push_back(workflow.record.workflow().name());
  for (const auto& [id, status] : workflow.statuses) Add(*status);
}

absl::Status Closing::Check(const Txn& txn, bool allow, v1::Affected* affected) const {
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization, txn.Organization());
  int64_t leads = 0;
  for (const uint32_t status : status_numbers_) {
    DNC_ASSIGN_OR_RETURN(const int64_t count, txn.LeadCount(organization->number(), status));
    leads += count;
  }
  const std::vector<std::string> actions = ActionsThatMoveTo(*organization, statuses_);
  affected->set_leads(leads);
  affected->set_action_count(static_cast<int32_t>(actions.size()));
  for (size_t i = 0; i < std::min(actions.size(), kMaxActionsNamed); ++i) {
    affected->add_actions(actions[i]);
  }
  if (allow || (leads == 0 && actions.empty())) return absl::OkStatus();
  const std::string named = FirstOf(actions);
  return MakeError(
      v1::ERROR_REASON_STATUS_IN_USE,
      absl::StrCat(names_.front(), names_.size() > 1 ? " and others have " : " has ",
                   Counted(static_cast<size_t>(leads), "lead", "leads"), ", and ",
                   Counted(actions.size(), "action moves", "actions move"),
                   " leads there; move the leads and mend the actions first, or confirm with "
                   "allow_affected",
                   named.empty() ? "" : absl::StrCat(": ", named)),
      {{"name", names_.front()},
       {"leads", absl::StrCat(leads)},
       {"actions", named.empty() ? "none" : named},
       {"action_count", absl::StrCat(actions.size())}});
}

}  // namespace dnc
