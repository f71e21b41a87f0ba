#include "server/rpc/worker_pool.h"

#include <utility>

namespace dnc {
WorkerPool::WorkerPool(size_t block_threads, const Limits& limits,
                       std::optional<ThreadPriority> priority)
    : limits_(limits), priority_(priority) {
  threads_.emplace_back([this] { Work(/*takes_blocks=*/false); });
  for (size_t i = 0; i < block_threads; ++i) {
    threads_.emplace_back([this] { Work(/*takes_blocks=*/true); });
  }
}

WorkerPool::~WorkerPool() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::TryRun(Lane lane, size_t bytes, Task task) {
  absl::MutexLock lock(&mu_);
  const size_t tasks = queue(Lane::kCall).size() + queue(Lane::kBlock).size();
  const bool too_much = waiting_bytes_ > 0 && waiting_bytes_ + bytes > limits_.bytes;
  if (tasks >= limits_.tasks || too_much) return false;
  Add(lane, bytes, std::move(task));
  return true;
}

void WorkerPool::Run(Lane lane, Task task) {
  absl::MutexLock lock(&mu_);
  Add(lane, 0, std::move(task));
}

void WorkerPool::Add(Lane lane, size_t bytes, Task task) {
  waiting_bytes_ += bytes;
  queue(lane).push_back({std::move(task), bytes});
}

bool WorkerPool::HasWork(bool takes_blocks) const {
  return !waiting_[static_cast<size_t>(Lane::kCall)].empty() ||
         (takes_blocks && !waiting_[static_cast<size_t>(Lane::kBlock)].empty());
}

WorkerPool::Task WorkerPool::Take(bool takes_blocks) {
  const bool call_waits = !queue(Lane::kCall).empty();
  const bool block_waits = takes_blocks && !queue(Lane::kBlock).empty();
  const bool block = block_waits && (!call_waits || calls_in_a_row_ >= kMostCallsInARow);
  if (takes_blocks) calls_in_a_row_ = block || !block_waits ? 0 : calls_in_a_row_ + 1;
  std::deque<Waiting>& from = queue(block ? Lane::kBlock : Lane::kCall);
  Waiting taken = std::move(from.front());
  from.pop_front();
  waiting_bytes_ -= taken.bytes;
  return std::move(taken.task);
}

void WorkerPool::Work(bool takes_blocks) {
  if (priority_.has_value()) LowerThreadPriority(*priority_);
  const auto ready = [this, takes_blocks]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return stopping_ || HasWork(takes_blocks);
  };
  for (;;) {
    Task task;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(&ready));
      if (!HasWork(takes_blocks)) return;
      task = Take(takes_blocks);
    }
    std::move(task)();
  }
}

}  // namespace dnc
