// Commands that delete one object by its name.
#ifndef DNC_CLIENT_CLI_DELETION_H_
#define DNC_CLIENT_CLI_DELETION_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "client/cli/affected_text.h"
#include "client/cli/exit_code.h"
#include "client/cli/session.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

// Sends the one write of such a command, where the object's `name` is one, and prints how it ended.
template <typename Request>
absl::StatusOr<int> DeleteNamed(Session& session, absl::StatusOr<std::string> name,
                                const std::string& etag, const WriteOptions& write) {
  Request request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), std::move(name));
  request.set_etag(etag);
  session.BeginWrite(write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (session.json()) {
    session.PrintJson(response);
  } else {
    PrintWritten(response.revision(), write, session.out());
  }
  return kExitOk;
}

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_DELETION_H_
