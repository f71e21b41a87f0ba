// How the answer to a call is printed: as JSON, or by `print`, which shows it to people.
#ifndef DNC_CLIENT_CLI_ANSWER_H_
#define DNC_CLIENT_CLI_ANSWER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "client/cli/exit_code.h"
#include "client/cli/session.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

template <typename Response, typename Print>
int PrintAnswer(Session& session, const Response& response, Print print) {
  if (session.json()) {
    session.PrintJson(response);
  } else {
    print();
  }
  return kExitOk;
}

// The same of a write; people also see what was done, and its revision. That a dry run is one,
// dncctl itself says.
template <typename Response, typename Print>
int PrintWrite(Session& session, const Response& response, Print print,
               const std::string& done = "done") {
  return PrintAnswer(session, response, [&] {
    print();
    if (session.options().dry_run) return;
    session.out() << done << " at revision " << response.revision() << '\n';
  });
}

// The same of one that deleted an object.
template <typename Response>
int PrintDeleted(Session& session, const Response& response, const std::string& name) {
  return PrintWrite(
      session, response, [] {}, "deleted " + ShortName(name));
}

// Sends the request with which a command reads one object, where the object's `name` is one.
template <typename Request>
auto ReadNamed(Session& session, absl::StatusOr<std::string> name)
    -> decltype(session.gateway().Call(Request())) {
  Request request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), std::move(name));
  return session.gateway().Call(request);
}

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_ANSWER_H_
