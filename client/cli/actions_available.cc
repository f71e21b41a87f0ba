#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/available_text.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct ActionsAvailableOptions {
  std::string lead;
  std::string user;
  std::vector<std::string> actions;
};

void PrintText(Session& session, const v1::ListAvailableActionsResponse& response) {
  session.out() << Printable(response.principal()) << ", status "
                << (response.status().empty() ? "unknown" : ShortName(response.status())) << '\n';
  Table table({"ACTION", "NAME", "AVAILABLE", "WHY"});
  for (const v1::AvailableAction& action : response.actions()) {
    const std::string name = ShortName(action.action().name());
    const std::string display_name = action.action().display_name();
    if (action.obstacles().empty()) table.AddRow({name, display_name, "yes", ""});
    for (int i = 0; i < action.obstacles_size(); ++i) {
      const v1::ActionObstacle& obstacle = action.obstacles(i);
      const bool first = i == 0;
      table.AddRow({first ? name : "", first ? display_name : "",
                    first ? AvailableText(action) : "",
                    absl::StrCat(obstacle.reason(), ": ", obstacle.message())});
    }
  }
  table.Print(session.out());
}

absl::StatusOr<int> Available(Session& session, const ActionsAvailableOptions& options) {
  v1::ListAvailableActionsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_lead(), session.names().Lead(options.lead));
  request.set_principal(options.user);
  for (const std::string& action : options.actions) {
    DNC_ASSIGN_OR_RETURN(*request.add_actions(), session.names().Action(action));
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
  } else {
    PrintText(session, response);
  }
  return kExitOk;
}

}  // namespace

void AddActionsAvailableCommand(CLI::App& actions, Command& chosen) {
  auto options = std::make_shared<ActionsAvailableOptions>();
  CLI::App* command = AddCommand(
      actions, "available", "Show what can be done to a lead, and why other actions cannot",
      "dncctl actions available --lead 42\n"
      "dncctl actions available --lead 42 --user users/jane\n"
      "dncctl actions available --lead 42 --action sales/new/do-not-contact");
  command->add_option("--lead", options->lead, "The lead's id")->required()->type_name("ID");
  command->add_option("--user", options->user, "For this user or service; you if not given");
  AddTexts(*command, "--action", options->actions,
           "Only this one, WORKFLOW/STATUS/ACTION; those of the lead's status if not given");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Available(s, *options); }; });
}

}  // namespace dnc::cli
