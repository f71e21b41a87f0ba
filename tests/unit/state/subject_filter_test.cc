#include "server/state/subject_filter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "absl/numeric/bits.h"
#include "absl/strings/str_cat.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

constexpr uint64_t kFirstPhone = 12'125'550'000;

// What its lines lie in: ranges never overlap, and what is given back is used again.
TEST(HugeArenaTest, RangesAreApartAndUsedAgain) {
  HugeArena arena;
  std::mt19937_64 random(1);
  std::map<char*, size_t> taken;  // lines
  size_t lines = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (lines < 4'000 || (lines < 8'000 && random() % 2 == 0)) {
      const size_t wanted = 1 + random() % 300;
      char* const range = arena.Allocate(wanted);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(range) % HugeArena::kLineBytes, 0u);
      const auto after = taken.lower_bound(range);
      ASSERT_TRUE(after == taken.end() || range + wanted * HugeArena::kLineBytes <= after->first);
      ASSERT_TRUE(after == taken.begin() ||
                  std::prev(after)->first + std::prev(after)->second * HugeArena::kLineBytes <=
                      range);
      taken.emplace(range, wanted);
      lines += wanted;
    } else {
      const auto victim = std::next(taken.begin(), static_cast<int64_t>(random() % taken.size()));
      arena.Free(victim->first, victim->second);
      lines -= victim->second;
      taken.erase(victim);
    }
    ASSERT_EQ(arena.used_bytes(), lines * HugeArena::kLineBytes);
  }
  EXPECT_LE(arena.mapped_bytes(), size_t{4} << 20) << "for at most 0.5 MiB at once";
  for (const auto& [range, count] : taken) arena.Free(range, count);
  EXPECT_EQ(arena.used_bytes(), 0u);
}

uint64_t HashOf(uint64_t i) { return SubjectFilter::HashPhone(1, kFirstPhone + i); }

// How many of the hashes of [begin, end) it says may be there, asked one by one and in batches.
uint64_t Claimed(const SubjectFilter& filter, uint64_t begin, uint64_t end) {
  uint64_t one_by_one = 0;
  uint64_t in_batches = 0;
  std::vector<uint64_t> hashes;
  for (uint64_t i = begin; i < end; ++i) {
    hashes.push_back(HashOf(i));
    one_by_one += filter.MayContain(hashes.back()) ? 1 : 0;
    if (hashes.size() == SubjectFilter::kBatch || i + 1 == end) {
      in_batches += static_cast<uint64_t>(absl::popcount(filter.MayContainBatch(hashes)));
      hashes.clear();
    }
  }
  EXPECT_EQ(one_by_one, in_batches);
  return one_by_one;
}

TEST(SubjectFilterTest, EmptyOneHasNothing) {
  const SubjectFilter filter;
  EXPECT_EQ(Claimed(filter, 0, 1000), 0u);
  EXPECT_EQ(filter.size(), 0u);
}

// However many there are, and whatever the shards' sizes: all of them, and nearly nothing else.
TEST(SubjectFilterTest, AgreesWithASetThroughGrowth) {
  SubjectFilter filter;
  uint64_t inserted = 0;
  for (const uint64_t count : {1u, 2u, 63u, 1'000u, 16'000u, 100'003u, 400'000u}) {
    for (; inserted < count; ++inserted) filter.Insert(HashOf(inserted), 1);
    ASSERT_EQ(Claimed(filter, 0, count), count);
    // Expected: 100,000 × 400,000 / 2^42, less than a hundredth.
    ASSERT_LE(Claimed(filter, count, count + 100'000), 1u) << count;
    filter.Reclaim(1);
  }
}

// Shards that are as full as they get, where many fingerprints stand in another line than their
// own.
TEST(SubjectFilterTest, KeepsWhatFindsItsLineFull) {
  SubjectFilter filter;
  std::vector<uint64_t> hashes;
  for (uint64_t i = 0; hashes.size() < 20'000; ++i) {
    const uint64_t hash = HashOf(i);
    if (hash % 1024 == 7) hashes.push_back(hash);
  }
  for (size_t i = 0; i < hashes.size(); ++i) {
    filter.Insert(hashes[i], 1);
    if (i % 500 != 0) continue;
    filter.Reclaim(1);
    for (size_t j = 0; j <= i; ++j) ASSERT_TRUE(filter.MayContain(hashes[j])) << i << " " << j;
  }
  EXPECT_EQ(filter.size(), hashes.size());
}

TEST(SubjectFilterTest, RepeatsTakeNoRoom) {
  SubjectFilter filter;
  for (uint64_t i = 0; i < 10; ++i) filter.Insert(HashOf(i), 1);
  const size_t bytes = filter.memory_bytes();
  for (uint64_t i = 0; i < 100'000; ++i) filter.Insert(HashOf(i % 10), 1);
  EXPECT_EQ(filter.memory_bytes(), bytes);
  EXPECT_EQ(filter.size(), 10u);
}

// docs/sizing.md counts on it.
TEST(SubjectFilterTest, TakesFiveToSevenBytesEach) {
  SubjectFilter filter;
  uint64_t inserted = 0;
  for (const uint64_t count : {500'000u, 600'000u, 700'000u}) {
    for (; inserted < count; ++inserted) filter.Insert(HashOf(inserted), 1);
    filter.Reclaim(1);
    EXPECT_GE(filter.memory_bytes(), count * 5);
    EXPECT_LE(filter.memory_bytes(), count * 7);
  }
}

TEST(SubjectFilterTest, MayContainEverythingUntilComplete) {
  SubjectFilter filter(/*complete=*/false);
  filter.Fill({HashOf(1), HashOf(2)});
  filter.Insert(HashOf(3), 5);
  EXPECT_EQ(Claimed(filter, 0, 1000), 1000u);
  filter.Complete();
  EXPECT_EQ(Claimed(filter, 0, 1000), 3u);
}

// What was replaced stays for readers of older views, and no longer.
TEST(SubjectFilterTest, ReclaimFreesWhatWasReplaced) {
  SubjectFilter kept;
  SubjectFilter reclaimed;
  for (uint64_t i = 0; i < 200'000; ++i) {
    kept.Insert(HashOf(i), 7);
    reclaimed.Insert(HashOf(i), 7);
    kept.Reclaim(6);
    if (i % 1000 == 0) reclaimed.Reclaim(7);
  }
  EXPECT_GT(kept.memory_bytes(), reclaimed.memory_bytes() * 3 / 2);
  kept.Reclaim(7);
  reclaimed.Reclaim(7);
  EXPECT_EQ(kept.memory_bytes(), reclaimed.memory_bytes());
  EXPECT_EQ(Claimed(kept, 0, 1000), 1000u);
}

TEST(SubjectFilterTest, KeyAndPhoneAgree) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i) {
    const auto organization = static_cast<uint32_t>(random());
    const uint64_t phone = random() >> (random() % 40);
    EXPECT_EQ(SubjectFilter::Hash(keys::PhoneSubject(organization, phone)),
              SubjectFilter::HashPhone(organization, phone));
  }
}

TEST(SubjectFilterTest, HashesDiffer) {
  std::set<uint64_t> hashes;
  size_t keys = 0;
  for (uint32_t organization = 0; organization < 20; ++organization) {
    for (size_t i = 1; i < 200; ++i) {
      const std::string text(i, 'a');
      for (const std::string& key :
           {keys::PhoneSubject(organization, kFirstPhone + i),
            keys::TextSubject(organization, 2, text), keys::TextSubject(organization, 3, text),
            keys::TextSubject(organization, 2, absl::StrCat(i, "@b.c"))}) {
        const uint64_t hash = SubjectFilter::Hash(key);
        hashes.insert(hash);
        ++keys;
      }
    }
  }
  EXPECT_EQ(hashes.size(), keys);
}

// What was inserted before the reader asks is always found; for the sanitizers above all.
TEST(SubjectFilterTest, ReadersBesideTheWriters) {
  constexpr uint64_t kCount = 60'000;
  SubjectFilter filter;
  std::atomic<uint64_t> inserted{0};
  std::atomic<int> missed{0};
  std::vector<std::thread> readers;
  for (uint64_t seed = 0; seed < 3; ++seed) {
    readers.emplace_back([&, seed] {
      std::mt19937_64 random(seed);
      for (uint64_t known = 0; known < kCount;) {
        known = inserted.load(std::memory_order_acquire);
        if (known == 0) continue;
        std::vector<uint64_t> hashes;
        for (size_t i = 0; i < SubjectFilter::kBatch; ++i) {
          hashes.push_back(HashOf(random() % known));
        }
        if (filter.MayContainBatch(hashes) != ~uint64_t{0}) ++missed;
        if (!filter.MayContain(hashes.front())) ++missed;
      }
    });
  }
  std::thread other([&] {
    for (uint64_t i = 0; i < kCount; ++i) filter.Insert(SubjectFilter::HashPhone(2, i), 1);
  });
  for (uint64_t i = 0; i < kCount; ++i) {
    filter.Insert(HashOf(i), 1);
    filter.Reclaim(0);  // the readers hold that view all the time
    inserted.store(i + 1, std::memory_order_release);
  }
  other.join();
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(missed, 0);
  EXPECT_EQ(filter.size(), 2 * kCount);
}

}  // namespace
}  // namespace dnc
