#include "server/state/record_cache.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/config.h"
#include "absl/strings/str_cat.h"
#include "server/state/published.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

constexpr size_t kMegabyte = size_t{1} << 20;
constexpr int64_t kNewest = INT64_MAX;

std::string Key(uint64_t i) { return keys::PhoneSubject(7, 12'125'550'000 + i); }

std::optional<std::string> Find(const RecordCache& cache, const std::string& key,
                                int64_t revision = kNewest, Family family = Family::kSubjects) {
  absl::string_view value;
  if (!cache.Find(family, key, revision, &value)) return std::nullopt;
  return std::string(value);
}

TEST(RecordCacheTest, FindsWhatWasPut) {
  RecordCache cache(kMegabyte);
  EXPECT_EQ(Find(cache, Key(1)), std::nullopt);
  cache.Put(Family::kSubjects, Key(1), "one", 3);
  cache.Put(Family::kSubjects, Key(2), "", 3);
  EXPECT_EQ(Find(cache, Key(1)), "one");
  EXPECT_EQ(Find(cache, Key(2)), "");
  cache.Erase(Family::kSubjects, Key(1), 4);
  EXPECT_EQ(Find(cache, Key(1)), std::nullopt);
  EXPECT_EQ(Find(cache, Key(2)), "");
}

TEST(RecordCacheTest, FamiliesAreApart) {
  RecordCache cache(kMegabyte);
  cache.Put(Family::kLeads, Key(1), "lead", 3);
  EXPECT_EQ(Find(cache, Key(1)), std::nullopt);
  EXPECT_EQ(Find(cache, Key(1), kNewest, Family::kLeads), "lead");
}

// A reader of an older state must not see what came after it.
TEST(RecordCacheTest, NewerThanTheViewIsAMiss) {
  RecordCache cache(kMegabyte);
  cache.Put(Family::kSubjects, Key(1), "old", 3);
  cache.Put(Family::kSubjects, Key(1), "new", 5);
  EXPECT_EQ(Find(cache, Key(1), 4), std::nullopt);
  EXPECT_EQ(Find(cache, Key(1), 5), "new");
}

TEST(RecordCacheTest, ReplacedValueLivesUntilReclaimed) {
  RecordCache cache(kMegabyte);
  cache.Put(Family::kSubjects, Key(1), "old", 3);
  absl::string_view held;
  ASSERT_TRUE(cache.Find(Family::kSubjects, Key(1), 3, &held));
  cache.Put(Family::kSubjects, Key(1), "new", 5);
  cache.Reclaim(4);  // somebody still reads revision 4
  // Takes the old value's memory where that is free.
  cache.Put(Family::kSubjects, Key(2), "two", 6);
  EXPECT_EQ(held, "old");
  cache.Reclaim(5);
  cache.Put(Family::kSubjects, Key(3), "six", 7);
#ifndef ABSL_HAVE_ADDRESS_SANITIZER  // there, memory is never used again
  absl::string_view next;
  ASSERT_TRUE(cache.Find(Family::kSubjects, Key(3), 7, &next));
  EXPECT_EQ(next.data(), held.data()) << "the test sees when memory is used again";
#endif
  EXPECT_EQ(Find(cache, Key(1)), "new");
}

TEST(RecordCacheTest, StaysWithinItsMemory) {
  constexpr size_t kBudget = 64 * 1024;
  RecordCache cache(kBudget);
  size_t found = 0;
  for (uint64_t i = 0; i < 5'000; ++i) {
    cache.Put(Family::kSubjects, Key(i), std::string(i % 300, 'x'), static_cast<int64_t>(i));
    ASSERT_LE(cache.memory_bytes(), kBudget);
    cache.Reclaim(static_cast<int64_t>(i));
  }
  EXPECT_GT(cache.memory_bytes(), kBudget / 2);
  for (uint64_t i = 0; i < 5'000; ++i) {
    const std::optional<std::string> value = Find(cache, Key(i));
    if (!value.has_value()) continue;
    EXPECT_EQ(value->size(), i % 300) << i;
    ++found;
  }
  EXPECT_GT(found, 100u);
}

// All but the few that find both of their sets full.
TEST(RecordCacheTest, KeepsWhatFits) {
  RecordCache cache(8 * kMegabyte);
  for (uint64_t i = 0; i < 20'000; ++i) cache.Put(Family::kSubjects, Key(i), "value", 1);
  size_t found = 0;
  for (uint64_t i = 0; i < 20'000; ++i) found += Find(cache, Key(i)).has_value() ? 1 : 0;
  EXPECT_GT(found, 19'900u);
  EXPECT_LT(cache.memory_bytes(), 8 * kMegabyte);
}

TEST(RecordCacheTest, WithoutMemoryItKeepsNothing) {
  RecordCache cache(0);
  cache.Put(Family::kSubjects, Key(1), "one", 1);
  EXPECT_EQ(Find(cache, Key(1)), std::nullopt);
}

TEST(RecordCacheTest, RecordsOfAnyOtherSizeAreKeptToo) {
  RecordCache cache(kMegabyte);
  cache.Put(Family::kSubjects, Key(1), std::string(5'000, 'x'), 1);
  EXPECT_EQ(Find(cache, Key(1)), std::string(5'000, 'x'));
  cache.Put(Family::kSubjects, Key(2), std::string(17'000, 'x'), 1);
  EXPECT_EQ(Find(cache, Key(2)), std::nullopt) << "as large as this it is read from the store";
}

TEST(RecordCacheTest, WhatAReaderOffersIsFound) {
  RecordCache cache(kMegabyte);
  cache.Offer(Family::kSubjects, Key(1), "one", 3);
  EXPECT_EQ(Find(cache, Key(1), 3), "one");
  EXPECT_EQ(Find(cache, Key(1), 2), std::nullopt) << "it was read in a newer view";
  cache.Offer(Family::kSubjects, Key(1), "older", 2);
  EXPECT_EQ(Find(cache, Key(1)), "one");
  cache.Put(Family::kSubjects, Key(1), "new", 4);
  EXPECT_EQ(Find(cache, Key(1)), "new");
}

TEST(RecordCacheTest, WhatWasChangedSinceItWasReadIsNotTaken) {
  RecordCache cache(kMegabyte);
  cache.Put(Family::kSubjects, Key(1), "old", 3);
  cache.Erase(Family::kSubjects, Key(1), 5);
  cache.Offer(Family::kSubjects, Key(1), "old", 4);
  EXPECT_EQ(Find(cache, Key(1)), std::nullopt);
  // Larger than what is kept, so that the change leaves no node.
  cache.Put(Family::kSubjects, Key(2), std::string(17'000, 'x'), 6);
  cache.Offer(Family::kSubjects, Key(2), "old", 5);
  EXPECT_EQ(Find(cache, Key(2)), std::nullopt);
}

// What is there twice would be found once when it is erased.
TEST(RecordCacheTest, AStartDoesNotRepeatWhatWasOffered) {
  RecordCache cache(kMegabyte);
  cache.BeginFill();
  cache.Offer(Family::kSubjects, Key(1), "one", 1);
  EXPECT_TRUE(cache.Fill(Family::kSubjects, Key(1), "one", 1));
  cache.Erase(Family::kSubjects, Key(1), 2);
  EXPECT_EQ(Find(cache, Key(1)), std::nullopt);
  cache.EndFill();
}

// Small records take all places before the memory; a start need not read on then.
TEST(RecordCacheTest, AStartIsToldWhenAllPlacesAreTaken) {
  RecordCache cache(kMegabyte);
  cache.BeginFill();
  uint64_t filled = 0;
  while (filled < 50'000 && cache.Fill(Family::kSubjects, Key(filled), "", 1)) ++filled;
  EXPECT_LT(filled, 50'000u);
  size_t found = 0;
  for (uint64_t i = 0; i < filled; ++i) found += Find(cache, Key(i)).has_value() ? 1 : 0;
  EXPECT_GT(found, 5'000u) << "of 5,120 places";
  EXPECT_LT(cache.memory_bytes(), kMegabyte);
}

TEST(RecordCacheTest, OfferedRecordsReplaceOthersUntilTooMuchWaits) {
  constexpr size_t kBudget = 64 * 1024;
  RecordCache cache(kBudget);
  cache.Advance(7);
  uint64_t next = 0;
  const auto offer = [&](uint64_t count) {
    size_t found = 0;
    for (uint64_t end = next + count; next < end; ++next) {
      cache.Offer(Family::kSubjects, Key(next), std::string(100, 'x'), 7);
      found += Find(cache, Key(next)).has_value() ? 1 : 0;
      EXPECT_LE(cache.memory_bytes(), kBudget);
    }
    return found;
  };
  EXPECT_LT(offer(1'000), 700u) << "no memory is freed while the view is held";
  EXPECT_EQ(offer(100), 0u);
  cache.Advance(8);
  cache.Reclaim(7);  // somebody still reads revision 7
  EXPECT_EQ(offer(100), 0u);
  cache.Reclaim(8);
  EXPECT_GT(offer(20), 10u);
}

// A store in which every key has the value of the revision that is read.
class Snapshot : public StoreReader {
 public:
  explicit Snapshot(int64_t revision) : revision_(revision) {}
  absl::StatusOr<bool> Get(
      Family, absl::string_view,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override {
    if (absl::Status status = on_value(absl::StrCat(revision_)); !status.ok()) return status;
    return true;
  }
  absl::Status Scan(Family, absl::string_view, absl::string_view,
                    absl::FunctionRef<bool(absl::string_view, absl::string_view)>) const override {
    return absl::OkStatus();
  }
  std::shared_ptr<const StoreReader> ForScans() const override { return nullptr; }

 private:
  const int64_t revision_;
};

struct TestView {
  int64_t revision;
  std::shared_ptr<const StoreReader> reader;
};

// One thread changes every key at every revision, as the applier does; readers must see exactly the
// revision of the view that they hold, from the cache or from below it.
TEST(RecordCacheTest, ReadersSeeTheRevisionOfTheirView) {
  constexpr uint64_t kKeys = 16;
  constexpr int64_t kRevisions = 3'000;
  RecordCache cache(16 * 1024);
  const auto make_view = [&](int64_t revision) {
    return std::make_unique<TestView>(TestView{
        revision,
        std::make_shared<CachedReader>(&cache, revision, std::make_shared<Snapshot>(revision))});
  };
  Published<TestView> published(make_view(0));
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  const auto read = [&](uint64_t i) {
    while (!done.load()) {
      const Published<TestView>::Guard view = published.Read();
      const std::string right = absl::StrCat(view->revision);
      const auto found =
          view->reader->Get(Family::kSubjects, Key(++i % kKeys), [&](absl::string_view value) {
            if (value != right) ++wrong;
            return absl::OkStatus();
          });
      if (!found.ok()) ++wrong;
    }
  };
  std::vector<std::thread> readers;
  for (uint64_t i = 0; i < 3; ++i) readers.emplace_back(read, i);
  for (int64_t revision = 1; revision <= kRevisions; ++revision) {
    for (uint64_t i = 0; i < kKeys; ++i) {
      cache.Put(Family::kSubjects, Key(i), absl::StrCat(revision), revision);
    }
    published.Publish(make_view(revision));
    cache.Reclaim(published.Oldest().revision);
  }
  done.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
}

// As Snapshot, but that a third of the keys are not there, at each revision others.
class ChangingSnapshot : public Snapshot {
 public:
  explicit ChangingSnapshot(int64_t revision) : Snapshot(revision), revision_(revision) {}
  static bool Has(uint64_t i, int64_t revision) {
    return (i + static_cast<uint64_t>(revision)) % 3 != 0;
  }
  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override {
    const uint64_t i = static_cast<unsigned char>(key.back());
    if (!Has(i, revision_)) return false;
    return Snapshot::Get(family, key, on_value);
  }

 private:
  const int64_t revision_;
};

// Readers offer what they read below the cache, while it changes, comes and goes.
TEST(RecordCacheTest, OffersBringNothingBack) {
  constexpr int64_t kRevisions = 20'000;
  const std::array<std::string, 4> keys = {Key(1), Key(2), Key(3), Key(4)};
  RecordCache cache(16 * 1024);
  const auto make_view = [&](int64_t revision) {
    return std::make_unique<TestView>(
        TestView{revision, std::make_shared<ChangingSnapshot>(revision)});
  };
  Published<TestView> published(make_view(0));
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::atomic<int> found{0};
  const auto read = [&](size_t i) {
    while (!done.load()) {
      const Published<TestView>::Guard view = published.Read();
      const std::string& key = keys[++i % keys.size()];
      absl::string_view value;
      if (cache.Find(Family::kSubjects, key, view->revision, &value)) {
        const uint64_t last = static_cast<unsigned char>(key.back());
        const bool right = ChangingSnapshot::Has(last, view->revision);
        if (!right || value != absl::StrCat(view->revision)) ++wrong;
        ++found;
        continue;
      }
      (void)view->reader->Get(Family::kSubjects, key, [&](absl::string_view stored) {
        cache.Offer(Family::kSubjects, key, stored, view->revision);
        return absl::OkStatus();
      });
    }
  };
  std::vector<std::thread> readers;
  for (size_t i = 0; i < 3; ++i) readers.emplace_back(read, i);
  for (int64_t revision = 1; revision <= kRevisions; ++revision) {
    for (const std::string& key : keys) {
      // The change pushes the old value out, and leaves none of its own: as if that had given way.
      cache.Erase(Family::kSubjects, key, revision);
    }
    cache.Advance(revision);
    published.Publish(make_view(revision));
    cache.Reclaim(published.Oldest().revision);
  }
  done.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0);
  EXPECT_GT(found.load(), 0);
}

}  // namespace
}  // namespace dnc
