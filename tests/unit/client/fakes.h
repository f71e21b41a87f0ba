// Stand-ins that the client's tests share.
#ifndef DNC_TESTS_UNIT_CLIENT_FAKES_H_
#define DNC_TESTS_UNIT_CLIENT_FAKES_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/error.h"
#include "client/internal/connection.h"
#include "client/steady_time.h"

namespace dnc {

// Stands still; sleeping moves it.
class FakeTime : public SteadyTime {
 public:
  absl::Duration Now() const override { return now_; }
  void Sleep(absl::Duration duration) const override {
    slept_.push_back(duration);
    now_ += duration;
  }
  void Advance(absl::Duration duration) { now_ += duration; }
  const std::vector<absl::Duration>& slept() const { return slept_; }

 private:
  mutable absl::Duration now_ = absl::Hours(5);
  mutable std::vector<absl::Duration> slept_;
};

inline absl::Status ErrorWithReason(absl::StatusCode code, absl::string_view reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain("dnc.v1");
  return WithErrorInfo(absl::Status(code, reason), info);
}

// Packs verdicts as FilterContactsResponse does; an ALLOW holds for a minute.
inline v1::FilterContactsResponse PackVerdicts(const std::vector<v1::Verdict>& verdicts) {
  v1::FilterContactsResponse response;
  response.set_count(static_cast<uint32_t>(verdicts.size()));
  std::string packed((verdicts.size() + 3) / 4, '\0');
  for (size_t i = 0; i < verdicts.size(); ++i) {
    packed[i / 4] = static_cast<char>(packed[i / 4] | (verdicts[i] << (2 * (i % 4))));
  }
  response.set_verdicts(packed);
  response.mutable_valid_for()->set_seconds(60);
  response.mutable_evaluate_time()->set_seconds(1767225600);
  return response;
}

// What a fake stream does: answers blocks with ALLOW until `break_after` of them.
struct StreamScript {
  int break_after = 1 << 30;
  absl::Status end = absl::OkStatus();
  uint32_t count_offset = 0;  // lie about the number of contact points
};

class FakeFilterStream : public FilterStream {
 public:
  explicit FakeFilterStream(StreamScript script) : script_(std::move(script)) {}

  bool WriteConfig(const v1::FilterConfig&) override {
    absl::MutexLock lock(&mutex_);
    return !over_;
  }
  bool Write(FilterBlock block) override {
    absl::MutexLock lock(&mutex_);
    if (!over_) blocks_.push_back(block.size());
    return !over_;
  }
  bool WritesDone() override {
    absl::MutexLock lock(&mutex_);
    half_closed_ = true;
    return true;
  }
  bool Read(v1::FilterContactsResponse* response) override {
    absl::MutexLock lock(&mutex_);
    const auto ready = [this] { return over_ || half_closed_ || !blocks_.empty(); };
    mutex_.Await(absl::Condition(&ready));
    if (over_ || blocks_.empty() || answered_ == script_.break_after) {
      over_ = true;
      return false;
    }
    *response = PackVerdicts(std::vector<v1::Verdict>(blocks_.front(), v1::VERDICT_ALLOW));
    response->set_count(response->count() + script_.count_offset);
    blocks_.pop_front();
    ++answered_;
    return true;
  }
  // As if the gateway ended the stream, with the script's `end`.
  void End() {
    absl::MutexLock lock(&mutex_);
    over_ = true;
  }
  void Cancel() override {
    absl::MutexLock lock(&mutex_);
    over_ = true;
    cancelled_ = true;
  }
  absl::Status Finish() override {
    absl::MutexLock lock(&mutex_);
    return cancelled_ ? absl::CancelledError("cancelled") : script_.end;
  }

 private:
  const StreamScript script_;
  absl::Mutex mutex_;
  std::deque<size_t> blocks_;
  bool half_closed_ = false;
  bool over_ = false;
  bool cancelled_ = false;
  int answered_ = 0;
};

// Answers with what was queued, the last of it again and again; remembers what it was asked.
class FakeConnection : public Connection {
 public:
  absl::StatusOr<v1::CheckContactResponse> CheckContact(const v1::CheckContactRequest& request,
                                                        absl::Duration deadline) override {
    deadlines.push_back(deadline);
    check_requests.push_back(request);
    if (time != nullptr) time->Advance(call_takes);
    return Next(checks);
  }
  absl::StatusOr<v1::BatchCheckContactsResponse> BatchCheckContacts(
      const v1::BatchCheckContactsRequest& request, absl::Duration deadline) override {
    deadlines.push_back(deadline);
    batch_requests.push_back(request);
    return Next(batches);
  }
  absl::StatusOr<v1::ApplyActionResponse> ApplyAction(const v1::ApplyActionRequest& request,
                                                      absl::Duration deadline) override {
    deadlines.push_back(deadline);
    apply_requests.push_back(request);
    return Next(applies);
  }
  absl::StatusOr<v1::CopyActionsResponse> CopyActions(const v1::CopyActionsRequest& request,
                                                      absl::Duration deadline) override {
    deadlines.push_back(deadline);
    copy_requests.push_back(request);
    return Next(copies);
  }
  std::unique_ptr<FilterStream> OpenFilter(absl::Duration deadline) override {
    deadlines.push_back(deadline);
    auto opened = std::make_unique<FakeFilterStream>(stream);
    last_stream = opened.get();
    return opened;
  }

  std::deque<absl::StatusOr<v1::CheckContactResponse>> checks;
  std::deque<absl::StatusOr<v1::BatchCheckContactsResponse>> batches;
  std::deque<absl::StatusOr<v1::ApplyActionResponse>> applies;
  std::deque<absl::StatusOr<v1::CopyActionsResponse>> copies;
  StreamScript stream;
  FakeFilterStream* last_stream = nullptr;  // as long as its Filter runs
  FakeTime* time = nullptr;
  absl::Duration call_takes;

  std::vector<absl::Duration> deadlines;
  std::vector<v1::CheckContactRequest> check_requests;
  std::vector<v1::BatchCheckContactsRequest> batch_requests;
  std::vector<v1::ApplyActionRequest> apply_requests;
  std::vector<v1::CopyActionsRequest> copy_requests;

 private:
  template <typename Answer>
  static Answer Next(std::deque<Answer>& answers) {
    Answer answer = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return answer;
  }
};

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_CLIENT_FAKES_H_
