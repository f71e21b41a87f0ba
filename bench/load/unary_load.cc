#include "bench/load/unary_load.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "bench/load/answer.h"

namespace dnc::bench {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr auto kCallTimeout = std::chrono::seconds(10);

uint64_t Nanoseconds(std::chrono::steady_clock::duration duration) {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count());
}

// What the calls of a round share. Thread-safe.
class Round {
 public:
  Round(const Target& target, const LoadOptions& options)
      : target_(target), options_(options), next_(options.first_call) {
    measure_from_ = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(options.warm_up);
    measure_to_ = measure_from_ + absl::ToChronoNanoseconds(options.duration);
  }

  // The next call to make; nullptr where the round is over.
  const PreparedCall* Next(SteadyTime now) {
    if (now >= measure_to_ || failed_.load(std::memory_order_relaxed)) return nullptr;
    const size_t index = next_.fetch_add(1, std::memory_order_relaxed);
    const auto& calls = *target_.calls;
    if (index >= calls.size() && !options_.repeat_calls) return nullptr;
    return &calls[index % calls.size()];
  }

  void Answered(SteadyTime start, SteadyTime end) {
    if (end < measure_from_ || end >= measure_to_) return;
    latency_.Record(Nanoseconds(end - start));
    if (!options_.repeat_calls) last_.store(end.time_since_epoch().count());
  }

  void Fail(const absl::Status& why) {
    absl::MutexLock lock(&mu_);
    why_.Update(why);
    failed_ = true;
  }

  void SlotStarts() {
    absl::MutexLock lock(&mu_);
    ++running_;
  }

  void SlotEnds() {
    absl::MutexLock lock(&mu_);
    --running_;
  }

  absl::StatusOr<LoadResult> Wait() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(this, &Round::IsOver));
    if (!why_.ok()) return why_;
    LoadResult result;
    result.latency_ns = latency_.Collect();
    result.calls_started = next_.load() - options_.first_call;
    const SteadyTime end = RanOut() ? LastAnswer() : measure_to_;
    result.calls_per_second = static_cast<double>(result.latency_ns.count()) * 1e9 /
                              static_cast<double>(Nanoseconds(end - measure_from_));
    return result;
  }

 private:
  bool IsOver() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return running_ == 0; }
  bool RanOut() const { return !options_.repeat_calls && next_.load() > target_.calls->size(); }
  SteadyTime LastAnswer() const {
    const SteadyTime last{SteadyTime::duration(last_.load())};
    return std::max(last, measure_from_ + std::chrono::nanoseconds(1));
  }

  const Target& target_;
  const LoadOptions& options_;
  SteadyTime measure_from_;
  SteadyTime measure_to_;
  std::atomic<size_t> next_;
  std::atomic<bool> failed_{false};
  std::atomic<SteadyTime::rep> last_{0};
  SharedHistogram latency_;

  absl::Mutex mu_;
  size_t running_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status why_ ABSL_GUARDED_BY(mu_);
};

// One of the calls in flight: makes call after call until the round is over.
class Slot {
 public:
  Slot(Round* round, const Target& target, const std::shared_ptr<grpc::Channel>& channel)
      : round_(round), method_(target.method), stub_(channel) {}

  void Run() {
    round_->SlotStarts();
    CallNext();
  }

 private:
  void CallNext() {
    start_ = std::chrono::steady_clock::now();
    call_ = round_->Next(start_);
    if (call_ == nullptr) {
      round_->SlotEnds();  // the last touch: the owner may delete this slot now
      return;
    }
    context_.emplace();
    context_->set_deadline(std::chrono::system_clock::now() + kCallTimeout);
    answer_.Clear();
    stub_.UnaryCall(&*context_, method_, grpc::StubOptions(), &call_->request, &answer_,
                    [this](const grpc::Status& status) { Done(status); });
  }

  void Done(const grpc::Status& status) {
    const absl::Status checked = CheckAnswer(method_, status, answer_, *call_);
    if (checked.ok()) {
      round_->Answered(start_, std::chrono::steady_clock::now());
    } else {
      round_->Fail(checked);
    }
    CallNext();
  }

  Round* const round_;
  const std::string& method_;
  grpc::GenericStub stub_;
  const PreparedCall* call_ = nullptr;
  SteadyTime start_;
  std::optional<grpc::ClientContext> context_;
  grpc::ByteBuffer answer_;
};

}  // namespace

std::vector<std::shared_ptr<grpc::Channel>> MakeChannels(const std::string& address, size_t count) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (size_t i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // else they share one connection
    channels.push_back(
        grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
    channels.back()->WaitForConnected(std::chrono::system_clock::now() + kCallTimeout);
  }
  return channels;
}

absl::StatusOr<LoadResult> RunUnaryLoad(const Target& target, const LoadOptions& options) {
  Round round(target, options);
  std::vector<std::unique_ptr<Slot>> slots;
  for (size_t i = 0; i < options.in_flight; ++i) {
    const auto& channel = target.channels[i % target.channels.size()];
    slots.push_back(std::make_unique<Slot>(&round, target, channel));
  }
  for (const auto& slot : slots) slot->Run();
  return round.Wait();
}

}  // namespace dnc::bench
