// A gRPC client that sends and receives bytes, so that tests include no gRPC header (each costs a
// quarter of a minute) and can send what no generated stub would.
#ifndef DNC_TESTS_INTEGRATION_RPC_CLIENT_H_
#define DNC_TESTS_INTEGRATION_RPC_CLIENT_H_

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace dnc {

// How a call ended.
struct CallStatus {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string message;
  // From the trailer `grpc-status-details-bin`.
  std::optional<google::rpc::ErrorInfo> info;

  bool ok() const { return code == absl::StatusCode::kOk; }
  std::string reason() const { return info.has_value() ? info->reason() : ""; }
  // The value of an ErrorInfo metadata key, empty where there is none.
  std::string metadata(const std::string& key) const;
};

void PrintTo(const CallStatus& status, std::ostream* out);

// A bidirectional stream. One thread may write while another reads.
class RpcStream {
 public:
  virtual ~RpcStream() = default;
  // False: the stream has ended.
  virtual bool Write(const std::string& message) = 0;
  virtual bool Read(std::string* message) = 0;
  virtual void WritesDone() = 0;
  virtual void Cancel() = 0;
  // After the last Read, or Cancel.
  virtual CallStatus Finish() = 0;
};

// One connection. Thread-safe. Every call has a deadline far beyond what it needs, so that a server
// that hangs fails a test.
class RpcClient {
 public:
  // Each call says that it comes from `principal`, unless that is empty.
  static std::unique_ptr<RpcClient> Connect(int port, const std::string& principal = "");

  virtual ~RpcClient() = default;
  // `method` is "/package.Service/Method".
  virtual CallStatus Call(const std::string& method, const std::string& request,
                          std::string* response) = 0;
  virtual std::unique_ptr<RpcStream> Open(const std::string& method) = 0;
};

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_RPC_CLIENT_H_
