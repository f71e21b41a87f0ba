// What the commands of `dncctl audit` share.
#ifndef DNC_CLIENT_CLI_AUDIT_OPTIONS_H_
#define DNC_CLIENT_CLI_AUDIT_OPTIONS_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/session.h"

namespace CLI {
class App;
}  // namespace CLI

namespace dnc::cli {

// --all-orgs.
void AddAuditScope(CLI::App& command, bool& all);
// The parent that it means. INVALID_ARGUMENT where no organization is given.
absl::StatusOr<std::string> AuditParent(const Session& session, bool all);

// An option that takes a revision.
void AddRevision(CLI::App& command, const std::string& flag, const std::string& description,
                 std::function<void(int64_t)> set);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_AUDIT_OPTIONS_H_
