#include <CLI/CLI.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

void AddRow(Table& table, const v1::Organization& organization) {
  table.AddRow({ShortName(organization.name()), organization.display_name(),
                organization.default_region(), TimeText(organization.create_time())});
}

Table MakeTable() { return Table({"ORGANIZATION", "NAME", "REGION", "CREATED"}); }

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
  if (session.json()) {
    session.PrintJson(response);
  } else {
    Table table = MakeTable();
    AddRow(table, response.organization());
    table.Print(session.out());
  }
  return kExitOk;
}

absl::StatusOr<int> Get(Session& session, const std::string& id) {
  v1::GetOrganizationRequest request;
  const Names names(id.empty() ? session.options().organization : id);
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), names.Organization());
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
  } else {
    Table table = MakeTable();
    AddRow(table, response.organization());
    table.Print(session.out());
  }
  return kExitOk;
}

absl::StatusOr<int> List(Session& session, int64_t limit) {
  DNC_ASSIGN_OR_RETURN(const auto all,
                       ListAll<v1::ListOrganizationsResponse>(
                           session, v1::ListOrganizationsRequest(), limit,
                           [](const auto& page) -> int64_t { return page.organizations_size(); }));
  if (session.json()) {
    session.PrintJson(all);
  } else {
    Table table = MakeTable();
    for (const v1::Organization& organization : all.organizations()) AddRow(table, organization);
    table.Print(session.out());
  }
  return kExitOk;
}

}  // namespace

void AddOrgsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "orgs", "Organizations: the tenants",
                             "dncctl orgs create acme\ndncctl orgs list");

  auto create = std::make_shared<CreateOptions>();
  CLI::App* create_app = AddCommand(*group, "create", "Create an organization",
                                    "dncctl orgs create acme\n"
                                    "dncctl orgs create acme --display-name \"Acme Inc.\"");
  create_app->add_option("NAME", create->id, "Id: 1 to 63 of a-z, 0-9 and '-'")->required();
  create_app->add_option("--display-name", create->display_name, "For people");
  create_app->add_option("--default-region", create->default_region,
                         "Region of phone numbers without country code; US if not given");
  AddWriteOptions(*create_app, create->write);
  create_app->callback(
      [&chosen, create] { chosen = [create](Session& s) { return Create(s, *create); }; });

  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show an organization", "dncctl orgs get acme");
  get->add_option("NAME", *id, "Its id; --org if not given");
  get->callback([&chosen, id] { chosen = [id](Session& s) { return Get(s, *id); }; });

  auto limit = std::make_shared<int64_t>(kDefaultLimit);
  CLI::App* list = AddCommand(*group, "list", "List the organizations", "dncctl orgs list");
  list->add_option("--limit", *limit, "How many at most; 0: all")->check(CLI::NonNegativeNumber);
  list->callback([&chosen, limit] { chosen = [limit](Session& s) { return List(s, *limit); }; });
}

}  // namespace dnc::cli
