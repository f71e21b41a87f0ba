#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/affected_text.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/input.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/workflow_yaml.h"
#include "client/cli/yaml_place.h"
#include "client/error.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct WorkflowsApplyOptions {
  std::vector<std::string> files;
  bool allow_dropping_dnc = false;
  bool allow_affected = false;
  WriteOptions write;
};

// Applies one document: prints the plan, then does it as one change.
class WorkflowApply {
 public:
  using Response = v1::ApplyWorkflowResponse;

  // `part` tells the documents of one command apart; see Session::Sign.
  WorkflowApply(Session& session, const WorkflowsApplyOptions& options, std::string part)
      : session_(session), options_(options), part_(std::move(part)) {}

  // What was done, or would be where there is nothing to change or it is only a plan.
  absl::StatusOr<Response> Run(const WorkflowDocument& document) {
    DNC_ASSIGN_OR_RETURN(const std::string etag, CurrentEtag(document.workflow.name()));
    DNC_ASSIGN_OR_RETURN(Response response, Call(document, etag, /*validate_only=*/true));
    PrintPlan(response);
    const bool changes = Changes(response);
    if (changes && !options_.write.dry_run) {
      DNC_ASSIGN_OR_RETURN(response, Call(document, etag, /*validate_only=*/false));
    }
    if (!session_.json()) PrintEnd(response, changes);
    return response;
  }

 private:
  // The version of the workflow that plan and change are about, so that what is done is what was
  // planned; empty where there is no such workflow yet.
  absl::StatusOr<std::string> CurrentEtag(const std::string& name) {
    v1::GetWorkflowRequest request;
    request.set_name(name);
    const auto response = session_.gateway().Call(request);
    if (ErrorReasonOf(response.status()) == "WORKFLOW_NOT_FOUND") return "";
    DNC_RETURN_IF_ERROR(response.status());
    return response->workflow().etag();
  }

  absl::StatusOr<Response> Call(const WorkflowDocument& document, const std::string& etag,
                                bool validate_only) {
    v1::ApplyWorkflowRequest request;
    session_.Sign(request, part_);
    if (validate_only) request.set_request_id(NewRequestId());
    *request.mutable_workflow() = document.workflow;
    request.mutable_workflow()->set_etag(etag);
    request.mutable_lists()->Assign(document.lists.begin(), document.lists.end());
    request.set_allow_dropping_dnc(options_.allow_dropping_dnc);
    request.set_allow_affected(options_.allow_affected);
    request.set_validate_only(validate_only);
    return session_.gateway().Call(request);
  }

  static bool Changes(const Response& plan) {
    return std::any_of(plan.changes().begin(), plan.changes().end(), [](const auto& change) {
      return change.kind() != v1::PlannedChange::KIND_UNCHANGED;
    });
  }

  static std::string ObjectOf(const std::string& name) {
    const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
    const bool list = parts.size() == 4 && parts[2] == "lists";
    return absl::StrCat(list ? "list " : "", ShortName(name));
  }

  void PrintPlan(const Response& plan) {
    if (session_.json()) return;
    Table table({"PLAN", "OBJECT", "FIELDS"});
    for (const v1::PlannedChange& change : plan.changes()) {
      const std::string kind(
          absl::StripPrefix(v1::PlannedChange::Kind_Name(change.kind()), "KIND_"));
      table.AddRow({absl::AsciiStrToLower(kind), ObjectOf(change.name()),
                    absl::StrJoin(change.fields(), ", ")});
    }
    table.Print(session_.out());
    PrintAffected(plan.affected(), session_.out());
    PrintNamingWarnings(plan.naming_violations(), session_.out());
  }

  void PrintEnd(const Response& response, bool changes) {
    if (!changes) {
      session_.out() << "nothing to change\n";
    } else if (!options_.write.dry_run) {
      session_.out() << "applied at revision " << response.revision() << '\n';
    }
  }

  Session& session_;
  const WorkflowsApplyOptions& options_;
  const std::string part_;
};

struct PlacedWorkflow {
  WorkflowDocument document;
  YamlDocument place;
};

// Every file is read before the first is applied.
absl::StatusOr<std::vector<PlacedWorkflow>> ReadDocuments(const Session& session,
                                                          const WorkflowsApplyOptions& options) {
  std::vector<PlacedWorkflow> documents;
  for (const std::string& file : options.files) {
    DNC_ASSIGN_OR_RETURN(const std::string text, ReadWhole(file));
    DNC_ASSIGN_OR_RETURN(std::vector<WorkflowDocument> parsed,
                         ParseWorkflowYaml(text, file, session.names()));
    for (size_t i = 0; i < parsed.size(); ++i) {
      documents.push_back({std::move(parsed[i]), {file, text, i}});
    }
  }
  return documents;
}

absl::StatusOr<int> ApplyFiles(Session& session, const WorkflowsApplyOptions& options) {
  DNC_ASSIGN_OR_RETURN(const std::vector<PlacedWorkflow> documents,
                       ReadDocuments(session, options));
  session.BeginWrite(options.write);
  std::vector<v1::ApplyWorkflowResponse> results;
  absl::Status status;
  for (size_t i = 0; i < documents.size() && status.ok(); ++i) {
    WorkflowApply apply(session, options, documents.size() == 1 ? "" : absl::StrCat("-", i + 1));
    auto result = apply.Run(documents[i].document);
    status = AtPlace(result.status(), documents[i].place);
    if (result.ok()) results.push_back(*std::move(result));
  }
  // Those before a failure were applied.
  if (session.json() && !results.empty()) {
    session.PrintJsonList("results", {results.begin(), results.end()});
  }
  DNC_RETURN_IF_ERROR(status);
  return kExitOk;
}

}  // namespace

void AddWorkflowsApplyCommand(CLI::App& workflows, Command& chosen) {
  auto options = std::make_shared<WorkflowsApplyOptions>();
  CLI::App* command = AddCommand(
      workflows, "apply",
      "Bring workflows to the shape of a YAML file: prints the plan, then does it",
      "dncctl workflows apply -f sales.yaml --dry-run\n"
      "dncctl workflows apply -f sales.yaml -f support.yaml\n\n"
      "A file:\n"
      "  workflow: sales\n"
      "  record_type: contact\n"
      "  statuses:\n"
      "    - id: new\n"
      "      system_status: new\n"
      "      actions:\n"
      "        - id: do-not-contact\n"
      "          category: do-not-contact\n"
      "          operations:\n"
      "            - add_to_dnc_list: {list: internal}\n"
      "            - move_to_status: dead\n"
      "    - id: dead\n"
      "      system_status: dead\n"
      "      restriction: {channels: [voice, sms]}\n\n"
      "What the file does not mention is left alone; applying it again changes nothing. What is\n"
      "done is what was planned: if somebody changes the workflow in between, nothing is done.\n"
      "With --output json the answers are in `results`, one a document.");
  command->add_option("-f,--file", options->files, "YAML; - for standard input; repeatable")
      ->required()
      ->allow_extra_args(false)
      ->type_name("FILE");
  AddWriteOptions(*command, options->write, "Print the plan, and change nothing");
  command->add_flag("--allow-dropping-dnc", options->allow_dropping_dnc,
                    "Permit that an action loses its add-to-DNC-list operation");
  command->add_flag("--allow-affected", options->allow_affected,
                    "Permit to disable or archive what leads are in, or actions move leads to");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return ApplyFiles(s, *options); }; });
}

}  // namespace dnc::cli
