// dncctl leads delete, merge.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/affected_text.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct DeleteOptions {
  std::string id;
  std::string etag;
  WriteOptions write;
};

absl::StatusOr<int> Delete(Session& session, const DeleteOptions& options) {
  v1::DeleteLeadRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Lead(options.id));
  request.set_etag(options.etag);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  session.out() << "lead " << ShortName(response.lead().name()) << " deleted on "
                << TimeText(response.lead().delete_time())
                << "; what blocks its contact points stays\n";
  PrintWritten(response.revision(), options.write, session.out());
  return kExitOk;
}

struct MergeOptions {
  std::string source;
  std::string target;
  bool allow_lifting_restriction = false;
  WriteOptions write;
};

absl::StatusOr<int> Merge(Session& session, const MergeOptions& options) {
  v1::MergeLeadsRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_source(), session.names().Lead(options.source));
  DNC_ASSIGN_OR_RETURN(*request.mutable_target(), session.names().Lead(options.target));
  request.set_allow_lifting_restriction(options.allow_lifting_restriction);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
    return kExitOk;
  }
  session.out() << "lead " << ShortName(request.source()) << " merged into "
                << ShortName(response.lead().name()) << ": "
                << response.lead().contact_points_size() << " contact points, do not contact: "
                << (response.lead().do_not_contact() ? "yes" : "no")
                << "\nentries moved: " << response.moved_entries_size()
                << ", added for contact points: " << response.added_entries_size() << '\n';
  PrintWritten(response.revision(), options.write, session.out());
  return kExitOk;
}

}  // namespace

void AddLeadsEndCommands(CLI::App& leads, Command& chosen) {
  auto options = std::make_shared<DeleteOptions>();
  CLI::App* command =
      AddCommand(leads, "delete", "Delete a lead; what blocks its contact points stays",
                 "dncctl leads delete 42 --dry-run\ndncctl leads delete 42");
  command->add_option("ID", options->id, "The lead's id")->required();
  command->add_option("--etag", options->etag, "Refuse where it changed since it was read");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Delete(s, *options); }; });

  auto merge = std::make_shared<MergeOptions>();
  CLI::App* merge_command = AddCommand(
      leads, "merge", "Merge a lead into another, which takes over all that restricts contact",
      "dncctl leads merge --from 43 --into 42 --dry-run\ndncctl leads merge --from 43 --into 42");
  merge_command->add_option("--from", merge->source, "The lead that is given up")
      ->required()
      ->type_name("ID");
  merge_command->add_option("--into", merge->target, "The lead that remains")
      ->required()
      ->type_name("ID");
  merge_command->add_flag("--allow-lifting-restriction", merge->allow_lifting_restriction,
                          "Although the source's status restricts contact more");
  AddWriteOptions(*merge_command, merge->write);
  merge_command->callback(
      [&chosen, merge] { chosen = [merge](Session& s) { return Merge(s, *merge); }; });
}

}  // namespace dnc::cli
