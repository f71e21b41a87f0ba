// Which version of its workflows a group of users works with. Pure.
#ifndef DNC_SERVER_WORKFLOW_GROUP_SYNC_H_
#define DNC_SERVER_WORKFLOW_GROUP_SYNC_H_

#include <string>

#include "absl/strings/string_view.h"
#include "dnc/v1/access.pb.h"
#include "server/catalog/catalog.h"

namespace dnc {

// Whether something of etag `etag` was changed after the version `synced_etag`. Etags are
// revisions.
bool ChangedSince(absl::string_view etag, absl::string_view synced_etag);

// How the group is bound to the workflow of that whole name; null: it is not.
const v1::GroupWorkflow* FindGroupWorkflow(const v1::Group& group, absl::string_view workflow);

// Whether the group works with an older version of the action's workflow than the one that changed
// the action last. `workflow` is a whole name.
bool IsOutdatedIn(const v1::Group& group, absl::string_view workflow, const v1::Action& action);

// Fills in what follows from the workflows as they are: what is outdated, and where `with_actions`
// is set, the actions that changed.
void DescribeGroup(const CatalogOrganization& organization, bool with_actions, v1::Group* group);

// The workflow is that of now, as of `time`.
void MarkSynced(const CatalogWorkflow& workflow, UnixMicros time, v1::GroupWorkflow* bound);

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_GROUP_SYNC_H_
