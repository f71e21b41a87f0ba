#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/action_text.h"
#include "client/cli/affected_text.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/delete_command.h"
#include "client/cli/exit_code.h"
#include "client/cli/input.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "client/cli/workflow_yaml.h"
#include "client/cli/yaml_place.h"
#include "client/error.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

template <typename Templates>
void PrintTemplates(Session& session, const Templates& templates) {
  Table table({"TEMPLATE", "NAME", "RECORD TYPE", "VERSION", "CHANGED"});
  for (const v1::Template& row : templates) {
    table.AddRow({ShortName(row.name()), row.display_name(), row.record_type(),
                  absl::StrCat(row.version()), TimeText(row.update_time())});
  }
  table.Print(session.out());
}

// A template with its actions.
void PrintTemplate(Session& session, const v1::Template& shown) {
  PrintTemplates(session, std::vector<v1::Template>{shown});
  for (const v1::Action& action : shown.actions()) {
    session.out() << "  "
                  << ShortName(action.name()).substr(ShortName(action.name()).rfind('/') + 1)
                  << ": " << Printable(ActionText(action)) << '\n';
  }
}

template <typename Response>
int PrintPut(Session& session, const Response& response) {
  return PrintWrite(session, response, [&] {
    PrintTemplate(session, response.template_());
    PrintNamingWarnings(response.naming_violations(), session.out());
  });
}

struct PutOptions {
  std::string file;
  bool allow_dropping_dnc = false;
  WriteOptions write;
};

// Creates the template, or makes a new version of the one that is there.
absl::StatusOr<int> PutOne(Session& session, const PutOptions& options, const v1::Template& wanted,
                           const std::string& part) {
  v1::GetTemplateRequest get;
  get.set_name(wanted.name());
  const auto held = session.gateway().Call(get);
  if (held.ok()) {
    v1::UpdateTemplateRequest request;
    session.Sign(request, part);
    *request.mutable_template_() = wanted;
    request.mutable_template_()->set_etag(held->template_().etag());
    request.set_allow_dropping_dnc(options.allow_dropping_dnc);
    DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
    return PrintPut(session, response);
  }
  if (ErrorReasonOf(held.status()) != "TEMPLATE_NOT_FOUND") return held.status();
  v1::CreateTemplateRequest request;
  session.Sign(request, part);
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  request.set_template_id(ShortName(wanted.name()));
  *request.mutable_template_() = wanted;
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintPut(session, response);
}

absl::StatusOr<int> Put(Session& session, const PutOptions& options) {
  DNC_ASSIGN_OR_RETURN(const std::string text, ReadWhole(options.file));
  DNC_ASSIGN_OR_RETURN(const std::vector<v1::Template> documents,
                       ParseTemplateYaml(text, options.file, session.names()));
  session.BeginWrite(options.write);
  for (size_t i = 0; i < documents.size(); ++i) {
    const std::string part = i == 0 ? "" : absl::StrCat("-", i + 1);
    DNC_RETURN_IF_ERROR(
        AtPlace(PutOne(session, options, documents[i], part).status(), {options.file, text, i}));
  }
  return kExitOk;
}

absl::StatusOr<int> ListTemplates(Session& session, int64_t limit) {
  return PrintAllOfOrganization<v1::ListTemplatesRequest>(
      session, limit, &v1::ListTemplatesResponse::templates_size,
      [&](const auto& all) { PrintTemplates(session, all.templates()); });
}

absl::StatusOr<int> GetTemplate(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetTemplateRequest>(session, session.names().Template(id)));
  return PrintAnswer(session, response, [&] { PrintTemplate(session, response.template_()); });
}

struct CopiesOptions {
  std::string id;
  bool lagging = false;
  bool adjusted = false;
  int64_t limit = kDefaultLimit;
};

std::string StateOf(const v1::TemplateCopy& copy) {
  if (copy.orphaned()) return "orphaned";
  return copy.lags() ? "lags" : "follows";
}

void PrintCopies(Session& session, const v1::ListTemplateCopiesResponse& all) {
  Table table({"ACTION", "OF", "VERSION", "STATE", "ADJUSTED"});
  for (const v1::TemplateCopy& copy : all.copies()) {
    table.AddRow({ShortName(copy.action()), copy.template_action(), absl::StrCat(copy.version()),
                  StateOf(copy), absl::StrJoin(copy.adjusted_fields(), ", ")});
  }
  table.Print(session.out());
}

absl::StatusOr<int> Copies(Session& session, const CopiesOptions& options) {
  v1::ListTemplateCopiesRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_template_(), session.names().Template(options.id));
  request.set_lagging_only(options.lagging);
  request.set_adjusted_only(options.adjusted);
  return PrintAll(session, request, options.limit, &v1::ListTemplateCopiesResponse::copies_size,
                  [&](const auto& all) { PrintCopies(session, all); });
}

void AddPut(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<PutOptions>();
  CLI::App* command =
      AddCommand(group, "put", "Create templates from a YAML file, or make new versions of them",
                 "dncctl templates put opt-outs.yaml\n"
                 "dncctl templates put opt-outs.yaml --dry-run\n\n"
                 "template: opt-outs\n"
                 "record_type: contact\n"
                 "actions:\n"
                 "  - id: do-not-contact\n"
                 "    category: do-not-contact\n"
                 "    operations: [{add_to_dnc_list: {}}]");
  command->add_option("FILE", options->file, "The file; - for standard input")
      ->required()
      ->type_name("FILE");
  command->add_flag("--allow-dropping-dnc", options->allow_dropping_dnc,
                    "Permit that an action is left out, or loses its Do-Not-Contact operation");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Put(s, *options); }; });
}

void AddCopies(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<CopiesOptions>();
  CLI::App* command =
      AddCommand(group, "copies", "Show which copies follow, lag behind, or were adjusted",
                 "dncctl templates copies opt-outs\n"
                 "dncctl templates copies opt-outs --lagging --limit 0");
  command->add_option("TEMPLATE", options->id, "Its id")->required();
  command->add_flag("--lagging", options->lagging, "Only those that lag behind");
  command->add_flag("--adjusted", options->adjusted, "Only those that were adjusted");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Copies(s, *options); }; });
}

}  // namespace

void AddTemplatesCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "templates", "Sets of actions, applied to many statuses",
                             "dncctl templates put opt-outs.yaml\n"
                             "dncctl templates apply opt-outs --to sales/new --dry-run");
  AddPut(*group, chosen);
  AddTemplatesApplyCommand(*group, chosen);
  AddCopies(*group, chosen);
  auto limit = std::make_shared<int64_t>(kDefaultLimit);
  CLI::App* list = AddCommand(*group, "list", "List the templates", "dncctl templates list");
  AddLimit(*list, *limit);
  list->callback(
      [&chosen, limit] { chosen = [limit](Session& s) { return ListTemplates(s, *limit); }; });
  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show one with its actions",
                             "dncctl -o json templates get opt-outs");
  get->add_option("TEMPLATE", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetTemplate(s, *id); }; });
  AddDeleteCommand<v1::DeleteTemplateRequest>(
      *group, chosen,
      {"TEMPLATE", "Delete a template; its copies stay", "dncctl templates delete opt-outs"},
      &Names::Template);
}

}  // namespace dnc::cli
