// What every command works with: the global options, the gateway, and where to print.
#ifndef DNC_CLIENT_CLI_SESSION_H_
#define DNC_CLIENT_CLI_SESSION_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/api.h"
#include "client/cli/gateway.h"
#include "client/cli/names.h"
#include "client/request_id.h"
#include "google/protobuf/message.h"

namespace dnc::cli {

// What every writing command takes.
struct WriteOptions {
  std::string request_id;  // empty: a new one
  bool dry_run = false;
};

struct GlobalOptions {
  std::string server = "127.0.0.1:7443";
  std::string organization = {};
  std::string actor = {};
  std::string principal = {};
  bool json = false;
  absl::Duration timeout = absl::Seconds(10);       // for each call
  absl::Duration stream_timeout = absl::Hours(24);  // for a whole filter or import

  // Of the command itself: its words ("actions delete"), the options that it has ("--dry-run"), and
  // whether it was told to change nothing.
  std::string command = {};
  std::vector<std::string> flags = {};
  bool dry_run = false;
};

// Lives as long as one command. Not thread-safe, but the gateway and the check API are.
class Session {
 public:
  Session(GlobalOptions options, std::ostream& out, std::ostream& err);

  // With stand-ins for the gateway, for tests. They must outlive the session.
  Session(GlobalOptions options, std::ostream& out, std::ostream& err, Gateway* gateway,
          CheckApi* checks);

  const GlobalOptions& options() const { return options_; }
  const Names& names() const { return names_; }
  bool json() const { return options_.json; }
  v1::Actor actor() const;

  std::ostream& out() { return out_; }  // the answer, and nothing else
  std::ostream& err() { return err_; }  // everything else

  Gateway& gateway();
  // INVALID_ARGUMENT where no organization is given.
  absl::StatusOr<CheckApi*> checks();

  // Prints an answer as protobuf JSON with the proto's field names, every field present.
  void PrintJson(const google::protobuf::Message& message) { PrintJson(message, out_); }
  void PrintJson(const google::protobuf::Message& message, std::ostream& out);
  // The same for several: one object whose `key` has them in an array.
  void PrintJsonList(
      const std::string& key,
      const std::vector<std::reference_wrapper<const google::protobuf::Message>>& messages);

  // Begins the one write of a command. Call it before Sign.
  void BeginWrite(const WriteOptions& options);

  // Makes a request part of that write: repeatable, by somebody, and in a dry run without effect.
  // `part` tells the requests of one write apart; the same each time that the command is repeated.
  template <typename Request>
  void Sign(Request& request, const std::string& part = "") const {
    request.set_request_id(write_.request_id + part);
    request.set_validate_only(write_.dry_run);
    *request.mutable_actor() = actor();
  }

  // By which a write can be repeated whose outcome is not known; empty where nothing was to change.
  std::string request_id() const { return write_.dry_run ? "" : write_.request_id; }

 private:
  // Empty, having said why, where it cannot be shown.
  std::string ToJson(const google::protobuf::Message& message);

  const GlobalOptions options_;
  const Names names_;
  WriteOptions write_;
  std::ostream& out_;
  std::ostream& err_;
  std::unique_ptr<Gateway> own_gateway_;
  std::unique_ptr<CheckApi> own_checks_;
  Gateway* gateway_ = nullptr;
  CheckApi* checks_ = nullptr;
};

// A command, its options bound: answers the exit status, or an error for dncctl to print.
using Command = std::function<absl::StatusOr<int>(Session&)>;

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_SESSION_H_
