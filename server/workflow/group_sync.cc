#include "server/workflow/group_sync.h"

#include <cstdint>

#include "absl/strings/numbers.h"
#include "google/protobuf/util/time_util.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

constexpr int kMaxChangedActions = 1000;

int64_t RevisionOf(absl::string_view etag) {
  int64_t revision = 0;
  return absl::SimpleAtoi(etag, &revision) ? revision : 0;
}

void AddChangedActions(const CatalogWorkflow& workflow, v1::GroupWorkflow* bound) {
  for (const std::string& id : workflow.record.status_order()) {
    for (const v1::Action& action : workflow.FindStatus(id)->proto().actions()) {
      if (!ChangedSince(action.etag(), bound->synced_etag())) continue;
      if (bound->changed_actions_size() == kMaxChangedActions) return;
      bound->add_changed_actions(action.name());
    }
  }
}

}  // namespace

bool ChangedSince(absl::string_view etag, absl::string_view synced_etag) {
  return RevisionOf(etag) > RevisionOf(synced_etag);
}

const v1::GroupWorkflow* FindGroupWorkflow(const v1::Group& group, absl::string_view workflow) {
  for (const v1::GroupWorkflow& bound : group.workflows()) {
    if (bound.workflow() == workflow) return &bound;
  }
  return nullptr;
}

bool IsOutdatedIn(const v1::Group& group, absl::string_view workflow, const v1::Action& action) {
  const v1::GroupWorkflow* bound = FindGroupWorkflow(group, workflow);
  return bound != nullptr && ChangedSince(action.etag(), bound->synced_etag());
}

void DescribeGroup(const CatalogOrganization& organization, bool with_actions, v1::Group* group) {
  group->set_outdated(false);
  for (v1::GroupWorkflow& bound : *group->mutable_workflows()) {
    bound.clear_changed_actions();
    const CatalogWorkflow* workflow = organization.FindWorkflow(LastPart(bound.workflow()));
    if (workflow == nullptr) continue;  // never: workflows are not deleted
    bound.set_current_etag(workflow->record.workflow().etag());
    bound.set_outdated(ChangedSince(bound.current_etag(), bound.synced_etag()));
    if (!bound.outdated()) continue;
    group->set_outdated(true);
    if (with_actions) AddChangedActions(*workflow, &bound);
  }
}

void MarkSynced(const CatalogWorkflow& workflow, UnixMicros time, v1::GroupWorkflow* bound) {
  bound->set_workflow(workflow.record.workflow().name());
  bound->set_synced_etag(workflow.record.workflow().etag());
  *bound->mutable_sync_time() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(time);
}

}  // namespace dnc
