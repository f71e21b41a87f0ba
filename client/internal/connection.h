// How the client reaches the gateway: one method an RPC, without retries, identities or judgement.
// Decorators add behaviour; tests implement it in memory.
#ifndef DNC_CLIENT_INTERNAL_CONNECTION_H_
#define DNC_CLIENT_INTERNAL_CONNECTION_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/filter.h"
#include "client/internal/check_bytes.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/check.pb.h"

namespace dnc {

// One call of FilterContacts. Read and Write may run at the same time, each from one thread; Cancel
// is thread-safe.
class FilterStream {
 public:
  virtual ~FilterStream() = default;
  // The first message. False where the stream is broken; Finish says why.
  virtual bool WriteConfig(const v1::FilterConfig& config) = 0;
  // A block, which may be empty.
  virtual bool Write(FilterBlock block) = 0;
  virtual bool WritesDone() = 0;
  // False at the end of the stream, good or bad.
  virtual bool Read(v1::FilterContactsResponse* response) = 0;
  // Makes pending reads and writes return false.
  virtual void Cancel() = 0;
  // The outcome. Once, after Read returned false and no write runs.
  virtual absl::Status Finish() = 0;
};

// One call of StreamChecks. Write and Next may run at the same time, each from one thread at a
// time; Wake and Cancel are thread-safe.
class CheckStream {
 public:
  enum class Event {
    kNothing,    // the time is up, or Wake was called
    kWritten,    // the next Write may come
    kAnswers,    // there are answers
    kMalformed,  // what came cannot be read
    kEnded,      // the stream has ended: see status
  };

  virtual ~CheckStream() = default;
  // Sends a serialised v1.StreamChecksRequest; once it is on its way, Next says kWritten. Not
  // before that of the last one.
  virtual void Write(absl::string_view request) = 0;
  // Waits for what happens next, at most for `timeout`. kAnswers: replaces `*answers` by what
  // should be a serialised v1.StreamChecksResponse. Not before the first Write, nor after kEnded.
  virtual Event Next(absl::Duration timeout, std::string* answers) = 0;
  // Makes one Next return, now or when it comes.
  virtual void Wake() = 0;
  // Ends the stream soon.
  virtual void Cancel() = 0;
  // Why it has ended, perhaps OK.
  virtual absl::Status status() const = 0;
};

// Gets the outcome of a check: OK and the bytes of its v1.CheckContactResponse, which it may take,
// or an error and null. Called once, on any thread.
using CheckDone = absl::AnyInvocable<void(const absl::Status&, std::string*) &&>;

// Thread-safe. `deadline` is counted from the call; DEADLINE_EXCEEDED when it is over. Errors carry
// the gateway's ErrorInfo (client/error.h).
class Connection {
 public:
  virtual ~Connection() = default;
  virtual absl::StatusOr<v1::CheckContactResponse> CheckContact(
      const v1::CheckContactRequest& request, absl::Duration deadline) = 0;
  // The same as it travels: the bytes of both.
  virtual absl::StatusOr<std::string> Check(absl::string_view request, absl::Duration deadline);
  // The same without waiting; `done` may run before it returns. The bytes stay where they are until
  // then.
  virtual void StartCheck(absl::string_view request, absl::Duration deadline, CheckDone done) {
    absl::StatusOr<std::string> response = Check(request, deadline);
    std::move(done)(response.status(), response.ok() ? &*response : nullptr);
  }
  // Every StartCheck is over soon, those that wait for something else than an answer at once, and
  // none follows.
  virtual void StopChecks() {}
  // Null where there are no such streams.
  virtual std::unique_ptr<CheckStream> OpenChecks() { return nullptr; }
  virtual absl::StatusOr<v1::BatchCheckContactsResponse> BatchCheckContacts(
      const v1::BatchCheckContactsRequest& request, absl::Duration deadline) = 0;
  virtual absl::StatusOr<v1::ApplyActionResponse> ApplyAction(const v1::ApplyActionRequest& request,
                                                              absl::Duration deadline) = 0;
  virtual absl::StatusOr<v1::CopyActionsResponse> CopyActions(const v1::CopyActionsRequest& request,
                                                              absl::Duration deadline) = 0;
  virtual std::unique_ptr<FilterStream> OpenFilter(absl::Duration deadline) = 0;
};

inline absl::StatusOr<std::string> Connection::Check(absl::string_view request,
                                                     absl::Duration deadline) {
  v1::CheckContactRequest message;
  if (absl::Status status = ParseCheck(request, &message); !status.ok()) return status;
  const absl::StatusOr<v1::CheckContactResponse> response = CheckContact(message, deadline);
  if (!response.ok()) return response.status();
  return response->SerializeAsString();
}

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_CONNECTION_H_
