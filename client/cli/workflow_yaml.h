// Workflows as YAML files. The grammar, with every key:
//
//   workflow: sales                  # id; required
//   display_name: Sales
//   record_type: contact             # required
//   state: enabled                   # or archived
//   lists:                           # made before the workflow where they are missing
//     - id: partners                 # required
//       kind: internal               # or registry; required
//       display_name: Partners
//       brand: acme-home             # brand, campaign, channels, classes, max_age as
//       max_age: 31d                 # in `dncctl lists create`
//   statuses:
//     - id: new                      # required
//       display_name: New
//       system_status: new           # new, working, nurture, won, dead, lost; required
//       state: enabled               # or disabled, archived
//       restriction:                 # leads in it may not be contacted
//         channels: [voice, sms]     # none: all
//         duration: 30d              # none: as long as they stay
//       visible_to: [agent]          # ids of roles; none: everybody
//       actions:
//         - id: do-not-contact       # required
//           display_name: Do not contact
//           category: do-not-contact # progress, defer, close, other
//           state: enabled           # or disabled
//           roles: [agent]           # who may use it, by ids of roles …
//           groups: [inside-sales]   # … or groups; none: everybody
//           operations:              # required
//             - add_to_dnc_list: {list: internal, channels: [], reason: …, lead_only: false,
//                                 duration: 90d}
//             - move_to_status: dead           # or WORKFLOW/STATUS
//             - nurture: {duration: 90d, channels: [voice]}
//
// A file may hold several documents, separated by "---". Anchors and aliases work; top-level keys
// that start with "x-" are a place for anchors and mean nothing else. Unknown keys are refused.
#ifndef DNC_CLIENT_CLI_WORKFLOW_YAML_H_
#define DNC_CLIENT_CLI_WORKFLOW_YAML_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/names.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/template.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc::cli {

struct WorkflowDocument {
  v1::Workflow workflow;           // full name; statuses and actions by their ids
  std::vector<v1::DncList> lists;  // full names
};

// Reads every document of `text`. Errors are INVALID_ARGUMENT, start with `file_name`, line and
// column, and say which keys or values are right.
absl::StatusOr<std::vector<WorkflowDocument>> ParseWorkflowYaml(const std::string& text,
                                                                const std::string& file_name,
                                                                const Names& names);

// The same of templates:
//
//   template: opt-outs               # id; required
//   display_name: Opt-outs
//   record_type: contact             # required
//   actions:                         # as in a workflow; move_to_status: WORKFLOW/STATUS; required
absl::StatusOr<std::vector<v1::Template>> ParseTemplateYaml(const std::string& text,
                                                            const std::string& file_name,
                                                            const Names& names);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_WORKFLOW_YAML_H_
