#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

void AddRecorder(const v1::RecorderStatus& recorder, Table& table) {
  table.AddRow(
      {"records of checks", std::string(absl::StripPrefix(v1::RecorderState_Name(recorder.state()),
                                                          "RECORDER_STATE_"))});
  table.AddRow({"records written", Grouped(recorder.recorded())});
  table.AddRow({"checks without record", Grouped(recorder.dropped())});
  if (recorder.has_last_drop_time()) {
    table.AddRow({"last without record", TimeText(recorder.last_drop_time())});
  }
  table.AddRow({"records begin", TimeText(recorder.oldest_time())});
  table.AddRow({"records on disk", Grouped(recorder.disk_bytes()) + " bytes"});
  table.AddRow({"records that wait", absl::StrCat(recorder.queue_percent(), "% of the queue")});
}

void PrintText(Session& session, const v1::GetSystemStatusResponse& status) {
  Table table({"GATEWAY", session.options().server});
  table.AddRow({"state", std::string(absl::StripPrefix(v1::ServingState_Name(status.state()),
                                                       "SERVING_STATE_"))});
  if (!status.message().empty()) table.AddRow({"message", status.message()});
  table.AddRow({"version", status.version()});
  table.AddRow({"serving since", TimeText(status.start_time())});
  table.AddRow({"revision", Grouped(status.revision())});
  table.AddRow({"schema version", std::to_string(status.schema_version())});
  table.AddRow({"organizations", Grouped(status.organizations())});
  table.AddRow({"registries", Grouped(status.registries())});
  table.AddRow({"registry numbers", Grouped(status.registry_numbers())});
  table.AddRow({"registry memory", Grouped(status.registry_memory_bytes()) + " bytes"});
  if (status.filling_memory()) table.AddRow({"contact points", "still being read into memory"});
  for (const std::string& name : status.unreadable_registries()) {
    table.AddRow({"registry not served", name + ": its version cannot be read"});
  }
  AddRecorder(status.recorder(), table);
  table.Print(session.out());
}

absl::StatusOr<int> Status(Session& session) {
  DNC_ASSIGN_OR_RETURN(const auto status, session.gateway().Call(v1::GetSystemStatusRequest()));
  if (session.json()) {
    session.PrintJson(status);
  } else {
    PrintText(session, status);
  }
  return status.state() == v1::SERVING_STATE_SERVING ? kExitOk : kExitUnavailable;
}

}  // namespace

void AddStatusCommand(CLI::App& app, Command& chosen) {
  AddCommand(app, "status", "How the gateway is; exits 0 only where it can do all of its work",
             "dncctl status\ndncctl --server 10.0.0.7:7443 -o json status")
      ->callback([&chosen] { chosen = Status; });
}

}  // namespace dnc::cli
