// Imports that are stopped early, and imports that meet a full queue.
#include "server/handler/import_stop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/handler/import_session.h"
#include "tests/contract/temp_dir.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc::testing {
namespace {

// Applies what is proposed at once, unless `before` refuses it.
class ScriptedLog : public MutationLog {
 public:
  ScriptedLog(Gateway* gateway, std::function<absl::Status(int proposal)> before)
      : gateway_(gateway), before_(std::move(before)) {}

  void Propose(Mutation mutation, Done done) override {
    if (absl::Status refusal = before_(++proposals_); !refusal.ok()) {
      return std::move(done)(std::move(refusal));
    }
    Outcome outcome = gateway_->Apply(mutation);
    outcome.set_revision(gateway_->state().applied_revision());
    std::move(done)(std::move(outcome));
  }
  void Stop() override {}

  int proposals() const { return proposals_; }

 private:
  Gateway* const gateway_;
  const std::function<absl::Status(int proposal)> before_;
  int proposals_ = 0;
};

class CountingSink : public ChunkSink {
 public:
  absl::Status Put(uint32_t, std::string) override {
    ++chunks;
    return absl::OkStatus();
  }
  int chunks = 0;
};

class ImportStopTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SetUpAcme(&gateway_);
    ASSERT_EQ(gateway_.Apply(CreateRegistry("national")).code(), 0);
  }

  // Imports as many numbers; what `before` says of each proposal counts first.
  absl::StatusOr<v1::ImportSummary> Import(const std::string& list, int numbers,
                                           std::function<absl::Status(int)> before) {
    ScriptedLog log(&gateway_, std::move(before));
    ImportContext context;
    context.state = &gateway_.state();
    context.log = &log;
    context.store = &gateway_.store();
    context.preparer = &preparer_;
    context.clock = &clock_;
    context.locks = &locks_;
    context.memory = &memory_;
    context.temp_dir = dir_.Path("");
    context.stop = &stop_;
    v1::ImportConfig config;
    config.set_list("organizations/acme/lists/" + list);
    config.set_format("plain");
    config.mutable_actor()->set_id("tests");
    DNC_ASSIGN_OR_RETURN(
        const std::unique_ptr<ImportSession> session,
        ImportSession::Create(
            context, config, {"tests"}, [](const auto&) { return absl::OkStatus(); },
            [](int64_t /*numbers*/) { return absl::OkStatus(); }));
    std::string file;
    for (int i = 0; i < numbers; ++i) absl::StrAppend(&file, 2122000000 + i, "\n");
    DNC_RETURN_IF_ERROR(session->Feed(&file));
    auto summary = session->Finish();
    proposals_ = log.proposals();
    return summary;
  }

  const TempDir dir_;
  Gateway gateway_;
  ManualClock clock_{1'768'478'400'000'000};
  Preparer preparer_{&gateway_.state(), &clock_};
  ImportLocks locks_;
  ImportMemory memory_{size_t{64} << 20};
  ImportStop stop_;
  int proposals_ = 0;
};

TEST_F(ImportStopTest, TheFirstReasonCounts) {
  EXPECT_TRUE(stop_.status().ok());
  stop_.Set(absl::CancelledError("first"));
  stop_.Set(absl::UnavailableError("second"));
  EXPECT_EQ(stop_.status(), absl::CancelledError("first"));
  stop_.Wait(absl::InfiniteDuration());  // returns at once
  EXPECT_TRUE(ImportStop::Never().status().ok());
}

TEST_F(ImportStopTest, NoChunkIsWrittenOnceItIsStopped) {
  CountingSink chunks;
  StoppableChunkSink sink(&chunks, &stop_);
  EXPECT_TRUE(sink.Put(0, "").ok());
  stop_.Set(absl::CancelledError("gone"));
  EXPECT_EQ(sink.Put(1, ""), absl::CancelledError("gone"));
  EXPECT_EQ(chunks.chunks, 1);
}

TEST_F(ImportStopTest, AStoppedImportAddsNoFurtherPart) {
  const auto summary = Import("internal", 5000, [&](int proposal) {
    if (proposal == 2) stop_.Set(ShuttingDown());
    return absl::OkStatus();
  });
  EXPECT_EQ(ErrorInfoOf(summary.status())->reason(), "SHUTTING_DOWN");
  EXPECT_EQ(proposals_, 2);
}

TEST_F(ImportStopTest, AStoppedImportActivatesNoVersion) {
  stop_.Set(absl::CancelledError("gone"));
  const auto summary = Import("national", 5000, [](int) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsCancelled(summary.status())) << summary.status();
  EXPECT_EQ(proposals_, 0);
}

TEST_F(ImportStopTest, AFullQueueIsWaitedFor) {
  const auto summary = Import("internal", 2000, [](int proposal) {
    return proposal % 3 == 0 ? absl::OkStatus() : absl::ResourceExhaustedError("full");
  });
  ASSERT_TRUE(summary.ok()) << summary.status();
  EXPECT_EQ(summary->added(), 2000);
  EXPECT_EQ(proposals_, 6);
}

TEST_F(ImportStopTest, TheWaitForAFullQueueEndsWhenItIsStopped) {
  const auto summary = Import("internal", 2000, [&](int proposal) {
    if (proposal == 3) stop_.Set(absl::CancelledError("gone"));
    return absl::ResourceExhaustedError("full");
  });
  EXPECT_TRUE(absl::IsCancelled(summary.status())) << summary.status();
  EXPECT_EQ(proposals_, 3);
}

TEST_F(ImportStopTest, OtherErrorsOfTheLogAreNotRepeated) {
  const auto summary =
      Import("internal", 2000, [](int) { return absl::UnavailableError("the disk is full"); });
  EXPECT_TRUE(absl::IsUnavailable(summary.status()));
  EXPECT_EQ(proposals_, 1);
}

}  // namespace
}  // namespace dnc::testing
