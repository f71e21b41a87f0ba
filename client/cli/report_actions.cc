// dncctl reports dnc-actions and effect-times: what the audit trail says.
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
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

const EnumNames& DimensionNames() {
  static const auto& names = *new EnumNames{{"day", v1::DNC_ACTION_DIMENSION_DAY},
                                            {"status", v1::DNC_ACTION_DIMENSION_STATUS},
                                            {"action", v1::DNC_ACTION_DIMENSION_ACTION},
                                            {"user", v1::DNC_ACTION_DIMENSION_USER}};
  return names;
}

const EnumNames& PathNames() {
  static const auto& names = *new EnumNames{{"action", v1::OPT_OUT_PATH_ACTION},
                                            {"entry", v1::OPT_OUT_PATH_ENTRY},
                                            {"import", v1::OPT_OUT_PATH_IMPORT},
                                            {"recorded", v1::OPT_OUT_PATH_RECORDED}};
  return names;
}

struct ActionsOptions {
  std::vector<int> by;
  std::string time_zone;
  std::vector<std::string> statuses;
  std::vector<std::string> actions;
  std::vector<std::string> users;
  PeriodOptions period;
  ReportFormat format;
};

absl::StatusOr<v1::CountDncActionsRequest> ActionsRequest(const Session& session,
                                                          const ActionsOptions& options) {
  v1::CountDncActionsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  FillPeriod(options.period, request.mutable_period());
  request.set_time_zone(options.time_zone);
  for (const int dimension : options.by) {
    request.add_group_by(static_cast<v1::DncActionDimension>(dimension));
  }
  for (const std::string& status : options.statuses) {
    DNC_ASSIGN_OR_RETURN(*request.add_statuses(), session.names().Status(status));
  }
  for (const std::string& action : options.actions) {
    DNC_ASSIGN_OR_RETURN(*request.add_actions(), session.names().Action(action));
  }
  for (const std::string& user : options.users) request.add_users(user);
  return request;
}

// Only the columns that are counted by.
std::vector<std::string> CellsOf(const ActionsOptions& options,
                                 std::vector<std::string> by_dimension) {
  std::vector<std::string> cells;
  for (size_t i = 0; i < DimensionNames().size(); ++i) {
    const int dimension = DimensionNames()[i].value;
    const bool wanted =
        options.by.empty() || std::count(options.by.begin(), options.by.end(), dimension) > 0;
    if (wanted) cells.push_back(std::move(by_dimension[i]));
  }
  return cells;
}

absl::StatusOr<int> Actions(Session& session, const ActionsOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto request, ActionsRequest(session, options));
  std::vector<std::string> header = CellsOf(options, {"day", "status", "action", "user"});
  header.insert(header.end(), {"count", "already_blocked"});
  DNC_ASSIGN_OR_RETURN(const auto output,
                       ReportOutput::Create(session, options.format, "counts", header));
  DNC_ASSIGN_OR_RETURN(
      const auto last,
      ReadReport<v1::CountDncActionsResponse>(session, request, *output, [&](const auto& piece) {
        for (const v1::DncActionCount& row : piece.counts()) {
          std::vector<std::string> cells = CellsOf(
              options, {row.day(), ShortName(row.status()), ShortName(row.action()), row.user()});
          cells.push_back(absl::StrCat(row.count()));
          cells.push_back(absl::StrCat(row.already_blocked()));
          output->AddRow(row, std::move(cells), row.count());
        }
      }));
  if (output->is_table()) {
    session.out() << Grouped(last.summary().count()) << " DNC actions, "
                  << Grouped(last.summary().already_blocked())
                  << " of them for leads that were blocked already; revision " << last.revision()
                  << '\n';
  }
  return kExitOk;
}

struct TimesOptions {
  std::vector<int> paths;
  absl::Duration limit = absl::ZeroDuration();
  int32_t max_late = 0;
  PeriodOptions period;
  ReportFormat format;
};

std::string TimeOrDash(const v1::EffectTimes& times, const google::protobuf::Duration& duration) {
  if (times.count() == 0) return "";
  return duration.seconds() == 0 && duration.nanos() == 0 ? "0s" : DurationText(duration);
}

void PrintTimes(Session& session, const v1::EffectTimeSummary& summary) {
  Table table({"WAY", "MEASURED", "P50", "P90", "P99", "LONGEST", "LATE", "NO REQUEST TIME"});
  std::vector<v1::EffectTimes> rows(summary.by_path().begin(), summary.by_path().end());
  rows.push_back(summary.all());
  for (const v1::EffectTimes& times : rows) {
    table.AddRow(
        {times.path() == v1::OPT_OUT_PATH_UNSPECIFIED ? "all" : EnumWord(PathNames(), times.path()),
         Grouped(times.count()), TimeOrDash(times, times.p50()), TimeOrDash(times, times.p90()),
         TimeOrDash(times, times.p99()), TimeOrDash(times, times.max()), Grouped(times.late()),
         Grouped(times.without_request_time())});
  }
  table.Print(session.out());
}

absl::StatusOr<int> Times(Session& session, const TimesOptions& options) {
  v1::MeasureEffectTimesRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  FillPeriod(options.period, request.mutable_period());
  for (const int path : options.paths) request.add_paths(static_cast<v1::OptOutPath>(path));
  if (options.limit != absl::ZeroDuration()) {
    *request.mutable_limit() = ToProtoDuration(options.limit);
  }
  request.set_max_late(options.max_late);
  DNC_ASSIGN_OR_RETURN(const auto output, ReportOutput::Create(session, options.format, "late",
                                                               {"way", "subject", "requested",
                                                                "deadline", "effective", "user"}));
  DNC_ASSIGN_OR_RETURN(
      const auto last,
      ReadReport<v1::MeasureEffectTimesResponse>(session, request, *output, [&](const auto& piece) {
        for (const v1::LateOptOut& row : piece.late()) {
          output->AddRow(row, {EnumWord(PathNames(), row.path()), ShortName(row.subject()),
                               TimeText(row.request_time()), TimeText(row.deadline()),
                               TimeText(row.effect_time()), row.user()});
        }
      }));
  if (output->is_table()) {
    session.out() << '\n';
    PrintTimes(session, last.summary());
  }
  return kExitOk;
}

}  // namespace

void AddReportsActionsCommand(CLI::App& reports, Command& chosen) {
  auto options = std::make_shared<ActionsOptions>();
  CLI::App* command =
      AddCommand(reports, "dnc-actions", "Count DNC actions by action, status, user and day",
                 "dncctl reports dnc-actions --since 2026-01-01 --by day\n"
                 "dncctl reports dnc-actions --by user,action --time-zone America/New_York\n"
                 "dncctl reports dnc-actions --out actions.csv");
  AddEnums(*command, "--by", options->by, DimensionNames(), "Count by these; all if not given");
  command
      ->add_option("--time-zone", options->time_zone,
                   "Where a day begins, e.g. America/New_York; UTC if not given")
      ->type_name("ZONE");
  AddTexts(*command, "--status", options->statuses, "Only actions offered in these");
  AddTexts(*command, "--action", options->actions, "Only these");
  AddTexts(*command, "--user", options->users, "Only by these");
  AddPeriod(*command, options->period, "actions performed");
  AddReportFormat(*command, options->format);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Actions(s, *options); }; });
}

void AddReportsTimesCommand(CLI::App& reports, Command& chosen) {
  auto options = std::make_shared<TimesOptions>();
  CLI::App* command = AddCommand(
      reports, "effect-times", "Measure the time from a request to its effect, and list late ones",
      "dncctl reports effect-times --since 2026-01-01\n"
      "dncctl reports effect-times --limit 1d --way recorded\n"
      "dncctl -o json reports effect-times");
  AddEnums(*command, "--way", options->paths, PathNames(), "Only requests that came so");
  AddDuration(*command, "--limit", options->limit,
              "Late is later than this; ten US business days if not given");
  AddNumber(*command, "--max-late", options->max_late, {1, 100'000},
            "How many late ones to list; 100 if not given");
  AddPeriod(*command, options->period, "requests that took effect");
  AddReportFormat(*command, options->format);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Times(s, *options); }; });
}

}  // namespace dnc::cli
