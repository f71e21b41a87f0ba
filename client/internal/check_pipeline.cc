#include "client/internal/check_pipeline.h"

#include <sched.h>

#include <algorithm>
#include <utility>

#include "client/internal/check_bytes.h"
#include "client/internal/item_status.h"

namespace dnc {
namespace {

// Of a message. The gateway judges as many in one go.
constexpr size_t kMostChecksAMessage = 512;
constexpr size_t kMostMessageBytes = size_t{256} << 10;
// Keeps sums of times within their range.
constexpr absl::Duration kLongestDeadline = absl::Hours(24 * 365);

// The pipeline whose answers this thread is handing out.
thread_local const void* handing_out = nullptr;

uint64_t IdOf(uint32_t generation, uint32_t index) { return uint64_t{generation} << 32 | index; }

// Of a serialised v1.ItemError. Never OK.
absl::Status ErrorOf(absl::string_view bytes) {
  v1::ItemError error;
  if (error.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return ItemStatus(error);
  return absl::InternalError("the gateway's error of a check cannot be read");
}

}  // namespace

CheckPipeline::CheckPipeline(std::function<std::unique_ptr<CheckStream>()> open)
    : open_(std::move(open)) {}

CheckPipeline::~CheckPipeline() {
  Stop();
  delete spare_.load();
}

absl::StatusOr<std::string> CheckPipeline::Check(absl::string_view request,
                                                 absl::Duration deadline) {
  const Time until = std::chrono::steady_clock::now() +
                     absl::ToChronoNanoseconds(std::min(deadline, kLongestDeadline));
  Waiter waiter;
  mutex_.Lock();
  if (const absl::Status added = Add(request, until, &waiter, nullptr); !added.ok()) {
    mutex_.Unlock();
    return added;
  }
  Send(until, /*waits=*/true);
  Await(&waiter);
  if (!waiter.status.ok()) return std::move(waiter.status);
  return std::move(waiter.response);
}

void CheckPipeline::Start(absl::string_view request, absl::Duration deadline, CheckDone done) {
  const Time until = std::chrono::steady_clock::now() +
                     absl::ToChronoNanoseconds(std::min(deadline, kLongestDeadline));
  mutex_.Lock();
  if (const absl::Status added = Add(request, until, nullptr, &done); !added.ok()) {
    mutex_.Unlock();
    return std::move(done)(added, nullptr);
  }
  Send(until, /*waits=*/false);
}

void CheckPipeline::Stop() {
  std::vector<Ended> ended;
  std::shared_ptr<CheckStream> stream;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    stream = Fail(absl::CancelledError("the client is being destroyed"), &ended);
    poller_wake_.SignalAll();
  }
  if (stream != nullptr) stream->Cancel();  // whoever polls it returns
  EndAll(nullptr, &ended);
  if (poller_.joinable()) poller_.join();
}

absl::Status CheckPipeline::Add(absl::string_view request, Time deadline, Waiter* waiter,
                                CheckDone* done) {
  if (stopped_) return absl::CancelledError("the client is being destroyed");
  if (waiting_ >= kMostChecks) {
    return absl::ResourceExhaustedError("too many checks of this client wait for an answer");
  }
  if (stream_ == nullptr) {
    stream_ = open_();
    if (stream_ == nullptr) return absl::UnimplementedError("there are no streams of checks");
    proven_.store(false, std::memory_order_relaxed);
  }
  if (free_.empty()) {
    free_.push_back(static_cast<uint32_t>(slots_.size()));
    slots_.emplace_back().index = free_.back();
  }
  Slot& slot = slots_[free_.back()];
  free_.pop_back();
  slot.used = true;
  slot.deadline = deadline;
  slot.waiter = waiter;
  if (waiter != nullptr) {
    waiter->waiting = true;
  } else {
    slot.done = std::move(*done);
  }
  ++waiting_;
  earliest_ = std::min(earliest_, deadline);
  Gather(IdOf(slot.generation, slot.index), request);
  if (waiter != nullptr) {
    std::shared_ptr<Bed>& bed = gathered_.back().bed;
    if (bed == nullptr) bed = std::make_shared<Bed>();
    waiter->bed = bed;
  }
  return absl::OkStatus();
}

void CheckPipeline::Gather(uint64_t id, absl::string_view request) {
  if (gathered_.empty() || gathered_.back().checks >= kMostChecksAMessage ||
      gathered_.back().bytes.size() + request.size() > kMostMessageBytes) {
    gathered_.emplace_back();
  }
  Message& message = gathered_.back();
  ++message.checks;
  AppendStreamedCheck(id, request, &message.bytes);
}

void CheckPipeline::Send(Time deadline, bool waits) {
  // Whoever hands out answers sends what they lead to when all are handed out.
  if (handing_out == this && !waits) return mutex_.Unlock();
  Writing writing;
  if (!waits || !yielding_) {  // otherwise it goes with that caller's
    if (waits && !writing_ && woken_.load(std::memory_order_relaxed) > 0) LetWokenRun();
    writing = TakeMessage();
  }
  std::shared_ptr<CheckStream> sleeps;
  if (polling_ && deadline < polling_until_) sleeps = stream_;
  if (!waits && !polling_ && !poller_wanted_) WantPoller();
  mutex_.Unlock();
  Write(writing);
  if (sleeps != nullptr) sleeps->Wake();
}

CheckPipeline::Writing CheckPipeline::TakeMessage() {
  Writing writing;
  if (writing_ || gathered_.empty()) return writing;
  writing_ = true;
  writing.stream = stream_;
  writing.bytes = std::move(gathered_.front().bytes);
  gathered_.pop_front();
  return writing;
}

void CheckPipeline::Write(const Writing& writing) {
  if (writing.stream != nullptr) writing.stream->Write(writing.bytes);
}

void CheckPipeline::LetWokenRun() {
  yielding_ = true;
  mutex_.Unlock();
  sched_yield();
  mutex_.Lock();
  yielding_ = false;
}

void CheckPipeline::Await(Waiter* waiter) {
  const std::shared_ptr<Bed> bed = waiter->bed;
  while (true) {
    const uint32_t wakes = bed->wakes();
    if (waiter->ended.load(std::memory_order_acquire)) break;
    mutex_.Lock();
    if (waiter->waiting && !polling_ && (!poller_wanted_ || handing_out == this)) {
      Poll(waiter);
    } else if (handing_out == this) {
      SleepNested(bed.get(), wakes);
    } else {
      mutex_.Unlock();
      bed->Sleep(wakes);
    }
  }
  if (waiter->woken) woken_.fetch_sub(1, std::memory_order_relaxed);
}

void CheckPipeline::SleepNested(Bed* bed, uint32_t wakes) {
  nested_.push_back(bed);
  mutex_.Unlock();
  bed->Sleep(wakes);
  absl::MutexLock lock(&mutex_);
  nested_.erase(std::find(nested_.begin(), nested_.end(), bed));
}

void CheckPipeline::Poll(Waiter* own) {
  polling_ = true;
  polling_until_ = earliest_;
  const std::shared_ptr<CheckStream> stream = stream_;
  const Time until = polling_until_;
  mutex_.Unlock();

  std::unique_ptr<Received> received(spare_.exchange(nullptr));
  if (received == nullptr) received = std::make_unique<Received>();
  const auto timeout = until - std::chrono::steady_clock::now();
  CheckStream::Event event =
      stream->Next(std::max(absl::FromChrono(timeout), absl::ZeroDuration()), &received->bytes);
  if (event == CheckStream::Event::kAnswers && !ReadAnswers(&received->bytes, &received->answers)) {
    event = CheckStream::Event::kMalformed;
  }

  std::vector<Ended> ended;
  std::shared_ptr<CheckStream> failed;
  mutex_.Lock();
  polling_ = false;
  if (stream == stream_) {
    const absl::Status status = Take(event, received->answers, &ended);
    if (!status.ok()) failed = Fail(status, &ended);
  }
  if (waiting_ > 0) Expire(std::chrono::steady_clock::now(), &ended);
  if (given_up_.size() > kMostChecks) {
    failed = Fail(absl::UnavailableError("the gateway leaves checks without an answer"), &ended);
  }
  // A caller who has its answer, or is going to run what others have it do, does not poll for them.
  const bool leaves = own != nullptr && (!own->waiting || HasCalls(ended));
  if (leaves && waiting_ > 0) WantPoller();
  const Writing writing = TakeMessage();
  mutex_.Unlock();
  Write(writing);
  EndAll(own, &ended);
  delete spare_.exchange(received.release());
}

void CheckPipeline::WantPoller() {
  poller_wanted_ = true;
  if (!poller_.joinable() && !stopped_) poller_ = std::thread([this] { RunPoller(); });
  poller_wake_.Signal();
  // The pipeline's thread may be one of these, and hears only of this.
  for (Bed* const bed : nested_) bed->WakeAll();
}

void CheckPipeline::RunPoller() {
  mutex_.Lock();
  while (!stopped_) {
    if (poller_wanted_ && !polling_ && stream_ != nullptr) {
      Poll(nullptr);
      mutex_.Lock();
    } else {
      poller_wake_.Wait(&mutex_);
    }
  }
  mutex_.Unlock();
}

CheckPipeline::Slot* CheckPipeline::Find(uint64_t id) {
  const auto index = static_cast<uint32_t>(id);
  if (index >= slots_.size()) return nullptr;
  Slot& slot = slots_[index];
  return slot.used && IdOf(slot.generation, index) == id ? &slot : nullptr;
}

void CheckPipeline::Leave(Slot* slot, const absl::Status& status, std::vector<Ended>* ended) {
  ended->push_back({slot->waiter, std::move(slot->done), status, {}});
  if (slot->waiter != nullptr) slot->waiter->waiting = false;
  slot->waiter = nullptr;
  slot->done = nullptr;
  slot->used = false;
  ++slot->generation;
  free_.push_back(slot->index);
  if (--waiting_ > 0) return;
  earliest_ = Time::max();
  poller_wanted_ = false;
}

absl::Status CheckPipeline::Take(CheckStream::Event event,
                                 const std::vector<StreamedAnswerBytes>& answers,
                                 std::vector<Ended>* ended) {
  switch (event) {
    case CheckStream::Event::kNothing:
      return absl::OkStatus();
    case CheckStream::Event::kWritten:
      writing_ = false;
      return absl::OkStatus();
    case CheckStream::Event::kAnswers:
      return TakeAnswers(answers, ended);
    case CheckStream::Event::kMalformed:
      return absl::InternalError("the gateway's answer to checks cannot be read");
    case CheckStream::Event::kEnded:
      break;
  }
  const absl::Status why = stream_->status();
  return why.ok() ? absl::UnavailableError("the gateway ended the stream of checks") : why;
}

absl::Status CheckPipeline::TakeAnswers(const std::vector<StreamedAnswerBytes>& answers,
                                        std::vector<Ended>* ended) {
  proven_.store(true, std::memory_order_relaxed);
  absl::Status status;
  ended->reserve(answers.size());
  for (const StreamedAnswerBytes& answer : answers) status.Update(TakeAnswer(answer, ended));
  if (status.ok()) return status;
  // What came with an answer that cannot be true is not believed.
  for (Ended& check : *ended) check.status = status;
  return status;
}

absl::Status CheckPipeline::TakeAnswer(const StreamedAnswerBytes& answer,
                                       std::vector<Ended>* ended) {
  Slot* const slot = Find(answer.id);
  if (slot == nullptr) {
    if (given_up_.erase(answer.id) > 0) return absl::OkStatus();
    return absl::InternalError("the gateway answered a check that does not wait for an answer");
  }
  switch (answer.result) {
    case StreamedAnswerBytes::Result::kResponse:
      Leave(slot, absl::OkStatus(), ended);
      ended->back().response.assign(answer.bytes.data(), answer.bytes.size());
      return absl::OkStatus();
    case StreamedAnswerBytes::Result::kError:
      Leave(slot, ErrorOf(answer.bytes), ended);
      return absl::OkStatus();
    case StreamedAnswerBytes::Result::kNone:
      break;
  }
  return absl::InternalError("the gateway's answer to a check is neither a response nor an error");
}

void CheckPipeline::Expire(Time now, std::vector<Ended>* ended) {
  if (now < earliest_) return;
  Time earliest = Time::max();
  for (Slot& slot : slots_) {
    if (!slot.used) continue;
    if (slot.deadline > now) {
      earliest = std::min(earliest, slot.deadline);
      continue;
    }
    given_up_.insert(IdOf(slot.generation, slot.index));
    Leave(&slot, absl::DeadlineExceededError("the gateway did not answer in time"), ended);
  }
  earliest_ = earliest;
}

std::shared_ptr<CheckStream> CheckPipeline::Fail(const absl::Status& why,
                                                 std::vector<Ended>* ended) {
  for (Slot& slot : slots_) {
    if (slot.used) Leave(&slot, why, ended);
  }
  gathered_.clear();
  writing_ = false;
  given_up_.clear();
  return std::move(stream_);
}

bool CheckPipeline::HasCalls(const std::vector<Ended>& ended) {
  return std::any_of(ended.begin(), ended.end(),
                     [](const Ended& check) { return check.waiter == nullptr; });
}

void CheckPipeline::WakeAll(const Waiter* own, std::vector<Ended>* ended) {
  std::vector<std::shared_ptr<Bed>> beds;
  for (Ended& check : *ended) {
    if (check.waiter == nullptr) continue;
    const bool woken = check.waiter != own;
    if (woken && (beds.empty() || beds.back() != check.waiter->bed)) {
      beds.push_back(check.waiter->bed);
    }
    check.waiter->status = std::move(check.status);
    check.waiter->response = std::move(check.response);
    check.waiter->woken = woken;
    if (woken) woken_.fetch_add(1, std::memory_order_relaxed);
    check.waiter->ended.store(true, std::memory_order_release);  // it may be gone now
  }
  for (const std::shared_ptr<Bed>& bed : beds) bed->WakeAll();
}

void CheckPipeline::EndAll(const Waiter* own, std::vector<Ended>* ended) {
  WakeAll(own, ended);
  if (!HasCalls(*ended)) return;
  const void* const before = std::exchange(handing_out, this);
  for (Ended& check : *ended) {
    if (check.waiter != nullptr) continue;
    std::move(check.done)(check.status, check.status.ok() ? &check.response : nullptr);
  }
  handing_out = before;
  mutex_.Lock();
  // The pipeline's thread, and a caller who waits on, poll again in any case.
  const bool leaves = own == nullptr || own->ended.load(std::memory_order_relaxed);
  if (leaves && waiting_ > 0 && !polling_) WantPoller();
  const Writing writing = TakeMessage();
  mutex_.Unlock();
  Write(writing);
}

}  // namespace dnc
