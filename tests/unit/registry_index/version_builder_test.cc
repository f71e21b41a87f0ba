#include "storage/registry/version_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/registry/chunk_reader.h"
#include "storage/registry/external_sorter.h"
#include "storage/registry/number_set.h"
#include "storage/registry/op_blocks.h"
#include "tests/unit/registry_index/fakes.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Op = std::pair<uint64_t, bool>;

class MemoryOps : public OpSource {
 public:
  explicit MemoryOps(std::vector<Op> ops) : ops_(std::move(ops)) {}

  absl::Status Merge(Visit visit) override {
    for (const Op& op : ops_) {
      if (absl::Status status = visit(op.first, op.second); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  std::vector<Op> ops_;
};

class FailingNumbers : public BlockSource {
 public:
  absl::StatusOr<const NumberBlock*> Next() override { return absl::DataLossError("broken"); }
};

struct Built {
  VersionSummary summary;
  std::vector<uint64_t> numbers;
};

Built Build(VersionMode mode, BlockSource* previous, OpSource& ops) {
  MemoryChunks sink;
  OpBlocks changes(ops);
  const auto summary = BuildVersion(mode, previous, changes, sink);
  EXPECT_TRUE(summary.ok()) << summary.status();
  if (!summary.ok()) return {};
  EXPECT_EQ(summary->chunks, sink.chunks.size());
  MemoryChunkSource source(sink.chunks);
  ChunkReader reader(source);
  Built built{*summary, Drain(reader)};
  EXPECT_EQ(summary->count, built.numbers.size());
  return built;
}

Built Build(VersionMode mode, std::vector<uint64_t> previous, std::vector<Op> ops) {
  MemoryNumbers numbers(std::move(previous));
  MemoryOps op_source(std::move(ops));
  return Build(mode, &numbers, op_source);
}

absl::Status BuildError(VersionMode mode, BlockSource* previous, std::vector<Op> ops,
                        MemoryChunks sink = {}) {
  MemoryOps op_source(std::move(ops));
  OpBlocks changes(op_source);
  return BuildVersion(mode, previous, changes, sink).status();
}

TEST(VersionBuilderTest, FirstFullVersion) {
  MemoryOps ops({{3, false}, {70'000, false}});
  const Built built = Build(VersionMode::kFull, nullptr, ops);
  EXPECT_THAT(built.numbers, ElementsAre(3, 70'000));
  EXPECT_EQ(built.summary.added, 2u);
  EXPECT_EQ(built.summary.removed, 0u);
  EXPECT_EQ(built.summary.chunks, 1u);
}

TEST(VersionBuilderTest, FullReplacesAndCountsAgainstTheVersionBefore) {
  const Built built = Build(VersionMode::kFull, {1, 2, 3, 4, 9, 10},
                            {{2, false}, {4, false}, {5, false}, {9, false}, {11, false}});
  EXPECT_THAT(built.numbers, ElementsAre(2, 4, 5, 9, 11));
  EXPECT_EQ(built.summary.added, 2u);
  EXPECT_EQ(built.summary.removed, 3u);
}

TEST(VersionBuilderTest, ChangeKeepsAddsAndDeletes) {
  const Built built = Build(VersionMode::kChange, {1, 2, 3, 4, 9, 10},
                            {{2, true}, {3, false}, {5, false}, {6, true}, {10, true}});
  EXPECT_THAT(built.numbers, ElementsAre(1, 3, 4, 5, 9));
  EXPECT_EQ(built.summary.added, 1u);
  EXPECT_EQ(built.summary.removed, 2u);
}

TEST(VersionBuilderTest, EmptyInputs) {
  EXPECT_THAT(Build(VersionMode::kFull, {1, 2}, {}).numbers, IsEmpty());
  EXPECT_EQ(Build(VersionMode::kFull, {1, 2}, {}).summary.removed, 2u);
  EXPECT_THAT(Build(VersionMode::kChange, {1, 2}, {}).numbers, ElementsAre(1, 2));
  EXPECT_THAT(Build(VersionMode::kChange, {}, {{5, true}}).numbers, IsEmpty());
  EXPECT_EQ(Build(VersionMode::kChange, {}, {}).summary.chunks, 0u);
}

TEST(VersionBuilderTest, EqualSetsHaveEqualDigestsWhateverTheWay) {
  const Built full = Build(VersionMode::kFull, {}, {{1, false}, {4, false}, {50'000, false}});
  const Built change = Build(VersionMode::kChange, {1, 2, 50'000}, {{2, true}, {4, false}});
  const Built other = Build(VersionMode::kChange, {1, 2, 50'000}, {{2, true}});
  EXPECT_EQ(full.summary.digest, change.summary.digest);
  EXPECT_NE(full.summary.digest, other.summary.digest);
}

TEST(VersionBuilderTest, RefusesADeleteInAFullFile) {
  const absl::Status status =
      BuildError(VersionMode::kFull, nullptr, {{1, false}, {12'125'551'234, true}});
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("+1212***34"));
}

TEST(VersionBuilderTest, RefusesAChangeOfNothing) {
  EXPECT_TRUE(absl::IsFailedPrecondition(BuildError(VersionMode::kChange, nullptr, {{1, false}})));
}

TEST(VersionBuilderTest, ReturnsErrorsOfSourceAndSink) {
  FailingNumbers broken;
  EXPECT_TRUE(absl::IsDataLoss(BuildError(VersionMode::kChange, &broken, {{1, false}})));
  MemoryChunks full;
  full.fail_at = 0;
  full.failure = absl::ResourceExhaustedError("full");
  EXPECT_TRUE(
      absl::IsResourceExhausted(BuildError(VersionMode::kFull, nullptr, {{1, false}}, full)));
}

// Through the real parts: a sorter that spills, chunks, the version before read from its chunks.
TEST(VersionBuilderTest, GenerationsOfChangesMatchAModel) {
  std::mt19937_64 random(1);
  std::set<uint64_t> model;
  std::vector<std::string> chunks;
  for (int generation = 0; generation < 8; ++generation) {
    auto sorter = ExternalSorter::Create({::testing::TempDir(), 4096});
    ASSERT_TRUE(sorter.ok()) << sorter.status();
    for (int i = 0; i < 20'000; ++i) {
      const uint64_t number = 12'125'000'000 + random() % 200'000;
      const bool is_delete = random() % 2 == 0;
      ASSERT_TRUE(sorter->Add(number, is_delete).ok());
      is_delete ? static_cast<void>(model.erase(number)) : static_cast<void>(model.insert(number));
    }
    MemoryChunkSource source(std::exchange(chunks, {}));
    ChunkReader previous(source);
    MemoryChunks sink;
    OpBlocks changes(*sorter);
    const auto summary = BuildVersion(VersionMode::kChange, &previous, changes, sink);
    ASSERT_TRUE(summary.ok()) << summary.status();
    EXPECT_EQ(summary->count, model.size());
    chunks = sink.chunks;
    EXPECT_EQ(chunks, Encode({model.begin(), model.end()}));
  }
}

}  // namespace
}  // namespace dnc
