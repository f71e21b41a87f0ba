// A queue of blocks between the threads that filter send lists and the one that writes records.
#ifndef DNC_SERVER_RECORDING_BLOCK_QUEUE_H_
#define DNC_SERVER_RECORDING_BLOCK_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/recording/block_event.h"

namespace dnc {

// Thread-safe. There are some thousand blocks a second at the most, so that a lock does.
class BlockQueue {
 public:
  explicit BlockQueue(size_t most_bytes) : most_bytes_(most_bytes) {}

  // Takes the block, unless there is no room. One that is larger than the queue finds room where
  // nothing else waits; one that is a summary only, also in a part that no other gets.
  bool TryPush(BlockRecord* block) {
    absl::MutexLock lock(&mu_);
    const size_t bytes = block->bytes.size();
    const size_t most = block->records == 1 ? most_bytes_ : most_bytes_ - most_bytes_ / 8;
    if (bytes_ != 0 && bytes_ + bytes > most) return false;
    bytes_ += bytes;
    ++pushed_;
    blocks_.push_back(std::move(*block));
    return true;
  }

  // The oldest one.
  std::optional<BlockRecord> Pop() {
    absl::MutexLock lock(&mu_);
    if (blocks_.empty()) return std::nullopt;
    BlockRecord block = std::move(blocks_.front());
    blocks_.pop_front();
    bytes_ -= block.bytes.size();
    ++popped_;
    return block;
  }

  // What was pushed before is popped once popped() has reached pushed().
  uint64_t pushed() const {
    absl::MutexLock lock(&mu_);
    return pushed_;
  }
  uint64_t popped() const {
    absl::MutexLock lock(&mu_);
    return popped_;
  }
  uint64_t percent() const {
    absl::MutexLock lock(&mu_);
    return bytes_ * 100 / most_bytes_;
  }

 private:
  const size_t most_bytes_;
  mutable absl::Mutex mu_;
  std::deque<BlockRecord> blocks_ ABSL_GUARDED_BY(mu_);
  size_t bytes_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t pushed_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t popped_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace dnc

#endif  // DNC_SERVER_RECORDING_BLOCK_QUEUE_H_
