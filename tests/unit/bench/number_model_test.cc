#include "bench/data/number_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <set>
#include <vector>

#include "bench/load/phone_book.h"

namespace dnc::bench {
namespace {

std::vector<uint64_t> NumbersOf(const NumberModel& model) {
  std::vector<uint64_t> numbers;
  numbers.reserve(model.count());
  model.ForEach([&](uint64_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(NumberModelTest, HasExactlyAsManyDifferentNumbersAsAskedFor) {
  for (const uint64_t count : {uint64_t{1}, uint64_t{999}, uint64_t{1'000'000}}) {
    const std::vector<uint64_t> numbers = NumbersOf(NumberModel(count));
    EXPECT_EQ(numbers.size(), count);
    EXPECT_EQ(std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>()),
              numbers.end())
        << "not strictly ascending";
  }
}

TEST(NumberModelTest, TheSeedDecidesTheNumbers) {
  EXPECT_EQ(NumbersOf(NumberModel(10'000, 5)), NumbersOf(NumberModel(10'000, 5)));
  EXPECT_NE(NumbersOf(NumberModel(10'000, 5)), NumbersOf(NumberModel(10'000, 6)));
}

TEST(NumberModelTest, NumbersAreThoseOfTheNorthAmericanPlan) {
  for (const uint64_t number : NumbersOf(NumberModel(200'000))) {
    ASSERT_EQ(number / 10'000'000'000, 1U);
    ASSERT_GE(number / 10'000'000 % 1'000, 201U) << "area code of " << number;
    ASSERT_GE(number / 10'000 % 1'000, 200U) << "exchange of " << number;
    ASSERT_NE(number / 10'000 % 100, 11U) << "a service code: " << number;
  }
}

// The national registry: dense, uneven, and in nearly all of the country.
TEST(NumberModelTest, DensitiesAreThoseOfANationalRegistry) {
  const NumberModel model(250'000'000);
  uint64_t total = 0;
  std::set<uint64_t> areas;
  std::vector<uint32_t> counts;
  for (const Exchange& exchange : model.exchanges()) {
    total += exchange.count;
    areas.insert(exchange.block / 1'000);
    counts.push_back(exchange.count);
  }
  EXPECT_EQ(total, 250'000'000U);
  EXPECT_GT(areas.size(), 300U);
  std::sort(counts.begin(), counts.end());
  EXPECT_LT(counts[counts.size() / 50], 500U) << "hardly any exchange of businesses";
  EXPECT_GT(counts[counts.size() * 49 / 50], 1'500U) << "no exchange of households";
  EXPECT_LE(counts.back(), 9'000U);
}

TEST(NumberModelTest, ListedFlagsAreAsManyAsTheExchangeCounts) {
  const NumberModel model(3'000'000);
  for (size_t i = 0; i < model.exchanges().size(); i += 997) {
    uint64_t listed = 0;
    for (const uint64_t word : model.Listed(i))
      listed += static_cast<uint64_t>(std::popcount(word));
    ASSERT_EQ(listed, model.exchanges()[i].count) << "exchange " << i;
  }
}

TEST(NumberModelTest, EntropyOfAFewNumbersIsThatOfChoosingThem) {
  // One number among all in service: log2 of how many those are.
  const double bits = NumberModel(1).EntropyBits();
  EXPECT_GT(bits, 30);
  EXPECT_LT(bits, 32);
  EXPECT_LT(NumberModel(250'000'000).EntropyBits(), NumberModel(10'000'000).EntropyBits());
}

TEST(PhoneBookTest, KnowsWhatIsListed) {
  const PhoneBook book(1'000'000);
  const std::vector<uint64_t> numbers = NumbersOf(book.registry());
  for (size_t i = 0; i < numbers.size(); i += 101) EXPECT_TRUE(book.IsListed(numbers[i]));
  for (uint64_t random = 0; random < 1'000; ++random) {
    EXPECT_TRUE(book.IsListed(book.Listed(random * 0x9e3779b97f4a7c15)));
    const uint64_t any = book.Any(random * 0x9e3779b97f4a7c15);
    EXPECT_EQ(book.IsListed(any), std::binary_search(numbers.begin(), numbers.end(), any));
  }
  EXPECT_FALSE(book.IsListed(0));
  EXPECT_FALSE(book.IsListed(442'071'838'750));
}

TEST(PhoneBookTest, KnowsWhichNumbersAreUnlistedWithin) {
  for (const uint64_t listed : {uint64_t{0}, uint64_t{3'000'000}}) {
    const PhoneBook book(listed);
    const uint64_t exchanges = book.registry().exchanges().size();
    const uint64_t first = 3 * exchanges, past = 5 * exchanges;
    for (uint64_t i = 0; i < 10 * exchanges; i += 997) {
      const bool within = book.MayBeUnlisted(book.Unlisted(i), first, past);
      if (i >= first && i < past) {
        EXPECT_TRUE(within) << i;
      } else if (i < first || i >= past + exchanges) {
        EXPECT_FALSE(within) << i;
      }
    }
    if (listed > 0) {
      EXPECT_FALSE(book.MayBeUnlisted(book.Listed(12345), 0, 100'000'000));
    }
  }
}

TEST(PhoneBookTest, UnlistedNumbersAllDifferAndAreNotListed) {
  const PhoneBook book(250'000);
  std::set<uint64_t> seen;
  for (const uint64_t first : {uint64_t{0}, uint64_t{1'000'000}, uint64_t{30'000'000}}) {
    for (uint64_t i = first; i < first + 100'000; ++i) {
      const uint64_t number = book.Unlisted(i);
      ASSERT_FALSE(book.IsListed(number));
      ASSERT_TRUE(seen.insert(number).second) << i << " repeats " << number;
    }
  }
}

}  // namespace
}  // namespace dnc::bench
