// Reads the flat lines of a file's pieces on several threads, ahead of whoever reads the file.
// Internal to this folder.
#ifndef DNC_SERVER_REGISTRY_FLAT_BLOCKS_H_
#define DNC_SERVER_REGISTRY_FLAT_BLOCKS_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"

namespace dnc {

// A piece of a file, and what ReadFlatLines makes of its lines.
struct FlatBlock {
  // Lines one after the other that ReadFlatLines takes. What lies between runs it does not.
  struct Run {
    uint32_t begin;  // in `text`
    uint32_t bytes;
    uint32_t lines;
  };

  absl::string_view text() const { return absl::string_view(bytes).substr(skipped); }
  absl::Span<const uint64_t> numbers() const { return {values.data(), lines}; }

  std::string bytes;
  size_t skipped = 0;            // of `bytes`: somebody has read them
  bool begins_line = false;      // the piece before ended a line
  std::vector<Run> runs;         // in the order of the text
  std::vector<uint64_t> values;  // kept from block to block; the numbers of all runs, and more
  size_t lines = 0;
};

// Fills in the runs and their numbers. Says nothing about the place of a line in its file: a run
// may lie within quotes. `text` has less than 4 GiB.
void ReadFlatBlock(bool with_comma, FlatBlock* block);

// Blocks in the order of the file, each read by one of the threads, or by whoever asks for it where
// none has begun it: so no thread has to be there. Used by one thread.
//
// Holds at most most_blocks() of them: for each the piece, three quarters as much for its numbers,
// and up to twice as much for its runs where flat lines and others take turns.
class FlatBlocks {
 public:
  // Threads of the caller's priority.
  FlatBlocks(bool with_comma, size_t threads);
  // Drops what is left.
  ~FlatBlocks();
  FlatBlocks(const FlatBlocks&) = delete;
  FlatBlocks& operator=(const FlatBlocks&) = delete;

  // Takes the bytes of `piece` from `skipped` on, and leaves a buffer there that may be used again.
  void Push(std::string* piece, size_t skipped, bool begins_line);

  bool empty() const { return slots_.empty(); }
  size_t size() const { return slots_.size(); }
  // From as many on none should be pushed before one is popped.
  size_t most_blocks() const { return 2 * threads_.size() + 2; }

  // The first block, read; waits for it. There must be one.
  const FlatBlock& Front();
  void Pop();

 private:
  enum class State : uint8_t { kWaiting, kTaken, kRead };
  struct Slot {
    FlatBlock block;  // of whoever has taken it; of the user while it waits or is read
    State state = State::kWaiting;
  };

  void Run();
  // The first block that nobody has taken; null: there is none.
  Slot* Take() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool HasWork() const ABSL_SHARED_LOCKS_REQUIRED(mu_) { return ended_ || !waiting_.empty(); }

  const bool with_comma_;
  std::deque<std::unique_ptr<Slot>> slots_;   // in order
  std::vector<std::unique_ptr<Slot>> spare_;  // with their memory

  mutable absl::Mutex mu_;  // guards each slot's state as well
  std::deque<Slot*> waiting_ ABSL_GUARDED_BY(mu_);
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_;  // last: they use the others
};

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_FLAT_BLOCKS_H_
