// A store that cannot write: by a limit on file sizes, and on a disk that is really full.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tests/fault/fault_fixture.h"

namespace dnc::testing {
namespace {

class FullStoreTest : public FaultTest {
 protected:
  // Opt-outs with long texts until one is refused, which must be within `limit`.
  void WriteUntilRefused(int limit) {
    absl::Status status;
    for (int i = 0; i < limit && status.ok(); ++i) {
      const OptOut opt_out = NextOptOut(OptOutKind::kPhoneEntry);
      status = AddLongEntry(opt_out);
      if (status.ok()) {
        long_entries_.push_back(opt_out);
      } else {
        refused_ = opt_out;
      }
    }
    ASSERT_TRUE(absl::IsUnavailable(status)) << status;
    EXPECT_TRUE(absl::StartsWith(status.message(), "STORE_UNAVAILABLE: ")) << status;
  }

  absl::Status AddLongEntry(const OptOut& opt_out) {
    v1::AddEntryRequest request;
    request.set_parent(kOrganization);
    request.set_request_id(opt_out.request_id);
    request.mutable_actor()->set_id("tests/fault");
    request.mutable_entry()->set_reason(std::string(500, 'r'));
    request.mutable_entry()->set_evidence(std::string(1000, 'e'));
    request.mutable_entry()->mutable_contact_point()->set_phone(opt_out.phones.front());
    return client().Call(request).status();
  }

  // What the server says while it cannot write: it allows nothing, and denies what it denied.
  void ExpectClosed() {
    const auto clear = CheckPhone(client(), NextOptOut(OptOutKind::kPhoneEntry).phones.front());
    ASSERT_TRUE(clear.ok()) << clear.status();
    EXPECT_EQ(clear->verdict(), v1::VERDICT_UNKNOWN);
    ASSERT_EQ(clear->reasons_size(), 1);
    EXPECT_EQ(clear->reasons(0).type(), v1::REASON_TYPE_STORE_NOT_WRITABLE);
    ExpectNothingLost();
    ExpectLongEntriesDenied();
    const auto status = client().Call(v1::GetSystemStatusRequest());
    ASSERT_TRUE(status.ok()) << status.status();
    EXPECT_EQ(status->state(), v1::SERVING_STATE_STORE_NOT_WRITABLE);
    EXPECT_NE(status->message(), "");
    EXPECT_TRUE(Eventually([&] { return client().CheckHealth() == Health::kNotServing; }));
  }

  void ExpectOpen() {
    const auto clear = CheckPhone(client(), NextOptOut(OptOutKind::kPhoneEntry).phones.front());
    ASSERT_TRUE(clear.ok()) << clear.status();
    EXPECT_EQ(clear->verdict(), v1::VERDICT_ALLOW);
    ExpectNothingLost();
    ExpectLongEntriesDenied();
  }

  void ExpectLongEntriesDenied() {
    for (const OptOut& opt_out : long_entries_) {
      const auto check = CheckPhone(client(), opt_out.phones.front());
      ASSERT_TRUE(check.ok()) << check.status();
      EXPECT_EQ(check->verdict(), v1::VERDICT_DENY) << opt_out.request_id;
    }
  }

  // The refused request, sent again, is applied once.
  void RepeatRefused() {
    for (int i = 0; i < 2; ++i) {
      const absl::Status status = AddLongEntry(refused_);
      ASSERT_TRUE(status.ok()) << status;
    }
    long_entries_.push_back(refused_);
    v1::ListEntriesRequest list;
    list.set_parent(kOrganization);
    list.mutable_contact_point()->set_phone(refused_.phones.front());
    const auto entries = client().Call(list);
    ASSERT_TRUE(entries.ok()) << entries.status();
    EXPECT_EQ(entries->entries_size(), 1);
  }

 private:
  std::vector<OptOut> long_entries_;
  OptOut refused_;
};

void LimitFileSize(pid_t pid, rlim_t bytes) {
  rlimit limit{};
  ASSERT_EQ(prlimit(pid, RLIMIT_FSIZE, nullptr, &limit), 0) << std::strerror(errno);
  limit.rlim_cur = bytes;
  ASSERT_EQ(prlimit(pid, RLIMIT_FSIZE, &limit, nullptr), 0) << std::strerror(errno);
}

// RocksDB takes any failed write but a full disk for fatal, so it takes a restart to recover.
TEST_F(FullStoreTest, FailedWritesCloseTheGatewayUntilARestart) {
  StartServer();
  OptOutPeople(8);
  LimitFileSize(server().pid(), 1);
  WriteUntilRefused(1);
  ExpectClosed();
  LimitFileSize(server().pid(), RLIM_INFINITY);
  Kill();
  StartServer();
  EXPECT_EQ(client().CheckHealth(), Health::kServing);
  ExpectOpen();
  RepeatRefused();
  OptOutPeople(4);
  ExpectOpen();
}

TEST_F(FullStoreTest, FailedWritesUnderLoadLoseNothing) {
  StartServer();
  OptOutPeople(8);
  // Room for some more writes: the limit strikes within one of them.
  LimitFileSize(server().pid(), rlim_t{256} << 10);
  WriteUntilRefused(1000);
  ExpectClosed();
  Kill();
  StartServer();
  ExpectOpen();
  RepeatRefused();
}

// A server that cannot write ends when it is told to.
TEST_F(FullStoreTest, DrainsAlthoughItCannotWrite) {
  StartServer();
  LimitFileSize(server().pid(), 1);
  WriteUntilRefused(1);
  EXPECT_EQ(Terminate(), 0) << Log();
}

// Empty, or why not.
std::string WriteProcFile(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  const bool written =
      fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const std::string problem = written ? "" : absl::StrCat(path, ": ", std::strerror(errno));
  if (fd >= 0) close(fd);
  return problem;
}

// Gives this process a view of the mounts of its own, with the right to change it; what is mounted
// goes with the process. Empty, or why not.
std::string EnterMountNamespace() {
  if (geteuid() == 0 && unshare(CLONE_NEWNS) == 0) return "";
  const uid_t user = geteuid();
  const gid_t group = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    return absl::StrCat("unshare: ", std::strerror(errno));
  }
  for (const auto& [path, text] : std::initializer_list<std::pair<const char*, std::string>>{
           {"/proc/self/setgroups", "deny"},
           {"/proc/self/uid_map", absl::StrCat("0 ", user, " 1")},
           {"/proc/self/gid_map", absl::StrCat("0 ", group, " 1")}}) {
    if (std::string problem = WriteProcFile(path, text); !problem.empty()) return problem;
  }
  return "";
}

bool IsSet(const char* variable, absl::string_view value) {
  const char* text = std::getenv(variable);
  return text != nullptr && text == value;
}

// Whether a machine on which these tests cannot run is broken, rather than just not made for them.
bool MustRunAllTests() { return IsSet("CI", "true") || IsSet("DNC_REQUIRE_ALL_TESTS", "1"); }

class FullDiskTest : public FullStoreTest {
 protected:
  // Before anything starts a thread, which a new user namespace does not permit.
  static void SetUpTestSuite() { no_namespace_ = EnterMountNamespace(); }

  void SetUp() override {
    std::string problem = no_namespace_;
    if (problem.empty()) problem = MountSmallDisk();
    if (problem.empty()) return;
    problem = absl::StrCat(
        "no small disk can be mounted here (", problem,
        "); it takes the capability CAP_SYS_ADMIN or the right to create user namespaces: in a "
        "container, run it with --cap-add=SYS_ADMIN");
    if (!MustRunAllTests()) GTEST_SKIP() << problem;
    FAIL() << problem << "; CI=true or DNC_REQUIRE_ALL_TESTS=1 forbids to skip this test";
  }

  std::string MountSmallDisk() {
    std::filesystem::create_directories(data_dir());
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", data_dir().c_str(), "tmpfs", 0, "size=80m") != 0) {
      return absl::StrCat("mount: ", std::strerror(errno));
    }
    return "";
  }

  void TearDown() override {
    if (no_namespace_.empty()) umount2(data_dir().c_str(), MNT_DETACH);
  }

  std::string Filler() const { return data_dir() + "/filler"; }

  // Takes all of the disk but so much.
  void LeaveFree(uint64_t bytes) {
    const int fd = open(Filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0) << std::strerror(errno);
    const uint64_t free = std::filesystem::space(data_dir()).available;
    ASSERT_GT(free, bytes);
    EXPECT_EQ(posix_fallocate(fd, 0, static_cast<off_t>(free - bytes)), 0);
    close(fd);
  }

  // Leaves not a page.
  void FillDisk() {
    const int fd = open(Filler().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0) << std::strerror(errno);
    const std::string page(4096, 'f');
    while (write(fd, page.data(), page.size()) > 0) {
    }
    EXPECT_EQ(errno, ENOSPC);
    close(fd);
  }

  // Of an import into the internal list, of a file of Numbers.
  static v1::ImportConfig InternalConfig() {
    v1::ImportConfig config;
    config.set_list("organizations/torture/lists/internal");
    config.set_format("plain");
    config.mutable_actor()->set_id("tests/fault");
    return config;
  }
  static std::string Numbers(int64_t count) {
    std::string file;
    for (int64_t i = 0; i < count; ++i) absl::StrAppend(&file, 3'122'000'000 + i, "\n");
    return file;
  }

  // The smallest write buffers, so that little is needed to fill and to resume.
  void StartSmallServer() { StartServer({"--write-buffer-mib", "1"}); }
  // Writes nothing.
  void RestartSmallServer() { RestartServer({"--write-buffer-mib", "1"}); }

 private:
  static std::string no_namespace_;
};

std::string FullDiskTest::no_namespace_;

TEST_F(FullDiskTest, RecoversWithoutARestart) {
  StartSmallServer();
  OptOutPeople(8);
  for (int round = 0; round < 3; ++round) {
    FillDisk();
    WriteUntilRefused(2000);
    ExpectClosed();
    std::filesystem::remove(Filler());
    ASSERT_TRUE(Eventually([&] { return client().CheckHealth() == Health::kServing; })) << Log();
    ExpectOpen();
    RepeatRefused();
    OptOutPeople(4);
  }
  Kill();
  StartSmallServer();
  ExpectOpen();
}

// Full before the first write since the start: nothing waits to be flushed.
TEST_F(FullDiskTest, RecoversWhereNothingWasWrittenBefore) {
  StartSmallServer();
  OptOutPeople(8);
  for (int round = 0; round < 3; ++round) {
    Kill();
    RestartSmallServer();
    FillDisk();
    WriteUntilRefused(2000);
    ExpectClosed();
    std::filesystem::remove(Filler());
    ASSERT_TRUE(Eventually([&] { return client().CheckHealth() == Health::kServing; })) << Log();
    ExpectOpen();
  }
  RepeatRefused();
}

TEST_F(FullDiskTest, KilledWhileFullLosesNothing) {
  StartSmallServer();
  OptOutPeople(8);
  FillDisk();
  WriteUntilRefused(2000);
  Kill();
  std::filesystem::remove(Filler());
  StartSmallServer();
  ExpectOpen();
  RepeatRefused();
}

// The last of the disk is for opt-outs: an import that would take it is refused, the gateway stays
// open, and nothing of the import stays behind.
TEST_F(FullDiskTest, AnImportStopsBeforeTheDiskIsFull) {
  StartSmallServer();
  OptOutPeople(8);
  v1::CreateListRequest list;
  list.set_parent(kOrganization);
  list.set_list_id("registry");
  list.mutable_actor()->set_id("tests/fault");
  list.mutable_list()->set_kind(v1::LIST_KIND_REGISTRY);
  ASSERT_TRUE(client().Call(list).ok());
  v1::ImportConfig config;
  config.set_list("organizations/torture/lists/registry");
  config.set_format("ftc-flat");
  config.add_area_codes("all");
  config.mutable_actor()->set_id("tests/fault");
  ASSERT_TRUE(client().Import(config, "9127770001\n").ok());
  // And 12 MB of chunks: some of them are still in memory whenever the disk is asked.
  std::string file = "9127770001\n";
  for (const int64_t area : {912, 913, 914, 915, 916, 917, 918, 919, 920, 925, 928, 931}) {
    for (int64_t local = 2'000'000; local < 10'000'000; local += 14) {
      absl::StrAppend(&file, area * 10'000'000 + local, "\n");
    }
  }
  const auto free = [&] { return std::filesystem::space(data_dir()).available; };
  // What is kept for opt-outs, 16 buffers, and 3 MiB: room for the first of the chunks.
  LeaveFree(uint64_t{19} << 20);
  bool building = false;
  const auto refused = client().Import(config, file, [&] { building = true; });
  EXPECT_TRUE(building);
  EXPECT_TRUE(absl::IsResourceExhausted(refused.status())) << refused.status();
  EXPECT_TRUE(absl::StrContains(refused.status().message(), "disk has ")) << refused.status();
  EXPECT_TRUE(absl::StartsWith(refused.status().message(), "DISK_SPACE_LOW")) << refused.status();
  EXPECT_EQ(client().CheckHealth(), Health::kServing);
  ExpectOpen();
  const auto listed = CheckPhone(client(), "+19127770001");
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->verdict(), v1::VERDICT_DENY);
  EXPECT_TRUE(Eventually([&] { return free() > uint64_t{16} << 20; })) << free();
  OptOutPeople(4);
  std::filesystem::remove(Filler());
  const auto taken = client().Import(config, file);
  ASSERT_TRUE(taken.ok()) << taken.status() << Log();
  EXPECT_TRUE(taken->changed());
  ExpectOpen();
}

// Into an internal list as well, where it can tell only on the way.
TEST_F(FullDiskTest, AnImportOfEntriesStopsBeforeTheDiskIsFull) {
  StartSmallServer();
  OptOutPeople(8);
  const v1::ImportConfig config = InternalConfig();
  const std::string file = Numbers(150'000);
  // What is kept for opt-outs, 16 MiB, room for the file that holds the rows meanwhile, some 4 MB,
  // and for the first of the entries.
  LeaveFree(uint64_t{23} << 20);
  const auto refused = client().Import(config, file);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(absl::StartsWith(refused.status().message(), "DISK_SPACE_LOW")) << refused.status();
  EXPECT_TRUE(absl::StrContains(refused.status().message(), " of 150000 rows are on the list"))
      << refused.status();
  EXPECT_EQ(client().CheckHealth(), Health::kServing);
  ExpectOpen();
  const auto listed = CheckPhone(client(), "+13122000000");
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->verdict(), v1::VERDICT_DENY);
  OptOutPeople(4);
  std::filesystem::remove(Filler());
  const auto taken = client().Import(config, file);
  ASSERT_TRUE(taken.ok()) << taken.status() << Log();
  EXPECT_GT(taken->unchanged(), 0);
  EXPECT_EQ(taken->added() + taken->unchanged(), 150'000);
  ExpectOpen();
}

// No room for the file that an import keeps its entries in until it has read them all.
TEST_F(FullDiskTest, AnImportOnAFullDiskChangesNothing) {
  StartSmallServer();
  OptOutPeople(8);
  const v1::ImportConfig config = InternalConfig();
  const std::string file = Numbers(50'000);
  FillDisk();
  const auto refused = client().Import(config, file);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(absl::StartsWith(refused.status().message(), "DISK_SPACE_LOW")) << refused.status();
  const auto listed = CheckPhone(client(), "+13122000000");
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_EQ(listed->verdict(), v1::VERDICT_ALLOW);
  std::filesystem::remove(Filler());
  ASSERT_TRUE(Eventually([&] { return client().CheckHealth() == Health::kServing; })) << Log();
  OptOutPeople(4);
  const auto taken = client().Import(config, file);
  ASSERT_TRUE(taken.ok()) << taken.status() << Log();
  EXPECT_EQ(taken->added(), 50'000);
  Kill();
  StartSmallServer();
  ExpectOpen();
}

// A start on a full disk says so and loses nothing.
TEST_F(FullDiskTest, StartOnAFullDiskIsRefused) {
  StartSmallServer();
  OptOutPeople(8);
  Kill();
  FillDisk();
  const e2e::ProcessResult result = RunRefused();
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_NE(result.err.find("No space left on device"), std::string::npos) << result.err;
  std::filesystem::remove(Filler());
  StartSmallServer();
  ExpectOpen();
}

}  // namespace
}  // namespace dnc::testing
