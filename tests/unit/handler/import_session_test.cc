// An import as its session sees it: on a store that is damaged, a log that fails, and what it
// holds.
#include "server/handler/import_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/registry/crc32c.h"
#include "storage/schema/keys.h"
#include "tests/unit/error/error_matchers.h"
#include "tests/unit/handler/import_fixture.h"

namespace dnc::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Applies what is proposed at once; refuses everything from the mutation `fails_from` on.
class DirectLog : public MutationLog {
 public:
  explicit DirectLog(Gateway* gateway) : gateway_(gateway) {}

  void Propose(Mutation mutation, Done done) override {
    if (++proposed_ >= fails_from) {
      std::move(done)(absl::UnavailableError("the disk is full"));
      return;
    }
    Outcome outcome = gateway_->Apply(mutation);
    outcome.set_revision(gateway_->state().applied_revision());
    std::move(done)(std::move(outcome));
  }
  void Stop() override {}

  int fails_from = 1'000'000;

 private:
  Gateway* const gateway_;
  int proposed_ = 0;
};

class ImportSessionTest : public ImportFixture {
 protected:
  absl::StatusOr<v1::ImportSummary> Import(const v1::ImportConfig& config,
                                           const std::string& file) {
    return Run(Context(&log_), config, file, [this](const std::vector<v1::RejectedRow>& rows) {
      most_held_ = std::max(most_held_, rows.size());
      rejected_ += rows.size();
      ++handed_out_;
      return on_rejected_;
    });
  }

  v1::ListVersion ActiveVersion() {
    const StateMachine::ViewGuard view = gateway_.state().Read();
    return view->catalog->Find("acme")->FindList("national")->record.list().active_version();
  }

  // Of the first chunk of the active version.
  std::string ChunkKey() {
    uint32_t organization = 0, list = 0;
    {
      const StateMachine::ViewGuard view = gateway_.state().Read();
      organization = view->catalog->Find("acme")->number();
      list = view->catalog->Find("acme")->FindList("national")->record.number();
    }
    return keys::Chunk(organization, list, ActiveVersion().version(), 0);
  }
  // Its bytes.
  std::string Chunk() {
    std::string bytes;
    const auto found =
        gateway_.store().Latest().Get(Family::kChunks, ChunkKey(), [&](absl::string_view value) {
          bytes = std::string(value);
          return absl::OkStatus();
        });
    EXPECT_TRUE(found.ok() && *found) << "the chunk to damage must be there";
    return bytes;
  }
  void Damage(const std::optional<std::string>& value) {
    const std::string key = ChunkKey();
    ASSERT_FALSE(Chunk().empty());
    WriteSet changes;
    if (value.has_value()) {
      changes.Put(Family::kChunks, key, *value);
    } else {
      changes.Delete(Family::kChunks, key);
    }
    ASSERT_TRUE(gateway_.store().Commit(changes, Durability::kSynced).ok());
  }

  static std::string Numbers(int from, int to) {
    std::string file;
    for (int i = from; i < to; ++i) absl::StrAppend(&file, 2125550000 + i, "\n");
    return file;
  }

  DirectLog log_{&gateway_};
  absl::Status on_rejected_;
  size_t most_held_ = 0, rejected_ = 0;
  int handed_out_ = 0;
};

// A change list gives a version that has what the one before had as well.
TEST_F(ImportSessionTest, TellsHowManyNumbersAVersionMayHave) {
  std::vector<int64_t> most;
  const auto import = [&](const v1::ImportConfig& config, std::string file) -> absl::Status {
    DNC_ASSIGN_OR_RETURN(
        const std::unique_ptr<ImportSession> session,
        ImportSession::Create(
            Context(&log_), config, {"tests"}, [](const auto&) { return absl::OkStatus(); },
            [&](int64_t /*numbers*/, int64_t at_most) {
              most.push_back(at_most);
              return absl::OkStatus();
            }));
    DNC_RETURN_IF_ERROR(session->Feed(&file));
    return session->Finish().status();
  };
  ASSERT_EQ(import(Config("national"), FileOf(100)), absl::OkStatus());
  v1::ImportConfig change = Config("national");
  change.set_format("ftc-change");
  ASSERT_EQ(import(change, "212,2000500,A\n212,2000001,D\n"), absl::OkStatus());
  EXPECT_THAT(most, ::testing::ElementsAre(100, 102));
}

TEST_F(ImportSessionTest, TellsHowManyRowsOfAnInternalListAreDone) {
  for (const bool dry_run : {true, false}) {
    v1::ImportConfig config = Config("internal");
    config.set_validate_only(dry_run);
    std::vector<std::pair<int64_t, int64_t>> told;
    const auto session = ImportSession::Create(
        Context(&log_), config, {"tests"}, [](const auto&) { return absl::OkStatus(); },
        [&](int64_t done, int64_t most) {
          told.emplace_back(done, most);
          return absl::OkStatus();
        });
    ASSERT_TRUE(session.ok()) << session.status();
    std::string file = FileOf(35'000);
    ASSERT_EQ((*session)->Feed(&file), absl::OkStatus());
    ASSERT_TRUE((*session)->Finish().ok());
    ASSERT_EQ(told.size(), 4u) << dry_run;
    EXPECT_EQ(told.front().first, 0);
    EXPECT_GE(told.back().first, 30'000);
    for (const auto& [done, most] : told) EXPECT_EQ(most, 35'000);
  }
}

// By the rules of Apply, and nothing is there afterwards.
TEST_F(ImportSessionTest, ADryRunCountsWhatAnInternalListWouldGain) {
  ASSERT_TRUE(Import(Config("internal"), FileOf(1500)).ok());
  v1::ImportConfig dry_run = Config("internal");
  dry_run.set_validate_only(true);
  const int64_t revision = gateway_.state().applied_revision();
  const auto judged = Import(dry_run, FileOf(2500));
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->added(), 1000);
  EXPECT_EQ(judged->unchanged(), 1500);
  EXPECT_FALSE(judged->changed());
  EXPECT_EQ(judged->list().entry_count(), 1500);
  EXPECT_EQ(gateway_.state().applied_revision(), revision);
  const auto real = Import(Config("internal"), FileOf(2500));
  ASSERT_TRUE(real.ok()) << real.status();
  EXPECT_EQ(real->added(), 1000);
}

TEST_F(ImportSessionTest, ADamagedVersionIsReplacedWhenThatIsAllowed) {
  const std::optional<std::string> damages[] = {std::nullopt, "", "rubbish"};
  v1::ImportConfig allowed = Config("national");
  allowed.set_allow_shrink(true);
  ASSERT_TRUE(Import(Config("national"), Numbers(0, 100)).ok());
  for (const auto& damage : damages) {
    Damage(damage);
    const int64_t version = ActiveVersion().version();
    const absl::Status full = Import(Config("national"), Numbers(0, 200)).status();
    EXPECT_THAT(full, HasReason(v1::ERROR_REASON_REGISTRY_WOULD_SHRINK));
    EXPECT_THAT(std::string(full.message()),
                AllOf(HasSubstr("cannot be read whole"), HasSubstr("with allow_shrink")));
    v1::ImportConfig change = allowed;
    change.set_mode(v1::IMPORT_MODE_CHANGE);
    const absl::Status changed = Import(change, Numbers(200, 201)).status();
    EXPECT_THAT(changed, HasReason(v1::ERROR_REASON_CORRUPT_RECORD));
    EXPECT_THAT(std::string(changed.message()), HasSubstr("full file with allow_shrink"));
    EXPECT_EQ(ActiveVersion().version(), version);
    // The very file that the version was made of mends it.
    const auto mended = Import(allowed, Numbers(0, 100));
    ASSERT_TRUE(mended.ok()) << mended.status();
    EXPECT_TRUE(mended->changed());
    EXPECT_EQ(ActiveVersion().version(), version + 1);
    EXPECT_EQ(ActiveVersion().count(), 100);
    EXPECT_EQ(ActiveVersion().added(), 100);
    EXPECT_EQ(ActiveVersion().removed(), 100);
    const auto again = Import(Config("national"), Numbers(0, 100));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_FALSE(again->changed());
  }
}

// One that is whole, and that this program cannot read.
TEST_F(ImportSessionTest, AVersionOfAnotherFormatIsReplacedAndNotChanged) {
  ASSERT_TRUE(Import(Config("national"), Numbers(0, 100)).ok());
  std::string chunk = Chunk();
  chunk[1] = 99;  // the format's version
  chunk.resize(chunk.size() - sizeof(uint32_t));
  const uint32_t checksum = Crc32c(chunk);
  for (int shift = 0; shift < 32; shift += 8) {
    chunk.push_back(static_cast<char>(checksum >> shift & 0xff));
  }
  Damage(chunk);
  v1::ImportConfig change = Config("national");
  change.set_mode(v1::IMPORT_MODE_CHANGE);
  EXPECT_TRUE(absl::IsFailedPrecondition(Import(change, Numbers(100, 101)).status()));
  EXPECT_THAT(Import(Config("national"), Numbers(0, 200)).status(),
              HasReason(v1::ERROR_REASON_REGISTRY_WOULD_SHRINK));
  v1::ImportConfig allowed = Config("national");
  allowed.set_allow_shrink(true);
  const auto mended = Import(allowed, Numbers(0, 100));
  ASSERT_TRUE(mended.ok()) << mended.status();
  EXPECT_EQ(ActiveVersion().count(), 100);
  EXPECT_TRUE(Import(change, Numbers(100, 101)).ok());
}

TEST_F(ImportSessionTest, FewRejectedRowsAreHeldHoweverLongThePieceIs) {
  std::string piece;
  for (int i = 0; i < 50'000; ++i) piece += "a\n";
  EXPECT_THAT(Import(Config("national"), piece).status(),
              HasReason(v1::ERROR_REASON_FILE_ROWS_REJECTED));
  EXPECT_EQ(rejected_, 50'000u);
  EXPECT_EQ(most_held_, ImportSession::kMostRejectedHeld);
}

TEST_F(ImportSessionTest, EndsWhenNobodyTakesTheRejectedRows) {
  on_rejected_ = absl::CancelledError("gone");
  std::string piece;
  for (int i = 0; i < 5'000; ++i) piece += "a\n";
  v1::ImportConfig config = Config("national");
  config.set_allow_partial(true);
  EXPECT_TRUE(absl::IsCancelled(Import(config, piece + Numbers(0, 10)).status()));
  EXPECT_EQ(handed_out_, 1);
  EXPECT_LE(rejected_, ImportSession::kMostRejectedHeld);
  EXPECT_EQ(ActiveVersion().version(), 0);
}

TEST_F(ImportSessionTest, AnErrorMidwaySaysHowMuchWasAdded) {
  log_.fails_from = 3;
  const absl::Status status = Import(Config("internal"), Numbers(0, 2500)).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("the disk is full"), HasSubstr("2000 of 2500 rows"),
                    HasSubstr("2000 were added")));
}

TEST_F(ImportSessionTest, AnErrorAtTheStartSaysNothingOfThat) {
  log_.fails_from = 1;
  const absl::Status status = Import(Config("internal"), Numbers(0, 2500)).status();
  EXPECT_EQ(status.message(), "the disk is full");
}

}  // namespace
}  // namespace dnc::testing
