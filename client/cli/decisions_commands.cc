#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/progress.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

std::string Word(const std::string& name, const char* prefix) {
  return std::string(absl::StripPrefix(name, prefix));
}

std::string ReasonWords(const v1::DecisionRecord& decision) {
  return absl::StrJoin(decision.reasons(), ",", [](std::string* out, const auto& reason) {
    absl::StrAppend(out, Word(v1::ReasonType_Name(reason.type()), "REASON_TYPE_"));
  });
}

// Whom it was about; of a block, how many.
std::string Subject(const v1::DecisionRecord& decision) {
  if (decision.has_counts()) {
    const v1::DecisionCounts& counts = decision.counts();
    return absl::StrCat(Grouped(counts.allowed()), " allowed, ", Grouped(counts.denied()),
                        " denied, ", Grouped(counts.unknown()), " unknown");
  }
  if (decision.lead().empty()) return absl::StrJoin(decision.contact_points(), ",");
  return absl::StrCat("lead ", ShortName(decision.lead()), " ",
                      absl::StrJoin(decision.contact_points(), ","));
}

void PrintDecisions(Session& session, const v1::ListDecisionsResponse& response) {
  Table table(
      {"TIME", "DECISION", "VERDICT", "CHANNEL", "SUBJECT", "REASONS", "CAMPAIGN", "CALLER"});
  for (const v1::DecisionRecord& decision : response.decisions()) {
    table.AddRow({TimeText(decision.evaluate_time()), ShortName(decision.name()),
                  Word(v1::Verdict_Name(decision.verdict()), "VERDICT_"),
                  EnumWord(ChannelNames(), decision.channel()), Subject(decision),
                  ReasonWords(decision), decision.campaign(), decision.caller()});
  }
  table.Print(session.out());
}

// Records that are missing are no sign that nothing was asked.
void PrintGaps(Session& session, const v1::ListDecisionsResponse& response) {
  for (const v1::DecisionGap& gap : response.gaps()) {
    session.err() << "dncctl: records are missing from "
                  << (gap.has_start_time() ? TimeText(gap.start_time()) : "the beginning") << " to "
                  << (gap.has_end_time() ? TimeText(gap.end_time()) : "now") << " ("
                  << Word(v1::DecisionGapCause_Name(gap.cause()), "DECISION_GAP_CAUSE_")
                  << (gap.count() == 0 ? std::string()
                                       : absl::StrCat(", ", Grouped(gap.count()), " of them"))
                  << ")\n";
  }
}

struct DecisionsListOptions {
  std::string lead;
  ContactOptions contact;
  std::string decision;
  std::string caller;
  std::string campaign;
  int verdict = v1::VERDICT_UNSPECIFIED;
  int channel = v1::CHANNEL_UNSPECIFIED;
  absl::Time since = absl::InfinitePast();
  absl::Time before = absl::InfinitePast();
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<v1::ListDecisionsRequest> ListRequest(const Session& session,
                                                     const DecisionsListOptions& options) {
  v1::ListDecisionsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_lead(), session.names().Lead(options.lead));
  }
  if (options.contact.given()) *request.mutable_contact_point() = options.contact.ToProto();
  request.set_decision_id(options.decision);
  request.set_caller(options.caller);
  request.set_campaign(options.campaign);
  request.set_verdict(static_cast<v1::Verdict>(options.verdict));
  request.set_channel(static_cast<v1::Channel>(options.channel));
  if (options.since != absl::InfinitePast()) {
    *request.mutable_period()->mutable_start_time() = ToProtoTime(options.since);
  }
  if (options.before != absl::InfinitePast()) {
    *request.mutable_period()->mutable_end_time() = ToProtoTime(options.before);
  }
  return request;
}

absl::StatusOr<int> List(Session& session, const DecisionsListOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto request, ListRequest(session, options));
  const auto print = [&](const v1::ListDecisionsResponse& all) {
    PrintDecisions(session, all);
    PrintGaps(session, all);
  };
  return PrintAll(session, request, options.limit, &v1::ListDecisionsResponse::decisions_size,
                  print);
}

void PrintOne(Session& session, const v1::DecisionRecord& decision) {
  Table table({"DECISION", ShortName(decision.name())});
  table.AddRow({"kind", Word(v1::DecisionKind_Name(decision.kind()), "DECISION_KIND_")});
  table.AddRow({"time", TimeText(decision.evaluate_time())});
  table.AddRow({"verdict", Word(v1::Verdict_Name(decision.verdict()), "VERDICT_")});
  table.AddRow({"subject", Subject(decision)});
  table.AddRow({"channel", EnumWord(ChannelNames(), decision.channel())});
  table.AddRow({"class", EnumWord(MessageClassNames(), decision.message_class())});
  table.AddRow({"campaign", decision.campaign()});
  table.AddRow({"brand", decision.brand()});
  table.AddRow({"caller", decision.caller()});
  table.AddRow({"revision", Grouped(decision.revision())});
  for (const v1::DecisionReason& reason : decision.reasons()) {
    table.AddRow({"reason", absl::StrCat(Word(v1::ReasonType_Name(reason.type()), "REASON_TYPE_"),
                                         " ", reason.list(), " ", ShortName(reason.entry()))});
  }
  for (const v1::DecisionReasonCount& reason : decision.counts().reasons()) {
    table.AddRow(
        {"not allowed", absl::StrCat(Grouped(reason.count()), " ",
                                     Word(v1::ReasonType_Name(reason.type()), "REASON_TYPE_"))});
  }
  table.Print(session.out());
}

absl::StatusOr<int> Show(Session& session, const std::string& id) {
  v1::GetDecisionRequest request;
  DNC_ASSIGN_OR_RETURN(const std::string parent, session.names().Organization());
  request.set_name(absl::StrContains(id, '/') ? id : absl::StrCat(parent, "/decisions/", id));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintAnswer(session, response, [&] { PrintOne(session, response.decision()); });
}

void AddListDecisions(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<DecisionsListOptions>();
  CLI::App* command = AddCommand(group, "list", "List records of checks, newest first",
                                 "dncctl decisions list --phone +12125550123\n"
                                 "dncctl decisions list --verdict deny --campaign spring\n"
                                 "dncctl -o json decisions list --since 2026-01-31 --limit 0\n\n"
                                 "Records that are missing are told on standard error.");
  command->add_option("--lead", options->lead, "Only of this lead")->type_name("ID");
  AddContact(*command, options->contact);
  command
      ->add_option("--decision", options->decision, "That one; of a block, all that belongs to it")
      ->type_name("ID");
  command->add_option("--caller", options->caller, "Only of this caller");
  command->add_option("--campaign", options->campaign, "Only of this campaign");
  AddEnum(*command, "--verdict", options->verdict, VerdictNames(), "Only with this answer");
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "Only on this channel");
  AddTime(*command, "--since", options->since, "Only of checks at or after this time");
  AddTime(*command, "--before", options->before, "Only of checks before this time");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

}  // namespace

void AddDecisionsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "decisions", "Records of checks: what was asked and answered",
                             "dncctl decisions list --lead 42\n"
                             "dncctl decisions show 00064f5e9a3c4b2d1f2e3d4c00000007");
  AddListDecisions(*group, chosen);
  auto id = std::make_shared<std::string>();
  CLI::App* show = AddCommand(*group, "show", "Show one record",
                              "dncctl decisions show 00064f5e9a3c4b2d1f2e3d4c00000007");
  show->add_option("DECISION", *id, "The decision_id of the answer")->required();
  show->callback([&chosen, id] { chosen = [id](Session& s) { return Show(s, *id); }; });
}

}  // namespace dnc::cli
