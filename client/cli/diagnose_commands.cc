// dncctl diagnose: one command a trouble. How the answers are shown is in diagnose_output.cc.
#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/available_text.h"
#include "client/cli/commands.h"
#include "client/cli/diagnose_output.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/report_output.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct MissingActionOptions {
  std::string user;
  std::string status;
  std::string lead;
  std::string action;
};

absl::StatusOr<int> MissingAction(Session& session, const MissingActionOptions& options) {
  v1::DiagnoseMissingActionRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_user(options.user);
  DNC_ASSIGN_OR_RETURN(*request.mutable_status(), session.names().Status(options.status));
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_lead(), session.names().Lead(options.lead));
  }
  request.set_action_id(options.action);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  Table table({"ACTION", "NAME", "ADDS TO DNC LIST", "AVAILABLE"});
  for (const v1::DiagnosedAction& action : response.actions()) {
    table.AddRow({ShortName(action.action()), action.display_name(),
                  action.adds_to_dnc_list() ? "yes" : "no", AvailableText(action)});
  }
  if (table.size() > 0) table.Print(session.out());
  PrintDiagnosis(session, response.diagnosis(), response.findings());
  return kExitOk;
}

void AddMissingAction(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<MissingActionOptions>();
  CLI::App* command = AddCommand(
      group, "missing-action", "The DNC action does not appear: why a user is not offered it",
      "dncctl diagnose missing-action --user users/jane --status sales/new\n"
      "dncctl diagnose missing-action --user users/jane --status sales/new --lead 42 "
      "--action do-not-contact");
  command->add_option("--user", options->user, "Whose screen lacks it, e.g. users/jane")
      ->required();
  command->add_option("--status", options->status, "Where")
      ->required()
      ->type_name("WORKFLOW/STATUS");
  command->add_option("--lead", options->lead, "The lead on the screen")->type_name("ID");
  command->add_option("--action", options->action,
                      "The action's id; those that add to a DNC list if not given");
  command->callback([&chosen, options] {
    chosen = [options](Session& s) { return MissingAction(s, *options); };
  });
}

struct DiagnoseCopyOptions {
  std::string from;
  std::vector<std::string> actions;
  std::vector<std::string> to;
  int on_conflict = v1::CONFLICT_POLICY_FAIL;
  std::string user;
};

absl::StatusOr<int> DiagnoseCopy(Session& session, const DiagnoseCopyOptions& options) {
  v1::DiagnoseCopyRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_source(), session.names().Status(options.from));
  for (const std::string& action : options.actions) {
    request.add_actions(action.substr(action.rfind('/') + 1));
  }
  for (const std::string& target : options.to) {
    DNC_ASSIGN_OR_RETURN(*request.add_targets(), session.names().Status(target));
  }
  request.set_conflict_policy(static_cast<v1::ConflictPolicy>(options.on_conflict));
  request.set_user(options.user);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  Table table({"TARGET", "POSSIBLE", "CHANGES"});
  for (const v1::DiagnosedTarget& target : response.targets()) {
    table.AddRow(
        {ShortName(target.target()), target.possible() ? "yes" : "no", Grouped(target.changes())});
  }
  if (table.size() > 0) table.Print(session.out());
  PrintDiagnosis(session, response.diagnosis(), response.findings());
  return kExitOk;
}

void AddDiagnoseCopy(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<DiagnoseCopyOptions>();
  CLI::App* command = AddCommand(
      group, "copy", "The action cannot be copied to a status: what stands in the way",
      "dncctl diagnose copy --from sales/new --action do-not-contact --to sales/working\n"
      "dncctl diagnose copy --from sales/new --to support/open --user users/jane");
  command->add_option("--from", options->from, "The source status")
      ->required()
      ->type_name("WORKFLOW/STATUS");
  AddTexts(*command, "--action", options->actions, "Id of an action; all if none; repeatable");
  AddTexts(*command, "--to", options->to, "A target status; repeatable")
      ->required()
      ->type_name("WORKFLOW/STATUS");
  AddEnum(*command, "--on-conflict", options->on_conflict, ConflictPolicyNames(),
          "Where a target has an action of that id; fail if not given");
  command->add_option("--user", options->user, "Who is to copy; nobody's permissions if not given");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return DiagnoseCopy(s, *options); }; });
}

struct MissingOptionsOptions {
  std::vector<std::string> users;
  std::string group;
  std::string workflow;
};

absl::StatusOr<int> MissingOptions(Session& session, const MissingOptionsOptions& options) {
  v1::DiagnoseMissingOptionsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  for (const std::string& user : options.users) request.add_users(user);
  if (!options.group.empty()) {
    request.set_group(absl::StrContains(options.group, '/')
                          ? options.group
                          : absl::StrCat(request.parent(), "/groups/", options.group));
  }
  if (!options.workflow.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_workflow(), session.names().Workflow(options.workflow));
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  Table table({"USER", "STATUSES WITH AN OPTION", "USABLE DNC ACTIONS", "ROLES", "GROUPS"});
  for (const v1::UserOptions& user : response.users()) {
    table.AddRow({user.user(), absl::StrCat(user.statuses_with_option(), " of ", user.statuses()),
                  absl::StrCat(user.usable_dnc_actions(), " of ", user.dnc_actions()),
                  ShortNames(user.roles()), ShortNames(user.groups())});
  }
  table.Print(session.out());
  PrintDiagnosis(session, response.diagnosis(), response.findings());
  return kExitOk;
}

void AddMissingOptions(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<MissingOptionsOptions>();
  CLI::App* command = AddCommand(
      group, "missing-options", "Users miss DNC options: where, and why, over all workflows",
      "dncctl diagnose missing-options --user users/jane,users/joe\n"
      "dncctl diagnose missing-options --group inside-sales --workflow sales");
  AddTexts(*command, "--user", options->users, "Whose; repeatable");
  command->add_option("--group", options->group, "The members of this group")->type_name("ID");
  command->add_option("--workflow", options->workflow, "Only in this workflow")->type_name("ID");
  command->callback([&chosen, options] {
    if (options->users.empty() == options->group.empty()) {
      throw CLI::ValidationError("--user", "say whose options: --user or --group");
    }
    chosen = [options](Session& s) { return MissingOptions(s, *options); };
  });
}

struct ActiveReportsOptions {
  std::vector<std::string> leads;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int32_t max_findings = 0;
  ReportFormat format;
};

void PrintReportSummary(Session& session, const v1::ActiveReportsSummary& summary) {
  session.out() << '\n'
                << summary.diagnosis().message() << '\n'
                << Grouped(summary.leads()) << " leads, " << Grouped(summary.worked())
                << " of them in statuses that are worked; the report of active leads lists "
                << Grouped(summary.active()) << ", and leaves out "
                << Grouped(summary.excluded_flagged()) << " that are flagged and "
                << Grouped(summary.excluded_contact_point()) << " of which a contact point is\n";
  if (summary.diagnosis().omitted() == 0) return;
  session.out() << Grouped(summary.diagnosis().omitted())
                << " findings are not listed; --max-findings lists more\n";
}

absl::StatusOr<int> ActiveReports(Session& session, const ActiveReportsOptions& options) {
  v1::DiagnoseActiveReportsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  for (const std::string& lead : options.leads) {
    DNC_ASSIGN_OR_RETURN(*request.add_leads(), session.names().Lead(lead));
  }
  request.set_channel(static_cast<v1::Channel>(options.channel));
  request.set_max_findings(options.max_findings);
  DNC_ASSIGN_OR_RETURN(const auto output,
                       ReportOutput::Create(session, options.format, "findings",
                                            {"severity", "finding", "object", "related", "what",
                                             "remedy", "command"}));
  DNC_ASSIGN_OR_RETURN(const auto last,
                       ReadReport<v1::DiagnoseActiveReportsResponse>(
                           session, request, *output, [&](const auto& piece) {
                             for (const v1::Finding& row : piece.findings()) {
                               output->AddRow(
                                   row, {SeverityWord(row), KindWord(row), ShortName(row.object()),
                                         ShortName(row.related()), row.message(),
                                         row.remedy().text(), row.remedy().command()});
                             }
                           }));
  if (output->is_table()) PrintReportSummary(session, last.summary());
  return kExitOk;
}

void AddActiveReports(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<ActiveReportsOptions>();
  CLI::App* command =
      AddCommand(group, "active-reports", "DNC leads appear in active reports: which, and why",
                 "dncctl diagnose active-reports\n"
                 "dncctl diagnose active-reports --lead 42,43 --channel sms\n"
                 "dncctl diagnose active-reports --max-findings 10000 --csv");
  AddTexts(*command, "--lead", options->leads,
           "A lead that appears; all leads if none; repeatable");
  AddEnum(*command, "--channel", options->channel, ChannelNames(),
          "What the report is for; any if not given");
  AddNumber(*command, "--max-findings", options->max_findings, {1, 100'000},
            "How many to list; 100 if not given");
  AddReportFormat(*command, options->format);
  command->callback([&chosen, options] {
    chosen = [options](Session& s) { return ActiveReports(s, *options); };
  });
}

struct ContactedLeadOptions {
  std::string lead;
  ContactOptions contact;
  PeriodOptions period;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int message_class = v1::MESSAGE_CLASS_UNSPECIFIED;
  std::string campaign;
  std::string brand;
  absl::Time at = absl::InfinitePast();
  int32_t max_events = 0;
};

absl::StatusOr<int> ContactedLead(Session& session, const ContactedLeadOptions& options) {
  v1::DiagnoseContactedLeadRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_lead(), session.names().Lead(options.lead));
  }
  if (options.contact.given()) *request.mutable_contact_point() = options.contact.ToProto();
  FillPeriod(options.period, request.mutable_period());
  request.set_channel(static_cast<v1::Channel>(options.channel));
  request.set_message_class(static_cast<v1::MessageClass>(options.message_class));
  request.set_campaign(options.campaign);
  request.set_brand(options.brand);
  if (options.at != absl::InfinitePast()) *request.mutable_at_time() = ToProtoTime(options.at);
  request.set_max_events(options.max_events);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  PrintTimeline(session, response);
  PrintDiagnosis(session, response.diagnosis(), response.findings());
  PrintPastAnswer(session, response);
  return kExitOk;
}

void AddContactedLead(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<ContactedLeadOptions>();
  CLI::App* command = AddCommand(
      group, "contacted-lead",
      "A lead is still being contacted after the DNC action: what happened, and what is wrong",
      "dncctl diagnose contacted-lead --lead 42\n"
      "dncctl diagnose contacted-lead --phone +12125550123 --since 2026-01-01\n"
      "dncctl diagnose contacted-lead --lead 42 --channel voice --at 2026-01-31T12:00:00Z");
  command->add_option("--lead", options->lead, "The lead")->type_name("ID");
  AddContact(*command, options->contact);
  AddPeriod(*command, options->period, "what happened");
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "How it was contacted");
  AddEnum(*command, "--class", options->message_class, MessageClassNames(),
          "What for; marketing if not given");
  command->add_option("--campaign", options->campaign, "The campaign that a check then named");
  command->add_option("--brand", options->brand, "The brand that a check then named");
  AddTime(*command, "--at", options->at,
          "Tell what a check would have answered at this time; needs --channel");
  AddNumber(*command, "--max-events", options->max_events, {1, 10'000},
            "How many to list; 1,000 if not given");
  command->callback([&chosen, options] {
    if (options->lead.empty() && !options->contact.given()) {
      throw CLI::ValidationError("--lead", "say who was contacted: --lead, --phone or the like");
    }
    chosen = [options](Session& s) { return ContactedLead(s, *options); };
  });
}

}  // namespace

void AddDiagnoseCommands(CLI::App& app, Command& chosen) {
  CLI::App* group =
      AddGroup(app, "diagnose", "Why Do Not Contact does not work as expected, and how to mend it",
               "dncctl diagnose missing-action --user users/jane --status sales/new\n"
               "dncctl diagnose contacted-lead --lead 42");
  AddMissingAction(*group, chosen);
  AddDiagnoseCopy(*group, chosen);
  AddMissingOptions(*group, chosen);
  AddActiveReports(*group, chosen);
  AddContactedLead(*group, chosen);
}

}  // namespace dnc::cli
