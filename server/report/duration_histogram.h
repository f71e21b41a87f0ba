// Percentiles of very many durations in little memory.
#ifndef DNC_SERVER_REPORT_DURATION_HISTOGRAM_H_
#define DNC_SERVER_REPORT_DURATION_HISTOGRAM_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace dnc {

// Counts microseconds in buckets: 128 for each power of two, so that what it answers is above the
// true value by less than a hundredth of it, and exact below 256. At most 64 KiB.
class DurationHistogram {
 public:
  // Negative ones count as zero.
  void Add(int64_t micros);

  int64_t count() const { return count_; }
  int64_t max() const { return max_; }
  // The least value that `fraction` of all, in (0, 1], do not exceed; 0 where there are none.
  int64_t Percentile(double fraction) const;

 private:
  std::vector<int64_t> buckets_;  // as long as it must be
  int64_t count_ = 0;
  int64_t max_ = 0;
};

}  // namespace dnc

#endif  // DNC_SERVER_REPORT_DURATION_HISTOGRAM_H_
