// How dncctl reports a failure: what was wrong, where, and how to mend it.
#ifndef DNC_CLIENT_CLI_ERROR_OUTPUT_H_
#define DNC_CLIENT_CLI_ERROR_OUTPUT_H_

#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "client/cli/session.h"
#include "google/protobuf/struct.pb.h"

namespace dnc::cli {

// `status` with the rows that an import did not take, for PrintError in JSON.
absl::Status WithRejected(absl::Status status, const google::protobuf::Struct& rejected);

// As text ("dncctl: …" and indented details), or with -o json as one JSON object with the keys
// error.{code, exit_code, message, reason, field, request_id, remedy, metadata, rejected}; absent
// ones are left out. `request_id` is that of a write, and shown where its outcome is not known.
void PrintError(std::ostream& err, const absl::Status& status, const GlobalOptions& options,
                const std::string& request_id = "");

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_ERROR_OUTPUT_H_
