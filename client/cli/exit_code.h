// The exit status of dncctl, for shells and dial plans to branch on.
#ifndef DNC_CLIENT_CLI_EXIT_CODE_H_
#define DNC_CLIENT_CLI_EXIT_CODE_H_

#include "absl/status/status.h"
#include "client/decision.h"

namespace dnc::cli {

enum ExitCode : int {
  kExitOk = 0,        // done; for check: ALLOW
  kExitError = 1,     // anything not listed here
  kExitUsage = 2,     // the command line or the input is wrong
  kExitNotFound = 3,  // what was named does not exist on the gateway
  // The state forbids it: failed precondition, already exists, aborted, no room on the disk.
  kExitRefused = 4,
  kExitUnavailable = 5,  // the gateway did not answer, or not in time
  kExitPermission = 6,   // not permitted
  kExitDeny = 10,        // check: DENY
  kExitUnknown = 11,     // check: UNKNOWN
  kExitAltered = 12,     // audit verify: the trail is not what was recorded
};

ExitCode ExitCodeOf(const absl::Status& status);
ExitCode ExitCodeOf(Verdict verdict);

// The table above, for --help.
const char* ExitCodeHelp();

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_EXIT_CODE_H_
