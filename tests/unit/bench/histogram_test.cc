#include "bench/load/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace dnc::bench {
namespace {

Histogram Of(const std::vector<uint64_t>& values) {
  SharedHistogram histogram;
  for (const uint64_t value : values) histogram.Record(value);
  return histogram.Collect();
}

TEST(HistogramTest, QuantilesOfFewValuesAreThoseValues) {
  const Histogram histogram = Of({1, 2, 3, 4, 100});
  EXPECT_EQ(histogram.count(), 5U);
  EXPECT_EQ(histogram.Quantile(0), 1U);
  EXPECT_EQ(histogram.Quantile(0.5), 3U);
  EXPECT_EQ(histogram.Quantile(0.8), 4U);
  EXPECT_EQ(histogram.Quantile(0.81), 100U);
  EXPECT_EQ(histogram.Quantile(1), 100U);
  EXPECT_EQ(Of({}).Quantile(0.5), 0U);
}

TEST(HistogramTest, NoValueIsOffByMoreThanOnePercent) {
  for (uint64_t value = 1; value < uint64_t{1} << 60; value += value / 37 + 1) {
    const uint64_t found = Of({value}).Quantile(0.5);
    const double error = std::abs(static_cast<double>(found) - static_cast<double>(value));
    ASSERT_LE(error, 0.01 * static_cast<double>(value)) << value << " was found as " << found;
  }
}

TEST(HistogramTest, QuantilesAreThoseOfTheSortedValues) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> values;
  for (int i = 0; i < 100'000; ++i) values.push_back(1'000 + random() % 1'000'000);
  const Histogram histogram = Of(values);
  std::sort(values.begin(), values.end());
  for (const double fraction : {0.01, 0.5, 0.9, 0.99, 0.999}) {
    const auto rank = static_cast<size_t>(std::ceil(fraction * 1e5)) - 1;
    const auto right = static_cast<double>(values[rank]);
    EXPECT_NEAR(static_cast<double>(histogram.Quantile(fraction)), right, 0.01 * right);
  }
}

TEST(HistogramTest, MergedIsAsIfRecordedTogether) {
  Histogram merged = Of({10, 20});
  merged.Merge(Of({30}));
  EXPECT_EQ(merged.count(), 3U);
  EXPECT_EQ(merged.Quantile(1), 30U);
}

TEST(QuantileTest, LiesBetweenTheTwoNearest) {
  EXPECT_EQ(Quantile({3, 1, 2}, 0.5), 2);
  EXPECT_EQ(Quantile({1, 2}, 0.5), 1.5);
  EXPECT_EQ(Quantile({}, 0.5), 0);
}

}  // namespace
}  // namespace dnc::bench
