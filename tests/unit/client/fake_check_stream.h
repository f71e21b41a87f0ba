// A stream of checks in memory, which a test answers.
#ifndef DNC_TESTS_UNIT_CLIENT_FAKE_CHECK_STREAM_H_
#define DNC_TESTS_UNIT_CLIENT_FAKE_CHECK_STREAM_H_

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client/internal/connection.h"

namespace dnc {

// What a stream and its test share: the stream may be gone before the test.
class CheckWire {
 public:
  // The next message of the client's, once it is there.
  v1::StreamChecksRequest NextMessage() {
    absl::MutexLock lock(&mutex_);
    const auto sent = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !sent_.empty(); };
    mutex_.Await(absl::Condition(&sent));
    v1::StreamChecksRequest message = std::move(sent_.front());
    sent_.pop_front();
    return message;
  }
  // The next `count` checks, in whatever messages they come.
  std::vector<v1::StreamedCheck> NextChecks(size_t count) {
    std::vector<v1::StreamedCheck> checks;
    while (checks.size() < count) {
      const v1::StreamChecksRequest message = NextMessage();
      checks.insert(checks.end(), message.checks().begin(), message.checks().end());
    }
    return checks;
  }
  bool HasMessage() {
    absl::MutexLock lock(&mutex_);
    return !sent_.empty();
  }

  // From now on a message leaves when Written is called.
  void HoldWrites() {
    absl::MutexLock lock(&mutex_);
    holds_ = true;
  }
  void Written() { Happen(CheckStream::Event::kWritten); }
  void Answer(const v1::StreamChecksResponse& answers) { AnswerBytes(answers.SerializeAsString()); }
  // Whatever bytes.
  void AnswerBytes(std::string bytes) {
    absl::MutexLock lock(&mutex_);
    events_.push_back({CheckStream::Event::kAnswers, std::move(bytes)});
  }
  void Malformed() { Happen(CheckStream::Event::kMalformed); }
  void End(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    status_ = std::move(status);
    events_.push_back({CheckStream::Event::kEnded, {}});
  }

 private:
  friend class FakeCheckStream;

  struct Happened {
    CheckStream::Event event;
    std::string answers;
  };

  void Happen(CheckStream::Event event) {
    absl::MutexLock lock(&mutex_);
    events_.push_back({event, {}});
  }

  absl::Mutex mutex_;
  bool holds_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<v1::StreamChecksRequest> sent_ ABSL_GUARDED_BY(mutex_);
  std::deque<Happened> events_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

class FakeCheckStream : public CheckStream {
 public:
  explicit FakeCheckStream(std::shared_ptr<CheckWire> wire) : wire_(std::move(wire)) {}

  void Write(absl::string_view request) override {
    v1::StreamChecksRequest message;
    const bool parsed = message.ParseFromArray(request.data(), static_cast<int>(request.size()));
    absl::MutexLock lock(&wire_->mutex_);
    if (parsed) wire_->sent_.push_back(std::move(message));
    if (!wire_->holds_) wire_->events_.push_back({Event::kWritten, {}});
  }
  Event Next(absl::Duration timeout, std::string* answers) override {
    absl::MutexLock lock(&wire_->mutex_);
    const auto happened = [this]()
                              ABSL_NO_THREAD_SAFETY_ANALYSIS { return !wire_->events_.empty(); };
    if (!wire_->mutex_.AwaitWithTimeout(absl::Condition(&happened), timeout)) {
      return Event::kNothing;
    }
    CheckWire::Happened next = std::move(wire_->events_.front());
    wire_->events_.pop_front();
    if (next.event == Event::kAnswers) *answers = std::move(next.answers);
    return next.event;
  }
  void Wake() override { wire_->Happen(Event::kNothing); }
  void Cancel() override { wire_->End(absl::CancelledError("cancelled")); }
  absl::Status status() const override {
    absl::MutexLock lock(&wire_->mutex_);
    return wire_->status_;
  }

 private:
  const std::shared_ptr<CheckWire> wire_;
};

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_CLIENT_FAKE_CHECK_STREAM_H_
