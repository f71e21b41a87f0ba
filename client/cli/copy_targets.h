// What the commands share that copy actions to statuses: `actions copy`, `templates apply`.
#ifndef DNC_CLIENT_CLI_COPY_TARGETS_H_
#define DNC_CLIENT_CLI_COPY_TARGETS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/session.h"
#include "dnc/v1/action.pb.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

struct CopyTargetOptions {
  std::vector<std::string> actions;
  std::vector<std::string> to;
  std::string all_statuses;
  int on_conflict = v1::CONFLICT_POLICY_FAIL;
  bool partial = false;
  WriteOptions write;
};

// --action, --to, --all-statuses, --on-conflict, --partial and those of a write.
void AddCopyTargetOptions(CLI::App& command, CopyTargetOptions& options);

// The action's own id, whether it was given alone, as WORKFLOW/STATUS/ACTION or in full.
std::string LastId(const std::string& name);

// The names of the targets; with --all-statuses every enabled status of the workflow but `source`.
absl::StatusOr<std::vector<std::string>> TargetNames(Session& session,
                                                     const CopyTargetOptions& options,
                                                     const std::string& source);

// Makes the request what the options say, and the one write of the command.
template <typename Request>
absl::Status FillCopyTargets(Session& session, const CopyTargetOptions& options,
                             const std::string& source, Request* request) {
  for (const std::string& action : options.actions) request->add_actions(LastId(action));
  DNC_ASSIGN_OR_RETURN(const auto targets, TargetNames(session, options, source));
  request->mutable_targets()->Assign(targets.begin(), targets.end());
  request->set_conflict_policy(static_cast<v1::ConflictPolicy>(options.on_conflict));
  request->set_allow_partial(options.partial);
  session.BeginWrite(options.write);
  session.Sign(*request);
  return absl::OkStatus();
}

// The cells of a refusal's row: target, action, "refused", and last the cause.
std::vector<std::string> RefusalCells(const std::string& target, const v1::CopyRefusal& refusal);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_COPY_TARGETS_H_
