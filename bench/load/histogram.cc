#include "bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dnc::bench {
namespace {

constexpr int kSubBits = 6;  // 64 buckets a power of two

// A small number that stays with the calling thread.
size_t ThreadNumber() {
  static std::atomic<size_t> next{0};
  thread_local const size_t number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

}  // namespace

size_t Histogram::BucketOf(uint64_t value) {
  if (value < 2 << kSubBits) return value;
  const int shift = static_cast<int>(std::bit_width(value)) - 1 - kSubBits;
  return (static_cast<size_t>(shift) << kSubBits) + (value >> shift);
}

uint64_t Histogram::MiddleOf(size_t bucket) {
  if (bucket < 2 << kSubBits) return bucket;
  const size_t shift = (bucket >> kSubBits) - 1;
  const uint64_t low = (bucket - (shift << kSubBits)) << shift;
  return low + (uint64_t{1} << shift) / 2;
}

void Histogram::Add(size_t bucket, uint64_t count) {
  counts_[bucket] += count;
  count_ += count;
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < kBuckets; ++i) Add(i, other.counts_[i]);
}

uint64_t Histogram::Quantile(double fraction) const {
  if (count_ == 0) return 0;
  const double wanted = fraction * static_cast<double>(count_);
  const uint64_t rank = wanted < 1 ? 1 : static_cast<uint64_t>(std::ceil(wanted));
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= rank) return MiddleOf(i);
  }
  return MiddleOf(kBuckets - 1);
}

double Quantile(std::vector<double> values, double fraction) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = fraction * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(at);
  const size_t above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], at - static_cast<double>(below));
}

SharedHistogram::SharedHistogram() {
  for (size_t i = 0; i < kShards; ++i) shards_.push_back(std::make_unique<Shard>());
}

void SharedHistogram::Record(uint64_t value) {
  Shard& shard = *shards_[ThreadNumber() % kShards];
  shard.counts[Histogram::BucketOf(value)].fetch_add(1, std::memory_order_relaxed);
}

Histogram SharedHistogram::Collect() const {
  Histogram all;
  for (const auto& shard : shards_) {
    for (size_t i = 0; i < Histogram::kBuckets; ++i) {
      all.Add(i, shard->counts[i].load(std::memory_order_relaxed));
    }
  }
  return all;
}

}  // namespace dnc::bench
