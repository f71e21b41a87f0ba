// The shape of workflows, statuses and actions as requests carry them: what can be judged without
// looking at the state. Each function also writes whole resource names for short ids, and takes out
// what only the server sets. Display names, categories and states may stay unset: what is new gets
// defaults, what is there keeps what it has. Errors name the field.
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
// A change of a workflow itself: as ShapeWorkflow, without statuses; a record type may be left out.
absl::Status ShapeWorkflowRow(const std::string& name, absl::string_view field,
                              v1::Workflow* workflow);

// A naming rule; an empty pattern has no enforcement.
absl::Status ShapeNaming(absl::string_view field, v1::DncActionNaming* naming);

// What a new object gets where the request does not say: its id as display name, ENABLED, and for
// an action the category OTHER.
void FillDefaults(v1::Workflow* workflow);  // itself, not its statuses
void FillDefaults(v1::Status* status);      // itself, not its actions
void FillDefaults(v1::Action* action);
// What an object that is there keeps where the request does not say: the same fields.
void KeepUnset(const v1::Workflow& held, v1::Workflow* wanted);
void KeepUnset(const v1::Status& held, v1::Status* wanted);
void KeepUnset(const v1::Action& held, v1::Action* wanted);

// LIMIT_EXCEEDED.
absl::Status CheckCount(absl::string_view field, int count, int limit);

// INVALID_FIELD for an etag that no answer can have given.
absl::Status CheckEtagShape(absl::string_view etag, absl::string_view field);

// A duration of a request: positive, at most 3,650 days.
absl::Status CheckDuration(const google::protobuf::Duration& duration, absl::string_view field);

// INVALID_FIELD unless it is a point in time between the years 1 and 9999.
absl::Status CheckTimestamp(const google::protobuf::Timestamp& time, absl::string_view field);

// A text field for people: valid UTF-8 is protobuf's business; this is about length and control
// characters.
absl::Status CheckText(absl::string_view text, size_t max_bytes, absl::string_view field);

// Channels and message classes of a request: known values, none UNSPECIFIED, no repeats.
absl::Status CheckChannels(const google::protobuf::RepeatedField<int>& channels,
                           absl::string_view field);
absl::Status CheckClasses(const google::protobuf::RepeatedField<int>& classes,
                          absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_SHAPE_H_
