#include "bench/load/paced_load.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "bench/load/answer.h"

namespace dnc::bench {
namespace {

constexpr auto kPacedTimeout = std::chrono::seconds(30);
constexpr int64_t kMostWaiting = 100'000;

// What the calls of a round share. Thread-safe.
class PacedRound {
 public:
  explicit PacedRound(Schedule::Time measure_from) : measure_from_(measure_from) {}

  // Whether there is room for another call.
  bool Start() {
    if (failed_.load(std::memory_order_relaxed)) return false;
    absl::MutexLock lock(&mu_);
    if (waiting_ < kMostWaiting) {
      ++waiting_;
      return true;
    }
    why_.Update(absl::ResourceExhaustedError(absl::StrCat(waiting_, " calls wait")));
    return false;
  }

  void Answered(Schedule::Time due, const absl::Status& status) {
    const auto now = std::chrono::steady_clock::now();
    if (status.ok() && due >= measure_from_) {
      latency_.Record(static_cast<uint64_t>(
          std::chrono::duration_cast<std::chrono::nanoseconds>(now - due).count()));
    }
    absl::MutexLock lock(&mu_);
    if (status.ok() && due >= measure_from_) {
      ++answered_;
      last_answer_ = std::max(last_answer_, now);
    }
    if (!status.ok()) {
      why_.Update(status);
      failed_ = true;
    }
    --waiting_;  // the last touch: the owner may delete this round now
  }

  // Until all are answered. The throughput is what was reached: where calls come quicker than they
  // are answered, less than what was asked for.
  absl::StatusOr<LoadResult> Wait() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(this, &PacedRound::NoneWaits));
    if (!why_.ok()) return why_;
    LoadResult result;
    const std::chrono::duration<double> taken = last_answer_ - measure_from_;
    if (answered_ > 0) result.calls_per_second = static_cast<double>(answered_) / taken.count();
    result.latency_ns = latency_.Collect();
    return result;
  }

 private:
  bool NoneWaits() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return waiting_ == 0; }

  const Schedule::Time measure_from_;
  std::atomic<bool> failed_{false};
  SharedHistogram latency_;

  absl::Mutex mu_;
  int64_t waiting_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t answered_ ABSL_GUARDED_BY(mu_) = 0;  // of those that are measured
  Schedule::Time last_answer_ ABSL_GUARDED_BY(mu_) = Schedule::Time::min();
  absl::Status why_ ABSL_GUARDED_BY(mu_);
};

// A call that is under way. Deletes itself when it was answered.
class PacedCall {
 public:
  static void Start(PacedRound& round, grpc::GenericStub& stub, const std::string& method,
                    const PreparedCall& call, Schedule::Time due) {
    auto* const started = new PacedCall(round, method, call, due);
    started->context_.set_deadline(std::chrono::system_clock::now() + kPacedTimeout);
    stub.UnaryCall(&started->context_, method, grpc::StubOptions(), &call.request,
                   &started->answer_,
                   [started](const grpc::Status& status) { started->Done(status); });
  }

 private:
  PacedCall(PacedRound& round, const std::string& method, const PreparedCall& call,
            Schedule::Time due)
      : round_(round), method_(method), call_(call), due_(due) {}

  void Done(const grpc::Status& status) {
    const std::unique_ptr<PacedCall> self(this);
    round_.Answered(due_, CheckAnswer(method_, status, answer_, call_));
  }

  PacedRound& round_;
  const std::string& method_;
  const PreparedCall& call_;
  const Schedule::Time due_;
  grpc::ClientContext context_;
  grpc::ByteBuffer answer_;
};

}  // namespace

absl::StatusOr<LoadResult> RunPacedLoad(const Target& target, const PacedOptions& options) {
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  stubs.reserve(target.channels.size());
  for (const auto& channel : target.channels) {
    stubs.push_back(std::make_unique<grpc::GenericStub>(channel));
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto measure_from = begin + absl::ToChronoNanoseconds(options.warm_up);
  const Schedule schedule(begin, options.per_second);
  const std::vector<PreparedCall>& calls = *target.calls;
  const double seconds = absl::ToDoubleSeconds(options.warm_up + options.duration);
  const auto wanted = static_cast<uint64_t>(std::ceil(seconds * options.per_second));
  if (!options.repeat_calls && options.first_call + wanted > calls.size()) {
    return absl::InvalidArgumentError("there are not enough calls for a paced load");
  }
  PacedRound round(measure_from);
  uint64_t index = 0;
  for (; index < wanted; ++index) {
    std::this_thread::sleep_until(schedule.Due(index));
    if (!round.Start()) break;
    PacedCall::Start(round, *stubs[index % stubs.size()], target.method,
                     calls[(options.first_call + index) % calls.size()], schedule.Due(index));
  }
  absl::StatusOr<LoadResult> result = round.Wait();
  if (result.ok()) result->calls_started = index;
  return result;
}

}  // namespace dnc::bench
