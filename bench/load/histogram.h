// Latency histograms: constant memory, any number of writers, relative error below 1 %.
#ifndef DNC_BENCH_LOAD_HISTOGRAM_H_
#define DNC_BENCH_LOAD_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace dnc::bench {

// Counts of values, in buckets whose width grows with the value: up to 128 each value has a bucket
// of its own, above that each power of two has 64 of them, so a bucket is at most 1/64 of its value
// wide and its middle at most 1/128 away. Not thread-safe.
class Histogram {
 public:
  static constexpr size_t kBuckets = (64 - 6) * 64 + 64;

  Histogram() : counts_(kBuckets) {}

  // The bucket of a value, and the middle of a bucket.
  static size_t BucketOf(uint64_t value);
  static uint64_t MiddleOf(size_t bucket);

  void Add(size_t bucket, uint64_t count);
  void Merge(const Histogram& other);

  uint64_t count() const { return count_; }
  // The value below which `fraction` (0 to 1) of all values lie; 0 where there are none.
  uint64_t Quantile(double fraction) const;

 private:
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
};

// The value below which `fraction` of them lie, between two of them where need be; 0 where there
// are none.
double Quantile(std::vector<double> values, double fraction);

// What many threads record into, each on its own part: a thread shares cache lines with another
// only where there are more than kShards of them. Thread-safe.
class SharedHistogram {
 public:
  SharedHistogram();

  void Record(uint64_t value);
  // All values recorded so far. Exact only where no thread records at the same time.
  Histogram Collect() const;

 private:
  static constexpr size_t kShards = 16;
  struct alignas(64) Shard {
    std::array<std::atomic<uint64_t>, Histogram::kBuckets> counts{};
  };

  std::vector<std::unique_ptr<Shard>> shards_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_HISTOGRAM_H_
