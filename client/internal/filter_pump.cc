#include "client/internal/filter_pump.h"

#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dnc {

FilterPump::FilterPump(std::unique_ptr<FilterStream> stream, FilterSource source, FilterSink sink,
                       std::shared_ptr<const SteadyTime> time)
    : stream_(std::move(stream)),
      source_(std::move(source)),
      sink_(std::move(sink)),
      time_(std::move(time)) {}

absl::Status FilterPump::Run(const v1::FilterConfig& config,
                             const std::function<void()>& wake_source) {
  std::thread writer([this, &config] { WriteBlocks(config); });
  ReadAnswers();
  bool may_wait = false;
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    may_wait = !all_written_;
  }
  if (may_wait && wake_source) wake_source();
  writer.join();
  absl::Status ended = stream_->Finish();
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    if (ended.ok() && (!unanswered_.empty() || !all_written_)) {
      ended = absl::InternalError("the gateway ended the filter stream before the list's end");
    }
    status = status_.ok() ? ended : status_;
  }
  DeliverUnanswered(status);
  return status;
}

void FilterPump::WriteBlocks(const v1::FilterConfig& config) {
  if (!stream_->WriteConfig(config)) return;
  while (WriteNextBlock()) {
  }
}

bool FilterPump::WriteNextBlock() {
  {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](FilterPump* pump) ABSL_NO_THREAD_SAFETY_ANALYSIS { return pump->MayProceed(); }, this));
    if (stopped_) return false;
  }
  absl::StatusOr<FilterBlock> block = source_();
  if (!block.ok()) {
    StopFor(block.status());
    return false;
  }
  {
    absl::MutexLock lock(&mutex_);
    if (block->size() == 0) {
      all_written_ = !stopped_;
    } else {
      unanswered_.push_back({block->size(), time_->Now()});
    }
    if (stopped_) return false;
  }
  if (block->size() == 0) {
    stream_->WritesDone();
    return false;
  }
  return stream_->Write(*std::move(block));
}

void FilterPump::ReadAnswers() {
  v1::FilterContactsResponse response;
  while (stream_->Read(&response)) {
    Sent block;
    {
      absl::MutexLock lock(&mutex_);
      if (stopped_) continue;
      if (!unanswered_.empty()) {
        block = unanswered_.front();
        unanswered_.pop_front();
      }
    }
    if (block.count == 0) {
      Stop(absl::InternalError("the gateway answered a block that was not sent"));
      continue;
    }
    const FilterAnswer answer = ReadFilterAnswer(response, block.count, block.at, time_);
    if (!answer.status.ok()) Stop(answer.status);
    if (absl::Status status = Deliver(answer); !status.ok()) Stop(std::move(status));
  }
}

absl::Status FilterPump::Deliver(const FilterAnswer& answer) {
  absl::Status status = sink_(answer);
  sink_failed_ = !status.ok();
  return status;
}

void FilterPump::DeliverUnanswered(const absl::Status& why) {
  std::deque<Sent> left;
  {
    absl::MutexLock lock(&mutex_);
    left.swap(unanswered_);
  }
  for (const Sent& block : left) {
    if (sink_failed_) return;
    if (!Deliver(UnansweredBlock(block.count, why)).ok()) return;
  }
}

void FilterPump::StopFor(const absl::Status& source_error) {
  {
    absl::MutexLock lock(&mutex_);
    // The stream ended before; a source that was woken for that may say anything.
    if (stopped_) return;
  }
  Stop(source_error);
}

void FilterPump::Stop(absl::Status why) {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
    if (status_.ok()) status_ = std::move(why);
  }
  stream_->Cancel();
}

}  // namespace dnc
