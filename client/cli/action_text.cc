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
  if (!add.reason().empty()) absl::StrAppend(&text, " because \"", add.reason(), "\"");
  return text;
}

}  // namespace

std::string ChannelsText(const google::protobuf::RepeatedField<int>& channels) {
  if (channels.empty()) return "all";
  return absl::StrJoin(channels, ", ", [](std::string* out, int channel) {
    absl::StrAppend(out, EnumWord(ChannelNames(), channel));
  });
}

std::string OperationText(const v1::Operation& operation) {
  switch (operation.operation_case()) {
    case v1::Operation::kAddToDncList:
      return AddText(operation.add_to_dnc_list());
    case v1::Operation::kMoveToStatus:
      return absl::StrCat("move to ", ShortName(operation.move_to_status().status()));
    case v1::Operation::kNurture:
      return absl::StrCat("nurture ", DurationText(operation.nurture().duration()));
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
                      EnumWord(ObjectStateNames(), action.state()), ": ", OperationsText(action));
}

}  // namespace dnc::cli
