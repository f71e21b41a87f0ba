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
void AddBindingsCommands(CLI::App& app, Command& chosen);
void AddAuditCommands(CLI::App& app, Command& chosen);
void AddCheckCommand(CLI::App& app, Command& chosen);
void AddCompletionCommand(CLI::App& app, Command& chosen);
void AddContactsCommands(CLI::App& app, Command& chosen);
void AddDecisionsCommands(CLI::App& app, Command& chosen);
void AddDiagnoseCommands(CLI::App& app, Command& chosen);
void AddEntriesCommands(CLI::App& app, Command& chosen);
void AddFilterCommand(CLI::App& app, Command& chosen);
void AddGroupsCommands(CLI::App& app, Command& chosen);
void AddLeadsCommands(CLI::App& app, Command& chosen);
void AddListsCommands(CLI::App& app, Command& chosen);
void AddNamingCommands(CLI::App& app, Command& chosen);
void AddOptOutsCommands(CLI::App& app, Command& chosen);
void AddOrgsCommands(CLI::App& app, Command& chosen);
void AddPermissionsCommands(CLI::App& app, Command& chosen);
void AddReportsCommands(CLI::App& app, Command& chosen);
void AddReviewsCommands(CLI::App& app, Command& chosen);
void AddRolesCommands(CLI::App& app, Command& chosen);
void AddStatusCommand(CLI::App& app, Command& chosen);
void AddStatusesCommands(CLI::App& app, Command& chosen);
void AddWatchCommand(CLI::App& app, Command& chosen);
void AddTemplatesCommands(CLI::App& app, Command& chosen);
void AddWorkflowsCommands(CLI::App& app, Command& chosen);

// For the groups' own use.
void AddLeadsEndCommands(CLI::App& leads, Command& chosen);
void AddLeadsImportCommand(CLI::App& leads, Command& chosen);
void AddListsImportCommand(CLI::App& lists, Command& chosen);
void AddWorkflowsApplyCommand(CLI::App& workflows, Command& chosen);
void AddWorkflowsChangeCommands(CLI::App& workflows, Command& chosen);
void AddActionsChangeCommands(CLI::App& actions, Command& chosen);
void AddActionsAvailableCommand(CLI::App& actions, Command& chosen);
void AddActionsCopyCommand(CLI::App& actions, Command& chosen);
void AddTemplatesApplyCommand(CLI::App& templates, Command& chosen);
void AddOptOutsPolicyCommand(CLI::App& optouts, Command& chosen);
void AddContactsImportCommand(CLI::App& contacts, Command& chosen);
void AddAuditExportCommand(CLI::App& audit, Command& chosen);
void AddReportsActionsCommand(CLI::App& reports, Command& chosen);
void AddReportsActiveLeadsCommand(CLI::App& reports, Command& chosen);
void AddReportsChecksCommand(CLI::App& reports, Command& chosen);
void AddReportsCoverageCommand(CLI::App& reports, Command& chosen);
void AddReportsDncLeadsCommand(CLI::App& reports, Command& chosen);
void AddReportsTimesCommand(CLI::App& reports, Command& chosen);
void AddAuditVerifyCommand(CLI::App& audit, Command& chosen);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_COMMANDS_H_
