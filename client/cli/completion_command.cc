#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/app.h"
#include "client/cli/commands.h"
#include "client/cli/completion.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"

namespace dnc::cli {

void AddCompletionCommand(CLI::App& app, Command& chosen) {
  auto shell = std::make_shared<int>(0);
  CLI::App* command = AddCommand(app, "completion", "Print a shell's completion script",
                                 "source <(dncctl completion bash)\n"
                                 "dncctl completion zsh > \"${fpath[1]}/_dncctl\"\n"
                                 "dncctl completion fish > ~/.config/fish/completions/dncctl.fish");
  AddEnum(*command, "SHELL", *shell, ShellNames(), "Which shell")->required();
  command->callback([&chosen, shell] {
    chosen = [shell](Session& session) -> absl::StatusOr<int> {
      GlobalOptions options;
      Command none;
      session.out() << CompletionScript(static_cast<Shell>(*shell), *BuildApp(options, none));
      return kExitOk;
    };
  });
}

}  // namespace dnc::cli
