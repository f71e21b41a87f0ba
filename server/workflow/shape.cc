#include "server/workflow/shape.h"

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "re2/re2.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "server/workflow/origin.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr size_t kMaxDisplayName = 256;
constexpr size_t kMaxReason = 512;
constexpr size_t kMaxEtag = 64;
constexpr int kMaxStatuses = 1000;
constexpr int kMaxActions = 200;
constexpr int kMaxOperations = 16;
constexpr int kMaxIds = 50;
constexpr int kMaxReconsentLists = 20;
constexpr size_t kMaxPattern = 256;
constexpr size_t kMaxDescription = 256;
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

// How long something lasts: a duration, a time, or neither. `time_field` is the time's name.
template <typename Message>
absl::Status ShapeEnd(const Message& message, bool has_time,
                      const google::protobuf::Timestamp& time, absl::string_view time_field,
                      absl::string_view field) {
  const std::string whole_time_field = absl::StrCat(field, ".", time_field);
  if (has_time && message.has_duration()) {
    return InvalidField(whole_time_field,
                        absl::StrCat("set one of duration and ", time_field, ", not both"));
  }
  if (message.has_duration()) {
    return CheckDuration(message.duration(), absl::StrCat(field, ".duration"));
  }
  return has_time ? CheckTimestamp(time, whole_time_field) : absl::OkStatus();
}

absl::Status ShapeAddToDncList(absl::string_view field, const v1::AddToDncList& operation) {
  DNC_RETURN_IF_ERROR(CheckChannels(operation.channels(), absl::StrCat(field, ".channels")));
  DNC_RETURN_IF_ERROR(CheckText(operation.reason(), kMaxReason, absl::StrCat(field, ".reason")));
  DNC_RETURN_IF_ERROR(ShapeEnd(operation, operation.has_expire_time(), operation.expire_time(),
                               "expire_time", field));
  if (operation.list().empty()) return absl::OkStatus();
  return ParseListName(operation.list(), absl::StrCat(field, ".list")).status();
}

absl::Status ShapeNurture(absl::string_view field, const v1::Nurture& nurture) {
  DNC_RETURN_IF_ERROR(CheckChannels(nurture.channels(), absl::StrCat(field, ".channels")));
  if (!nurture.has_duration() && !nurture.has_until_time()) {
    return MissingField(absl::StrCat(field, ".duration"),
                        "say how long: set one of duration and until_time");
  }
  return ShapeEnd(nurture, nurture.has_until_time(), nurture.until_time(), "until_time", field);
}

absl::Status ShapeRemoveRestriction(absl::string_view field,
                                    const v1::RemoveRestriction& operation) {
  DNC_RETURN_IF_ERROR(CheckChannels(operation.channels(), absl::StrCat(field, ".channels")));
  const std::string lists = absl::StrCat(field, ".lists");
  if (operation.lists().empty() && !operation.end_nurture()) {
    return MissingField(lists, "name the lists whose entries it revokes, or set end_nurture");
  }
  DNC_RETURN_IF_ERROR(CheckCount(lists, operation.lists_size(), kMaxReconsentLists));
  std::set<std::string> seen;
  for (int i = 0; i < operation.lists_size(); ++i) {
    const std::string where = absl::StrCat(lists, "[", i, "]");
    DNC_RETURN_IF_ERROR(ParseListName(operation.lists(i), where).status());
    if (!seen.insert(operation.lists(i)).second) {
      return InvalidField(where, absl::StrCat(operation.lists(i), " stands there twice"));
    }
  }
  return absl::OkStatus();
}

absl::Status ShapeIds(absl::string_view field,
                      const google::protobuf::RepeatedPtrField<std::string>& roles) {
  DNC_RETURN_IF_ERROR(CheckCount(field, roles.size(), kMaxIds));
  std::set<std::string> seen;
  for (int i = 0; i < roles.size(); ++i) {
    const std::string where = absl::StrCat(field, "[", i, "]");
    DNC_RETURN_IF_ERROR(ValidateId(roles.at(i), where));
    if (!seen.insert(roles.at(i)).second) {
      return InvalidField(where, absl::StrCat(roles.at(i), " stands there twice"));
    }
  }
  return absl::OkStatus();
}

// One action cannot both ask for silence and break it.
absl::Status CheckNoContradiction(absl::string_view field, const v1::Action& action) {
  bool adds = false;
  int removes = -1;
  for (int i = 0; i < action.operations_size(); ++i) {
    adds |= action.operations(i).has_add_to_dnc_list();
    if (action.operations(i).has_remove_restriction()) removes = i;
  }
  if (!adds || removes < 0) return absl::OkStatus();
  return InvalidField(absl::StrCat(field, ".operations[", removes, "].remove_restriction"),
                      "not in an action that adds to a DNC list; make it an action of its own");
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
    case v1::Operation::kNurture:
      return ShapeNurture(absl::StrCat(field, ".nurture"), operation.nurture());
    case v1::Operation::kRemoveRestriction:
      return ShapeRemoveRestriction(absl::StrCat(field, ".remove_restriction"),
                                    operation.remove_restriction());
    case v1::Operation::OPERATION_NOT_SET:
      break;
  }
  return MissingField(field,
                      "set one of add_to_dnc_list, move_to_status, nurture and remove_restriction");
}

absl::Status ShapeRestriction(absl::string_view field, const v1::ContactRestriction& restriction) {
  DNC_RETURN_IF_ERROR(CheckChannels(restriction.channels(), absl::StrCat(field, ".channels")));
  return ShapeEnd(restriction, restriction.has_until_time(), restriction.until_time(), "until_time",
                  field);
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

absl::Status CheckTimestamp(const google::protobuf::Timestamp& time, absl::string_view field) {
  using google::protobuf::util::TimeUtil;
  if (time.seconds() >= TimeUtil::kTimestampMinSeconds &&
      time.seconds() <= TimeUtil::kTimestampMaxSeconds && time.nanos() >= 0 &&
      time.nanos() < 1'000'000'000) {
    return absl::OkStatus();
  }
  return InvalidField(field, "not a point in time between the years 1 and 9999");
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

void KeepUnset(const v1::Workflow& held, v1::Workflow* wanted) { KeepNameAndState(held, wanted); }

void KeepUnset(const v1::Status& held, v1::Status* wanted) { KeepNameAndState(held, wanted); }

void KeepUnset(const v1::Action& held, v1::Action* wanted) {
  KeepNameAndState(held, wanted);
  if (wanted->category() == v1::ACTION_CATEGORY_UNSPECIFIED) {
    wanted->set_category(held.category());
  }
}

absl::Status ShapeAction(const std::string& name, absl::string_view field, v1::Action* action) {
  action->set_name(name);
  ClearOrigin(action);
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
  DNC_RETURN_IF_ERROR(ShapeIds(absl::StrCat(field, ".roles"), action->roles()));
  DNC_RETURN_IF_ERROR(ShapeIds(absl::StrCat(field, ".groups"), action->groups()));
  if (action->operations().empty()) {
    return MissingField(absl::StrCat(field, ".operations"), "an action has 1 to 16 operations");
  }
  DNC_RETURN_IF_ERROR(
      CheckCount(absl::StrCat(field, ".operations"), action->operations_size(), kMaxOperations));
  for (int i = 0; i < action->operations_size(); ++i) {
    DNC_RETURN_IF_ERROR(
        ShapeOperation(absl::StrCat(field, ".operations[", i, "]"), action->operations(i)));
  }
  return CheckNoContradiction(field, *action);
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
      ShapeIds(absl::StrCat(field, ".visible_to_roles"), status->visible_to_roles()));
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

absl::Status ShapeWorkflowRow(const std::string& name, absl::string_view field,
                              v1::Workflow* workflow) {
  workflow->set_name(name);
  workflow->clear_create_time();
  workflow->clear_statuses();
  DNC_RETURN_IF_ERROR(CheckEtagShape(workflow->etag(), absl::StrCat(field, ".etag")));
  DNC_RETURN_IF_ERROR(
      CheckText(workflow->display_name(), kMaxDisplayName, absl::StrCat(field, ".display_name")));
  if (!workflow->record_type().empty()) {
    DNC_RETURN_IF_ERROR(ValidateId(workflow->record_type(), absl::StrCat(field, ".record_type")));
  }
  return CheckState(workflow->state(), absl::StrCat(field, ".state"));
}

absl::Status ShapeNaming(absl::string_view field, v1::DncActionNaming* naming) {
  const std::string pattern = absl::StrCat(field, ".pattern");
  DNC_RETURN_IF_ERROR(CheckText(naming->pattern(), kMaxPattern, pattern));
  DNC_RETURN_IF_ERROR(
      CheckText(naming->description(), kMaxDescription, absl::StrCat(field, ".description")));
  if (!v1::DncActionNaming::Enforcement_IsValid(naming->enforcement())) {
    return InvalidField(absl::StrCat(field, ".enforcement"), "use OFF, WARN or ENFORCE");
  }
  if (naming->enforcement() == v1::DncActionNaming::ENFORCEMENT_UNSPECIFIED) {
    naming->set_enforcement(v1::DncActionNaming::ENFORCEMENT_OFF);
  }
  if (naming->pattern().empty()) {
    if (naming->enforcement() == v1::DncActionNaming::ENFORCEMENT_OFF) return absl::OkStatus();
    return MissingField(pattern, "without a pattern there is no rule to be enforced");
  }
  const RE2 compiled(naming->pattern(), RE2::Quiet);
  if (compiled.ok()) return absl::OkStatus();
  return InvalidField(pattern, absl::StrCat("not a regular expression of RE2: ", compiled.error()));
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
