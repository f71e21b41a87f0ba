#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/input.h"
#include "client/cli/options.h"
#include "client/cli/table.h"
#include "client/cli/workflow_yaml.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct Options {
  std::vector<std::string> files;
  bool dry_run = false;
  bool allow_dropping_dnc = false;
};

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  constexpr size_t kLimit = size_t{16} << 20;
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenInput(path));
  std::string text;
  while (true) {
    DNC_ASSIGN_OR_RETURN(const std::string piece, input->Next());
    if (piece.empty()) return text;
    text += piece;
    if (text.size() > kLimit) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, " is larger than 16 MiB: that is no workflow file"));
    }
  }
}

// Applies one document: prints the plan, then does it as one change.
class Apply {
 public:
  Apply(Session& session, const Options& options) : session_(session), options_(options) {}

  absl::Status Run(const WorkflowDocument& document) {
    DNC_ASSIGN_OR_RETURN(const auto plan, Call(document, /*validate_only=*/true));
    PrintPlan(plan);
    if (options_.dry_run || !Changes(plan)) return PrintEnd(plan, Changes(plan));
    DNC_ASSIGN_OR_RETURN(const auto done, Call(document, /*validate_only=*/false));
    return PrintEnd(done, true);
  }

 private:
  using Response = v1::ApplyWorkflowResponse;

  absl::StatusOr<Response> Call(const WorkflowDocument& document, bool validate_only) {
    v1::ApplyWorkflowRequest request;
    session_.Sign(request);
    *request.mutable_workflow() = document.workflow;
    request.mutable_lists()->Assign(document.lists.begin(), document.lists.end());
    request.set_allow_dropping_dnc(options_.allow_dropping_dnc);
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
  }

  absl::Status PrintEnd(const Response& response, bool changes) {
    if (session_.json()) {
      session_.PrintJson(response);
    } else if (!changes) {
      session_.out() << "nothing to change\n";
    } else if (options_.dry_run) {
      session_.out() << "dry run: nothing was changed\n";
    } else {
      session_.out() << "applied at revision " << response.revision() << '\n';
    }
    return absl::OkStatus();
  }

  Session& session_;
  const Options& options_;
};

absl::StatusOr<int> ApplyFiles(Session& session, const Options& options) {
  // Every file is read before the first is applied.
  std::vector<WorkflowDocument> documents;
  for (const std::string& file : options.files) {
    DNC_ASSIGN_OR_RETURN(const std::string text, ReadWhole(file));
    DNC_ASSIGN_OR_RETURN(std::vector<WorkflowDocument> parsed,
                         ParseWorkflowYaml(text, file, session.names()));
    documents.insert(documents.end(), parsed.begin(), parsed.end());
  }
  for (const WorkflowDocument& document : documents) {
    DNC_RETURN_IF_ERROR(Apply(session, options).Run(document));
  }
  return kExitOk;
}

}  // namespace

void AddWorkflowsApplyCommand(CLI::App& workflows, Command& chosen) {
  auto options = std::make_shared<Options>();
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
      "What the file does not mention is left alone; applying it again changes nothing.");
  command->add_option("-f,--file", options->files, "YAML; - for standard input; repeatable")
      ->required()
      ->allow_extra_args(false)
      ->type_name("FILE");
  command->add_flag("--dry-run", options->dry_run, "Print the plan, and change nothing");
  command->add_flag("--allow-dropping-dnc", options->allow_dropping_dnc,
                    "Permit that an action loses its add-to-DNC-list operation");
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return ApplyFiles(s, *options); }; });
}

}  // namespace dnc::cli
