#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "client/cli/action_text.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/copy_targets.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct ActionsCopyOptions {
  std::string from;
  CopyTargetOptions targets;
};

void PrintActions(Session& session, const v1::CopyActionsResponse& response) {
  Table table({"TARGET", "ACTION", "OUTCOME", "NOTE"});
  for (const v1::CopyTargetResult& result : response.results()) {
    for (const v1::CopiedAction& copied : result.actions()) {
      const std::string outcome(
          absl::StripPrefix(v1::CopiedAction::Outcome_Name(copied.outcome()), "OUTCOME_"));
      table.AddRow({ShortName(result.target()), LastId(copied.target_action()),
                    absl::AsciiStrToLower(outcome), ""});
    }
    for (const v1::CopyRefusal& refusal : result.refusals()) {
      table.AddRow(RefusalCells(result.target(), refusal));
    }
  }
  table.Print(session.out());
}

absl::StatusOr<int> Copy(Session& session, const ActionsCopyOptions& options) {
  v1::CopyActionsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_source(), session.names().Status(options.from));
  DNC_RETURN_IF_ERROR(FillCopyTargets(session, options.targets, request.source(), &request));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  const auto print = [&] {
    PrintActions(session, response);
    PrintDifference(response, session.out());
    session.out() << '\n';
  };
  return PrintWrite(session, response, print, "copied");
}

}  // namespace

void AddActionsCopyCommand(CLI::App& actions, Command& chosen) {
  auto options = std::make_shared<ActionsCopyOptions>();
  CLI::App* command = AddCommand(
      actions, "copy", "Copy actions of one status to others: to all of them, or to none",
      "dncctl actions copy --from sales/new --to sales/working --to sales/nurture --dry-run\n"
      "dncctl actions copy --from sales/new --action do-not-contact --all-statuses sales "
      "--on-conflict skip\n"
      "dncctl actions copy --from sales/new --to support/open --on-conflict rename --partial\n\n"
      "No copy ever drops a Do-Not-Contact operation; --partial copies to the targets that permit\n"
      "it and reports the refusals of the others.");
  command->add_option("--from", options->from, "The source status")
      ->required()
      ->type_name("WORKFLOW/STATUS");
  AddCopyTargetOptions(*command, options->targets);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Copy(s, *options); }; });
}

}  // namespace dnc::cli
