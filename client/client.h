// The client library of the Do-Not-Contact gateway.
//
//   auto client = dnc::Client::Create({.target = "127.0.0.1:7443", .organization = "acme"});
//   if (!client.ok()) …
//   dnc::Decision decision = (*client)->Check(
//       {.contact_point = dnc::Phone("+12125550123"), .channel = dnc::v1::CHANNEL_VOICE});
//   if (decision.may_contact()) Dial();
#ifndef DNC_CLIENT_CLIENT_H_
#define DNC_CLIENT_CLIENT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/api.h"
#include "client/retry_policy.h"
#include "client/steady_time.h"

namespace dnc {

class Connection;

struct ClientOptions {
  // Where the gateway listens, `host:port` or any gRPC target.
  std::string target = "127.0.0.1:7443";
  // The tenant's id, or `organizations/{organization}`. Required.
  std::string organization = {};
  // Who writes, where a request does not say, e.g. "services/dialler-2".
  std::string actor = {};
  // As whom it calls, e.g. "services/dialler-2", where the gateway's setting `auth` is development.
  std::string principal = {};
  // For each call, its repeats included; filter streams have their own. Positive.
  absl::Duration deadline = absl::Seconds(1);
  RetryPolicy retry = {};
  // Single checks that are in flight at the same time share messages on one stream. Callers see no
  // difference but the speed. False: each is a call of its own.
  bool coalesce = true;
  // Null: the machine's.
  std::shared_ptr<const SteadyTime> time = {};
};

// Thread-safe. One client serves a whole process: calls share one connection.
//
// It has no thread of its own while checks come one at a time: their caller does the network's
// work. Where they overlap, or CheckAsync is called, one thread begins that does it for all of
// them; another where a CheckAsync is repeated. (gRPC has its own.)
class Client final : public CheckApi, public ActionApi {
 public:
  // Does not connect yet: an absent gateway shows in the calls. INVALID_ARGUMENT where an option is
  // missing or out of range.
  static absl::StatusOr<std::unique_ptr<Client>> Create(ClientOptions options);

  // As above, over a connection of the caller's making (client/internal/connection.h).
  static absl::StatusOr<std::unique_ptr<Client>> Create(ClientOptions options,
                                                        std::shared_ptr<Connection> connection);

  // Ends the checks of CheckAsync that are in flight, as CANCELLED, and returns when their
  // callbacks have run: not to be called from one. Where coalescing is off or the gateway is too
  // old for it, they end as they would have, within their deadline.
  ~Client() override;

  Decision Check(const CheckRequest& request) override;
  void CheckAsync(const CheckRequest& request, CheckCallback callback) override;
  std::vector<Decision> BatchCheck(const std::vector<CheckRequest>& requests) override;
  absl::Status Filter(const FilterOptions& options, FilterSource source, FilterSink sink) override;
  absl::StatusOr<v1::ApplyActionResponse> ApplyAction(v1::ApplyActionRequest request) override;
  absl::StatusOr<v1::CopyActionsResponse> CopyActions(v1::CopyActionsRequest request) override;

 private:
  // A CheckAsync in flight.
  struct AsyncCheck;

  Client(ClientOptions options, std::shared_ptr<Connection> connection);

  std::string LeadName(const std::string& lead) const;
  std::unique_ptr<AsyncCheck> BeginAsync();
  void EndAsync(std::unique_ptr<AsyncCheck> check);

  const ClientOptions options_;
  const std::shared_ptr<Connection> connection_;
  absl::Mutex mutex_;
  int64_t async_checks_ ABSL_GUARDED_BY(mutex_) = 0;  // in flight
  std::vector<std::unique_ptr<AsyncCheck>> spare_checks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dnc

#endif  // DNC_CLIENT_CLIENT_H_
