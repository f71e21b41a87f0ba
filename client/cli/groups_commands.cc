#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/delete_command.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

std::string WorkflowsText(const v1::Group& group) {
  return absl::StrJoin(group.workflows(), ", ", [](std::string* out, const v1::GroupWorkflow& w) {
    absl::StrAppend(out, ShortName(w.workflow()), w.outdated() ? " (outdated)" : "");
  });
}

template <typename Groups>
void PrintGroups(Session& session, const Groups& groups) {
  Table table({"GROUP", "NAME", "MEMBERS", "WORKFLOWS", "STATE"});
  for (const v1::Group& group : groups) {
    table.AddRow({ShortName(group.name()), group.display_name(), absl::StrCat(group.members_size()),
                  WorkflowsText(group), group.outdated() ? "outdated" : "up to date"});
  }
  table.Print(session.out());
}

template <typename Workflows>
void PrintChanges(Session& session, const Workflows& workflows) {
  for (const v1::GroupWorkflow& workflow : workflows) {
    if (!workflow.outdated()) continue;
    session.out() << ShortName(workflow.workflow()) << " changed since it was synchronised "
                  << TimeText(workflow.sync_time()) << ':';
    session.out() << (workflow.changed_actions().empty() ? " none of its actions" : "") << '\n';
    for (const std::string& action : workflow.changed_actions()) {
      session.out() << "  " << ShortName(action) << '\n';
    }
  }
}

void PrintGroup(Session& session, const v1::Group& group) {
  PrintGroups(session, std::vector<v1::Group>{group});
  for (const std::string& member : group.members()) session.out() << "  " << member << '\n';
  PrintChanges(session, group.workflows());
}

absl::StatusOr<std::vector<std::string>> WorkflowNames(const Session& session,
                                                       const std::vector<std::string>& ids) {
  std::vector<std::string> names;
  for (const std::string& id : ids) {
    DNC_ASSIGN_OR_RETURN(std::string name, session.names().Workflow(id));
    names.push_back(std::move(name));
  }
  return names;
}

struct SaveOptions {
  std::string id;
  std::string display_name;
  std::vector<std::string> members;
  std::vector<std::string> workflows;
  std::vector<std::string> removed_members;
  std::vector<std::string> removed_workflows;
  std::string etag;
  WriteOptions write;
};

absl::StatusOr<int> Create(Session& session, const SaveOptions& options) {
  v1::CreateGroupRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_group_id(options.id);
  v1::Group* group = request.mutable_group();
  group->set_display_name(options.display_name);
  for (const std::string& member : options.members) group->add_members(member);
  DNC_ASSIGN_OR_RETURN(const auto workflows, WorkflowNames(session, options.workflows));
  for (const std::string& name : workflows) group->add_workflows()->set_workflow(name);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintGroup(session, response.group()); });
}

absl::StatusOr<v1::GetGroupResponse> Read(Session& session, const std::string& id) {
  return ReadNamed<v1::GetGroupRequest>(session, session.names().Group(id));
}

// Taking away who is not there changes nothing, and may be a slip of the pen.
void NoteStrangers(Session& session, const SaveOptions& options) {
  if (options.removed_members.empty()) return;
  const auto held = Read(session, options.id);
  if (!held.ok()) return;  // the update says why
  const auto& members = held->group().members();
  for (const std::string& member : options.removed_members) {
    if (std::find(members.begin(), members.end(), member) != members.end()) continue;
    session.err() << "dncctl: " << Printable(member) << " is no member\n";
  }
}

absl::StatusOr<int> Update(Session& session, const SaveOptions& options) {
  NoteStrangers(session, options);
  v1::UpdateGroupRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Group(options.id));
  request.set_etag(options.etag);
  request.set_display_name(options.display_name);
  for (const std::string& member : options.members) request.add_add_members(member);
  for (const std::string& member : options.removed_members) request.add_remove_members(member);
  DNC_ASSIGN_OR_RETURN(const auto added, WorkflowNames(session, options.workflows));
  DNC_ASSIGN_OR_RETURN(const auto removed, WorkflowNames(session, options.removed_workflows));
  request.mutable_add_workflows()->Add(added.begin(), added.end());
  request.mutable_remove_workflows()->Add(removed.begin(), removed.end());
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] { PrintGroup(session, response.group()); });
}

absl::StatusOr<int> GetGroup(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response, Read(session, id));
  return PrintAnswer(session, response, [&] { PrintGroup(session, response.group()); });
}

struct GroupsListOptions {
  bool outdated = false;
  std::string member;
  std::string workflow;
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<int> List(Session& session, const GroupsListOptions& options) {
  v1::ListGroupsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_outdated_only(options.outdated);
  request.set_member(options.member);
  if (!options.workflow.empty()) {
    DNC_ASSIGN_OR_RETURN(*request.mutable_workflow(), session.names().Workflow(options.workflow));
  }
  return PrintAll(session, request, options.limit, &v1::ListGroupsResponse::groups_size,
                  [&](const auto& all) { PrintGroups(session, all.groups()); });
}

struct SyncOptions {
  std::string id;
  std::vector<std::string> workflows;
  WriteOptions write;
};

absl::StatusOr<int> Sync(Session& session, const SyncOptions& options) {
  v1::SyncGroupRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Group(options.id));
  DNC_ASSIGN_OR_RETURN(const auto workflows, WorkflowNames(session, options.workflows));
  request.mutable_workflows()->Add(workflows.begin(), workflows.end());
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response, [&] {
    // A dry run judges as if it were done; the group itself stays as it is.
    if (!options.write.dry_run) PrintGroups(session, std::vector<v1::Group>{response.group()});
    if (response.synced().empty()) session.out() << "nothing had changed\n";
    PrintChanges(session, response.synced());
  });
}

void AddCreateGroup(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<SaveOptions>();
  CLI::App* command = AddCommand(
      group, "create", "Create a group of users, synchronised with its workflows as they are now",
      "dncctl groups create inside-sales --member users/jane,users/joe --workflow sales");
  command->add_option("GROUP", options->id, "Its id")->required();
  command->add_option("--display-name", options->display_name, "For people");
  AddTexts(*command, "--member", options->members, "A member, e.g. users/jane");
  AddTexts(*command, "--workflow", options->workflows, "A workflow that it works with");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Create(s, *options); }; });
}

void AddUpdateGroup(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<SaveOptions>();
  CLI::App* command = AddCommand(
      group, "update", "Add and remove members and workflows",
      "dncctl groups update inside-sales --add-member users/kim --remove-member users/joe\n"
      "dncctl groups update inside-sales --add-workflow renewals");
  command->add_option("GROUP", options->id, "Its id")->required();
  command->add_option("--display-name", options->display_name, "For people");
  AddTexts(*command, "--add-member", options->members, "Becomes a member");
  AddTexts(*command, "--remove-member", options->removed_members, "Is a member no longer");
  AddTexts(*command, "--add-workflow", options->workflows,
           "It works with this one too; synchronised as it is now");
  AddTexts(*command, "--remove-workflow", options->removed_workflows,
           "It works with this one no longer");
  command->add_option("--etag", options->etag, "Refuse where it changed since it was read");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Update(s, *options); }; });
}

void AddListGroups(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<GroupsListOptions>();
  CLI::App* command = AddCommand(group, "list", "List groups, and which are outdated",
                                 "dncctl groups list\n"
                                 "dncctl groups list --outdated --workflow sales\n"
                                 "dncctl groups list --member users/jane");
  command->add_flag("--outdated", options->outdated, "Only those that are outdated");
  command->add_option("--member", options->member, "Only those that this user is a member of");
  command->add_option("--workflow", options->workflow, "Only those that work with this workflow");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

void AddSync(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<SyncOptions>();
  CLI::App* command =
      AddCommand(group, "sync", "State that a group works with its workflows as they are now",
                 "dncctl groups sync inside-sales\n"
                 "dncctl groups sync inside-sales --workflow sales --dry-run");
  command->add_option("GROUP", options->id, "Its id")->required();
  AddTexts(*command, "--workflow", options->workflows, "Only this one; all if not given");
  AddWriteOptions(*command, options->write, "Show what has changed, and change nothing");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Sync(s, *options); }; });
}

}  // namespace

void AddGroupsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(
      app, "groups", "Groups of users, and the version of the workflows that they work with",
      "dncctl groups create inside-sales --member users/jane --workflow sales\n"
      "dncctl groups list --outdated\n"
      "dncctl groups sync inside-sales");
  AddCreateGroup(*group, chosen);
  AddUpdateGroup(*group, chosen);
  AddDeleteCommand<v1::DeleteGroupRequest>(
      *group, chosen,
      {"GROUP", "Delete a group that nothing names", "dncctl groups delete inside-sales"},
      &Names::Group);
  AddListGroups(*group, chosen);
  AddSync(*group, chosen);
  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show a group, its members and what has changed",
                             "dncctl groups get inside-sales");
  get->add_option("GROUP", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetGroup(s, *id); }; });
}

}  // namespace dnc::cli
