// Shell completion, generated from the tree of commands.
#ifndef DNC_CLIENT_CLI_COMPLETION_H_
#define DNC_CLIENT_CLI_COMPLETION_H_

#include <string>

#include "client/cli/enums.h"

namespace CLI {
class App;
}  // namespace CLI

namespace dnc::cli {

enum class Shell { kBash = 1, kZsh = 2, kFish = 3 };
const EnumNames& ShellNames();

// A script that completes commands, options, the words of enum options, and files elsewhere.
// Static: it never runs dncctl.
std::string CompletionScript(Shell shell, const CLI::App& app);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_COMPLETION_H_
