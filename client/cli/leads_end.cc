// dncctl leads delete, merge.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/delete_command.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

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
  return PrintWrite(session, response, [&] {
    session.out() << "lead " << ShortName(request.source())
                  << (options.write.dry_run ? " would be merged into " : " merged into ")
                  << ShortName(response.lead().name()) << ": "
                  << Counted(response.lead().contact_points_size(), "contact point",
                             "contact points")
                  << ", do not contact: " << (response.lead().do_not_contact() ? "yes" : "no")
                  << "\nentries moved: " << response.moved_entries_size()
                  << ", added for contact points: " << response.added_entries_size() << '\n';
  });
}

}  // namespace

void AddLeadsEndCommands(CLI::App& leads, Command& chosen) {
  AddDeleteCommand<v1::DeleteLeadRequest>(
      leads, chosen,
      {"ID", "Delete a lead; what blocks its contact points stays",
       "dncctl leads delete 42 --dry-run\ndncctl leads delete 42"},
      &Names::Lead);

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
