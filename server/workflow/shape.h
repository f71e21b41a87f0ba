// The shape of workflows, statuses and actions as requests carry them: what can be judged without
// looking at the state. Each function also fills in what the request may leave out: whole resource
// names for short ids, display names and categories. States may stay unset: ENABLED for what is
// new, as it was for what is there. Errors name the field.
#ifndef DNC_SERVER_WORKFLOW_SHAPE_H_
#define DNC_SERVER_WORKFLOW_SHAPE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc {

// `name` is the object's whole name; the children's come from theirs.
absl::Status ShapeWorkflow(const std::string& name, absl::string_view field,
                           v1::Workflow* workflow);
absl::Status ShapeStatus(const std::string& name, absl::string_view field, v1::Status* status);
absl::Status ShapeAction(const std::string& name, absl::string_view field, v1::Action* action);

// A duration of a request: positive, at most 3,650 days.
absl::Status CheckDuration(const google::protobuf::Duration& duration, absl::string_view field);

// A text field for people: valid UTF-8 is protobuf's business; this is about length and control
// characters.
absl::Status CheckText(absl::string_view text, size_t max_bytes, absl::string_view field);

// Channels of a request: known values, none UNSPECIFIED, no repeats.
absl::Status CheckChannels(const google::protobuf::RepeatedField<int>& channels,
                           absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_SHAPE_H_
