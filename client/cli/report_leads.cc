// dncctl reports dnc-leads and active-leads.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands.h"
#include "client/cli/contact_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/report_output.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

// What a table shows; CSV, JSON and files have everything unless told otherwise.
constexpr int32_t kTableLimit = 100;

struct LeadsOptions {
  std::vector<std::string> statuses;
  int32_t limit = -1;  // -1: not given
  ReportFormat format;
};

void AddLeadsOptions(CLI::App& app, LeadsOptions& options) {
  AddTexts(app, "--status", options.statuses, "Only leads in these");
  AddNumber(app, "--limit", options.limit, {0, std::numeric_limits<int32_t>::max()},
            "How many leads at most; 0: all; 100 in a table, all otherwise, if not given");
  AddReportFormat(app, options.format);
}

template <typename Request>
absl::Status FillLeads(const Session& session, const LeadsOptions& options, bool is_table,
                       Request* request) {
  DNC_ASSIGN_OR_RETURN(*request->mutable_parent(), session.names().Organization());
  for (const std::string& status : options.statuses) {
    DNC_ASSIGN_OR_RETURN(*request->add_statuses(), session.names().Status(status));
  }
  request->set_page_size(options.limit >= 0 ? options.limit : is_table ? kTableLimit : 0);
  return absl::OkStatus();
}

// Says on standard error where more exist.
void TellLimit(Session& session, int32_t limit, const std::string& next) {
  if (next.empty()) return;
  session.err() << "dncctl: the first " << limit << "; --limit 0 shows all\n";
}

struct DncOptions : LeadsOptions {
  std::vector<std::string> reasons;
  std::vector<int> channels;
  std::vector<std::string> lists;
  bool flagged_only = false;
  PeriodOptions period;
};

std::string ChannelsText(const v1::DncLeadEntry& entry) {
  if (entry.channels().empty()) return "all";
  return absl::StrJoin(entry.channels(), ",", [](std::string* out, int channel) {
    absl::StrAppend(out, EnumWord(ChannelNames(), channel));
  });
}

// A row an entry: a lead may have several.
void AddDncLead(const v1::DncLead& lead, ReportOutput& output) {
  if (output.is_json()) return output.AddRow(lead, {});
  for (const v1::DncLeadEntry& entry : lead.entries()) {
    output.AddRow(lead,
                  {ShortName(lead.lead()), lead.display_name(), ShortName(lead.status()),
                   entry.has_contact_point() ? ContactText(entry.contact_point()) : "",
                   ShortName(entry.list()), ChannelsText(entry), entry.reason(),
                   TimeText(entry.create_time()),
                   entry.has_expire_time() ? TimeText(entry.expire_time()) : "", entry.user()});
  }
}

template <typename Counts>
void PrintCounts(Session& session, const std::string& title, const Counts& counts) {
  int64_t most = 0;
  for (const v1::DncLeadCount& count : counts) most = std::max(most, count.leads());
  if (most == 0) return;
  session.out() << '\n';
  Table table({title, "LEADS", ""});
  for (const v1::DncLeadCount& count : counts) {
    table.AddRow({count.value().empty() ? "(others)" : ShortName(count.value()),
                  Grouped(count.leads()), ShareBar(count.leads(), most)});
  }
  table.Print(session.out());
}

absl::StatusOr<int> DncLeads(Session& session, const DncOptions& options) {
  DNC_ASSIGN_OR_RETURN(
      const auto output,
      ReportOutput::Create(session, options.format, "leads",
                           {"lead", "display_name", "status", "contact_point", "list", "channels",
                            "reason", "since", "until", "user"}));
  v1::ListDncLeadsRequest request;
  DNC_RETURN_IF_ERROR(FillLeads(session, options, output->is_table(), &request));
  for (const std::string& reason : options.reasons) request.add_reasons(reason);
  for (const int channel : options.channels) {
    request.add_channels(static_cast<v1::Channel>(channel));
  }
  for (const std::string& list : options.lists) {
    DNC_ASSIGN_OR_RETURN(*request.add_lists(), session.names().List(list));
  }
  request.set_flagged_only(options.flagged_only);
  FillPeriod(options.period, request.mutable_period());
  DNC_ASSIGN_OR_RETURN(const auto last, ReadReport<v1::ListDncLeadsResponse>(
                                            session, request, *output, [&](const auto& piece) {
                                              for (const v1::DncLead& lead : piece.leads())
                                                AddDncLead(lead, *output);
                                            }));
  const v1::DncLeadSummary& summary = last.summary();
  if (output->is_table()) {
    session.out() << Grouped(summary.leads()) << " DNC leads, " << Grouped(summary.flagged())
                  << " of them flagged themselves; revision " << last.revision() << '\n';
    PrintCounts(session, "STATUS", summary.by_status());
    PrintCounts(session, "LIST", summary.by_list());
    PrintCounts(session, "REASON", summary.by_reason());
  }
  TellLimit(session, request.page_size(), summary.next_page_token());
  return kExitOk;
}

struct ActiveOptions : LeadsOptions {
  std::vector<int> system_statuses;
  std::string record_type;
  int channel = v1::CHANNEL_UNSPECIFIED;
};

void PrintActive(Session& session, const v1::ListActiveLeadsResponse& last) {
  const v1::ActiveLeadSummary& summary = last.summary();
  const std::vector<std::pair<std::string, int64_t>> counts = {
      {"active", summary.active()},
      {"excluded: flagged", summary.excluded_flagged()},
      {"excluded: a contact point is on a list", summary.excluded_contact_point()},
      {"other status or record type", summary.other()}};
  int64_t most = 0;
  for (const auto& [what, leads] : counts) most = std::max(most, leads);
  session.out() << '\n';
  Table table({"WHAT", "LEADS", ""});
  for (const auto& [what, leads] : counts) {
    table.AddRow({what, Grouped(leads), ShareBar(leads, most)});
  }
  table.Print(session.out());
}

absl::StatusOr<int> ActiveLeads(Session& session, const ActiveOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto output,
                       ReportOutput::Create(session, options.format, "leads",
                                            {"lead", "display_name", "record_type", "status",
                                             "contact_points", "status_time", "nurture_until"}));
  v1::ListActiveLeadsRequest request;
  DNC_RETURN_IF_ERROR(FillLeads(session, options, output->is_table(), &request));
  for (const int status : options.system_statuses) {
    request.add_system_statuses(static_cast<v1::SystemStatus>(status));
  }
  request.set_record_type(options.record_type);
  request.set_channel(static_cast<v1::Channel>(options.channel));
  DNC_ASSIGN_OR_RETURN(
      const auto last,
      ReadReport<v1::ListActiveLeadsResponse>(session, request, *output, [&](const auto& piece) {
        for (const v1::Lead& lead : piece.leads()) {
          output->AddRow(lead, {ShortName(lead.name()), lead.display_name(), lead.record_type(),
                                ShortName(lead.status()), ContactTexts(lead.contact_points()),
                                TimeText(lead.status_time()),
                                lead.has_nurture_until() ? TimeText(lead.nurture_until()) : ""});
        }
      }));
  if (output->is_table()) PrintActive(session, last);
  TellLimit(session, request.page_size(), last.summary().next_page_token());
  return kExitOk;
}

}  // namespace

void AddReportsDncLeadsCommand(CLI::App& reports, Command& chosen) {
  auto options = std::make_shared<DncOptions>();
  CLI::App* command =
      AddCommand(reports, "dnc-leads", "List leads that are not to be contacted, and why",
                 "dncctl reports dnc-leads --status sales/dead --since 2026-01-01\n"
                 "dncctl reports dnc-leads --reason \"asked on the phone\" --channel sms\n"
                 "dncctl reports dnc-leads --out dnc.csv");
  AddLeadsOptions(*command, *options);
  AddTexts(*command, "--reason", options->reasons, "Only for entries with these reasons");
  AddEnums(*command, "--channel", options->channels, ChannelNames(),
           "Only for entries that block one of these");
  AddTexts(*command, "--list", options->lists, "Only for entries on these lists");
  command->add_flag("--flagged-only", options->flagged_only,
                    "Leave out leads of which only a contact point is on a list");
  AddPeriod(*command, options->period, "entries added");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return DncLeads(s, *options); }; });
}

void AddReportsActiveLeadsCommand(CLI::App& reports, Command& chosen) {
  auto options = std::make_shared<ActiveOptions>();
  CLI::App* command = AddCommand(reports, "active-leads",
                                 "List leads that are being worked; DNC leads are none of them",
                                 "dncctl reports active-leads\n"
                                 "dncctl reports active-leads --channel sms --status sales/new\n"
                                 "dncctl reports active-leads --out active.csv");
  AddLeadsOptions(*command, *options);
  AddEnums(*command, "--system-status", options->system_statuses, SystemStatusNames(),
           "Only these; new, working and nurture if not given");
  command->add_option("--record-type", options->record_type, "Only this one");
  AddEnum(*command, "--channel", options->channel, ChannelNames(),
          "Leave out only leads with an entry that blocks this");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return ActiveLeads(s, *options); }; });
}

}  // namespace dnc::cli
