// dncd's flags, one a setting, and the precedence of all that configures a server.
#ifndef DNC_SERVER_OPS_COMMAND_LINE_H_
#define DNC_SERVER_OPS_COMMAND_LINE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "server/ops/config.h"

namespace CLI {
class App;
}

namespace dnc {

// Adds --config and a flag for each setting. A switch may be given a value, as --insecure=false;
// alone it means true.
void AddFlags(CLI::App* app);

// What the parsed flags, the variables that `environment` knows (null: not set) and the file that
// --config names configure, over the defaults. INVALID_ARGUMENT with the flag, variable or line.
absl::StatusOr<ServerConfig> LoadConfig(const CLI::App& app,
                                        const std::function<const char*(const char*)>& environment);

}  // namespace dnc

#endif  // DNC_SERVER_OPS_COMMAND_LINE_H_
