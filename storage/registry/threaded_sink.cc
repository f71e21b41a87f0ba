#include "storage/registry/threaded_sink.h"

namespace dnc {

ThreadedSink::ThreadedSink(ChunkSink* sink) : sink_(sink), thread_([this] { Run(); }) {}

ThreadedSink::~ThreadedSink() {
  {
    absl::MutexLock lock(&mu_);
    waiting_.clear();
  }
  End();
}

void ThreadedSink::Run() {
  for (;;) {
    std::pair<uint32_t, std::string> chunk;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(this, &ThreadedSink::HasWork));
      if (waiting_.empty()) return;
      chunk = std::move(waiting_.front());
      waiting_.pop_front();
    }
    const absl::Status put = sink_->Put(chunk.first, std::move(chunk.second));
    if (put.ok()) continue;
    absl::MutexLock lock(&mu_);
    status_ = put;
    waiting_.clear();
    return;
  }
}

absl::Status ThreadedSink::Put(uint32_t ordinal, std::string bytes) {
  absl::MutexLock lock(&mu_);
  mu_.Await(absl::Condition(this, &ThreadedSink::HasRoom));
  if (status_.ok()) waiting_.emplace_back(ordinal, std::move(bytes));
  return status_;
}

void ThreadedSink::End() {
  {
    absl::MutexLock lock(&mu_);
    ended_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status ThreadedSink::Finish() {
  End();
  absl::MutexLock lock(&mu_);
  return status_;
}

}  // namespace dnc
