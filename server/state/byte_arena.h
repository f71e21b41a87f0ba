// Memory for many small pieces that go together: the rows of a batch.
#ifndef DNC_SERVER_STATE_BYTE_ARENA_H_
#define DNC_SERVER_STATE_BYTE_ARENA_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace dnc {

// Pieces live as long as the arena and never move. Not thread-safe.
class ByteArena {
 public:
  ByteArena() = default;
  ByteArena(const ByteArena&) = delete;
  ByteArena& operator=(const ByteArena&) = delete;

  // So many bytes, whatever is in them; never null.
  char* Allocate(size_t bytes) {
    if (left_ < bytes || next_ == nullptr) Grow(bytes);
    left_ -= bytes;
    return std::exchange(next_, next_ + bytes);
  }
  absl::string_view Copy(absl::string_view bytes) {
    if (bytes.empty()) return absl::string_view("", 0);
    char* const copy = Allocate(bytes.size());
    std::memcpy(copy, bytes.data(), bytes.size());
    return {copy, bytes.size()};
  }

 private:
  static constexpr size_t kFirstBlock = size_t{4} << 10;
  static constexpr size_t kLargestBlock = size_t{64} << 10;

  // What is left of the block before is lost.
  void Grow(size_t bytes) {
    left_ = std::max(bytes, next_block_);
    next_block_ = std::min(2 * next_block_, kLargestBlock);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
    next_ = blocks_.back().get();
  }

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t next_block_ = kFirstBlock;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_BYTE_ARENA_H_
