#include "server/workflow/shape.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr size_t kMaxDisplayName = 256;
constexpr size_t kMaxReason = 512;
constexpr int kMaxStatuses = 1000;
constexpr int kMaxActions = 200;
constexpr int kMaxOperations = 16;
constexpr int64_t kMaxDurationSeconds = int64_t{3650} * 24 * 3600;

// The id of a child that a request names by its whole name or by its id alone.
absl::StatusOr<std::string> ChildName(const std::string& parent, absl::string_view collection,
                                      const std::string& given, absl::string_view field) {
  const std::string id(LastPart(given));
  DNC_RETURN_IF_ERROR(ValidateId(id, field));
  std::string whole = absl::StrCat(parent, "/", collection, "/", id);
  if (given != id && given != whole) {
    return InvalidField(field, absl::StrCat("must be an id or a child of ", parent));
  }
  return whole;
}

absl::Status CheckState(v1::ObjectState state, absl::string_view field) {
  if (v1::ObjectState_IsValid(state)) return absl::OkStatus();
  return InvalidField(field, "unknown value; use ENABLED, DISABLED or ARCHIVED");
}

absl::Status ShapeAddToDncList(absl::string_view field, const v1::AddToDncList& operation) {
  DNC_RETURN_IF_ERROR(CheckChannels(operation.channels(), absl::StrCat(field, ".channels")));
  DNC_RETURN_IF_ERROR(CheckText(operation.reason(), kMaxReason, absl::StrCat(field, ".reason")));
  if (operation.has_duration()) {
    DNC_RETURN_IF_ERROR(CheckDuration(operation.duration(), absl::StrCat(field, ".duration")));
  }
  if (operation.list().empty()) return absl::OkStatus();
  return ParseListName(operation.list(), absl::StrCat(field, ".list")).status();
}

absl::Status ShapeOperation(absl::string_view field, const v1::Operation& operation) {
  switch (operation.operation_case()) {
    case v1::Operation::kAddToDncList:
      return ShapeAddToDncList(absl::StrCat(field, ".add_to_dnc_list"),
                               operation.add_to_dnc_list());
    case v1::Operation::kMoveToStatus:
      return ParseStatusName(operation.move_to_status().status(),
                             absl::StrCat(field, ".move_to_status.status"))
          .status();
    case v1::Operation::kNurture: {
      const std::string nurture = absl::StrCat(field, ".nurture");
      DNC_RETURN_IF_ERROR(
          CheckChannels(operation.nurture().channels(), absl::StrCat(nurture, ".channels")));
      return CheckDuration(operation.nurture().duration(), absl::StrCat(nurture, ".duration"));
    }
    case v1::Operation::OPERATION_NOT_SET:
      break;
  }
  return MissingField(field, "set one of add_to_dnc_list, move_to_status and nurture");
}

absl::Status ShapeRestriction(absl::string_view field, const v1::ContactRestriction& restriction) {
  DNC_RETURN_IF_ERROR(CheckChannels(restriction.channels(), absl::StrCat(field, ".channels")));
  if (!restriction.has_duration()) return absl::OkStatus();
  return CheckDuration(restriction.duration(), absl::StrCat(field, ".duration"));
}

template <typename Children>
absl::Status CheckDistinct(const Children& children, absl::string_view field) {
  std::set<std::string> names;
  for (const auto& child : children) {
    if (!names.insert(child.name()).second) {
      return InvalidField(field, absl::StrCat(child.name(), " stands there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status TooMany(absl::string_view field, int limit, int actual) {
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat(field, ": ", actual, " given, at most ", limit, " are taken"),
                   {{"field", std::string(field)},
                    {"limit", absl::StrCat(limit)},
                    {"actual", absl::StrCat(actual)}});
}

}  // namespace

absl::Status CheckDuration(const google::protobuf::Duration& duration, absl::string_view field) {
  const bool whole = duration.seconds() >= 0 && duration.seconds() <= kMaxDurationSeconds &&
                     duration.nanos() >= 0 && duration.nanos() < 1'000'000'000;
  // Everything is kept in microseconds.
  const int64_t micros = whole ? duration.seconds() * 1'000'000 + duration.nanos() / 1000 : 0;
  if (micros > 0 && micros <= kMaxDurationSeconds * 1'000'000) return absl::OkStatus();
  return InvalidField(field, "a duration is positive and at most 3,650 days");
}

absl::Status CheckText(absl::string_view text, size_t max_bytes, absl::string_view field) {
  if (text.size() > max_bytes) {
    return InvalidField(field, absl::StrCat(text.size(), " bytes; at most ", max_bytes));
  }
  for (const char c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      return InvalidField(field, "contains a control character");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckChannels(const google::protobuf::RepeatedField<int>& channels,
                           absl::string_view field) {
  std::set<int> seen;
  for (const int channel : channels) {
    if (!v1::Channel_IsValid(channel) || channel == v1::CHANNEL_UNSPECIFIED) {
      return InvalidField(field, absl::StrCat(channel, " is not a channel"));
    }
    if (!seen.insert(channel).second) {
      return InvalidField(field, absl::StrCat(v1::Channel_Name(channel), " stands there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status ShapeAction(const std::string& name, absl::string_view field, v1::Action* action) {
  action->set_name(name);
  DNC_RETURN_IF_ERROR(
      CheckText(action->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  if (action->display_name().empty()) action->set_display_name(std::string(LastPart(name)));
  if (!v1::ActionCategory_IsValid(action->category())) {
    return InvalidField(absl::StrCat(field, ".category"), "unknown value");
  }
  if (action->category() == v1::ACTION_CATEGORY_UNSPECIFIED) {
    action->set_category(v1::ACTION_CATEGORY_OTHER);
  }
  DNC_RETURN_IF_ERROR(CheckState(action->state(), absl::StrCat(field, ".state")));
  if (action->state() == v1::OBJECT_STATE_ARCHIVED) {
    return InvalidField(absl::StrCat(field, ".state"), "an action is ENABLED or DISABLED");
  }
  if (action->operations().empty()) {
    return MissingField(absl::StrCat(field, ".operations"), "an action has 1 to 16 operations");
  }
  if (action->operations_size() > kMaxOperations) {
    return TooMany(absl::StrCat(field, ".operations"), kMaxOperations, action->operations_size());
  }
  for (int i = 0; i < action->operations_size(); ++i) {
    DNC_RETURN_IF_ERROR(
        ShapeOperation(absl::StrCat(field, ".operations[", i, "]"), action->operations(i)));
  }
  return absl::OkStatus();
}

absl::Status ShapeStatus(const std::string& name, absl::string_view field, v1::Status* status) {
  status->set_name(name);
  DNC_RETURN_IF_ERROR(
      CheckText(status->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  if (status->display_name().empty()) status->set_display_name(std::string(LastPart(name)));
  if (!v1::SystemStatus_IsValid(status->system_status()) ||
      status->system_status() == v1::SYSTEM_STATUS_UNSPECIFIED) {
    return InvalidField(absl::StrCat(field, ".system_status"),
                        "use one of NEW, WORKING, NURTURE, WON, DEAD and LOST");
  }
  DNC_RETURN_IF_ERROR(CheckState(status->state(), absl::StrCat(field, ".state")));
  DNC_RETURN_IF_ERROR(ShapeRestriction(absl::StrCat(field, ".restriction"), status->restriction()));
  if (status->actions_size() > kMaxActions) {
    return TooMany(absl::StrCat(field, ".actions"), kMaxActions, status->actions_size());
  }
  for (int i = 0; i < status->actions_size(); ++i) {
    const std::string where = absl::StrCat(field, ".actions[", i, "]");
    v1::Action* action = status->mutable_actions(i);
    DNC_ASSIGN_OR_RETURN(const std::string child,
                         ChildName(name, "actions", action->name(), absl::StrCat(where, ".name")));
    DNC_RETURN_IF_ERROR(ShapeAction(child, where, action));
  }
  return CheckDistinct(status->actions(), absl::StrCat(field, ".actions"));
}

absl::Status ShapeWorkflow(const std::string& name, absl::string_view field,
                           v1::Workflow* workflow) {
  workflow->set_name(name);
  DNC_RETURN_IF_ERROR(
      CheckText(workflow->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  if (workflow->display_name().empty()) workflow->set_display_name(std::string(LastPart(name)));
  DNC_RETURN_IF_ERROR(ValidateId(workflow->record_type(), absl::StrCat(field, ".record_type")));
  DNC_RETURN_IF_ERROR(CheckState(workflow->state(), absl::StrCat(field, ".state")));
  if (workflow->state() == v1::OBJECT_STATE_DISABLED) {
    return InvalidField(absl::StrCat(field, ".state"), "a workflow is ENABLED or ARCHIVED");
  }
  if (workflow->statuses_size() > kMaxStatuses) {
    return TooMany(absl::StrCat(field, ".statuses"), kMaxStatuses, workflow->statuses_size());
  }
  for (int i = 0; i < workflow->statuses_size(); ++i) {
    const std::string where = absl::StrCat(field, ".statuses[", i, "]");
    v1::Status* status = workflow->mutable_statuses(i);
    DNC_ASSIGN_OR_RETURN(const std::string child,
                         ChildName(name, "statuses", status->name(), absl::StrCat(where, ".name")));
    DNC_RETURN_IF_ERROR(ShapeStatus(child, where, status));
  }
  return CheckDistinct(workflow->statuses(), absl::StrCat(field, ".statuses"));
}

}  // namespace dnc
