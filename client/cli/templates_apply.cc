#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/cli/action_text.h"
#include "client/cli/affected_text.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/copy_targets.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

const EnumNames& AdjustmentNames() {
  static const auto& names = *new EnumNames{{"keep", v1::ADJUSTMENT_POLICY_KEEP},
                                            {"override", v1::ADJUSTMENT_POLICY_OVERRIDE}};
  return names;
}

struct TemplatesApplyOptions {
  std::string id;
  CopyTargetOptions targets;
  int adjustments = v1::ADJUSTMENT_POLICY_KEEP;
  bool allow_dropping_dnc = false;
};

void PrintTemplates(Session& session, const v1::ApplyTemplateResponse& response) {
  Table table({"TARGET", "ACTION", "OUTCOME", "CHANGED", "ADJUSTED", "NOTE"});
  for (const v1::TemplateTargetResult& result : response.results()) {
    for (const v1::AppliedAction& applied : result.actions()) {
      const std::string outcome(
          absl::StripPrefix(v1::AppliedAction::Outcome_Name(applied.outcome()), "OUTCOME_"));
      table.AddRow({ShortName(result.target()), LastId(applied.target_action()),
                    absl::AsciiStrToLower(outcome), absl::StrJoin(applied.fields(), ", "),
                    absl::StrJoin(applied.adjusted_fields(), ", "), ""});
    }
    for (const v1::CopyRefusal& refusal : result.refusals()) {
      std::vector<std::string> cells = RefusalCells(result.target(), refusal);
      cells.insert(cells.end() - 1, 2, "");
      table.AddRow(std::move(cells));
    }
  }
  table.Print(session.out());
}

absl::StatusOr<int> Apply(Session& session, const TemplatesApplyOptions& options) {
  v1::ApplyTemplateRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_template_(), session.names().Template(options.id));
  DNC_RETURN_IF_ERROR(FillCopyTargets(session, options.targets, /*source=*/"", &request));
  request.set_adjustments(static_cast<v1::AdjustmentPolicy>(options.adjustments));
  request.set_allow_dropping_dnc(options.allow_dropping_dnc);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  const auto print = [&] {
    PrintTemplates(session, response);
    PrintDifference(response, session.out());
    PrintNamingWarnings(response.naming_violations(), session.out());
    session.out() << '\n';
  };
  return PrintWrite(session, response, print,
                    absl::StrCat("version ", response.version(), " applied"));
}

}  // namespace

void AddTemplatesApplyCommand(CLI::App& templates, Command& chosen) {
  auto options = std::make_shared<TemplatesApplyOptions>();
  CLI::App* command = AddCommand(
      templates, "apply", "Copy a template's actions to statuses, or bring copies to its version",
      "dncctl templates apply opt-outs --to sales/new --to sales/working --dry-run\n"
      "dncctl templates apply opt-outs --all-statuses sales --on-conflict skip\n"
      "dncctl templates apply opt-outs --all-statuses sales --adjustments override");
  command->add_option("TEMPLATE", options->id, "Its id")->required();
  AddCopyTargetOptions(*command, options->targets);
  AddEnum(*command, "--adjustments", options->adjustments, AdjustmentNames(),
          "What becomes of copies that were adjusted; keep if not given");
  command->add_flag("--allow-dropping-dnc", options->allow_dropping_dnc,
                    "Permit that an action loses its Do-Not-Contact operation");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Apply(s, *options); }; });
}

}  // namespace dnc::cli
