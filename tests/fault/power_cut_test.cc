// A power cut: what the server wrote and did not sync is gone.
#include "tests/fault/power_cut.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/fault/fault_fixture.h"

namespace dnc::testing {
namespace {

namespace fs = std::filesystem;

constexpr char kShim[] = DNC_BIN_DIR "/dnc_power_cut.so";
constexpr char kRegistryList[] = "organizations/torture/lists/registry";

// The marker is not synced as it advances: after a power cut it may be as new as it was, or older.
enum class MarkerAfter { kKept, kReverted };

class PowerCutTest : public FaultTest, public ::testing::WithParamInterface<MarkerAfter> {
 protected:
  void SetUp() override {
    if (!fs::exists(kShim)) GTEST_SKIP() << "builds with sanitizers have no " << kShim;
  }

  void StartUnderPower() {
    power_cut_.Arm();
    ASSERT_NO_FATAL_FAILURE(StartServer({"--write-buffer-mib", "1"}, power_cut_.Environment()));
    marker_ = e2e::ReadFile(Marker());
    ASSERT_FALSE(marker_.empty());
  }

  void CutPower() {
    Kill();
    power_cut_.Strike();
    if (GetParam() == MarkerAfter::kReverted) e2e::WriteFile(Marker(), marker_);
  }

  std::string Marker() const { return data_dir() + "/ACKNOWLEDGED"; }

 private:
  PowerCut power_cut_{kShim, data_dir(), folder() + "/notes"};
  std::string marker_;
};

TEST_P(PowerCutTest, LosesNoAcknowledgedOptOut) {
  for (int round = 0; round < 4; ++round) {
    ASSERT_NO_FATAL_FAILURE(StartUnderPower());
    ExpectNothingLost();
    OptOutPeople(60);
    CutPower();
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  ASSERT_NO_FATAL_FAILURE(StartServer());
  ExpectNothingLost();
}

// Buffers are full again and again, so that the cut finds rotated logs and new tables.
TEST_P(PowerCutTest, AfterFlushesLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(StartUnderPower());
  OptOutPeople(1500);
  CutPower();
  ASSERT_NO_FATAL_FAILURE(StartServer());
  ExpectNothingLost();
}

// The first thing that a new server acknowledges.
TEST_P(PowerCutTest, FirstOptOutIsNotLost) {
  ASSERT_NO_FATAL_FAILURE(StartUnderPower());
  OptOutPeople(1);
  CutPower();
  ASSERT_NO_FATAL_FAILURE(StartServer());
  ExpectNothingLost();
}

// Every fourteenth number of 1,200 exchanges of each area code: 0.75 MB of chunks.
std::string RegistryFile(const std::vector<int64_t>& area_codes) {
  std::string file;
  for (const int64_t area : area_codes) {
    for (int64_t local = 2'000'000; local < 8'000'000; local += 14) {
      absl::StrAppend(&file, area * 10'000'000 + local, "\n");
    }
  }
  return file;
}

class ImportPowerCutTest : public PowerCutTest {
 protected:
  // Imports a list, cuts the power, and asks for its first number and its last.
  void ExpectWholeAfterACut(const std::vector<int64_t>& area_codes) {
    ASSERT_NO_FATAL_FAILURE(StartUnderPower());
    v1::CreateListRequest create;
    create.set_parent(kOrganization);
    create.set_list_id("registry");
    create.mutable_actor()->set_id("tests/fault");
    create.mutable_list()->set_kind(v1::LIST_KIND_REGISTRY);
    ASSERT_TRUE(client().Call(create).ok());
    v1::ImportConfig config;
    config.set_list(kRegistryList);
    config.set_format("ftc-flat");
    config.mutable_actor()->set_id("tests/fault");
    const auto imported = client().Import(config, RegistryFile(area_codes));
    ASSERT_TRUE(imported.ok()) << imported.status();
    CutPower();
    ASSERT_NO_FATAL_FAILURE(StartServer());
    v1::GetListRequest get;
    get.set_name(kRegistryList);
    const auto list = client().Call(get);
    ASSERT_TRUE(list.ok()) << list.status();
    EXPECT_EQ(list->list().problem(), "");
    EXPECT_EQ(list->list().active_version().count(),
              428'572 * static_cast<int64_t>(area_codes.size()));
    for (const int64_t area : area_codes) {
      for (const int64_t local : {2'000'000, 7'999'994}) {
        const auto check = CheckPhone(client(), absl::StrCat("+1", area * 10'000'000 + local));
        ASSERT_TRUE(check.ok()) << check.status();
        EXPECT_EQ(check->verdict(), v1::VERDICT_DENY) << area << local;
      }
    }
  }
};

// Up to 1 MiB of chunks go through the log without a sync; that of the version's activation counts
// for them.
TEST_P(ImportPowerCutTest, AnAcknowledgedImportIsWhole) {
  ASSERT_NO_FATAL_FAILURE(ExpectWholeAfterACut({212}));
}

// More than that does not go through the log, and is flushed before the activation.
TEST_P(ImportPowerCutTest, AnAcknowledgedLargeImportIsWhole) {
  ASSERT_NO_FATAL_FAILURE(ExpectWholeAfterACut({212, 312}));
}

INSTANTIATE_TEST_SUITE_P(Marker, ImportPowerCutTest,
                         ::testing::Values(MarkerAfter::kKept, MarkerAfter::kReverted),
                         [](const auto& info) {
                           return info.param == MarkerAfter::kKept ? "Kept" : "Reverted";
                         });

INSTANTIATE_TEST_SUITE_P(Marker, PowerCutTest,
                         ::testing::Values(MarkerAfter::kKept, MarkerAfter::kReverted),
                         [](const auto& info) {
                           return info.param == MarkerAfter::kKept ? "Kept" : "Reverted";
                         });

// What the tests above rely on: only what was synced stays.
TEST(PowerCutToolTest, CutsToWhatWasSynced) {
  if (!fs::exists(kShim)) GTEST_SKIP() << "builds with sanitizers have no " << kShim;
  std::string folder = (fs::canonical(fs::temp_directory_path()) / "dnc-power-cut-XXXXXX").string();
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  const std::string store = folder + "/store";
  fs::create_directory(store);
  e2e::WriteFile(store + "/before", "before");
  PowerCut power_cut(kShim, store, folder + "/notes");
  power_cut.Arm();
  const std::string script = absl::StrCat("cd ", store,
                                          " && printf 123 >synced && sync synced"
                                          " && printf 45 >>synced && printf 123 >never");
  e2e::ProcessOptions options;
  options.environment = power_cut.Environment();
  const e2e::ProcessResult result = e2e::RunProcess({"/bin/sh", "-c", script}, options);
  ASSERT_EQ(result.exit_code, 0) << result;
  EXPECT_EQ(power_cut.Strike(), 5u);
  EXPECT_EQ(e2e::ReadFile(store + "/before"), "before");
  EXPECT_EQ(e2e::ReadFile(store + "/synced"), "123");
  EXPECT_EQ(e2e::ReadFile(store + "/never"), "");
  fs::remove_all(folder);
}

}  // namespace
}  // namespace dnc::testing
