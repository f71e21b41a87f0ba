#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/answer.h"
#include "client/cli/audit_options.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

absl::StatusOr<std::string> AuditParent(const Session& session, bool all) {
  if (all) return "organizations/-";
  return session.names().Organization();
}

namespace {

const EnumNames& OutcomeNames() {
  static const auto& names = *new EnumNames{{"applied", v1::AUDIT_DISPOSITION_APPLIED},
                                            {"refused", v1::AUDIT_DISPOSITION_REFUSED},
                                            {"repeated", v1::AUDIT_DISPOSITION_REPEATED}};
  return names;
}

struct AuditListOptions {
  bool all = false;
  std::string object;
  v1::ListAuditRecordsRequest request;
  int outcome = v1::AUDIT_DISPOSITION_UNSPECIFIED;
  absl::Time since = absl::InfinitePast();
  absl::Time before = absl::InfinitePast();
  int64_t limit = kDefaultLimit;
};

// "12 objects", or the one that it is about.
std::string Changes(const v1::AuditRecord& record) {
  if (record.disposition() == v1::AUDIT_DISPOSITION_REFUSED) return record.reason();
  if (record.disposition() == v1::AUDIT_DISPOSITION_REPEATED) {
    return absl::StrCat("repeats ", record.repeated_revision());
  }
  if (record.objects().empty() && record.entries_added() > 0) {
    return absl::StrCat(record.entries_added(), " entries");
  }
  if (record.objects().empty()) return "nothing";
  const v1::AuditedObject& first = record.objects(0);
  const std::string name = absl::StrCat(first.kind(), " ", ShortName(first.name()));
  if (record.objects_size() == 1) return name;
  return absl::StrCat(name, " and ", record.objects_size() - 1, " more");
}

void PrintAuditRecords(Session& session, const v1::ListAuditRecordsResponse& response) {
  Table table({"REVISION", "TIME", "ACTOR", "WHAT", "OUTCOME", "CHANGED"});
  for (const v1::AuditRecord& record : response.records()) {
    table.AddRow({std::to_string(record.revision()), TimeText(record.time()), record.actor().id(),
                  record.kind(), EnumWord(OutcomeNames(), record.disposition()), Changes(record)});
  }
  table.Print(session.out());
}

absl::StatusOr<v1::ListAuditRecordsRequest> ListRequest(const Session& session,
                                                        const AuditListOptions& options) {
  v1::ListAuditRecordsRequest request = options.request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), AuditParent(session, options.all));
  if (!options.object.empty()) {
    const bool full = absl::StartsWith(options.object, "organizations/");
    request.set_object(full ? options.object : absl::StrCat(request.parent(), "/", options.object));
  }
  request.set_disposition(static_cast<v1::AuditDisposition>(options.outcome));
  if (options.since != absl::InfinitePast()) {
    *request.mutable_period()->mutable_start_time() = ToProtoTime(options.since);
  }
  if (options.before != absl::InfinitePast()) {
    *request.mutable_period()->mutable_end_time() = ToProtoTime(options.before);
  }
  return request;
}

absl::StatusOr<int> List(Session& session, const AuditListOptions& options) {
  DNC_ASSIGN_OR_RETURN(const auto request, ListRequest(session, options));
  return PrintAll(session, request, options.limit, &v1::ListAuditRecordsResponse::records_size,
                  [&](const auto& all) { PrintAuditRecords(session, all); });
}

void PrintRecord(Session& session, const v1::AuditRecord& record) {
  Table table({"REVISION", std::to_string(record.revision())});
  table.AddRow({"time", TimeText(record.time())});
  table.AddRow({"organization", ShortName(record.organization())});
  table.AddRow({"actor", record.actor().id()});
  table.AddRow({"principal", record.principal()});
  table.AddRow({"request id", record.request_id()});
  table.AddRow({"what", record.kind()});
  table.AddRow({"outcome", EnumWord(OutcomeNames(), record.disposition())});
  if (!record.reason().empty()) table.AddRow({"reason", record.reason()});
  if (!record.message().empty()) table.AddRow({"message", record.message()});
  if (record.repeated_revision() != 0) {
    table.AddRow({"repeats", std::to_string(record.repeated_revision())});
  }
  table.AddRow({"request", record.request()});
  if (record.entries_added() != 0) {
    table.AddRow({"entries added", std::to_string(record.entries_added())});
  }
  for (const v1::AuditedObject& object : record.objects()) {
    table.AddRow({object.kind(), ShortName(object.name())});
    table.AddRow({"  before", object.before()});
    table.AddRow({"  after", object.after()});
  }
  table.AddRow({"hash", record.hash()});
  table.Print(session.out());
}

absl::StatusOr<int> Show(Session& session, bool all, int64_t revision) {
  v1::GetAuditRecordRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), AuditParent(session, all));
  request.set_revision(revision);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintAnswer(session, response, [&] { PrintRecord(session, response.record()); });
}

absl::StatusOr<int> Head(Session& session, bool all) {
  v1::GetAuditHeadRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), AuditParent(session, all));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  return PrintAnswer(session, response, [&] {
    session.out() << response.head().revision() << ':' << response.head().hash() << '\n';
  });
}

void AddListAuditRecords(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<AuditListOptions>();
  CLI::App* command =
      AddCommand(group, "list", "List what was asked of the gateway, and what came of it",
                 "dncctl audit list --newest-first\n"
                 "dncctl audit list --object leads/42\n"
                 "dncctl audit list --object workflows/sales --since 2026-01-01\n"
                 "dncctl -o json audit list --by users/jane --kind RevokeEntry --limit 0");
  v1::ListAuditRecordsRequest& request = options->request;
  AddAuditScope(*command, options->all);
  command->add_option("--object", options->object,
                      "Only changes of this object and what is below it, e.g. leads/42");
  command->add_option("--by", *request.mutable_actor(), "Only what this actor did");
  command->add_option("--caller", *request.mutable_principal(),
                      "Only what this authenticated caller did");
  command->add_option("--kind", *request.mutable_kind(), "Only this kind, e.g. ApplyAction");
  command->add_option("--request-id", *request.mutable_request_id(), "Only this request");
  AddEnum(*command, "--outcome", options->outcome, OutcomeNames(), "Only those that ended so");
  AddTime(*command, "--since", options->since, "Only what was asked at or after this time");
  AddTime(*command, "--before", options->before, "Only what was asked before this time");
  AddRevision(*command, "--from", "From this revision on",
              [options](int64_t value) { options->request.set_first_revision(value); });
  AddRevision(*command, "--to", "Up to this revision",
              [options](int64_t value) { options->request.set_last_revision(value); });
  command->add_flag_callback(
      "--newest-first", [options] { options->request.set_descending(true); }, "Newest first");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

void AddShow(CLI::App& group, Command& chosen) {
  struct ShowOptions {
    bool all = false;
    int64_t revision = 0;
  };
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command =
      AddCommand(group, "show", "Show one record, with what it changed before and after",
                 "dncctl audit show 4711\ndncctl -o json audit show 4711");
  AddAuditScope(*command, options->all);
  AddNumber(*command, "REVISION", options->revision, {1}, "Its revision")->required();
  command->callback([&chosen, options] {
    chosen = [options](Session& s) { return Show(s, options->all, options->revision); };
  });
}

void AddHead(CLI::App& group, Command& chosen) {
  auto all = std::make_shared<bool>(false);
  CLI::App* command = AddCommand(
      group, "head", "Show the newest revision and its hash, to be noted outside of the gateway",
      "dncctl audit head\ndncctl audit head >> /mnt/archive/audit-heads");
  AddAuditScope(*command, *all);
  command->callback([&chosen, all] { chosen = [all](Session& s) { return Head(s, *all); }; });
}

}  // namespace

void AddAuditScope(CLI::App& command, bool& all) {
  command.add_flag("--all-orgs", all, "Of every organization, not only of --org");
}

void AddRevision(CLI::App& command, const std::string& flag, const std::string& description,
                 std::function<void(int64_t)> set) {
  AddNumber(command, flag, std::move(set), {1}, description)->type_name("REVISION");
}

void AddAuditCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "audit", "The audit trail: read, export and prove it",
                             "dncctl audit list --object leads/42\n"
                             "dncctl audit export --file trail.jsonl\n"
                             "dncctl audit verify --file trail.jsonl --expect-head 4711:9f86d0…");
  AddListAuditRecords(*group, chosen);
  AddShow(*group, chosen);
  AddHead(*group, chosen);
  AddAuditExportCommand(*group, chosen);
  AddAuditVerifyCommand(*group, chosen);
}

}  // namespace dnc::cli
