// Imports that are stopped early, and imports that meet a full queue.
#include "server/handler/import_stop.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "tests/unit/handler/import_fixture.h"

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

class ImportStopTest : public ImportFixture {
 protected:
  // Imports as many numbers; what `before` says of each proposal counts first.
  absl::StatusOr<v1::ImportSummary> Import(const std::string& list, int numbers,
                                           std::function<absl::Status(int)> before) {
    ScriptedLog log(&gateway_, std::move(before));
    ImportContext context = Context(&log);
    context.stop = &stop_;
    auto summary = Run(context, Config(list), FileOf(numbers));
    proposals_ = log.proposals();
    return summary;
  }

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
