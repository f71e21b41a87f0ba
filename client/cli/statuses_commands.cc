#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/cli/action_text.h"
#include "client/cli/affected_text.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct StatusesOptions {
  std::string name;
  std::string display_name;
  int system_status = v1::SYSTEM_STATUS_UNSPECIFIED;
  int state = v1::OBJECT_STATE_UNSPECIFIED;
  bool restrict = false;
  bool no_restriction = false;
  std::vector<int> channels;
  absl::Duration restrict_for;
  absl::Time restrict_until = absl::InfinitePast();
  std::vector<std::string> visible_to;
  bool visible_to_all = false;
  bool allow_lifting_restriction = false;
  bool allow_affected = false;
  WriteOptions write;

  bool restriction_given() const {
    return restrict || !channels.empty() || restrict_for > absl::ZeroDuration() ||
           restrict_until != absl::InfinitePast();
  }
};

void PrintStatus(Session& session, const v1::Status& status) {
  Table table({"STATUS", "NAME", "MEANS", "STATE", "RESTRICTS", "VISIBLE TO", "ACTIONS"});
  table.AddRow({ShortName(status.name()), status.display_name(),
                EnumWord(SystemStatusNames(), status.system_status()),
                EnumWord(ObjectStateNames(), status.state()), RestrictionText(status),
                AllOr(status.visible_to_roles()), std::to_string(status.actions_size())});
  table.Print(session.out());
}

absl::StatusOr<v1::GetStatusResponse> Read(Session& session, const std::string& name) {
  return ReadNamed<v1::GetStatusRequest>(session, session.names().Status(name));
}

// What the options say of the restriction takes the place of what is there.
void Restrict(const StatusesOptions& options, v1::Status* status) {
  if (options.no_restriction) status->clear_restriction();
  if (!options.restriction_given()) return;
  v1::ContactRestriction* restriction = status->mutable_restriction();
  restriction->Clear();
  for (const int channel : options.channels) {
    restriction->add_channels(static_cast<v1::Channel>(channel));
  }
  if (options.restrict_for > absl::ZeroDuration()) {
    *restriction->mutable_duration() = ToProtoDuration(options.restrict_for);
  }
  if (options.restrict_until != absl::InfinitePast()) {
    *restriction->mutable_until_time() = ToProtoTime(options.restrict_until);
  }
}

absl::StatusOr<int> Update(Session& session, const StatusesOptions& options) {
  v1::UpdateStatusRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  // What is not mentioned stays as it was read; the etag refuses if it changes in between.
  DNC_ASSIGN_OR_RETURN(const auto held, Read(session, options.name));
  *request.mutable_status() = held.status();
  v1::Status* status = request.mutable_status();
  if (!options.display_name.empty()) status->set_display_name(options.display_name);
  if (options.system_status != v1::SYSTEM_STATUS_UNSPECIFIED) {
    status->set_system_status(static_cast<v1::SystemStatus>(options.system_status));
  }
  if (options.state != v1::OBJECT_STATE_UNSPECIFIED) {
    status->set_state(static_cast<v1::ObjectState>(options.state));
  }
  Restrict(options, status);
  if (options.visible_to_all) status->clear_visible_to_roles();
  if (!options.visible_to.empty()) {
    status->mutable_visible_to_roles()->Assign(options.visible_to.begin(),
                                               options.visible_to.end());
  }
  status->clear_actions();
  request.set_allow_lifting_restriction(options.allow_lifting_restriction);
  request.set_allow_affected(options.allow_affected);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] {
    PrintStatus(session, response.status());
    PrintAffected(response.affected(), session.out());
  });
}

absl::StatusOr<int> GetStatus(Session& session, const std::string& name) {
  DNC_ASSIGN_OR_RETURN(const auto response, Read(session, name));
  return PrintAnswer(session, response, [&] { PrintStatus(session, response.status()); });
}

void AddName(CLI::App& command, std::string& name) {
  command.add_option("NAME", name, "The status")->required()->type_name("WORKFLOW/STATUS");
}

void AddAllowAffected(CLI::App& command, StatusesOptions& options) {
  command.add_flag("--allow-affected", options.allow_affected,
                   "Although leads are in it, or actions of other statuses move leads to it");
}

void AddUpdateStatus(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<StatusesOptions>();
  CLI::App* command =
      AddCommand(group, "update", "Change a status; what is not mentioned stays",
                 "dncctl statuses update sales/later --restrict-for 90d --channel voice,sms\n"
                 "dncctl statuses update sales/legal --visible-to compliance-officer");
  AddName(*command, options->name);
  command->add_option("--display-name", options->display_name, "For people");
  AddEnum(*command, "--means", options->system_status, SystemStatusNames(),
          "What it means to the system");
  AddEnum(*command, "--state", options->state, ObjectStateNames(), "What it may be used for");
  command->add_flag("--restrict", options->restrict,
                    "Leads in it may not be contacted, on any channel, as long as they stay");
  AddEnums(*command, "--channel", options->channels, ChannelNames(),
           "They may not be contacted on these; all if not given");
  AddDuration(*command, "--restrict-for", options->restrict_for,
              "For so long after they entered the status, e.g. 90d");
  AddTime(*command, "--restrict-until", options->restrict_until, "Until then");
  command->add_flag("--no-restriction", options->no_restriction, "They may be contacted");
  AddTexts(*command, "--visible-to", options->visible_to, "Ids of the roles that may see it");
  command->add_flag("--visible-to-all", options->visible_to_all, "Everybody may see it");
  command->add_flag("--allow-lifting-restriction", options->allow_lifting_restriction,
                    "Permit that leads in it may be contacted where they could not before");
  AddAllowAffected(*command, *options);
  AddWriteOptions(*command, options->write);
  command->callback([&chosen, options] {
    if (options->no_restriction && options->restriction_given()) {
      throw CLI::ValidationError("--no-restriction", "not with another word about a restriction");
    }
    if (options->visible_to_all && !options->visible_to.empty()) {
      throw CLI::ValidationError("--visible-to-all", "not with --visible-to");
    }
    chosen = [options](Session& s) { return Update(s, *options); };
  });
}

// A command that does nothing but set the state.
void AddStateCommand(CLI::App& group, Command& chosen, const std::string& name,
                     const std::string& description, v1::ObjectState state) {
  auto options = std::make_shared<StatusesOptions>();
  options->state = state;
  CLI::App* command = AddCommand(group, name, description,
                                 absl::StrCat("dncctl statuses ", name, " sales/later --dry-run\n",
                                              "dncctl statuses ", name, " sales/later"));
  AddName(*command, options->name);
  if (state != v1::OBJECT_STATE_ENABLED) AddAllowAffected(*command, *options);
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Update(s, *options); }; });
}

}  // namespace

void AddStatusesCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "statuses", "The statuses of workflows",
                             "dncctl statuses get sales/new\n"
                             "dncctl statuses archive sales/later --dry-run");
  auto name = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show a status", "dncctl statuses get sales/new");
  AddName(*get, *name);
  get->callback([&chosen, name] { chosen = [name](Session& s) { return GetStatus(s, *name); }; });
  AddUpdateStatus(*group, chosen);
  AddStateCommand(*group, chosen, "disable", "Take a status out of use for now",
                  v1::OBJECT_STATE_DISABLED);
  AddStateCommand(*group, chosen, "archive", "Keep a status for the record only",
                  v1::OBJECT_STATE_ARCHIVED);
  AddStateCommand(*group, chosen, "restore", "Put a disabled or archived status back in use",
                  v1::OBJECT_STATE_ENABLED);
}

}  // namespace dnc::cli
