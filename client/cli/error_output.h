// How dncctl reports a failure: what was wrong, where, and how to mend it.
#ifndef DNC_CLIENT_CLI_ERROR_OUTPUT_H_
#define DNC_CLIENT_CLI_ERROR_OUTPUT_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "client/cli/session.h"

namespace dnc::cli {

// What the user can do about it; empty where the message says it already.
std::string RemedyFor(const absl::Status& status, const GlobalOptions& options);

// As text ("dncctl: …" and indented details), or with -o json as one JSON object with the keys
// error.{code, exit_code, message, reason, field, remedy, metadata}; absent ones are left out.
void PrintError(std::ostream& err, const absl::Status& status, const GlobalOptions& options);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_ERROR_OUTPUT_H_
