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
constexpr size_t kMaxEtag = 64;
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

// Known values, none of them 0, no repeats; so no more than there are values.
absl::Status CheckEnums(const google::protobuf::RepeatedField<int>& values,
                        const google::protobuf::EnumDescriptor& type, absl::string_view kind,
                        absl::string_view field) {
  std::set<int> seen;
  for (const int value : values) {
    const auto* known = type.FindValueByNumber(value);
    if (known == nullptr || value == 0) {
      return InvalidField(field, absl::StrCat(value, " is not a ", kind));
    }
    if (!seen.insert(value).second) {
      return InvalidField(field, absl::StrCat(known->name(), " stands there twice"));
    }
  }
  return absl::OkStatus();
}

template <typename Object>
void FillNameAndState(Object* object) {
  if (object->display_name().empty()) {
    object->set_display_name(std::string(LastPart(object->name())));
  }
  if (object->state() == v1::OBJECT_STATE_UNSPECIFIED) object->set_state(v1::OBJECT_STATE_ENABLED);
}

template <typename Object>
void KeepNameAndState(const Object& held, Object* wanted) {
  if (wanted->display_name().empty()) wanted->set_display_name(held.display_name());
  if (wanted->state() == v1::OBJECT_STATE_UNSPECIFIED) wanted->set_state(held.state());
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
  return CheckEnums(channels, *v1::Channel_descriptor(), "channel", field);
}

absl::Status CheckClasses(const google::protobuf::RepeatedField<int>& classes,
                          absl::string_view field) {
  return CheckEnums(classes, *v1::MessageClass_descriptor(), "message class", field);
}

absl::Status CheckCount(absl::string_view field, int count, int limit) {
  if (count <= limit) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat(field, ": ", count, " given, at most ", limit, " are taken"),
                   {{"field", std::string(field)},
                    {"limit", absl::StrCat(limit)},
                    {"actual", absl::StrCat(count)}});
}

absl::Status CheckEtagShape(absl::string_view etag, absl::string_view field) {
  return CheckText(etag, kMaxEtag, field);
}

void FillDefaults(v1::Workflow* workflow) { FillNameAndState(workflow); }

void FillDefaults(v1::Status* status) { FillNameAndState(status); }

void FillDefaults(v1::Action* action) {
  FillNameAndState(action);
  if (action->category() == v1::ACTION_CATEGORY_UNSPECIFIED) {
    action->set_category(v1::ACTION_CATEGORY_OTHER);
  }
}

void KeepUnset(const v1::Status& held, v1::Status* wanted) { KeepNameAndState(held, wanted); }

void KeepUnset(const v1::Action& held, v1::Action* wanted) {
  KeepNameAndState(held, wanted);
  if (wanted->category() == v1::ACTION_CATEGORY_UNSPECIFIED) {
    wanted->set_category(held.category());
  }
}

absl::Status ShapeAction(const std::string& name, absl::string_view field, v1::Action* action) {
  action->set_name(name);
  action->clear_copied_from();
  DNC_RETURN_IF_ERROR(CheckEtagShape(action->etag(), absl::StrCat(field, ".etag")));
  DNC_RETURN_IF_ERROR(
      CheckText(action->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  if (!v1::ActionCategory_IsValid(action->category())) {
    return InvalidField(absl::StrCat(field, ".category"), "unknown value");
  }
  DNC_RETURN_IF_ERROR(CheckState(action->state(), absl::StrCat(field, ".state")));
  if (action->state() == v1::OBJECT_STATE_ARCHIVED) {
    return InvalidField(absl::StrCat(field, ".state"), "an action is ENABLED or DISABLED");
  }
  if (action->operations().empty()) {
    return MissingField(absl::StrCat(field, ".operations"), "an action has 1 to 16 operations");
  }
  DNC_RETURN_IF_ERROR(
      CheckCount(absl::StrCat(field, ".operations"), action->operations_size(), kMaxOperations));
  for (int i = 0; i < action->operations_size(); ++i) {
    DNC_RETURN_IF_ERROR(
        ShapeOperation(absl::StrCat(field, ".operations[", i, "]"), action->operations(i)));
  }
  return absl::OkStatus();
}

absl::Status ShapeStatus(const std::string& name, absl::string_view field, v1::Status* status) {
  status->set_name(name);
  DNC_RETURN_IF_ERROR(CheckEtagShape(status->etag(), absl::StrCat(field, ".etag")));
  DNC_RETURN_IF_ERROR(
      CheckText(status->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  if (!v1::SystemStatus_IsValid(status->system_status()) ||
      status->system_status() == v1::SYSTEM_STATUS_UNSPECIFIED) {
    return InvalidField(absl::StrCat(field, ".system_status"),
                        "use one of NEW, WORKING, NURTURE, WON, DEAD and LOST");
  }
  DNC_RETURN_IF_ERROR(CheckState(status->state(), absl::StrCat(field, ".state")));
  DNC_RETURN_IF_ERROR(ShapeRestriction(absl::StrCat(field, ".restriction"), status->restriction()));
  DNC_RETURN_IF_ERROR(
      CheckCount(absl::StrCat(field, ".actions"), status->actions_size(), kMaxActions));
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
  workflow->clear_create_time();
  DNC_RETURN_IF_ERROR(CheckEtagShape(workflow->etag(), absl::StrCat(field, ".etag")));
  DNC_RETURN_IF_ERROR(
      CheckText(workflow->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  DNC_RETURN_IF_ERROR(ValidateId(workflow->record_type(), absl::StrCat(field, ".record_type")));
  DNC_RETURN_IF_ERROR(CheckState(workflow->state(), absl::StrCat(field, ".state")));
  if (workflow->state() == v1::OBJECT_STATE_DISABLED) {
    return InvalidField(absl::StrCat(field, ".state"), "a workflow is ENABLED or ARCHIVED");
  }
  DNC_RETURN_IF_ERROR(
      CheckCount(absl::StrCat(field, ".statuses"), workflow->statuses_size(), kMaxStatuses));
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
