// dncctl reports coverage.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/report_output.h"
#include "client/cli/table.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

using v1::CoverageFinding;

const EnumNames& KindNames() {
  static const auto& names =
      *new EnumNames{{"status-without-dnc-action", CoverageFinding::KIND_STATUS_WITHOUT_DNC_ACTION},
                     {"dnc-action-leaves-alive", CoverageFinding::KIND_DNC_ACTION_LEAVES_ALIVE},
                     {"flagged-lead-not-dead", CoverageFinding::KIND_FLAGGED_LEAD_NOT_DEAD},
                     {"dead-lead-not-flagged", CoverageFinding::KIND_DEAD_LEAD_NOT_FLAGGED},
                     {"group-outdated", CoverageFinding::KIND_GROUP_OUTDATED},
                     {"registry-empty", CoverageFinding::KIND_REGISTRY_EMPTY},
                     {"registry-stale", CoverageFinding::KIND_REGISTRY_STALE},
                     {"registry-not-subscribed", CoverageFinding::KIND_REGISTRY_NOT_SUBSCRIBED}};
  return names;
}

struct CoverageOptions {
  std::vector<int> kinds;
  int32_t max_findings = 0;
  ReportFormat format;
};

void PrintSummary(Session& session, const v1::CoverageSummary& summary) {
  int64_t most = 0;
  for (const v1::CoverageCount& count : summary.counts()) most = std::max(most, count.count());
  session.out() << '\n';
  Table table({"FINDING", "COUNT", ""});
  for (const v1::CoverageCount& count : summary.counts()) {
    table.AddRow({EnumWord(KindNames(), count.kind()), Grouped(count.count()),
                  ShareBar(count.count(), most)});
  }
  table.Print(session.out());
  session.out() << Counted(summary.statuses(), "enabled status", "enabled statuses") << " with "
                << Counted(summary.dnc_actions(), "DNC action", "DNC actions") << ", "
                << Counted(summary.leads(), "lead", "leads") << ", "
                << Counted(summary.registries(), "registry", "registries") << '\n';
}

absl::StatusOr<int> Coverage(Session& session, const CoverageOptions& options) {
  v1::GetCoverageRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  for (const int kind : options.kinds) {
    request.add_kinds(static_cast<CoverageFinding::Kind>(kind));
  }
  request.set_max_findings(options.max_findings);
  DNC_ASSIGN_OR_RETURN(const auto output, ReportOutput::Create(session, options.format, "findings",
                                                               {"finding", "subject", "related",
                                                                "area_code", "what_to_do"}));
  DNC_ASSIGN_OR_RETURN(
      const auto last,
      ReadReport<v1::GetCoverageResponse>(session, request, *output, [&](const auto& piece) {
        for (const CoverageFinding& row : piece.findings()) {
          output->AddRow(row, {EnumWord(KindNames(), row.kind()), ShortName(row.subject()),
                               ShortName(row.related()), row.area_code(), row.message()});
        }
      }));
  if (output->is_table()) PrintSummary(session, last.summary());
  return kExitOk;
}

}  // namespace

void AddReportsCoverageCommand(CLI::App& reports, Command& chosen) {
  auto options = std::make_shared<CoverageOptions>();
  CLI::App* command =
      AddCommand(reports, "coverage", "Find gaps in workflows, leads, groups and registries",
                 "dncctl reports coverage\n"
                 "dncctl reports coverage --kind flagged-lead-not-dead --max-findings 10000 --csv");
  AddEnums(*command, "--kind", options->kinds, KindNames(), "Only these; all if not given");
  AddNumber(*command, "--max-findings", options->max_findings, {1, 100'000},
            "How many of a kind to list; 100 if not given");
  AddReportFormat(*command, options->format);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Coverage(s, *options); }; });
}

void AddReportsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "reports", "What was done about Do Not Contact, and its gaps",
                             "dncctl reports coverage\n"
                             "dncctl reports dnc-actions --since 2026-01-01 --by day\n"
                             "dncctl reports active-leads --out active.csv");
  AddReportsActionsCommand(*group, chosen);
  AddReportsDncLeadsCommand(*group, chosen);
  AddReportsActiveLeadsCommand(*group, chosen);
  AddReportsCoverageCommand(*group, chosen);
  AddReportsChecksCommand(*group, chosen);
  AddReportsTimesCommand(*group, chosen);
}

}  // namespace dnc::cli
