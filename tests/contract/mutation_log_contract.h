// What every MutationLog must do (storage/log/mutation_log.h), as a suite that an implementation
// instantiates with a way to open it:
//
//   INSTANTIATE_TEST_SUITE_P(Name, MutationLogContract, ::testing::Values(LogUnderTest{…}));
//
// An implementation that is excused from a case is named there, with the reason.
#ifndef DNC_TESTS_CONTRACT_MUTATION_LOG_CONTRACT_H_
#define DNC_TESTS_CONTRACT_MUTATION_LOG_CONTRACT_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "storage/log/mutation_log.h"
#include "tests/contract/recording_sink.h"

namespace dnc::testing {

// Where a log keeps what outlives it; made anew for each case.
class LogHome {
 public:
  virtual ~LogHome() = default;
  // Opens the log; the one opened before is gone.
  virtual absl::StatusOr<std::unique_ptr<MutationLog>> Open(MutationSink* sink) = 0;
};

struct LogUnderTest {
  std::string name;
  size_t max_batch;  // what it is configured to take at once
  size_t max_queue;  // how many may wait
  std::function<std::unique_ptr<LogHome>(size_t max_batch, size_t max_queue)> make_home;
};

inline void PrintTo(const LogUnderTest& log, std::ostream* out) { *out << log.name; }

class MutationLogContract : public ::testing::TestWithParam<LogUnderTest> {
 protected:
  void SetUp() override {
    home_ = GetParam().make_home(GetParam().max_batch, GetParam().max_queue);
    Reopen();
  }

  void Reopen() {
    log_.reset();
    absl::StatusOr<std::unique_ptr<MutationLog>> log = home_->Open(&sink_);
    ASSERT_TRUE(log.ok()) << log.status();
    log_ = *std::move(log);
  }

  static Mutation Named(const std::string& id) {
    Mutation mutation;
    mutation.set_request_id(id);
    return mutation;
  }

  // Proposes and waits for the answer.
  absl::StatusOr<Outcome> Run(const std::string& id) {
    absl::Notification answered;
    absl::StatusOr<Outcome> result;
    log_->Propose(Named(id), [&](absl::StatusOr<Outcome> outcome) {
      result = std::move(outcome);
      answered.Notify();
    });
    answered.WaitForNotification();
    return result;
  }

  // Answers of proposals that nobody waits for one by one.
  class Answers {
   public:
    MutationLog::Done For(const std::string& id) {
      return [this, id](absl::StatusOr<Outcome> outcome) {
        absl::MutexLock lock(&mu_);
        received_.emplace(id, std::move(outcome));
      };
    }
    void AwaitCount(size_t count) {
      absl::MutexLock lock(&mu_);
      const auto enough = [&]()
                              ABSL_SHARED_LOCKS_REQUIRED(mu_) { return received_.size() >= count; };
      mu_.Await(absl::Condition(&enough));
    }
    std::multimap<std::string, absl::StatusOr<Outcome>> Received() {
      absl::MutexLock lock(&mu_);
      return received_;
    }
    size_t CountOf(absl::StatusCode code) {
      absl::MutexLock lock(&mu_);
      return static_cast<size_t>(
          std::count_if(received_.begin(), received_.end(),
                        [&](const auto& answer) { return answer.second.status().code() == code; }));
    }

   private:
    absl::Mutex mu_;
    std::multimap<std::string, absl::StatusOr<Outcome>> received_ ABSL_GUARDED_BY(mu_);
  };

  // Stops the sink within a Commit that has one mutation, so that whatever is proposed then waits.
  void HoldWithOneInside(Answers* answers) {
    sink_.Hold();
    log_->Propose(Named("first"), answers->For("first"));
    sink_.AwaitHeld();
  }
  void ProposeMany(size_t count, Answers* answers) {
    for (size_t i = 0; i < count; ++i) {
      const std::string id = absl::StrCat("m", i);
      log_->Propose(Named(id), answers->For(id));
    }
  }

  RecordingSink sink_;
  std::unique_ptr<LogHome> home_;
  std::unique_ptr<MutationLog> log_;
};

TEST_P(MutationLogContract, ManyProposersEachGetOneAnswerAndOneRevision) {
  constexpr int kThreads = 8;
  constexpr int kEach = 100;
  Answers answers;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string id = absl::StrCat(t, "-", i);
        log_->Propose(Named(id), answers.For(id));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  log_->Stop();
  std::map<int64_t, std::string> by_revision;
  for (const auto& [id, answer] : answers.Received()) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->message(), id) << "somebody else's outcome";
    by_revision[answer->revision()] = id;
  }
  ASSERT_EQ(answers.Received().size(), size_t{kThreads * kEach});
  ASSERT_EQ(by_revision.size(), size_t{kThreads * kEach}) << "two got one revision";
  EXPECT_EQ(by_revision.begin()->first, 1);
  EXPECT_EQ(by_revision.rbegin()->first, kThreads * kEach);
  EXPECT_EQ(sink_.Applied(), by_revision) << "the sink got another sequence than the proposers";
}

TEST_P(MutationLogContract, WhatIsProposedAfterAnAnswerComesLater) {
  int64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    const absl::StatusOr<Outcome> outcome = Run(absl::StrCat("m", i));
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->revision(), last + 1);
    last = outcome->revision();
  }
}

TEST_P(MutationLogContract, AnswersOnceItIsApplied) {
  constexpr int kCount = 200;
  absl::BlockingCounter answered(kCount);
  std::atomic<int> early{0};
  for (int i = 0; i < kCount; ++i) {
    log_->Propose(Named(absl::StrCat("m", i)), [&](absl::StatusOr<Outcome> outcome) {
      if (!outcome.ok() || sink_.applied_revision() < outcome->revision()) ++early;
      answered.DecrementCount();
    });
  }
  answered.Wait();
  EXPECT_EQ(early, 0);
}

TEST_P(MutationLogContract, AnswerMayProposeTheNext) {
  absl::Notification done;
  log_->Propose(Named("a"), [&](absl::StatusOr<Outcome>) {
    log_->Propose(Named("b"), [&](absl::StatusOr<Outcome> outcome) {
      EXPECT_TRUE(outcome.ok()) << outcome.status();
      done.Notify();
    });
  });
  done.WaitForNotification();
  EXPECT_EQ(sink_.Applied(), (std::map<int64_t, std::string>{{1, "a"}, {2, "b"}}));
}

TEST_P(MutationLogContract, FailedApplyIsUnavailableAndAppliesNothing) {
  ASSERT_TRUE(Run("a").ok());
  sink_.FailNext(1);
  EXPECT_TRUE(absl::IsUnavailable(Run("b").status()));
  EXPECT_EQ(sink_.applied_revision(), 1);
  const absl::StatusOr<Outcome> after = Run("c");
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->revision(), 2) << "a failure must leave no gap";
  EXPECT_EQ(sink_.Applied(), (std::map<int64_t, std::string>{{1, "a"}, {2, "c"}}));
}

// Whole: and with it what was judged upon it meanwhile. What comes later is not touched.
TEST_P(MutationLogContract, FailedBatchFailsWhole) {
  constexpr size_t kWaiting = 40;
  Answers answers;
  HoldWithOneInside(&answers);
  ProposeMany(kWaiting, &answers);
  sink_.FailAfterHeld();
  sink_.Release();
  answers.AwaitCount(kWaiting + 1);
  const size_t max_batch = GetParam().max_batch;
  const size_t failed = answers.CountOf(absl::StatusCode::kUnavailable);
  EXPECT_GE(failed, std::min(kWaiting, max_batch));
  EXPECT_LE(failed, std::min(kWaiting, 2 * max_batch)) << "at most one is judged upon another";
  EXPECT_EQ(answers.CountOf(absl::StatusCode::kOk), kWaiting + 1 - failed);
  std::map<int64_t, std::string> answered;
  for (const auto& [id, answer] : answers.Received()) {
    if (answer.ok()) answered[answer->revision()] = id;
  }
  EXPECT_EQ(sink_.Applied(), answered);
  EXPECT_TRUE(Run("after").ok());
}

TEST_P(MutationLogContract, TheNextBatchIsJudgedWhileOneCommits) {
  Answers answers;
  HoldWithOneInside(&answers);
  log_->Propose(Named("second"), answers.For("second"));
  sink_.AwaitJudged("second");
  EXPECT_EQ(sink_.applied_revision(), 0);
  EXPECT_TRUE(answers.Received().empty()) << "nothing of it is durable";
  sink_.Release();
  answers.AwaitCount(2);
  EXPECT_EQ(sink_.Applied(), (std::map<int64_t, std::string>{{1, "first"}, {2, "second"}}));
}

TEST_P(MutationLogContract, WhatWasJudgedUponAFailedBatchFails) {
  Answers answers;
  HoldWithOneInside(&answers);
  log_->Propose(Named("second"), answers.For("second"));
  sink_.AwaitJudged("second");
  sink_.FailNext(1);
  sink_.Release();
  answers.AwaitCount(2);
  EXPECT_EQ(answers.CountOf(absl::StatusCode::kUnavailable), 2u);
  EXPECT_TRUE(sink_.Applied().empty());
  const absl::StatusOr<Outcome> after = Run("after");
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->revision(), 1) << "a failure must leave no gap";
}

TEST_P(MutationLogContract, WhatWaitsIsAppliedTogether) {
  constexpr size_t kWaiting = 100;
  Answers answers;
  HoldWithOneInside(&answers);
  ProposeMany(kWaiting, &answers);
  sink_.Release();
  answers.AwaitCount(kWaiting + 1);
  const std::vector<size_t> batches = sink_.Batches();
  const size_t max_batch = GetParam().max_batch;
  EXPECT_EQ(batches.size(), 1 + (kWaiting + max_batch - 1) / max_batch);
  EXPECT_LE(*std::max_element(batches.begin(), batches.end()), max_batch);
  EXPECT_EQ(std::accumulate(batches.begin(), batches.end(), size_t{0}), kWaiting + 1);
}

TEST_P(MutationLogContract, TooManyWaitingAreRefusedAtOnce) {
  Answers answers;
  HoldWithOneInside(&answers);
  ProposeMany(GetParam().max_queue, &answers);
  absl::Status refusal;
  log_->Propose(Named("too many"),
                [&](absl::StatusOr<Outcome> outcome) { refusal = outcome.status(); });
  EXPECT_TRUE(absl::IsResourceExhausted(refusal)) << refusal;
  sink_.Release();
  answers.AwaitCount(GetParam().max_queue + 1);
  EXPECT_EQ(answers.CountOf(absl::StatusCode::kOk), GetParam().max_queue + 1);
  EXPECT_FALSE(sink_.Has("too many"));
  EXPECT_TRUE(Run("again").ok());
}

TEST_P(MutationLogContract, StopFinishesWhatWasProposed) {
  constexpr size_t kWaiting = 60;
  Answers answers;
  HoldWithOneInside(&answers);
  ProposeMany(kWaiting, &answers);
  std::thread stopper([&] { log_->Stop(); });
  sink_.Release();
  stopper.join();
  EXPECT_EQ(answers.Received().size(), kWaiting + 1) << "Stop returned before all were answered";
  EXPECT_EQ(answers.CountOf(absl::StatusCode::kOk), kWaiting + 1);
  EXPECT_EQ(sink_.Applied().size(), kWaiting + 1);
}

TEST_P(MutationLogContract, RefusesAfterStop) {
  log_->Stop();
  log_->Stop();
  absl::Status refusal;
  log_->Propose(Named("late"),
                [&](absl::StatusOr<Outcome> outcome) { refusal = outcome.status(); });
  EXPECT_TRUE(absl::IsUnavailable(refusal)) << refusal;
  EXPECT_FALSE(sink_.Has("late"));
}

TEST_P(MutationLogContract, StopDuringProposalsAnswersEachOnce) {
  constexpr size_t kThreads = 4;
  constexpr size_t kEach = 200;
  Answers answers;
  std::vector<std::thread> threads;
  for (size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (size_t i = 0; i < kEach; ++i) {
        const std::string id = absl::StrCat(t, "-", i);
        log_->Propose(Named(id), answers.For(id));
      }
    });
  }
  answers.AwaitCount(1);
  log_->Stop();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answers.Received().size(), kThreads * kEach);
  EXPECT_EQ(answers.CountOf(absl::StatusCode::kOk), sink_.Applied().size());
}

TEST_P(MutationLogContract, ContinuesAfterARestart) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Run(absl::StrCat("m", i)).ok());
  Reopen();
  const absl::StatusOr<Outcome> outcome = Run("after");
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->revision(), 6);
  EXPECT_EQ(sink_.Applied().size(), 6u);
}

TEST_P(MutationLogContract, ContinuesAfterARestartThatFollowsAFailure) {
  ASSERT_TRUE(Run("a").ok());
  sink_.FailNext(1);
  EXPECT_FALSE(Run("b").ok());
  Reopen();
  const absl::StatusOr<Outcome> outcome = Run("b");
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(sink_.applied_revision(), outcome->revision());
}

}  // namespace dnc::testing

#endif  // DNC_TESTS_CONTRACT_MUTATION_LOG_CONTRACT_H_
