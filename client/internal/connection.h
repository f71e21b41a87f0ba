// How the client reaches the gateway: one method an RPC, without retries, identities or judgement.
// Decorators add behaviour; tests implement it in memory.
#ifndef DNC_CLIENT_INTERNAL_CONNECTION_H_
#define DNC_CLIENT_INTERNAL_CONNECTION_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/check.pb.h"

namespace dnc {

// One call of FilterContacts. Read and Write may run at the same time, each from one thread; Cancel
// is thread-safe.
class FilterStream {
 public:
  virtual ~FilterStream() = default;
  // False where the stream is broken; Finish says why.
  virtual bool Write(const v1::FilterContactsRequest& request) = 0;
  virtual bool WritesDone() = 0;
  // False at the end of the stream, good or bad.
  virtual bool Read(v1::FilterContactsResponse* response) = 0;
  // Makes pending reads and writes return false.
  virtual void Cancel() = 0;
  // The outcome. Once, after Read returned false and no write runs.
  virtual absl::Status Finish() = 0;
};

// Thread-safe. `deadline` is counted from the call; DEADLINE_EXCEEDED when it is over. Errors carry
// the gateway's ErrorInfo (client/error.h).
class Connection {
 public:
  virtual ~Connection() = default;
  virtual absl::StatusOr<v1::CheckContactResponse> CheckContact(
      const v1::CheckContactRequest& request, absl::Duration deadline) = 0;
  virtual absl::StatusOr<v1::BatchCheckContactsResponse> BatchCheckContacts(
      const v1::BatchCheckContactsRequest& request, absl::Duration deadline) = 0;
  virtual absl::StatusOr<v1::ApplyActionResponse> ApplyAction(const v1::ApplyActionRequest& request,
                                                              absl::Duration deadline) = 0;
  virtual absl::StatusOr<v1::CopyActionsResponse> CopyActions(const v1::CopyActionsRequest& request,
                                                              absl::Duration deadline) = 0;
  virtual std::unique_ptr<FilterStream> OpenFilter(absl::Duration deadline) = 0;
};

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_CONNECTION_H_
