// Single checks of many callers over one stream: each caller sees a call of its own, the wire sees
// a message for whatever is waiting.
//
// What a caller asks goes into the message that is being gathered. If no message is on its way to
// the network it is sent at once, by the caller's own thread; otherwise when that one has left:
// nothing waits for company. Answers come in any order and name their check by an id, which is a
// place in a table and the generation of its use, so that no answer finds another check.
//
// There is no thread between the network and a caller who waits: one of those waiting polls the
// network for all (grpc_check_stream.h). Once its own answer is there it leaves that to a thread of
// the pipeline, where others still wait; that thread begins with the first such moment, or with the
// first check that nobody waits for.
#ifndef DNC_CLIENT_INTERNAL_CHECK_PIPELINE_H_
#define DNC_CLIENT_INTERNAL_CHECK_PIPELINE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/internal/answer_bytes.h"
#include "client/internal/bed.h"
#include "client/internal/connection.h"

namespace dnc {

// Thread-safe. A check ends in an error, never in an answer, where its answer did not come in time,
// is not of the form that it must have, or where the stream was cut or brought an answer to
// something that was not asked: that ends the stream, and with it all checks that wait. The next
// check opens a new one.
class CheckPipeline {
 public:
  // Checks that may wait for an answer; one more is RESOURCE_EXHAUSTED.
  static constexpr size_t kMostChecks = 65'536;

  // `open` makes a stream, any time, perhaps with the pipeline's lock held.
  explicit CheckPipeline(std::function<std::unique_ptr<CheckStream>()> open);
  // Stops.
  ~CheckPipeline();
  CheckPipeline(const CheckPipeline&) = delete;
  CheckPipeline& operator=(const CheckPipeline&) = delete;

  // Waits for the answer to a serialised v1.CheckContactRequest: a v1.CheckContactResponse as it
  // travels. DEADLINE_EXCEEDED; UNAVAILABLE and
  // others that end the stream; UNIMPLEMENTED: the gateway does not know such streams; INTERNAL:
  // what it sent makes no sense.
  absl::StatusOr<std::string> Check(absl::string_view request, absl::Duration deadline);
  // The same without waiting. `done` runs on the thread that polls, or on this one: it must not
  // wait for long. What it asks leaves when all that came with its answer have run.
  void Start(absl::string_view request, absl::Duration deadline, CheckDone done);

  // Whether an answer has come since the last stream was opened.
  bool proven() const { return proven_.load(std::memory_order_relaxed); }

  // Ends every check that waits, and later ones, as CANCELLED. Not from a `done`.
  void Stop();

 private:
  using Time = std::chrono::steady_clock::time_point;

  // A caller who waits.
  struct Waiter {
    bool waiting = false;      // guarded by mutex_: it has a place
    std::shared_ptr<Bed> bed;  // shared with those whose checks travel in the same message
    bool woken = false;        // by another, before `ended`
    std::atomic<bool> ended{false};
    absl::Status status;
    std::string response;
  };

  // A place for a check that waits.
  struct Slot {
    uint32_t index = 0;
    uint32_t generation = 1;
    bool used = false;
    Time deadline;
    Waiter* waiter = nullptr;  // null: `done`
    CheckDone done;
  };

  // A check that has left its place, and how it ends.
  struct Ended {
    Waiter* waiter = nullptr;
    CheckDone done;
    absl::Status status;
    std::string response;  // where it is OK
  };

  // A message that is gathered or sent.
  struct Message {
    std::string bytes;
    size_t checks = 0;
    std::shared_ptr<Bed> bed;  // of its callers who wait
  };

  // A message that has come.
  struct Received {
    std::string bytes;
    std::vector<StreamedAnswerBytes> answers;
  };

  // A message for a stream, to be written without the lock.
  struct Writing {
    std::shared_ptr<CheckStream> stream;
    std::string bytes;
  };

  // Takes a place and puts the check into the message that is gathered. Not OK: it has none.
  absl::Status Add(absl::string_view request, Time deadline, Waiter* waiter, CheckDone* done)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Gather(uint64_t id, absl::string_view request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Sends it, and wakes who must know of it. `waits`: the caller is going to poll or sleep.
  void Send(Time deadline, bool waits) ABSL_UNLOCK_FUNCTION(mutex_);
  Writing TakeMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Write(const Writing& writing);

  // Lets those run first that have been woken and have not run yet: what they ask next goes along.
  // Where nobody else can run it returns at once.
  void LetWokenRun() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Await(Waiter* waiter);
  void SleepNested(Bed* bed, uint32_t wakes) ABSL_UNLOCK_FUNCTION(mutex_);
  // Polls once. `own`: whose caller polls; null: the pipeline's thread does.
  void Poll(Waiter* own) ABSL_UNLOCK_FUNCTION(mutex_);
  void WantPoller() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RunPoller();

  Slot* Find(uint64_t id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);  // null: it does not wait
  void Leave(Slot* slot, const absl::Status& status, std::vector<Ended>* ended)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Not OK: the stream is to be ended.
  absl::Status Take(CheckStream::Event event, const std::vector<StreamedAnswerBytes>& answers,
                    std::vector<Ended>* ended) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TakeAnswers(const std::vector<StreamedAnswerBytes>& answers,
                           std::vector<Ended>* ended) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TakeAnswer(const StreamedAnswerBytes& answer, std::vector<Ended>* ended)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Expire(Time now, std::vector<Ended>* ended) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Ends all that wait, and the stream, which is to be let go without the lock.
  std::shared_ptr<CheckStream> Fail(const absl::Status& why, std::vector<Ended>* ended)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static bool HasCalls(const std::vector<Ended>& ended);
  void WakeAll(const Waiter* own, std::vector<Ended>* ended);
  // `own`: as in Poll.
  void EndAll(const Waiter* own, std::vector<Ended>* ended);

  const std::function<std::unique_ptr<CheckStream>()> open_;
  std::atomic<bool> proven_{false};
  std::atomic<Received*> spare_{nullptr};  // kept for who polls next
  // Callers who have been woken and have not run yet.
  std::atomic<int64_t> woken_{0};

  absl::Mutex mutex_;
  std::shared_ptr<CheckStream> stream_ ABSL_GUARDED_BY(mutex_);  // null: none is open
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool yielding_ ABSL_GUARDED_BY(mutex_) = false;  // a caller in LetWokenRun, who sends then
  std::deque<Message> gathered_ ABSL_GUARDED_BY(mutex_);
  std::deque<Slot> slots_ ABSL_GUARDED_BY(mutex_);
  std::vector<uint32_t> free_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;  // checks
  // No check's deadline is before it.
  Time earliest_ ABSL_GUARDED_BY(mutex_) = Time::max();
  // Ids of checks whose time was over: their answers may still come.
  absl::flat_hash_set<uint64_t> given_up_ ABSL_GUARDED_BY(mutex_);
  // Where threads sleep that wait within a callback: only they poll in the place of the pipeline's
  // thread, which may be one of them.
  std::vector<Bed*> nested_ ABSL_GUARDED_BY(mutex_);
  bool polling_ ABSL_GUARDED_BY(mutex_) = false;
  Time polling_until_ ABSL_GUARDED_BY(mutex_);
  bool poller_wanted_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  absl::CondVar poller_wake_;
  std::thread poller_;  // begun under the lock
};

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_CHECK_PIPELINE_H_
