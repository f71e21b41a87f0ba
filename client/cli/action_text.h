// Actions for people.
#ifndef DNC_CLIENT_CLI_ACTION_TEXT_H_
#define DNC_CLIENT_CLI_ACTION_TEXT_H_

#include <string>

#include "dnc/v1/workflow.pb.h"

namespace dnc::cli {

// "add to internal (voice, sms)", "move to sales/dead", "nurture 90d".
std::string OperationText(const v1::Operation& operation);

// Its operations, separated by ", then ".
std::string OperationsText(const v1::Action& action);

// Everything that a copy may change: display name, category, state and operations, on one line.
std::string ActionText(const v1::Action& action);

// "voice, sms for 30d", "all until 2026-01-31T00:00:00Z"; empty where it restricts nothing.
std::string RestrictionText(const v1::Status& status);

// "all", or the channels separated by ", ".
std::string ChannelsText(const google::protobuf::RepeatedField<int>& channels);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_ACTION_TEXT_H_
