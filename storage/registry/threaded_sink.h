// Puts a thread between whoever makes chunks and whoever takes them, so that both work at once.
#ifndef DNC_STORAGE_REGISTRY_THREADED_SINK_H_
#define DNC_STORAGE_REGISTRY_THREADED_SINK_H_

#include <cstdint>
#include <deque>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "storage/registry/streams.h"

namespace dnc {

// Hands chunks to `sink` on a thread of its own; at most kMostWaiting wait, so that a slow sink
// holds the maker back. Put and Finish belong to one thread.
class ThreadedSink : public ChunkSink {
 public:
  static constexpr size_t kMostWaiting = 32;  // 2 MiB at the usual chunk size

  // `sink` outlives it, and is nobody else's meanwhile.
  explicit ThreadedSink(ChunkSink* sink);
  // Chunks that still wait are dropped.
  ~ThreadedSink() override;

  // The first error of `sink`, which gets no further chunk.
  absl::Status Put(uint32_t ordinal, std::string bytes) override;

  // Waits until `sink` has taken every chunk; its first error. Call once, last.
  absl::Status Finish();

 private:
  void Run();
  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return waiting_.size() < kMostWaiting || !status_.ok();
  }
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return !waiting_.empty() || ended_; }
  void End();

  ChunkSink* const sink_;
  absl::Mutex mu_;
  std::deque<std::pair<uint32_t, std::string>> waiting_ ABSL_GUARDED_BY(mu_);
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;  // last: it uses the others
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_THREADED_SINK_H_
