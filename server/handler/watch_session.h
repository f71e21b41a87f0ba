// One consumer's way through the changes.
#ifndef DNC_SERVER_HANDLER_WATCH_SESSION_H_
#define DNC_SERVER_HANDLER_WATCH_SESSION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "dnc/v1/watch.pb.h"
#include "server/state/state_machine.h"
#include "server/watch/changes.h"

namespace dnc {

// Not thread-safe.
class WatchSession {
 public:
  // Who wants to miss nothing is added to state->changes() before. INVALID_FIELD,
  // ORGANIZATION_NOT_FOUND, LIST_NOT_FOUND, FUTURE_REVISION, HISTORY_GONE.
  static absl::StatusOr<std::unique_ptr<WatchSession>> Create(
      StateMachine* state, const v1::WatchChangesRequest& request);

  // Reads on, so far as it goes into one message, and fills in that message. Answers whether it
  // has come to the newest revision. CORRUPT_RECORD: a record is missing or cannot be read.
  absl::StatusOr<bool> Advance(v1::WatchChangesResponse* response);

  // The next revision to be read.
  int64_t next() const { return next_; }

 private:
  WatchSession() = default;

  absl::Status AddChanges(const View& view, const storage::v1::AuditRecord& record,
                          v1::WatchChangesResponse* response) const;

  StateMachine* state_ = nullptr;
  std::string organization_;
  ChangeFilter filter_;
  int64_t next_ = 1;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_WATCH_SESSION_H_
