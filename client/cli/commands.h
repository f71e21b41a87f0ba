// The commands of dncctl. Each function adds a command, or a group of them, to `app`; when the user
// chose one, parsing sets `chosen` to it.
#ifndef DNC_CLIENT_CLI_COMMANDS_H_
#define DNC_CLIENT_CLI_COMMANDS_H_

#include "client/cli/session.h"

namespace CLI {
class App;
}  // namespace CLI

namespace dnc::cli {

void AddActionsCommands(CLI::App& app, Command& chosen);
void AddCheckCommand(CLI::App& app, Command& chosen);
void AddCompletionCommand(CLI::App& app, Command& chosen);
void AddEntriesCommands(CLI::App& app, Command& chosen);
void AddFilterCommand(CLI::App& app, Command& chosen);
void AddLeadsCommands(CLI::App& app, Command& chosen);
void AddListsCommands(CLI::App& app, Command& chosen);
void AddOrgsCommands(CLI::App& app, Command& chosen);
void AddStatusCommand(CLI::App& app, Command& chosen);
void AddWorkflowsCommands(CLI::App& app, Command& chosen);

// For the groups' own use.
void AddLeadsImportCommand(CLI::App& leads, Command& chosen);
void AddListsImportCommand(CLI::App& lists, Command& chosen);
void AddWorkflowsApplyCommand(CLI::App& workflows, Command& chosen);
void AddActionsCopyCommand(CLI::App& actions, Command& chosen);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_COMMANDS_H_
