#include "storage/registry/number_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/registry/chunk_codec.h"
#include "tests/unit/registry_index/fakes.h"

namespace dnc {
namespace {

constexpr uint64_t kNanpFirst = 12'000'000'000;
constexpr uint64_t kNanpPast = 20'000'000'000;

std::shared_ptr<const NumberSet> Build(const std::set<uint64_t>& numbers) {
  NumberSet::Builder builder;
  for (const uint64_t number : numbers) EXPECT_TRUE(builder.Add(number).ok()) << number;
  return std::move(builder).Build();
}

// The way a stored version is loaded.
std::shared_ptr<const NumberSet> Load(const std::set<uint64_t>& numbers) {
  NumberSet::Builder builder;
  for (const std::string& chunk : Encode({numbers.begin(), numbers.end()})) {
    const absl::Status status =
        DecodeChunk(chunk, [&](uint64_t block, const BlockPayload& payload) {
          return builder.AddBlock(block, payload);
        });
    EXPECT_TRUE(status.ok()) << status;
  }
  return std::move(builder).Build();
}

// Members, their neighbours near and a block away, the edges of the number space, random numbers.
std::vector<uint64_t> Probes(const std::set<uint64_t>& numbers) {
  std::vector<uint64_t> probes = {0,
                                  1,
                                  9'999,
                                  10'000,
                                  UINT64_MAX,
                                  kNanpFirst,
                                  kNanpPast,
                                  kNanpFirst - 1,
                                  kNanpPast - 1,
                                  kMaxNumber,
                                  kMaxNumber + 1,
                                  kMaxNumber + 10'000};
  for (const uint64_t number : numbers) {
    for (const uint64_t distance : {0u, 1u, 10'000u}) {
      probes.push_back(number + distance);
      probes.push_back(number - distance);
    }
  }
  std::mt19937_64 random(7);
  for (int i = 0; i < 1'000; ++i) probes.push_back(random());
  for (int i = 0; i < 1'000; ++i) probes.push_back(kNanpFirst + random() % 8'000'000'000);
  return probes;
}

void ExpectSame(const NumberSet& set, const std::set<uint64_t>& numbers) {
  ASSERT_EQ(set.size(), numbers.size());
  const std::vector<uint64_t> probes = Probes(numbers);
  std::vector<uint64_t> words(probes.size() / 64 + 2, ~uint64_t{0});
  set.ContainsBatch(probes, absl::MakeSpan(words));
  for (size_t i = 0; i < probes.size(); ++i) {
    const bool expected = numbers.count(probes[i]) != 0;
    ASSERT_EQ(set.Contains(probes[i]), expected) << probes[i];
    ASSERT_EQ((words[i / 64] >> (i % 64) & 1) != 0, expected) << probes[i];
  }
}

void ExpectExact(const std::set<uint64_t>& numbers) {
  ExpectSame(*Build(numbers), numbers);
  ExpectSame(*Load(numbers), numbers);
}

std::set<uint64_t> Random(size_t count, uint64_t first, uint64_t width, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<uint64_t> numbers;
  while (numbers.size() < count) numbers.insert(first + random() % width);
  return numbers;
}

TEST(NumberSetTest, Empty) { ExpectExact({}); }

TEST(NumberSetTest, Edges) {
  ExpectExact({1});
  ExpectExact({kMaxNumber});
  ExpectExact({1, 9'999, 10'000, 19'999, kNanpFirst - 1, kNanpFirst, kNanpPast - 1, kNanpPast,
               kMaxNumber - 1, kMaxNumber});
  ExpectExact({12'125'550'000, 12'125'559'999});
}

TEST(NumberSetTest, FullBlocks) {
  std::set<uint64_t> numbers;
  for (uint64_t first : {uint64_t{12'125'550'000}, uint64_t{441'632'960'000}, kMaxNumber - 9'999}) {
    for (uint64_t suffix = 0; suffix < 10'000; ++suffix) numbers.insert(first + suffix);
  }
  ExpectExact(numbers);
}

TEST(NumberSetTest, EveryCountAroundTheEncodingsBorder) {
  for (const size_t count : {1u, 31u, 32u, 33u, 100u, 623u, 624u, 625u, 626u, 9'999u, 10'000u}) {
    ExpectExact(Random(count, 12'125'550'000, 10'000, count));
  }
}

// Lists whose suffixes lie far from where an even spread would have them.
TEST(NumberSetTest, UnevenLists) {
  for (const uint64_t first : {12'125'550'000u, 12'125'554'000u, 12'125'559'400u}) {
    std::set<uint64_t> numbers;
    for (uint64_t i = 0; i < 600; ++i) numbers.insert(first + i);
    ExpectExact(numbers);
    numbers.insert(12'125'550'000);
    numbers.insert(12'125'559'999);
    ExpectExact(numbers);
  }
}

TEST(NumberSetTest, EveryCountryCode) {
  std::set<uint64_t> numbers;
  for (uint64_t code = 1; code <= 999; ++code) {
    for (uint64_t scale = 1; code * scale <= kMaxNumber; scale *= 10) {
      numbers.insert(code * scale);
      numbers.insert(code * scale + scale - 1);
    }
  }
  ExpectExact(numbers);
}

TEST(NumberSetTest, RandomSets) {
  ExpectExact(Random(50'000, kNanpFirst, 8'000'000'000, 1));
  ExpectExact(Random(50'000, 1, kMaxNumber, 2));
  ExpectExact(Random(50'000, 12'120'000'000, 20'000'000, 3));
}

// Area codes on both sides of the number of blocks that earns a page.
TEST(NumberSetTest, MixesPagesAndHashedBlocks) {
  std::set<uint64_t> numbers;
  for (uint64_t area = 200; area < 1'000; area += 7) {
    for (uint64_t exchange = 0; exchange < 120 + area % 20; ++exchange) {
      numbers.insert(((1'000 + area) * 1'000 + exchange * 7 % 1'000) * 10'000 + exchange);
    }
  }
  numbers.merge(Random(2'000, 1, kMaxNumber, 4));
  ExpectExact(numbers);
}

// `per_block` numbers in each of the exchanges 200, 201 … of an area code.
void AddExchanges(uint64_t area, uint64_t exchanges, size_t per_block,
                  std::set<uint64_t>* numbers) {
  for (uint64_t exchange = 200; exchange < 200 + exchanges; ++exchange) {
    const uint64_t first = ((1'000 + area) * 1'000 + exchange) * 10'000;
    numbers->merge(Random(per_block, first, 10'000, area * 1'000 + exchange));
  }
}

// Area codes on both sides of the number of blocks that earns bitmaps, beside each other and beside
// others, at the ends of the area codes, with exchanges between them that have none.
TEST(NumberSetTest, BitmapAreas) {
  std::set<uint64_t> numbers;
  AddExchanges(200, 128, 700, &numbers);
  AddExchanges(201, 127, 700, &numbers);
  AddExchanges(202, 129, 300, &numbers);  // lists, and as bitmaps not much larger
  AddExchanges(203, 200, 5, &numbers);    // lists that stay lists
  AddExchanges(205, 1, 10'000, &numbers);
  AddExchanges(999, 128, 650, &numbers);
  ExpectExact(numbers);
  numbers.insert({1, 11'999'999'999, kNanpPast, kNanpPast + 1, 441'632'960'000, kMaxNumber});
  ExpectExact(numbers);
}

// Blocks of all counts in one area, full and nearly empty ones among them.
TEST(NumberSetTest, BitmapAreaOfUnevenBlocks) {
  std::set<uint64_t> numbers;
  for (uint64_t exchange = 0; exchange < 1'000; exchange += 3) {
    const uint64_t first = (1'212'000 + exchange) * 10'000;
    const size_t count = exchange % 2 == 0 ? 1 + exchange % 40 : 1'000;
    numbers.merge(Random(count, first, 10'000, exchange));
  }
  for (uint64_t suffix = 0; suffix < 10'000; ++suffix) {
    numbers.insert(12'120'000'000 + suffix);
    numbers.insert(12'129'990'000 + suffix);
  }
  ExpectExact(numbers);
}

// The same answers in batches of any size, wherever a number of each kind comes in them.
TEST(NumberSetTest, BatchesOfAnySizeAnswerAsSingleLookUps) {
  std::set<uint64_t> numbers;
  AddExchanges(212, 130, 640, &numbers);
  AddExchanges(213, 130, 7, &numbers);
  AddExchanges(214, 3, 900, &numbers);
  numbers.merge(Random(3'000, 1, kMaxNumber, 11));
  const auto set = Build(numbers);
  const std::vector<uint64_t> members(numbers.begin(), numbers.end());
  std::mt19937_64 random(12);
  std::vector<uint64_t> asked(65'536);
  for (uint64_t& number : asked) {
    const uint64_t kind = random() % 4;
    number = kind == 0   ? random()
             : kind == 1 ? 12'120'000'000 + random() % 30'000'000
                         : members[random() % members.size()] + kind - 2;
  }
  for (const size_t size : {0u, 1u, 63u, 64u, 65u, 127u, 128u, 129u, 8'192u, 65'535u, 65'536u}) {
    const auto part = absl::MakeConstSpan(asked).subspan(0, size);
    std::vector<uint64_t> words(size / 64 + 1);
    set->ContainsBatch(part, absl::MakeSpan(words));
    for (size_t i = 0; i < size; ++i) {
      const bool expected = numbers.count(part[i]) != 0;
      ASSERT_EQ((words[i / 64] >> (i % 64) & 1) != 0, expected) << part[i] << " of " << size;
      ASSERT_EQ(set->Contains(part[i]), expected) << part[i];
    }
  }
}

TEST(NumberSetTest, BatchOfAnyLengthLeavesFurtherWordsAlone) {
  const auto set = Build({5});
  for (size_t size = 0; size <= 130; ++size) {
    std::vector<uint64_t> words(4, 0xABCD);
    set->ContainsBatch(std::vector<uint64_t>(size, 5), absl::MakeSpan(words));
    for (size_t word = 0; word < words.size(); ++word) {
      const size_t bits = size <= word * 64 ? 0 : std::min<size_t>(64, size - word * 64);
      const uint64_t expected = bits == 0 ? 0xABCD : ~uint64_t{0} >> (64 - bits);
      EXPECT_EQ(words[word], expected) << size << " word " << word;
    }
  }
}

TEST(NumberSetDeathTest, BatchRefusesTooFewWords) {
  const auto set = Build({5});
  std::vector<uint64_t> words(1);
  EXPECT_DEATH(set->ContainsBatch(std::vector<uint64_t>(65, 5), absl::MakeSpan(words)), "");
}

TEST(NumberSetTest, MemoryFollowsTheNumbers) {
  EXPECT_LT(Build({})->memory_bytes(), 2'500u);
  EXPECT_LT(Build(Random(10, kNanpFirst, 8'000'000'000, 5))->memory_bytes(), 2'500u);
  EXPECT_LT(Build(Random(10'000, kNanpFirst, 8'000'000'000, 6))->memory_bytes(), 600'000u);
  // 880 numbers an exchange, as 250 M over 287,000 exchanges have: at most 1.6 bytes a number.
  const auto dense = Random(880'000, 12'120'000'000, 10'000'000, 7);
  EXPECT_LT(static_cast<double>(Build(dense)->memory_bytes()), 1.6 * 880'000);
  // 12 numbers an exchange, as a list of 10 M all over the NANP has: lists, not bitmaps.
  const auto thin = Random(12'000, 12'120'000'000, 10'000'000, 8);
  EXPECT_LT(Build(thin)->memory_bytes(), 36'000u);
}

TEST(NumberSetBuilderTest, RefusesDisorderAndNonNumbers) {
  const auto refused = [](std::vector<uint64_t> numbers) {
    NumberSet::Builder builder;
    absl::Status status;
    for (const uint64_t number : numbers) status = builder.Add(number);
    return absl::IsInvalidArgument(status);
  };
  EXPECT_TRUE(refused({12'125'550'000, 12'125'550'000}));
  EXPECT_TRUE(refused({12'125'550'001, 12'125'550'000}));
  EXPECT_TRUE(refused({12'125'550'000, 1}));
  EXPECT_TRUE(refused({0}));
  EXPECT_TRUE(refused({kMaxNumber + 1}));
  EXPECT_TRUE(refused({UINT64_MAX}));
}

TEST(NumberSetBuilderTest, NumbersAndBlocksMayAlternateInOrder) {
  NumberSet::Builder builder;
  const std::string suffix("\x07\x00", 2);
  const BlockPayload seven{1, suffix};
  ASSERT_TRUE(builder.Add(10'001).ok());
  EXPECT_TRUE(builder.AddBlock(2, seven).ok());
  EXPECT_TRUE(builder.Add(30'001).ok());
  EXPECT_TRUE(builder.AddBlock(4, seven).ok());
  const auto set = std::move(builder).Build();
  EXPECT_EQ(set->size(), 4u);
  for (const uint64_t number : {10'001u, 20'007u, 30'001u, 40'007u}) {
    EXPECT_TRUE(set->Contains(number)) << number;
  }
}

TEST(NumberSetBuilderTest, RefusesBlocksOutOfOrderOrMalformed) {
  const std::string suffix("\x07\x00", 2);
  const BlockPayload seven{1, suffix};
  {
    NumberSet::Builder builder;
    ASSERT_TRUE(builder.AddBlock(2, seven).ok());
    EXPECT_TRUE(absl::IsInvalidArgument(builder.Add(20'008)));
    EXPECT_TRUE(absl::IsInvalidArgument(builder.AddBlock(2, seven)));
    EXPECT_TRUE(absl::IsInvalidArgument(builder.AddBlock(kMaxBlock + 1, seven)));
    EXPECT_TRUE(absl::IsInvalidArgument(builder.AddBlock(3, {2, suffix})));
    EXPECT_TRUE(absl::IsInvalidArgument(builder.AddBlock(3, {0, ""})));
  }
  NumberSet::Builder builder;
  ASSERT_TRUE(builder.Add(20'001).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(builder.AddBlock(2, seven)));
}

}  // namespace
}  // namespace dnc
