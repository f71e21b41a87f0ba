// dncctl from its arguments to its exit status.
#ifndef DNC_CLIENT_CLI_APP_H_
#define DNC_CLIENT_CLI_APP_H_

#include <memory>
#include <ostream>

#include "client/cli/session.h"

namespace CLI {
class App;
}  // namespace CLI

namespace dnc::cli {

// The whole tree of commands and options. Parsing fills `options` and `chosen`, which must outlive
// the tree.
std::unique_ptr<CLI::App> BuildApp(GlobalOptions& options, Command& chosen);

// Runs the command that the arguments name; see exit_code.h for what it answers. `gateway` and
// `checks` stand in for the network in tests; null otherwise.
int RunDncctl(int argc, const char* const* argv, std::ostream& out, std::ostream& err,
              Gateway* gateway = nullptr, CheckApi* checks = nullptr);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_APP_H_
