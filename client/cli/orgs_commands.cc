#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/opt_out_text.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

void AddRow(Table& table, const v1::Organization& organization) {
  table.AddRow({ShortName(organization.name()), organization.display_name(),
                organization.default_region(), TimeText(organization.create_time())});
}

Table MakeTable() { return Table({"ORGANIZATION", "NAME", "REGION", "CREATED"}); }

const EnumNames& EnforcementNames() {
  static const auto& names = *new EnumNames{{"off", v1::DncActionNaming::ENFORCEMENT_OFF},
                                            {"warn", v1::DncActionNaming::ENFORCEMENT_WARN},
                                            {"enforce", v1::DncActionNaming::ENFORCEMENT_ENFORCE}};
  return names;
}

const EnumNames& OutdatedGroupNames() {
  static const auto& names = *new EnumNames{{"warn", v1::OUTDATED_GROUP_POLICY_WARN},
                                            {"block", v1::OUTDATED_GROUP_POLICY_BLOCK}};
  return names;
}

// What is in force, where the organization leaves it to the default too.
void PrintOrganization(Session& session, const v1::Organization& organization) {
  Table table = MakeTable();
  AddRow(table, organization);
  table.Print(session.out());
  session.out() << "users of outdated groups: "
                << WordOrFirst(OutdatedGroupNames(), organization.outdated_group_policy()) << '\n';
  const v1::DncActionNaming& naming = organization.dnc_action_naming();
  session.out() << "names of DNC actions: ";
  if (naming.pattern().empty()) {
    session.out() << "any\n";
  } else {
    session.out() << Printable(naming.pattern()) << ", "
                  << EnumWord(EnforcementNames(), naming.enforcement())
                  << (naming.description().empty() ? "" : ": " + Printable(naming.description()))
                  << '\n';
  }
  session.out() << "opt-outs:\n" << OptOutPolicyText(organization.opt_out_policy(), "  ");
}

struct CreateOptions {
  std::string id;
  std::string display_name;
  std::string default_region;
  WriteOptions write;
};

absl::StatusOr<int> Create(Session& session, const CreateOptions& options) {
  v1::CreateOrganizationRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  request.set_organization_id(options.id);
  request.mutable_organization()->set_display_name(options.display_name);
  request.mutable_organization()->set_default_region(options.default_region);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response,
                    [&] { PrintOrganization(session, response.organization()); });
}

struct UpdateOptions {
  std::string id;
  std::string display_name;
  std::string default_region;
  std::string naming_pattern;
  std::string naming_description;
  int naming_enforcement = v1::DncActionNaming::ENFORCEMENT_UNSPECIFIED;
  bool no_naming = false;
  int outdated_groups = v1::OUTDATED_GROUP_POLICY_UNSPECIFIED;
  std::string etag;
  WriteOptions write;

  bool naming_given() const {
    return !naming_pattern.empty() || !naming_description.empty() ||
           naming_enforcement != v1::DncActionNaming::ENFORCEMENT_UNSPECIFIED;
  }
};

// The rule as it is, changed by what the options say of it.
absl::Status ChangeNaming(Session& session, const UpdateOptions& options,
                          v1::Organization* organization) {
  if (options.no_naming) organization->mutable_dnc_action_naming();
  if (!options.naming_given()) return absl::OkStatus();
  v1::GetOrganizationRequest request;
  request.set_name(organization->name());
  DNC_ASSIGN_OR_RETURN(const auto held, session.gateway().Call(request));
  if (organization->etag().empty()) organization->set_etag(held.organization().etag());
  v1::DncActionNaming* naming = organization->mutable_dnc_action_naming();
  *naming = held.organization().dnc_action_naming();
  if (!options.naming_pattern.empty()) naming->set_pattern(options.naming_pattern);
  if (!options.naming_description.empty()) naming->set_description(options.naming_description);
  if (options.naming_enforcement != v1::DncActionNaming::ENFORCEMENT_UNSPECIFIED) {
    naming->set_enforcement(
        static_cast<v1::DncActionNaming::Enforcement>(options.naming_enforcement));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> Update(Session& session, const UpdateOptions& options) {
  v1::UpdateOrganizationRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  v1::Organization* organization = request.mutable_organization();
  const Names names(options.id.empty() ? session.options().organization : options.id);
  DNC_ASSIGN_OR_RETURN(*organization->mutable_name(), names.Organization());
  organization->set_display_name(options.display_name);
  organization->set_default_region(options.default_region);
  organization->set_etag(options.etag);
  organization->set_outdated_group_policy(
      static_cast<v1::OutdatedGroupPolicy>(options.outdated_groups));
  DNC_RETURN_IF_ERROR(ChangeNaming(session, options, organization));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintWrite(session, response,
                    [&] { PrintOrganization(session, response.organization()); });
}

void AddUpdateOrganization(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<UpdateOptions>();
  CLI::App* command =
      AddCommand(group, "update", "Change an organization's settings; what is not mentioned stays",
                 "dncctl orgs update acme --display-name \"Acme Inc.\"\n"
                 "dncctl orgs update acme --naming-pattern \"DNC: .+\" --naming-enforcement warn");
  command->add_option("NAME", options->id, "Its id; --org if not given");
  command->add_option("--display-name", options->display_name, "For people");
  command->add_option("--default-region", options->default_region,
                      "Region of phone numbers without country code");
  command->add_option("--naming-pattern", options->naming_pattern,
                      "Regular expression (RE2) that display names of DNC actions match");
  command->add_option("--naming-description", options->naming_description, "The rule for people");
  AddEnum(*command, "--naming-enforcement", options->naming_enforcement, EnforcementNames(),
          "What happens when an action is saved that breaks it");
  AddEnum(*command, "--outdated-groups", options->outdated_groups, OutdatedGroupNames(),
          "What becomes of changed actions when a group of their user is not synchronised");
  command->add_flag("--no-naming", options->no_naming, "No naming rule");
  command->add_option("--etag", options->etag, "Refuse where it changed since it was read");
  AddWriteOptions(*command, options->write);
  command->callback([&chosen, options] {
    if (options->no_naming && options->naming_given()) {
      throw CLI::ValidationError("--no-naming", "not with another word about the naming rule");
    }
    chosen = [options](Session& s) { return Update(s, *options); };
  });
}

absl::StatusOr<int> GetOrganization(Session& session, const std::string& id) {
  const Names names(id.empty() ? session.options().organization : id);
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetOrganizationRequest>(session, names.Organization()));
  return PrintAnswer(session, response,
                     [&] { PrintOrganization(session, response.organization()); });
}

void PrintOrganizations(Session& session, const v1::ListOrganizationsResponse& all) {
  Table table = MakeTable();
  for (const v1::Organization& organization : all.organizations()) AddRow(table, organization);
  table.Print(session.out());
}

absl::StatusOr<int> ListOrganizations(Session& session, int64_t limit) {
  return PrintAll(session, v1::ListOrganizationsRequest(), limit,
                  &v1::ListOrganizationsResponse::organizations_size,
                  [&](const auto& all) { PrintOrganizations(session, all); });
}

}  // namespace

void AddOrgsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "orgs", "Organizations: the tenants",
                             "dncctl orgs create acme\ndncctl orgs list");

  auto create = std::make_shared<CreateOptions>();
  CLI::App* create_app = AddCommand(*group, "create", "Create an organization",
                                    "dncctl orgs create acme\n"
                                    "dncctl orgs create acme --display-name \"Acme Inc.\"");
  create_app
      ->add_option("NAME", create->id,
                   "Id: 1 to 63 of a-z, 0-9, '-' and '_', starting with a letter")
      ->required();
  create_app->add_option("--display-name", create->display_name, "For people");
  create_app->add_option("--default-region", create->default_region,
                         "Region of phone numbers without country code; US if not given");
  AddWriteOptions(*create_app, create->write);
  create_app->callback(
      [&chosen, create] { chosen = [create](Session& s) { return Create(s, *create); }; });

  AddUpdateOrganization(*group, chosen);

  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show an organization", "dncctl orgs get acme");
  get->add_option("NAME", *id, "Its id; --org if not given");
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetOrganization(s, *id); }; });

  auto limit = std::make_shared<int64_t>(kDefaultLimit);
  CLI::App* list = AddCommand(*group, "list", "List the organizations", "dncctl orgs list");
  AddLimit(*list, *limit);
  list->callback(
      [&chosen, limit] { chosen = [limit](Session& s) { return ListOrganizations(s, *limit); }; });
}

}  // namespace dnc::cli
