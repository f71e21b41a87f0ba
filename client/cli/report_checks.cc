// dncctl reports blocked-checks.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/report_output.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct ChecksOptions {
  std::vector<int> channels;
  std::vector<std::string> campaigns;
  PeriodOptions period;
  ReportFormat format;
};

// "contact-point-on-list".
std::string ReasonWord(v1::ReasonType reason) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(
      absl::StripPrefix(v1::ReasonType_Name(reason), "REASON_TYPE_"), {{"_", "-"}}));
}

absl::StatusOr<int> BlockedChecks(Session& session, const ChecksOptions& options) {
  v1::CountBlockedChecksRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  FillPeriod(options.period, request.mutable_period());
  for (const int channel : options.channels) {
    request.add_channels(static_cast<v1::Channel>(channel));
  }
  for (const std::string& campaign : options.campaigns) request.add_campaigns(campaign);
  DNC_ASSIGN_OR_RETURN(const auto output, ReportOutput::Create(session, options.format, "counts",
                                                               {"channel", "campaign", "reason",
                                                                "denied", "unknown"}));
  DNC_ASSIGN_OR_RETURN(
      const auto last,
      ReadReport<v1::CountBlockedChecksResponse>(session, request, *output, [&](const auto& piece) {
        for (const v1::BlockedCheckCount& row : piece.counts()) {
          output->AddRow(
              row,
              {EnumWord(ChannelNames(), row.channel()), row.campaign(), ReasonWord(row.reason()),
               absl::StrCat(row.denied()), absl::StrCat(row.unknown())},
              row.denied() + row.unknown());
        }
      }));
  const v1::BlockedCheckSummary& summary = last.summary();
  if (output->is_table()) {
    session.out() << Grouped(summary.denied()) << " checks denied, " << Grouped(summary.unknown())
                  << " unknown, " << Grouped(summary.allowed()) << " allowed\n";
  }
  if (summary.incomplete()) {
    session.err() << "dncctl: some checks of that time left no record and are not counted\n";
  }
  return kExitOk;
}

}  // namespace

void AddReportsChecksCommand(CLI::App& reports, Command& chosen) {
  auto options = std::make_shared<ChecksOptions>();
  CLI::App* command =
      AddCommand(reports, "blocked-checks", "Count blocked checks by channel, campaign and reason",
                 "dncctl reports blocked-checks --since 2026-01-01\n"
                 "dncctl reports blocked-checks --channel voice --campaign spring --csv");
  AddEnums(*command, "--channel", options->channels, ChannelNames(), "Only on these");
  AddTexts(*command, "--campaign", options->campaigns, "Only for these");
  AddPeriod(*command, options->period, "checks of hours");
  AddReportFormat(*command, options->format);
  command->callback([&chosen, options] {
    chosen = [options](Session& s) { return BlockedChecks(s, *options); };
  });
}

}  // namespace dnc::cli
