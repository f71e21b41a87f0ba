#include "client/cli/action_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/enums.h"
#include "client/cli/names.h"
#include "client/cli/time_text.h"

namespace dnc::cli {
namespace {

std::string AddText(const v1::AddToDncList& add) {
  std::string text =
      absl::StrCat("add to ", add.list().empty() ? "internal" : ShortName(add.list()));
  if (!add.channels().empty()) absl::StrAppend(&text, " (", ChannelsText(add.channels()), ")");
  if (add.lead_only()) absl::StrAppend(&text, ", the lead only");
  if (add.has_duration()) absl::StrAppend(&text, " for ", DurationText(add.duration()));
  if (add.has_expire_time()) absl::StrAppend(&text, " until ", TimeText(add.expire_time()));
  if (add.evidence_required()) absl::StrAppend(&text, ", with evidence");
  if (!add.reason().empty()) absl::StrAppend(&text, " because \"", add.reason(), "\"");
  return text;
}

std::string NurtureText(const v1::Nurture& nurture) {
  return nurture.has_until_time() ? absl::StrCat("nurture until ", TimeText(nurture.until_time()))
                                  : absl::StrCat("nurture ", DurationText(nurture.duration()));
}

std::string RemoveText(const v1::RemoveRestriction& remove) {
  std::string text = "on renewed consent";
  if (remove.end_nurture()) absl::StrAppend(&text, " end nurture");
  if (remove.lists().empty()) return text;
  absl::StrAppend(&text, remove.end_nurture() ? " and" : "", " revoke entries on ",
                  absl::StrJoin(remove.lists(), ", ", [](std::string* out, const auto& list) {
                    absl::StrAppend(out, ShortName(list));
                  }));
  if (!remove.channels().empty()) {
    absl::StrAppend(&text, " (", ChannelsText(remove.channels()), ")");
  }
  return text;
}

}  // namespace

std::string RestrictionText(const v1::Status& status) {
  if (!status.has_restriction()) return "";
  const v1::ContactRestriction& restriction = status.restriction();
  std::string text = ChannelsText(restriction.channels());
  if (restriction.has_duration()) {
    absl::StrAppend(&text, " for ", DurationText(restriction.duration()));
  }
  if (restriction.has_until_time()) {
    absl::StrAppend(&text, " until ", TimeText(restriction.until_time()));
  }
  return text;
}

std::string ChannelsText(const google::protobuf::RepeatedField<int>& channels) {
  if (channels.empty()) return "all";
  return absl::StrJoin(channels, ", ", [](std::string* out, int channel) {
    absl::StrAppend(out, EnumWord(ChannelNames(), channel));
  });
}

std::string AllOr(const google::protobuf::RepeatedPtrField<std::string>& ids) {
  return ids.empty() ? "all" : absl::StrJoin(ids, ", ");
}

std::string OperationText(const v1::Operation& operation) {
  switch (operation.operation_case()) {
    case v1::Operation::kAddToDncList:
      return AddText(operation.add_to_dnc_list());
    case v1::Operation::kMoveToStatus:
      return absl::StrCat("move to ", ShortName(operation.move_to_status().status()));
    case v1::Operation::kNurture:
      return NurtureText(operation.nurture());
    case v1::Operation::kRemoveRestriction:
      return RemoveText(operation.remove_restriction());
    case v1::Operation::OPERATION_NOT_SET:
      break;
  }
  return "an operation that this dncctl does not know";
}

std::string OperationsText(const v1::Action& action) {
  return absl::StrJoin(action.operations(), ", then ",
                       [](std::string* out, const v1::Operation& operation) {
                         absl::StrAppend(out, OperationText(operation));
                       });
}

std::string ActionText(const v1::Action& action) {
  return absl::StrCat("\"", action.display_name(), "\", ",
                      EnumWord(ActionCategoryNames(), action.category()), ", ",
                      EnumWord(ObjectStateNames(), action.state()), ": ", OperationsText(action),
                      action.roles().empty() ? "" : "; roles: " + AllOr(action.roles()),
                      action.groups().empty() ? "" : "; groups: " + AllOr(action.groups()));
}

}  // namespace dnc::cli
