// A server that is killed in the middle of an import.
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "storage/rocksdb/store.h"
#include "tests/fault/fault_fixture.h"

namespace dnc::testing {
namespace {

constexpr char kRegistry[] = "organizations/torture/lists/registry";
constexpr char kInternal[] = "organizations/torture/lists/internal";

// With leaps, so that many blocks are touched.
std::string Number(int i) {
  return MakeOptOut(OptOutKind::kPhoneEntry, int64_t{i} * 7, 1).phones.front();
}

std::string NumbersFile(int first, int count) {
  std::string file;
  for (int i = first; i < first + count; ++i) {
    absl::StrAppend(&file, Number(i), "\n");
  }
  return file;
}

// How far an import has come, by what others can see of it: bytes in the write-ahead log, and
// revisions. A time would hit other places on another machine.
struct KillPoint {
  int64_t bytes = 0;
  int64_t revisions = 0;
};

class ImportKillTest : public FaultTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override {
    StartServer();
    v1::CreateListRequest request;
    request.set_parent(kOrganization);
    request.set_list_id("registry");
    request.mutable_actor()->set_id("tests/fault");
    request.mutable_list()->set_kind(v1::LIST_KIND_REGISTRY);
    const auto created = client().Call(request);
    ASSERT_TRUE(created.ok()) << created.status();
  }

  bool registry() const { return GetParam() == std::string(kRegistry); }

  v1::ImportConfig Config() const {
    v1::ImportConfig config;
    config.set_list(GetParam());
    config.mutable_actor()->set_id("tests/fault");
    if (registry()) config.set_mode(v1::IMPORT_MODE_FULL);
    return config;
  }

  // An internal list takes a revision for each thousand entries; a registry one, once the new
  // version is in the log.
  std::vector<KillPoint> KillPoints() const {
    if (registry()) return {{.bytes = 1}, {.revisions = 1}, {.bytes = 1}, {.revisions = 1}};
    return {{.bytes = 1},      {.revisions = 1},  {.revisions = 4},
            {.revisions = 10}, {.revisions = 20}, {.revisions = 33}};
  }

  v1::DncList List() {
    v1::GetListRequest request;
    request.set_name(GetParam());
    const auto response = client().Call(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->list() : v1::DncList();
  }

  int64_t Count() {
    const v1::DncList list = List();
    return registry() ? list.active_version().count() : list.entry_count();
  }

  // How many bytes the store's write-ahead logs have.
  int64_t LoggedBytes() const {
    int64_t bytes = 0;
    std::error_code gone;  // a log that is removed meanwhile
    for (const auto& file : std::filesystem::directory_iterator(data_dir() + "/store")) {
      if (file.path().extension() != ".log") continue;
      const auto size = std::filesystem::file_size(file, gone);
      if (!gone) bytes += static_cast<int64_t>(size);
    }
    return bytes;
  }

  // Imports a file in a thread of its own, and kills the server as soon as the import has come so
  // far or has ended.
  void KillDuringImport(const std::string& file, const KillPoint& point) {
    const int64_t bytes = LoggedBytes();
    const int64_t revision = Revision();
    const auto reached = [&] {
      return (point.bytes == 0 || LoggedBytes() >= bytes + point.bytes) &&
             (point.revisions == 0 || Revision() >= revision + point.revisions);
    };
    std::atomic<bool> ended = false;
    std::thread importer([&] {
      result_ = client().Import(Config(), file);
      ended = true;
    });
    while (!ended && !reached()) std::this_thread::yield();
    server().Signal(SIGKILL);
    importer.join();
    server().Wait(absl::Seconds(30));
  }

  void ExpectNoLeftovers() { EXPECT_TRUE(std::filesystem::is_empty(data_dir() + "/import-spill")); }

  // As many of the file's numbers are blocked as the list says it has.
  void ExpectConsistent(int64_t count, int rows) {
    constexpr int kPart = 1000;
    int64_t denied = 0;
    for (int first = 0; first < rows; first += kPart) {
      v1::BatchCheckContactsRequest request;
      request.set_organization(kOrganization);
      for (int i = first; i < first + kPart; ++i) {
        v1::CheckItem* item = request.add_items();
        item->set_channel(v1::CHANNEL_VOICE);
        item->set_message_class(v1::MESSAGE_CLASS_MARKETING);
        item->mutable_contact_point()->set_phone(Number(i));
      }
      const auto response = client().Call(request);
      ASSERT_TRUE(response.ok()) << response.status();
      for (const v1::CheckItemResult& result : response->results()) {
        if (result.verdict() == v1::VERDICT_DENY) ++denied;
      }
    }
    EXPECT_EQ(denied, count);
  }

  absl::StatusOr<v1::ImportSummary> result_;
};

// Killed before the file's end: nothing has changed.
TEST_P(ImportKillTest, BeforeTheEndChangesNothing) {
  const std::string first = NumbersFile(0, 3000);
  ASSERT_TRUE(client().Import(Config(), first).ok());
  ASSERT_EQ(Count(), 3000);
  const int64_t revision = Revision();
  absl::Notification begun;
  std::thread importer([&] {
    client().FeedImportForever(Config(), NumbersFile(3000, 20'000), [&] { begun.Notify(); });
  });
  begun.WaitForNotification();
  const absl::Status meanwhile = client().Import(Config(), first).status();
  EXPECT_EQ(meanwhile.message().find("IMPORT_IN_PROGRESS"), 0u) << meanwhile;
  EXPECT_EQ(Count(), 3000);
  server().Signal(SIGKILL);
  importer.join();
  server().Wait(absl::Seconds(30));
  StartServer();
  ExpectNoLeftovers();
  EXPECT_EQ(Count(), 3000);
  EXPECT_GE(Revision(), revision);
  EXPECT_TRUE(client().Import(Config(), NumbersFile(0, 4000)).ok());
  EXPECT_EQ(Count(), 4000);
}

// Killed at any other moment: a registry has the old version or the new one, an internal list whole
// entries only, and the same import completes it.
TEST_P(ImportKillTest, AtAnyMomentIsAllOrWholeEntries) {
  int64_t before = 0;
  int interrupted = 0;
  int within = 0;  // kills that left a part of the file
  int rows = 30'000;
  for (const KillPoint& point : KillPoints()) {
    KillDuringImport(NumbersFile(0, rows), point);
    StartServer();
    ExpectNoLeftovers();
    const int64_t count = Count();
    if (result_.ok()) {
      EXPECT_EQ(count, rows);
    } else {
      ++interrupted;
    }
    if (registry()) {
      EXPECT_TRUE(count == before || count == rows) << count;
    } else {
      EXPECT_TRUE(before <= count && count <= rows) << count;
      if (before < count && count < rows) ++within;
    }
    ExpectConsistent(count, rows);
    before = count;
    rows += 1000;
  }
  EXPECT_GT(interrupted, 0);
  if (!registry()) {
    EXPECT_GT(within, 0);
  }
  const std::string file = NumbersFile(0, rows);
  const auto whole = client().Import(Config(), file);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(Count(), rows);
  const auto again = client().Import(Config(), file);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(again->changed());
}

// A registry whose chunks do not go through the log: see docs/adr/0027-import-at-scale.md.
class BigImportTest : public FaultTest {
 protected:
  static constexpr int64_t kNumbersOfEach = 428'500;

  void SetUp() override {
    StartServer();
    v1::CreateListRequest request;
    request.set_parent(kOrganization);
    request.set_list_id("registry");
    request.mutable_actor()->set_id("tests/fault");
    request.mutable_list()->set_kind(v1::LIST_KIND_REGISTRY);
    ASSERT_TRUE(client().Call(request).ok());
  }

  static v1::ImportConfig Config() {
    v1::ImportConfig config;
    config.set_list(kRegistry);
    config.set_format("ftc-flat");
    config.set_allow_shrink(true);
    config.mutable_actor()->set_id("tests/fault");
    return config;
  }

  // Every fourteenth number of 1,200 exchanges of an area code, from the `first` on.
  static int64_t Number(int64_t area, int first, int64_t i) {
    return area * 10'000'000 + 2'000'000 + first + i * 14;
  }

  // Two area codes: 1.5 MB of chunks; of the second only so many numbers.
  static std::string File(int first, int64_t of_second = kNumbersOfEach) {
    std::string file;
    for (int64_t i = 0; i < kNumbersOfEach; ++i) {
      absl::StrAppend(&file, Number(212, first, i), "\n");
    }
    for (int64_t i = 0; i < of_second; ++i) absl::StrAppend(&file, Number(312, first, i), "\n");
    return file;
  }

  // As a change list: the numbers of one version for those of the other.
  static std::string Changes(int removed, int added) {
    std::string file;
    const auto append = [&file](int64_t number, absl::string_view change) {
      absl::StrAppend(&file, number / 10'000'000, ",", number % 10'000'000, change);
    };
    for (const int64_t area : {212, 312}) {
      for (int64_t i = 0; i < kNumbersOfEach; ++i) {
        append(Number(area, removed, i), ",D,2026-01-02\n");
        append(Number(area, added, i), ",A,2026-01-02\n");
      }
    }
    return file;
  }

  // The one of the first two versions that is served, told by checks of its numbers; 0: none is.
  int Served() {
    const bool first = Denied("+12122000001"), second = Denied("+12122000002");
    EXPECT_FALSE(first && second);
    EXPECT_EQ(first, Denied("+13127998987"));
    EXPECT_EQ(second, Denied("+13127998988"));
    return first ? 1 : second ? 2 : 0;
  }

  bool Denied(const std::string& phone) {
    const auto check = CheckPhone(client(), phone);
    EXPECT_TRUE(check.ok()) << check.status();
    return check.ok() && check->verdict() == v1::VERDICT_DENY;
  }

  std::set<std::string> TableFiles() const {
    std::set<std::string> files;
    for (const auto& file : std::filesystem::directory_iterator(data_dir() + "/store")) {
      if (file.path().extension() == ".sst") files.insert(file.path().filename());
    }
    return files;
  }

  // How many versions of the registry the store holds; ends the server.
  size_t StoredVersions() {
    EXPECT_EQ(Terminate(), 0) << Log();
    StoreOptions options;
    options.dir = data_dir() + "/store";
    const auto store = Store::Open(options);
    EXPECT_TRUE(store.ok()) << store.status();
    if (!store.ok()) return 0;
    std::set<std::string> versions;
    const absl::Status scanned =
        (*store)->Latest().Scan(Family::kChunks, "", "", [&](absl::string_view key, auto) {
          versions.emplace(key.substr(0, key.size() - sizeof(uint32_t)));
          return true;
        });
    EXPECT_TRUE(scanned.ok()) << scanned;
    return versions.size();
  }

  enum class KillWhen { kBuilding, kInFiles };

  // Kills the server in the import of a second version: as soon as it is being built, or when its
  // chunks are in files and it is about to be activated. Returns whether that was before the second
  // version was active, which nothing but what is served can tell.
  bool KilledWithin(const v1::ImportConfig& config, const std::string& file, KillWhen when) {
    const std::set<std::string> before = TableFiles();
    absl::Notification building;
    absl::StatusOr<v1::ImportSummary> result;
    std::atomic<bool> ended = false;
    std::thread importer([&] {
      result = client().Import(config, file, [&] {
        if (!building.HasBeenNotified()) building.Notify();
      });
      ended = true;
    });
    building.WaitForNotification();
    while (when == KillWhen::kInFiles && !ended && TableFiles() == before) {
      std::this_thread::yield();
    }
    server().Signal(SIGKILL);
    importer.join();
    server().Wait(absl::Seconds(30));
    StartServer();
    const int served = Served();
    EXPECT_TRUE(served == 2 || (served == 1 && !result.ok()));
    return served == 1;
  }

  // A whole version follows what a kill has left: one of fewer chunks, so that any of those that
  // were there before would be too many. Ends the server.
  void ExpectNothingLeft() {
    constexpr int64_t kFewer = kNumbersOfEach / 2;
    const auto imported = client().Import(Config(), File(2, kFewer));
    ASSERT_TRUE(imported.ok()) << imported.status();
    EXPECT_EQ(StoredVersions(), 2u);
    StartServer();
    v1::GetListRequest get;
    get.set_name(kRegistry);
    const auto list = client().Call(get);
    ASSERT_TRUE(list.ok()) << list.status();
    EXPECT_EQ(list->list().problem(), "");
    EXPECT_EQ(list->list().active_version().count(), kNumbersOfEach + kFewer);
    EXPECT_TRUE(Denied("+12122000002"));
    EXPECT_TRUE(Denied(absl::StrCat("+1", Number(312, 2, kFewer - 1))));
    EXPECT_FALSE(Denied(absl::StrCat("+1", Number(312, 2, kFewer))));
  }

  // Until a kill has come in time.
  void KillWhile(const v1::ImportConfig& config, const std::string& file, KillWhen when) {
    constexpr int kMostTries = 20;
    for (int i = 0; i < kMostTries; ++i) {
      ASSERT_TRUE(client().Import(Config(), File(1)).ok());
      const bool within = KilledWithin(config, file, when);
      if (HasFailure()) return;
      if (within) return ExpectNothingLeft();
    }
    FAIL() << "the second version was active before each of " << kMostTries << " kills";
  }
};

TEST_F(BigImportTest, KilledWhileItsChunksAreWritten) {
  KillWhile(Config(), File(2), KillWhen::kBuilding);
}

TEST_F(BigImportTest, KilledBetweenItsChunksAndItsActivation) {
  KillWhile(Config(), File(2), KillWhen::kInFiles);
}

TEST_F(BigImportTest, KilledWhileAChangeListIsApplied) {
  v1::ImportConfig config = Config();
  config.set_format("ftc-change");
  config.set_mode(v1::IMPORT_MODE_CHANGE);
  KillWhile(config, Changes(1, 2), KillWhen::kBuilding);
}

// What an import left that was killed, and no other followed, is no part of anything; of older
// versions as many stay as are to be kept.
TEST_F(BigImportTest, OldVersionsGo) {
  for (int version = 1; version <= 4; ++version) {
    ASSERT_TRUE(client().Import(Config(), File(version)).ok());
  }
  EXPECT_EQ(StoredVersions(), 2u);
  StartServer({"--registry-versions", "1"});
  ASSERT_TRUE(client().Import(Config(), File(1)).ok());
  EXPECT_EQ(Served(), 1);
  EXPECT_EQ(StoredVersions(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Lists, ImportKillTest, ::testing::Values(kRegistry, kInternal),
                         [](const auto& info) {
                           return std::string(info.param) == kRegistry ? "Registry" : "Internal";
                         });

}  // namespace
}  // namespace dnc::testing
