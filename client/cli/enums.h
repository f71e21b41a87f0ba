// The words that the command line and YAML files use for the API's enum values.
#ifndef DNC_CLIENT_CLI_ENUMS_H_
#define DNC_CLIENT_CLI_ENUMS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc::cli {

struct EnumName {
  absl::string_view name;
  int value;
};
using EnumNames = std::vector<EnumName>;

const EnumNames& ChannelNames();
const EnumNames& MessageClassNames();
const EnumNames& ListKindNames();
const EnumNames& ImportModeNames();
const EnumNames& ConflictPolicyNames();
const EnumNames& SystemStatusNames();
const EnumNames& ObjectStateNames();
const EnumNames& ActionCategoryNames();
const EnumNames& VerdictNames();
const EnumNames& ContactViolationKindNames();

// INVALID_ARGUMENT names the right words.
absl::StatusOr<int> ParseEnum(const EnumNames& names, absl::string_view text);

// The word for a value; its number where there is none.
std::string EnumWord(const EnumNames& names, int value);

// The words for values, separated by ", ".
std::string EnumWords(const EnumNames& names, const std::vector<int>& values);

// The word for a value that may be left to its default, which is the first one.
std::string WordOrFirst(const EnumNames& names, int value);

// "voice|sms|email".
std::string EnumChoices(const EnumNames& names);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_ENUMS_H_
