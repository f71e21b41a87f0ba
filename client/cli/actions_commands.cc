#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/contact_text.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct ActionsOptions {
  std::string lead;
  std::string action;
  ContactsOptions contacts;
  std::string evidence;
  absl::Time requested = absl::InfinitePast();
  WriteOptions write;
};

template <typename Names>
std::string Entries(const Names& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& entry) {
    absl::StrAppend(out, ShortName(entry));
  });
}

void PrintApplied(Session& session, const v1::ApplyActionResponse& response) {
  Table table({"OPERATION", "OUTCOME", "ENTRIES", "NOTE"});
  for (const v1::OperationResult& result : response.results()) {
    const std::string outcome(
        absl::StripPrefix(v1::OperationResult::Outcome_Name(result.outcome()), "OUTCOME_"));
    std::string note = result.message();
    if (!result.reason().empty()) note = absl::StrCat(result.reason(), ": ", note);
    if (result.revoked_entries_size() > 0) {
      absl::StrAppend(&note, note.empty() ? "" : "; ", "revoked ",
                      Entries(result.revoked_entries()));
    }
    table.AddRow({std::to_string(result.index() + 1), absl::AsciiStrToLower(outcome),
                  Entries(result.entries_size() > 0 ? result.entries() : result.covering_entries()),
                  note});
  }
  table.Print(session.out());
  for (const v1::UnlinkedContactPoint& point : response.unlinked_contact_points()) {
    session.out() << "not linked to the lead: " << Printable(ContactText(point.contact_point()))
                  << ", " << point.reason() << ": " << point.message() << '\n';
  }
  session.out() << "status " << ShortName(response.previous_status()) << " -> "
                << ShortName(response.status())
                << (response.lead_created() ? ", the lead is new" : "");
  if (!session.options().dry_run) {
    session.out() << "; revision " << response.revision() << ", "
                  << TimeText(response.effective_time());
  }
  session.out() << '\n';
  for (const v1::ActionObstacle& warning : response.warnings()) {
    session.out() << "warning: " << Printable(warning.message()) << '\n';
  }
}

absl::StatusOr<int> Apply(Session& session, const ActionsOptions& options) {
  v1::ApplyActionRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_lead(), session.names().Lead(options.lead));
  DNC_ASSIGN_OR_RETURN(*request.mutable_action(), session.names().Action(options.action));
  for (v1::ContactPoint& point : options.contacts.ToProto()) {
    *request.add_contact_points() = std::move(point);
  }
  request.set_evidence(options.evidence);
  if (options.requested != absl::InfinitePast()) {
    *request.mutable_request_time() = ToProtoTime(options.requested);
  }
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintAnswer(session, response, [&] { PrintApplied(session, response); });
}

}  // namespace

void AddActionsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "actions", "Apply actions to leads, copy and change them",
                             "dncctl actions apply --lead 42 --action sales/new/do-not-contact\n"
                             "dncctl actions copy --from sales/new --all-statuses sales --dry-run");
  auto options = std::make_shared<ActionsOptions>();
  CLI::App* command = AddCommand(
      *group, "apply", "Perform an action on a lead; when it returns, every check sees it",
      "dncctl actions apply --lead 42 --action sales/new/do-not-contact\n"
      "dncctl actions apply --lead 43 --action sales/new/do-not-contact --phone +12125550123 "
      "--evidence call-8812");
  command->add_option("--lead", options->lead, "The lead's id")->required()->type_name("ID");
  command->add_option("--action", options->action, "The action")
      ->required()
      ->type_name("WORKFLOW/STATUS/ACTION");
  AddContacts(*command, options->contacts);
  command->add_option("--evidence", options->evidence, "What proves the person's wish");
  AddTime(*command, "--requested", options->requested, "When the person asked, if before now");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Apply(s, *options); }; });
  AddActionsAvailableCommand(*group, chosen);
  AddActionsCopyCommand(*group, chosen);
  AddActionsChangeCommands(*group, chosen);
}

}  // namespace dnc::cli
