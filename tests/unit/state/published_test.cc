#include "server/state/published.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/synchronization/notification.h"

namespace dnc {
namespace {

// Counts how many live, and is recognised when it is dead.
class Value {
 public:
  explicit Value(int number) : number_(number) { ++alive_; }
  ~Value() {
    check_ = 0;
    --alive_;
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  int number() const { return check_ == kAlive ? number_ : -1; }
  static int Alive() { return alive_.load(); }

 private:
  static std::atomic<int> alive_;
  static constexpr int kAlive = 0x600d;
  const int number_;
  volatile int check_ = kAlive;
};

std::atomic<int> Value::alive_{0};

using PublishedValue = Published<Value>;

TEST(PublishedTest, ReadsTheNewest) {
  PublishedValue published(std::make_unique<Value>(1));
  EXPECT_EQ(published.Read()->number(), 1);
  published.Publish(std::make_unique<Value>(2));
  EXPECT_EQ(published.Read()->number(), 2);
  EXPECT_EQ((*published.Read()).number(), 2);
}

TEST(PublishedTest, FreesAReplacedValueThatNobodyReads) {
  PublishedValue published(std::make_unique<Value>(1));
  for (int i = 2; i < 100; ++i) {
    published.Publish(std::make_unique<Value>(i));
    EXPECT_EQ(Value::Alive(), 1);
  }
}

TEST(PublishedTest, KeepsAValueWhileItIsRead) {
  PublishedValue published(std::make_unique<Value>(1));
  {
    const PublishedValue::Guard guard = published.Read();
    published.Publish(std::make_unique<Value>(2));
    published.Publish(std::make_unique<Value>(3));
    EXPECT_EQ(Value::Alive(), 2) << "the one that is read and the newest";
    EXPECT_EQ(guard->number(), 1);
  }
  published.Publish(std::make_unique<Value>(4));
  EXPECT_EQ(Value::Alive(), 1);
}

TEST(PublishedTest, GuardsNestOnOneThread) {
  PublishedValue published(std::make_unique<Value>(1));
  const PublishedValue::Guard first = published.Read();
  published.Publish(std::make_unique<Value>(2));
  {
    const PublishedValue::Guard second = published.Read();
    published.Publish(std::make_unique<Value>(3));
    const PublishedValue::Guard third = published.Read();
    published.Publish(std::make_unique<Value>(4));
    EXPECT_EQ(first->number(), 1);
    EXPECT_EQ(second->number(), 2);
    EXPECT_EQ(third->number(), 3);
    EXPECT_EQ(Value::Alive(), 4);
  }
  published.Publish(std::make_unique<Value>(5));
  EXPECT_EQ(first->number(), 1);
  EXPECT_EQ(Value::Alive(), 2);
}

TEST(PublishedTest, GuardsOfDifferentValuesDoNotMix) {
  PublishedValue one(std::make_unique<Value>(1));
  PublishedValue other(std::make_unique<Value>(10));
  const PublishedValue::Guard of_one = one.Read();
  const PublishedValue::Guard of_other = other.Read();
  one.Publish(std::make_unique<Value>(2));
  other.Publish(std::make_unique<Value>(20));
  EXPECT_EQ(of_one->number(), 1);
  EXPECT_EQ(of_other->number(), 10);
}

TEST(PublishedTest, AnotherThreadsGuardKeepsItsValue) {
  PublishedValue published(std::make_unique<Value>(1));
  absl::Notification reading;
  absl::Notification published_more;
  std::thread reader([&] {
    const PublishedValue::Guard guard = published.Read();
    reading.Notify();
    published_more.WaitForNotification();
    EXPECT_EQ(guard->number(), 1);
  });
  reading.WaitForNotification();
  published.Publish(std::make_unique<Value>(2));
  EXPECT_EQ(Value::Alive(), 2);
  published_more.Notify();
  reader.join();
  published.Publish(std::make_unique<Value>(3));
  EXPECT_EQ(Value::Alive(), 1);
}

// Never a dead value, never an older one than before; for the sanitizers above all.
TEST(PublishedTest, ReadersBesideAWriter) {
  constexpr int kReaders = 6;
  constexpr int kPublished = 20'000;
  PublishedValue published(std::make_unique<Value>(0));
  std::vector<std::thread> readers;
  std::atomic<int> wrong{0};
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      for (int last = 0; last < kPublished;) {
        const PublishedValue::Guard outer = published.Read();
        const PublishedValue::Guard inner = published.Read();
        if (outer->number() < last || inner->number() < outer->number()) ++wrong;
        last = inner->number();
      }
    });
  }
  for (int i = 1; i <= kPublished; ++i) published.Publish(std::make_unique<Value>(i));
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  published.Publish(std::make_unique<Value>(kPublished + 1));
  EXPECT_EQ(Value::Alive(), 1);
}

// Threads come and go: their slots are used again.
TEST(PublishedTest, ShortLivedThreads) {
  PublishedValue published(std::make_unique<Value>(7));
  for (size_t i = 0; i < 2 * internal::kHazardSlots; i += 8) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] { EXPECT_EQ(published.Read()->number(), 7); });
    }
    for (std::thread& thread : threads) thread.join();
  }
}

}  // namespace
}  // namespace dnc
