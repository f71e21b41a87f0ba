// A server that is killed in the middle of an import.
#include <signal.h>

#include <filesystem>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
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

  // Imports a file in a thread of its own, and kills the server once `moment` says so.
  template <typename Moment>
  void KillDuringImport(const std::string& file, Moment moment) {
    std::thread importer([&] { result_ = client().Import(Config(), file); });
    moment();
    server().Signal(SIGKILL);
    importer.join();
    server().Wait(absl::Seconds(30));
  }

  void ExpectNoLeftovers() { EXPECT_TRUE(std::filesystem::is_empty(data_dir() + "/tmp")); }

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
  constexpr int kRows = 30'000;
  const std::string file = NumbersFile(0, kRows);
  for (const int wait_millis : {5, 40, 80, 160, 320, 640}) {
    KillDuringImport(file, [&] { absl::SleepFor(absl::Milliseconds(wait_millis)); });
    StartServer();
    ExpectNoLeftovers();
    const int64_t count = Count();
    if (result_.ok()) {
      EXPECT_EQ(count, kRows);
    }
    if (registry()) {
      EXPECT_TRUE(count == 0 || count == kRows) << count;
    }
    ExpectConsistent(count, kRows);
  }
  const auto whole = client().Import(Config(), file);
  ASSERT_TRUE(whole.ok()) << whole.status();
  EXPECT_EQ(Count(), kRows);
  const auto again = client().Import(Config(), file);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(again->changed());
}

INSTANTIATE_TEST_SUITE_P(Lists, ImportKillTest, ::testing::Values(kRegistry, kInternal),
                         [](const auto& info) {
                           return std::string(info.param) == kRegistry ? "Registry" : "Internal";
                         });

}  // namespace
}  // namespace dnc::testing
