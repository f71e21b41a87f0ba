// Parts of an import into an internal list that are on their way through the log together.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/unit/handler/import_fixture.h"

namespace dnc::testing {
namespace {

using ::testing::HasSubstr;

constexpr size_t kTogether = 2;

// Answers on a thread of its own, once as many parts wait as may fly, or the last ones do.
class HoldingLog : public MutationLog {
 public:
  HoldingLog(Gateway* gateway, size_t parts, size_t fails)
      : gateway_(gateway), left_(parts), fails_(fails), thread_([this] { Run(); }) {}
  ~HoldingLog() override { thread_.join(); }
  HoldingLog(const HoldingLog&) = delete;
  HoldingLog& operator=(const HoldingLog&) = delete;

  void Propose(Mutation mutation, Done done) override {
    absl::MutexLock lock(&mu_);
    held_.push_back({std::move(mutation), std::move(done)});
    most_ = std::max(most_, held_.size());
  }
  void Stop() override {}

  size_t most() const {
    absl::MutexLock lock(&mu_);
    return most_;
  }
  // The first entry of each part, in the order in which they were proposed.
  const std::vector<std::string>& firsts() const { return firsts_; }

 private:
  struct Held {
    Mutation mutation;
    Done done;
  };

  bool Enough() const ABSL_SHARED_LOCKS_REQUIRED(mu_) {
    return held_.size() >= std::min(kTogether, left_);
  }

  void Run() {
    while (left_ > 0) {
      std::vector<Held> taken;
      {
        absl::MutexLock lock(&mu_);
        // An import that waits for each part would wait for ever.
        mu_.AwaitWithTimeout(absl::Condition(this, &HoldingLog::Enough), absl::Seconds(20));
        taken.swap(held_);
      }
      for (Held& held : taken) Answer(std::move(held));
    }
  }

  void Answer(Held held) {
    firsts_.push_back(held.mutation.import_entries().entries(0).contact_point().phone());
    --left_;
    if (firsts_.size() == fails_) {
      return std::move(held.done)(absl::UnavailableError("the disk is full"));
    }
    Outcome outcome = gateway_->Apply(held.mutation);
    outcome.set_revision(gateway_->state().applied_revision());
    std::move(held.done)(std::move(outcome));
  }

  Gateway* const gateway_;
  size_t left_;  // of the thread
  const size_t fails_;
  std::vector<std::string> firsts_;  // of the thread, until the import has ended
  mutable absl::Mutex mu_;
  std::vector<Held> held_ ABSL_GUARDED_BY(mu_);
  size_t most_ ABSL_GUARDED_BY(mu_) = 0;
  std::thread thread_;
};

// Has no place for the second part, and fails the first then.
class RefusingLog : public MutationLog {
 public:
  void Propose(Mutation /*mutation*/, Done done) override {
    ++proposed_;
    if (proposed_ == 1) {
      first_ = std::move(done);
      return;
    }
    std::move(done)(absl::ResourceExhaustedError("no place"));
    if (first_ != nullptr) std::exchange(first_, nullptr)(absl::UnavailableError("no disk"));
  }
  void Stop() override {}

  int proposed() const { return proposed_; }

 private:
  int proposed_ = 0;
  Done first_;
};

class ImportFlightTest : public ImportFixture {
 protected:
  absl::StatusOr<v1::ImportSummary> Import(int rows, MutationLog& log) {
    return Run(Context(&log), Config("internal"), FileOf(rows));
  }
};

TEST_F(ImportFlightTest, AFewPartsFlyTogetherInTheirOrder) {
  HoldingLog log(&gateway_, /*parts=*/10, /*fails=*/0);
  const auto summary = Import(9'500, log);
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->added(), 9'500);
  EXPECT_EQ(summary->revision(), gateway_.state().applied_revision());
  EXPECT_EQ(log.most(), kTogether);
  ASSERT_EQ(log.firsts().size(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(log.firsts()[i], absl::StrCat("+1", 2122000000 + 1000 * i));
  }
}

TEST_F(ImportFlightTest, AfterAnErrorNothingIsProposedAgain) {
  RefusingLog log;
  const absl::Status status = Import(4'000, log).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_EQ(log.proposed(), 2);
}

// Those that were on their way when one failed are on the list, and are told of.
TEST_F(ImportFlightTest, AnErrorTellsOfAllThatWereAdded) {
  HoldingLog log(&gateway_, /*parts=*/2, /*fails=*/1);
  const absl::Status status = Import(4'000, log).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("the disk is full; 1000 of 4000 rows"));
}

}  // namespace
}  // namespace dnc::testing
