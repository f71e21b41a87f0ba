#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/commands.h"
#include "client/cli/contact_text.h"
#include "client/cli/error_output.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "client/decision.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct CheckOptions {
  ContactOptions contact;
  std::string lead;
  int channel = v1::CHANNEL_UNSPECIFIED;
  int message_class = v1::MESSAGE_CLASS_MARKETING;
  std::string brand;
  std::string campaign;
  int64_t at_least_revision = 0;
};

absl::StatusOr<v1::CheckContactRequest> MakeRequest(const Session& session,
                                                    const CheckOptions& options) {
  if (options.lead.empty() && !options.contact.given()) {
    return absl::InvalidArgumentError(
        "nothing to check: give --phone NUMBER, --email ADDRESS, --other ADDRESS or --lead ID");
  }
  v1::CheckContactRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_organization(), session.names().Organization());
  if (!options.lead.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_lead(), session.names().Lead(options.lead));
  }
  if (options.contact.given()) *request.mutable_contact_point() = options.contact.ToProto();
  request.set_channel(static_cast<v1::Channel>(options.channel));
  request.set_message_class(static_cast<v1::MessageClass>(options.message_class));
  request.set_brand(options.brand);
  request.set_campaign(options.campaign);
  request.set_at_least_revision(options.at_least_revision);
  return request;
}

std::string Behind(const v1::Reason& reason) {
  for (const std::string* name :
       {&reason.entry(), &reason.list(), &reason.status(), &reason.lead()}) {
    if (!name->empty()) return ShortName(*name);
  }
  return "";
}

void PrintReasons(Session& session, const Decision& decision) {
  if (decision.reasons().empty()) return;
  Table table({"REASON", "EFFECT", "LIST", "BEHIND IT", "SINCE", "UNTIL", "MESSAGE"});
  for (const v1::Reason& reason : decision.reasons()) {
    table.AddRow(
        {std::string(absl::StripPrefix(v1::ReasonType_Name(reason.type()), "REASON_TYPE_")),
         std::string(absl::StripPrefix(v1::Verdict_Name(reason.effect()), "VERDICT_")),
         ShortName(reason.list()), Behind(reason), TimeText(reason.since()),
         TimeText(reason.until()), reason.message()});
  }
  table.Print(session.out());
}

void PrintText(Session& session, const Decision& decision,
               const v1::CheckContactResponse& response) {
  session.out() << VerdictName(decision.verdict());
  if (const std::string point = ContactText(response.contact_point()); !point.empty()) {
    session.out() << "  " << Printable(point);
  }
  if (decision.may_contact()) {
    session.out() << "  (may be relied on for " << DurationText(response.valid_for()) << ")";
  }
  session.out() << "\ndecision " << response.decision_id() << " at revision " << response.revision()
                << ", " << TimeText(response.evaluate_time()) << '\n';
  PrintReasons(session, decision);
}

absl::StatusOr<int> Check(Session& session, const CheckOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto request, MakeRequest(session, options));
  const auto time = MachineTime();
  const absl::Duration started = time->Now();
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  const Decision decision = Decision::FromResponse(response, started, time);
  if (const absl::Status status = decision.status(); !status.ok()) {
    PrintError(session.err(), status, session.options());
    return kExitUnknown;
  }
  if (session.json()) {
    session.PrintJson(response);
  } else {
    PrintText(session, decision, response);
  }
  return ExitCodeOf(decision.verdict());
}

}  // namespace

void AddCheckCommand(CLI::App& app, Command& chosen) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = AddCommand(
      app, "check", "May we contact this person, on this channel, now? Exits 0 only for ALLOW",
      "dncctl check --phone +12125550123 --channel voice && dial\n"
      "dncctl check --lead 42 --channel email --class transactional\n"
      "dncctl -o json check --email jane@example.com --channel email\n\n"
      "Exits 0 for ALLOW, 10 for DENY, 11 for UNKNOWN; anything but 0: do not contact.");
  AddContact(*command, options->contact);
  command->add_option("--lead", options->lead, "The lead's id")->type_name("ID");
  AddEnum(*command, "--channel", options->channel, ChannelNames(), "How")->required();
  AddEnum(*command, "--class", options->message_class, MessageClassNames(),
          "What for; marketing if not given");
  command->add_option("--brand", options->brand, "Apply this brand's lists only");
  command->add_option("--campaign", options->campaign, "Apply this campaign's lists only");
  command->add_option("--at-least-revision", options->at_least_revision,
                      "Answer only from a state at or after this revision");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Check(s, *options); }; });
}

}  // namespace dnc::cli
