// What a user of the command line can do about an error.
#ifndef DNC_CLIENT_CLI_REMEDIES_H_
#define DNC_CLIENT_CLI_REMEDIES_H_

#include <string>

#include "absl/status/status.h"
#include "client/cli/session.h"

namespace dnc::cli {

// In the words of the command that failed; empty where the message says it already.
std::string RemedyFor(const absl::Status& status, const GlobalOptions& options);

// `status` with the remedy that RemedyFor then answers.
absl::Status WithRemedy(absl::Status status, const std::string& remedy);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_REMEDIES_H_
