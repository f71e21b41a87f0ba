#include "storage/log/embedded_mutation_log.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>

#include "tests/contract/mutation_log_contract.h"
#include "tests/contract/temp_dir.h"

namespace dnc::testing {
namespace {

class EmbeddedHome : public LogHome {
 public:
  explicit EmbeddedHome(const EmbeddedMutationLogOptions& options) : options_(options) {}

  absl::StatusOr<std::unique_ptr<MutationLog>> Open(MutationSink* sink) override {
    auto marker = CommitMarker::Open(marker_path());
    if (!marker.ok()) return marker.status();
    auto log = EmbeddedMutationLog::Create(sink, *std::move(marker), options_);
    if (!log.ok()) return log.status();
    return *std::move(log);
  }

  std::string marker_path() const { return dir_.Path("ACKNOWLEDGED"); }
  void AcceptMissingMarker(bool accept) { options_.accept_missing_marker = accept; }

 private:
  const TempDir dir_;
  EmbeddedMutationLogOptions options_;
};

std::unique_ptr<LogHome> MakeHome(size_t max_batch, size_t max_queue) {
  EmbeddedMutationLogOptions options;
  options.max_batch = max_batch;
  options.max_queue = max_queue;
  return std::make_unique<EmbeddedHome>(options);
}

INSTANTIATE_TEST_SUITE_P(Embedded, MutationLogContract,
                         ::testing::Values(LogUnderTest{"Batch1", 1, 2000, MakeHome},
                                           LogUnderTest{"Batch7", 7, 2000, MakeHome},
                                           LogUnderTest{"Batch1024", 1024, 2000, MakeHome}),
                         [](const auto& info) { return info.param.name; });

class EmbeddedMutationLogTest : public ::testing::Test {
 protected:
  absl::Status Open() {
    absl::StatusOr<std::unique_ptr<MutationLog>> log = home_.Open(&sink_);
    const absl::Status status = log.status();
    if (status.ok()) log_ = *std::move(log);
    return status;
  }
  absl::StatusOr<Outcome> Run(const std::string& id) {
    absl::Notification answered;
    absl::StatusOr<Outcome> result;
    Mutation mutation;
    mutation.set_request_id(id);
    log_->Propose(std::move(mutation), [&](absl::StatusOr<Outcome> outcome) {
      result = std::move(outcome);
      answered.Notify();
    });
    answered.WaitForNotification();
    return result;
  }

  static EmbeddedMutationLogOptions SmallInBytes() {
    EmbeddedMutationLogOptions options;
    options.max_batch_bytes = 2500;
    options.max_queue_bytes = 10'000;
    return options;
  }
  // Of about 1,000 bytes for each.
  static Mutation OfSize(size_t thousands) {
    Mutation mutation;
    mutation.set_fingerprint(std::string(thousands * 1000, 'f'));
    return mutation;
  }

  EmbeddedHome home_{SmallInBytes()};
  RecordingSink sink_;
  std::unique_ptr<MutationLog> log_;
};

TEST_F(EmbeddedMutationLogTest, RefusesAStoreThatEndsBeforeWhatWasAcknowledged) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Run(absl::StrCat("m", i)).ok());
  log_.reset();
  sink_.ForgetAfter(3);
  const absl::Status refused = Open();
  EXPECT_TRUE(absl::IsDataLoss(refused)) << refused;
  for (const char* told : {"ends at revision 3", "revision 5 was acknowledged", "2 acknowledged"}) {
    EXPECT_NE(std::string(refused.message()).find(told), std::string::npos) << refused;
  }
}

// A kill between the store's sync and the marker: the store knows more, which nobody was told.
TEST_F(EmbeddedMutationLogTest, TakesAStoreThatKnowsMoreThanWasAcknowledged) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Run("a").ok());
  log_.reset();
  ASSERT_TRUE(sink_.Apply("unanswered").ok());
  ASSERT_TRUE(Open().ok());
  const absl::StatusOr<Outcome> next = Run("b");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->revision(), 3);
}

TEST_F(EmbeddedMutationLogTest, RefusesAStoreThatLostItsMarkerUnlessThatIsAccepted) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Run("a").ok());
  log_.reset();
  std::filesystem::remove(home_.marker_path());
  for (int start = 0; start < 2; ++start) {
    const absl::Status refused = Open();
    EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
    for (const char* told :
         {"ACKNOWLEDGED is missing or empty", "ends at revision 1", "--accept-missing-marker"}) {
      EXPECT_NE(std::string(refused.message()).find(told), std::string::npos) << refused;
    }
  }
  home_.AcceptMissingMarker(true);
  ASSERT_TRUE(Open().ok());
  log_.reset();
  home_.AcceptMissingMarker(false);
  ASSERT_TRUE(Open().ok()) << "there is one again";
  log_.reset();
  sink_.ForgetAfter(0);
  EXPECT_TRUE(absl::IsDataLoss(Open())) << "and it knows the revision";
}

// Before the first mutation, so that a store that has one and no marker has lost it.
TEST_F(EmbeddedMutationLogTest, NewStoreGetsItsMarkerAtOnce) {
  ASSERT_TRUE(Open().ok());
  const auto marker = CommitMarker::Open(home_.marker_path());
  ASSERT_TRUE(marker.ok()) << marker.status();
  EXPECT_EQ((*marker)->revision(), 0);
}

// The marker cannot be written (here by a limit on file sizes): nothing may be acknowledged, and
// the sink hears of it.
TEST_F(EmbeddedMutationLogTest, WithoutItsMarkerNothingIsAcknowledged) {
  ASSERT_TRUE(Open().ok());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit nothing = before;
  nothing.rlim_cur = 0;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &nothing), 0);
  const absl::Status refused = Run("a").status();
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(absl::IsUnavailable(refused)) << refused;
  EXPECT_NE(sink_.Problem().find("ACKNOWLEDGED"), std::string::npos) << sink_.Problem();
  const absl::StatusOr<Outcome> next = Run("b");
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(next->revision(), 2);
}

// A batch ends before its bytes exceed the limit; what is larger by itself goes alone.
TEST_F(EmbeddedMutationLogTest, BatchesAreLimitedInBytes) {
  ASSERT_TRUE(Open().ok());
  absl::BlockingCounter answered(7);
  const auto count = [&](absl::StatusOr<Outcome> outcome) {
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    answered.DecrementCount();
  };
  sink_.Hold();
  log_->Propose(OfSize(1), count);
  sink_.AwaitHeld();
  for (const size_t thousands : {1u, 1u, 1u, 4u, 1u, 1u}) log_->Propose(OfSize(thousands), count);
  sink_.Release();
  answered.Wait();
  EXPECT_EQ(sink_.Batches(), (std::vector<size_t>{1, 2, 1, 1, 2}));
}

TEST_F(EmbeddedMutationLogTest, QueueIsLimitedInBytes) {
  ASSERT_TRUE(Open().ok());
  absl::BlockingCounter answered(4);
  const auto count = [&](absl::StatusOr<Outcome>) { answered.DecrementCount(); };
  sink_.Hold();
  log_->Propose(OfSize(1), count);
  sink_.AwaitHeld();
  log_->Propose(OfSize(4), count);
  log_->Propose(OfSize(4), count);
  absl::Status refusal;
  log_->Propose(OfSize(3), [&](absl::StatusOr<Outcome> outcome) { refusal = outcome.status(); });
  EXPECT_TRUE(absl::IsResourceExhausted(refusal)) << refusal;
  log_->Propose(OfSize(1), count);  // there is room for a small one
  sink_.Release();
  answered.Wait();
  EXPECT_TRUE(Run("again").ok()) << "the room is free again";
}

TEST_F(EmbeddedMutationLogTest, DestructionAnswersWhatWaits) {
  ASSERT_TRUE(Open().ok());
  int answered = 0;
  sink_.Hold();
  log_->Propose(Mutation(), [&](absl::StatusOr<Outcome>) { ++answered; });
  sink_.AwaitHeld();
  log_->Propose(Mutation(), [&](absl::StatusOr<Outcome>) { ++answered; });
  sink_.Release();
  log_.reset();
  EXPECT_EQ(answered, 2);
}

}  // namespace
}  // namespace dnc::testing
