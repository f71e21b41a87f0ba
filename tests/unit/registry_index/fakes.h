// In-memory stand-ins for what stores chunks, and helpers that the tests of this folder share.
#ifndef DNC_TESTS_UNIT_REGISTRY_INDEX_FAKES_H_
#define DNC_TESTS_UNIT_REGISTRY_INDEX_FAKES_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "storage/registry/block.h"
#include "storage/registry/block_bits.h"
#include "storage/registry/chunk_codec.h"
#include "storage/registry/streams.h"

namespace dnc {

// Keeps chunks, refuses a gap in the ordinals, and fails with `failure` from chunk `fail_at` on.
class MemoryChunks : public ChunkSink {
 public:
  absl::Status Put(uint32_t ordinal, std::string bytes) override {
    if (ordinal >= fail_at) return failure;
    if (ordinal != chunks.size()) return absl::InternalError("ordinals have a gap");
    chunks.push_back(std::move(bytes));
    return absl::OkStatus();
  }

  std::vector<std::string> chunks;
  uint32_t fail_at = UINT32_MAX;
  absl::Status failure;
};

class MemoryChunkSource : public ChunkSource {
 public:
  explicit MemoryChunkSource(std::vector<std::string> chunks) : chunks_(std::move(chunks)) {}

  absl::StatusOr<std::optional<std::string>> Next() override {
    if (next_ == chunks_.size()) return std::optional<std::string>();
    return std::optional<std::string>(chunks_[next_++]);
  }

 private:
  std::vector<std::string> chunks_;
  size_t next_ = 0;
};

// Yields the blocks of ascending numbers.
class MemoryNumbers : public BlockSource {
 public:
  explicit MemoryNumbers(std::vector<uint64_t> numbers) : numbers_(std::move(numbers)) {}

  absl::StatusOr<const NumberBlock*> Next() override {
    if (next_ == numbers_.size()) return nullptr;
    block_.id = numbers_[next_] / kNumbersPerBlock;
    bits_.Clear();
    for (; next_ < numbers_.size() && numbers_[next_] / kNumbersPerBlock == block_.id; ++next_) {
      bits_.Set(static_cast<uint32_t>(numbers_[next_] % kNumbersPerBlock));
    }
    block_.payload = bits_.Payload();
    return &block_;
  }

 private:
  std::vector<uint64_t> numbers_;
  size_t next_ = 0;
  BlockBits bits_;
  NumberBlock block_;
};

inline std::vector<std::string> Encode(const std::vector<uint64_t>& numbers,
                                       size_t target_bytes = kChunkTargetBytes) {
  MemoryChunks sink;
  ChunkWriter writer(
      [&](uint32_t ordinal, std::string bytes) { return sink.Put(ordinal, std::move(bytes)); },
      target_bytes);
  for (const uint64_t number : numbers) EXPECT_TRUE(writer.Add(number).ok());
  EXPECT_TRUE(writer.Finish().ok());
  EXPECT_EQ(writer.chunks(), sink.chunks.size());
  return sink.chunks;
}

inline std::vector<uint64_t> Drain(BlockSource& source) {
  std::vector<uint64_t> numbers;
  for (;;) {
    const auto block = source.Next();
    EXPECT_TRUE(block.ok()) << block.status();
    if (!block.ok() || *block == nullptr) return numbers;
    const uint64_t base = (*block)->id * kNumbersPerBlock;
    ForEachSuffix((*block)->payload, [&](uint32_t suffix) { numbers.push_back(base + suffix); });
  }
}

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_REGISTRY_INDEX_FAKES_H_
