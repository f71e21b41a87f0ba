#include "storage/base/huge_arena.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dnc {
namespace {

constexpr size_t kLeastPiece = size_t{64} << 10;
constexpr size_t kMostPiece = size_t{64} << 20;

}  // namespace

char* HugeArena::Allocate(size_t lines) {
  const size_t bytes = lines * kLineBytes;
  auto range = std::find_if(free_.begin(), free_.end(),
                            [bytes](const auto& found) { return found.second >= bytes; });
  if (range == free_.end()) {
    // As much again as there is, so that there are few pieces.
    HugeMemory piece(std::max(bytes, std::clamp(mapped_, kLeastPiece, kMostPiece)));
    mapped_ += piece.bytes();
    range = free_.emplace(piece.data(), piece.bytes()).first;
    pieces_.emplace(piece.data(), std::move(piece));
  }
  const auto [begin, size] = *range;
  free_.erase(range);
  if (size > bytes) free_.emplace(begin + bytes, size - bytes);
  used_ += bytes;
  return begin;
}

void HugeArena::Free(char* range, size_t lines) {
  size_t bytes = lines * kLineBytes;
  used_ -= bytes;
  // Pieces may lie side by side; a range must not reach over two of them.
  const auto next = free_.upper_bound(range);
  if (next != free_.end() && range + bytes == next->first && !pieces_.contains(next->first)) {
    bytes += next->second;
    free_.erase(next);
  }
  const auto after = free_.upper_bound(range);
  if (after != free_.begin() && !pieces_.contains(range)) {
    const auto before = std::prev(after);
    if (before->first + before->second == range) {
      before->second += bytes;
      return;
    }
  }
  free_.emplace(range, bytes);
}

}  // namespace dnc
