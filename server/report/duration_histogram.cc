#include "server/report/duration_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace dnc {
namespace {

constexpr int kBits = 7;  // 128 buckets for each power of two
constexpr uint64_t kExact = uint64_t{2} << kBits;

// A value below 2^(kBits+1) is its own bucket; above it, the leading kBits+1 bits are.
size_t BucketOf(uint64_t value) {
  if (value < kExact) return value;
  const int shift = static_cast<int>(std::bit_width(value)) - (kBits + 1);
  return (static_cast<size_t>(shift) << kBits) + (value >> shift);
}

// The largest value of a bucket.
uint64_t UpperEnd(size_t bucket) {
  if (bucket < kExact) return bucket;
  const size_t shift = (bucket >> kBits) - 1;
  const uint64_t leading = bucket - (shift << kBits);
  return ((leading + 1) << shift) - 1;
}

}  // namespace

void DurationHistogram::Add(int64_t micros) {
  micros = std::max<int64_t>(micros, 0);
  const size_t bucket = BucketOf(static_cast<uint64_t>(micros));
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1);
  ++buckets_[bucket];
  ++count_;
  max_ = std::max(max_, micros);
}

int64_t DurationHistogram::Percentile(double fraction) const {
  const auto wanted =
      std::max<int64_t>(1, std::llround(std::ceil(fraction * static_cast<double>(count_))));
  int64_t seen = 0;
  for (size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen >= wanted) return std::min(max_, static_cast<int64_t>(UpperEnd(bucket)));
  }
  return max_;
}

}  // namespace dnc
