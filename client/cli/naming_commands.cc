#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct NamingOptions {
  std::string pattern;
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<int> Violations(Session& session, const NamingOptions& options) {
  v1::ListNamingViolationsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  if (!options.pattern.empty()) request.mutable_naming()->set_pattern(options.pattern);
  const auto print = [&](const v1::ListNamingViolationsResponse& all) {
    Table table({"ACTION", "NAME", "PATTERN", "RULE"});
    for (const v1::NamingViolation& violation : all.violations()) {
      table.AddRow({ShortName(violation.action()), violation.display_name(), violation.pattern(),
                    violation.description()});
    }
    table.Print(session.out());
  };
  return PrintAll(session, request, options.limit,
                  &v1::ListNamingViolationsResponse::violations_size, print);
}

}  // namespace

void AddNamingCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "naming", "The naming rule of actions that add to a DNC list",
                             "dncctl naming violations\n"
                             "dncctl naming violations --pattern \"DNC: .+\"");
  auto options = std::make_shared<NamingOptions>();
  CLI::App* command =
      AddCommand(*group, "violations", "List the DNC actions whose names break the rule",
                 "dncctl naming violations\n"
                 "dncctl naming violations --pattern \"DNC: .+\"\n\n"
                 "`dncctl orgs update --naming-pattern …` sets the organization's rule.");
  command->add_option("--pattern", options->pattern,
                      "Judge by this regular expression (RE2) instead of the organization's rule");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Violations(s, *options); }; });
}

}  // namespace dnc::cli
