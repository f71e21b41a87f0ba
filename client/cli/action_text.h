// Actions for people.
#ifndef DNC_CLIENT_CLI_ACTION_TEXT_H_
#define DNC_CLIENT_CLI_ACTION_TEXT_H_

#include <ostream>
#include <string>

#include "client/cli/names.h"
#include "client/cli/utf8.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc::cli {

// "add to internal (voice, sms)", "move to sales/dead", "nurture 90d".
std::string OperationText(const v1::Operation& operation);

// Its operations, separated by ", then ".
std::string OperationsText(const v1::Action& action);

// Everything that a copy may change: display name, category, state and operations, on one line.
std::string ActionText(const v1::Action& action);

// The exact difference that a copy makes at its targets: what was there with '-', what is there
// afterwards with '+'.
template <typename Response>
void PrintDifference(const Response& response, std::ostream& out) {
  for (const auto& target : response.results()) {
    for (const auto& changed : target.actions()) {
      const std::string before = changed.has_before() ? ActionText(changed.before()) : "";
      const std::string after = changed.has_after() ? ActionText(changed.after()) : "";
      if (before == after) continue;
      out << '\n' << ShortName(changed.target_action()) << '\n';
      if (!before.empty()) out << "  - " << Printable(before) << '\n';
      if (!after.empty()) out << "  + " << Printable(after) << '\n';
    }
  }
}

// "voice, sms for 30d", "all until 2026-01-31T00:00:00Z"; empty where it restricts nothing.
std::string RestrictionText(const v1::Status& status);

// "all", or the ids separated by ", ": who may use or see something.
std::string AllOr(const google::protobuf::RepeatedPtrField<std::string>& ids);

// "all", or the channels separated by ", ".
std::string ChannelsText(const google::protobuf::RepeatedField<int>& channels);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_ACTION_TEXT_H_
