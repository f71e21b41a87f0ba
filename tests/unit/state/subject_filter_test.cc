#include "server/state/subject_filter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

constexpr uint64_t kFirstPhone = 12'125'550'000;

TEST(SubjectFilterTest, EmptyOneHasNothing) {
  const SubjectFilter filter;
  for (uint64_t i = 0; i < 1000; ++i) {
    EXPECT_FALSE(filter.table()->MayContain(SubjectFilter::HashPhone(1, kFirstPhone + i)));
  }
}

TEST(SubjectFilterTest, KeepsEverythingThroughGrowth) {
  SubjectFilter filter;
  constexpr uint64_t kCount = 20'000;
  for (uint64_t i = 0; i < kCount; ++i) {
    filter.Insert(SubjectFilter::HashPhone(1, kFirstPhone + i));
    ASSERT_TRUE(filter.table()->MayContain(SubjectFilter::HashPhone(1, kFirstPhone + i)));
  }
  for (uint64_t i = 0; i < kCount; ++i) {
    EXPECT_TRUE(filter.table()->MayContain(SubjectFilter::HashPhone(1, kFirstPhone + i))) << i;
    EXPECT_FALSE(filter.table()->MayContain(SubjectFilter::HashPhone(2, kFirstPhone + i))) << i;
  }
  EXPECT_GE(filter.table()->capacity(), 2 * kCount) << "more than half full";
}

TEST(SubjectFilterTest, RepeatsTakeNoRoom) {
  SubjectFilter filter;
  const size_t capacity = filter.table()->capacity();
  for (uint64_t i = 0; i < 100'000; ++i)
    filter.Insert(SubjectFilter::HashPhone(1, kFirstPhone + i % 10));
  EXPECT_EQ(filter.table()->capacity(), capacity);
}

// A reader may hold a table while the filter grows past it.
TEST(SubjectFilterTest, OlderTableKeepsWhatItHad) {
  SubjectFilter filter;
  filter.Insert(SubjectFilter::HashPhone(1, kFirstPhone));
  const std::shared_ptr<const SubjectTable> table = filter.table();
  for (uint64_t i = 1; i < 10'000; ++i) filter.Insert(SubjectFilter::HashPhone(1, kFirstPhone + i));
  EXPECT_NE(filter.table(), table);
  EXPECT_TRUE(table->MayContain(SubjectFilter::HashPhone(1, kFirstPhone)));
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
        EXPECT_NE(hash, 0u);
        hashes.insert(hash);
        ++keys;
      }
    }
  }
  EXPECT_EQ(hashes.size(), keys);
}

// What was inserted before the table was taken is always found; for the sanitizers above all.
TEST(SubjectFilterTest, ReadersBesideTheWriter) {
  constexpr uint64_t kCount = 50'000;
  SubjectFilter filter;
  absl::Mutex mu;
  std::shared_ptr<const SubjectTable> published = filter.table();  // guarded by mu
  std::atomic<uint64_t> inserted{0};
  std::atomic<int> missed{0};
  std::vector<std::thread> readers;
  for (uint64_t seed = 0; seed < 3; ++seed) {
    readers.emplace_back([&, seed] {
      std::mt19937_64 random(seed);
      for (uint64_t known = 0; known < kCount;) {
        known = inserted.load(std::memory_order_acquire);
        std::shared_ptr<const SubjectTable> table;
        {
          absl::MutexLock lock(&mu);
          table = published;
        }
        if (known == 0) continue;
        if (!table->MayContain(SubjectFilter::HashPhone(1, random() % known))) ++missed;
      }
    });
  }
  for (uint64_t i = 0; i < kCount; ++i) {
    filter.Insert(SubjectFilter::HashPhone(1, i));
    if (i == 0 || filter.table()->capacity() != published->capacity()) {
      absl::MutexLock lock(&mu);
      published = filter.table();
    }
    inserted.store(i + 1, std::memory_order_release);
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(missed, 0);
}

}  // namespace
}  // namespace dnc
