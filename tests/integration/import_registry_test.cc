// What a registry's version vouches for: its area codes, its date, and rows that contradict.
#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kFlat[] = "423,5550101\n423,5550102\n";

class ImportRegistryTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    AddRegistry("national");
    AddRegistry("monthly", "max_age { seconds: 2678400 }");
    // Its emptiness would make every check UNKNOWN.
    EXPECT_THAT(Import(absl::StrCat("list: '~/lists/monthly'", AsOf(0)), "2125550199\n"), IsOk());
  }
  static std::string AsOf(int64_t seconds) {
    return absl::StrCat(" as_of_time { seconds: ", kStart / kSecond + seconds, " } ");
  }
  ImportReply ImportInto(absl::string_view list, absl::string_view file,
                         absl::string_view more = "") {
    return Import(absl::StrCat("list: '~/lists/", list, "' ", more), file);
  }
  v1::ListVersion ActiveVersion(absl::string_view list = "national") {
    return GetList(list).active_version();
  }
};

TEST_F(ImportRegistryTest, AFullListVouchesForItsOwnAreaCodesOnly) {
  ASSERT_THAT(ImportInto("national", kFlat), IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), ElementsAre("423"));
  EXPECT_EQ(ActiveVersion().area_codes_source(), v1::AREA_CODE_SOURCE_FILE);
  EXPECT_EQ(PhoneVerdict("4235550101"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("4235550109"), v1::VERDICT_ALLOW);
  const v1::CheckContactResponse other = CheckPhone("3105550109");
  EXPECT_EQ(other.verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_THAT(ReasonTypes(other), ElementsAre(v1::REASON_TYPE_AREA_CODE_NOT_SUBSCRIBED));
  EXPECT_FALSE(ImportInto("national", kFlat).summary.changed());
  Restart();
  EXPECT_EQ(PhoneVerdict("3105550109"), v1::VERDICT_UNKNOWN);
  EXPECT_FALSE(ImportInto("national", kFlat).summary.changed());
}

TEST_F(ImportRegistryTest, TheNextFullListBringsItsOwnAreaCodes) {
  ASSERT_THAT(ImportInto("national", kFlat), IsOk());
  ASSERT_THAT(ImportInto("national", absl::StrCat(kFlat, "310,5550101\n")), IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), ElementsAre("310", "423"));
  EXPECT_EQ(PhoneVerdict("3105550109"), v1::VERDICT_ALLOW);
  ASSERT_THAT(ImportInto("national", "310,5550101\n", "allow_shrink: true"), IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), ElementsAre("310"));
  EXPECT_EQ(PhoneVerdict("4235550109"), v1::VERDICT_UNKNOWN);
}

TEST_F(ImportRegistryTest, XmlNamesAreaCodesWithoutNumbers) {
  ASSERT_THAT(ImportInto("national",
                         "<list type='full' val='646'><ac val='423'><ph val='5550101'/></ac>"
                         "<ac val='310'/></list>"),
              IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), ElementsAre("310", "423", "646"));
}

TEST_F(ImportRegistryTest, NamedAreaCodesAreKept) {
  ASSERT_THAT(ImportInto("national", kFlat, "area_codes: '646' area_codes: '423'"), IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), ElementsAre("423", "646"));
  EXPECT_FALSE(ImportInto("national", kFlat).summary.changed());
  ASSERT_THAT(ImportInto("national", absl::StrCat(kFlat, "310,5550101\n")), IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), ElementsAre("423", "646"));
  EXPECT_EQ(ActiveVersion().area_codes_source(), v1::AREA_CODE_SOURCE_CONFIG);
}

TEST_F(ImportRegistryTest, AllAreaCodesMustBeNamedAsThat) {
  ASSERT_THAT(ImportInto("national", kFlat), IsOk());
  EXPECT_THAT(ImportInto("national", kFlat, "area_codes: 'all' area_codes: '423'"),
              RefusedAt("INVALID_FIELD", "config.area_codes"));
  EXPECT_THAT(
      ImportInto("national", "423,5550103,A\n", "area_codes: 'all' mode: IMPORT_MODE_CHANGE"),
      RefusedAt("INVALID_FIELD", "config.area_codes"));
  const ImportReply all = ImportInto("national", kFlat, "area_codes: 'all'");
  ASSERT_THAT(all, IsOk());
  EXPECT_TRUE(all.summary.changed());
  EXPECT_THAT(ActiveVersion().area_codes(), IsEmpty());
  EXPECT_EQ(PhoneVerdict("3105550109"), v1::VERDICT_ALLOW);
  EXPECT_FALSE(ImportInto("national", kFlat).summary.changed());
}

TEST_F(ImportRegistryTest, AChangeListKeepsTheAreaCodes) {
  ASSERT_THAT(ImportInto("national", kFlat), IsOk());
  ASSERT_THAT(ImportInto("national", "310,5550101,A\n"), IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), ElementsAre("423"));
  EXPECT_EQ(ActiveVersion().area_codes_source(), v1::AREA_CODE_SOURCE_FILE);
  EXPECT_EQ(PhoneVerdict("3105550101"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("3105550109"), v1::VERDICT_UNKNOWN);
}

TEST_F(ImportRegistryTest, AnEmptyFullListDoesNotVouchForAll) {
  EXPECT_THAT(ImportInto("national", "<list type='full' val='NY'/>", "allow_shrink: true"),
              RefusedAt("INVALID_FIELD", "config.area_codes"));
  ASSERT_THAT(ImportInto("national", "<list type='full' val='423'/>", "allow_shrink: true"),
              IsOk());
  EXPECT_EQ(PhoneVerdict("3105550109"), v1::VERDICT_UNKNOWN);
}

TEST_F(ImportRegistryTest, APlainListVouchesForAll) {
  ASSERT_THAT(ImportInto("national", "4235550101\n"), IsOk());
  EXPECT_THAT(ActiveVersion().area_codes(), IsEmpty());
  EXPECT_EQ(ActiveVersion().area_codes_source(), v1::AREA_CODE_SOURCE_UNSPECIFIED);
}

TEST_F(ImportRegistryTest, AFileOfUnknownAgeIsRefusedWhereAgeMatters) {
  for (const char* mode : {"IMPORT_MODE_FULL", "IMPORT_MODE_CHANGE"}) {
    EXPECT_THAT(
        ImportInto("monthly", "2125550199\n", absl::StrCat("file_name: 'list.txt' mode: ", mode)),
        RefusedAt("REQUIRED_FIELD_MISSING", "config.as_of_time"));
  }
  ASSERT_THAT(ImportInto("monthly", "2125550199\n", AsOf(1)), IsOk());
  EXPECT_EQ(ActiveVersion("monthly").as_of_time().seconds(), kStart / kSecond + 1);
}

// It may be years old, whatever day it was imported on.
TEST_F(ImportRegistryTest, AnUndatedVersionIsTooOldOnceAgeMatters) {
  ASSERT_THAT(ImportInto("national", "4235550101\n"), IsOk());
  EXPECT_TRUE(ActiveVersion().undated());
  EXPECT_EQ(PhoneVerdict("4235550109"), v1::VERDICT_ALLOW);
  Must<v1::UpdateListRequest>("list { name: '~/lists/national' max_age { seconds: 2678400 } }");
  const auto expect_stale = [this] {
    const v1::CheckContactResponse answer = CheckPhone("4235550109");
    EXPECT_EQ(answer.verdict(), v1::VERDICT_UNKNOWN);
    EXPECT_THAT(ReasonTypes(answer), ElementsAre(v1::REASON_TYPE_REGISTRY_STALE));
  };
  expect_stale();
  Restart();
  expect_stale();
  // What is changed in it does not tell how old the rest is. Nor may one change undo a later one,
  // or be made twice.
  const auto change = [this](const char* file, int64_t seconds) {
    return ImportInto("national", file, absl::StrCat(AsOf(seconds), "mode: IMPORT_MODE_CHANGE"));
  };
  ASSERT_THAT(change("4235550102\n", 0), IsOk());
  EXPECT_TRUE(ActiveVersion().undated());
  expect_stale();
  EXPECT_FALSE(change("4235550102\n", 0).summary.changed());
  EXPECT_THAT(change("4235550103\n", -1), Refused("VERSION_TOO_OLD"));
  ASSERT_THAT(ImportInto("national", "4235550101\n4235550102\n", AsOf(-86'400)), IsOk());
  EXPECT_FALSE(ActiveVersion().undated());
  EXPECT_EQ(ActiveVersion().as_of_time().seconds(), kStart / kSecond - 86'400);
  EXPECT_EQ(PhoneVerdict("4235550109"), v1::VERDICT_ALLOW);
  EXPECT_EQ(PhoneVerdict("4235550101"), v1::VERDICT_DENY);
}

TEST_F(ImportRegistryTest, AFileOfAsiasTomorrowIsOfNow) {
  ASSERT_THAT(ImportInto("monthly", "2125550199\n2125550198\n", "file_name: '2026-01-16.txt'"),
              IsOk());
  EXPECT_EQ(ActiveVersion("monthly").as_of_time().seconds(), kStart / kSecond);
  EXPECT_THAT(ImportInto("monthly", "2125550199\n", "file_name: '2026-01-17.txt'"),
              RefusedAt("INVALID_FIELD", "config.file_name"));
}

TEST_F(ImportRegistryTest, OfContradictingChangesTheLaterOneCounts) {
  ASSERT_THAT(ImportInto("national", "2125550101\n2125550102\n2125550103\n2125550104\n"), IsOk());
  const ImportReply reply = ImportInto("national",
                                       "212,5550101,D,2026-01-02\n212,5550101,A,2026-01-01\n"
                                       "212,5550102,A,2026-01-02\n212,5550102,D,2026-01-01\n"
                                       "212,5550103,A,2026-01-01\n212,5550103,D,2026-01-01\n"
                                       "212,5550104,A,\n212,5550104,D,2026-01-01\n",
                                       "allow_shrink: true");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.removed(), 1);
  EXPECT_EQ(PhoneVerdict("2125550101"), v1::VERDICT_ALLOW);
  for (const char* phone : {"2125550102", "2125550103", "2125550104"}) {
    EXPECT_EQ(PhoneVerdict(phone), v1::VERDICT_DENY) << phone;
  }
}

// Every other number is in one version, the rest in the other. Nobody who asks for all of them in
// one message may see some of each.
class ActivationTest : public ImportRegistryTest {
 protected:
  // More than a send list is judged in at once.
  static constexpr int kNumbers = 5'000;

  static uint64_t Number(int i) { return 14'235'550'000 + static_cast<uint64_t>(i); }

  static std::string File(int version) {
    std::string file;
    for (int i = version; i < kNumbers; i += 2) absl::StrAppend(&file, "+", Number(i), "\n");
    return file;
  }

  // Notes which version an answer is of.
  template <typename DeniedAt>
  void Judge(const DeniedAt& denied_at) {
    const int version = denied_at(0) ? 0 : 1;
    for (int i = 0; i < kNumbers; ++i) {
      ASSERT_EQ(denied_at(i), i % 2 == version) << i << " of an answer of version " << version;
    }
    ++answers_[static_cast<size_t>(version)];
  }

  void AskBatches() {
    v1::BatchCheckContactsRequest request;
    request.set_organization("organizations/acme");
    for (int i = 0; i < kNumbers; ++i) {
      v1::CheckItem* item = request.add_items();
      item->set_channel(v1::CHANNEL_VOICE);
      item->set_message_class(v1::MESSAGE_CLASS_MARKETING);
      item->mutable_contact_point()->set_phone(absl::StrCat("+", Number(i)));
    }
    while (!done_ && !HasFailure()) {
      const auto reply = Send(request);
      ASSERT_THAT(reply, IsOk());
      Judge([&](int i) { return reply.value.results(i).verdict() == v1::VERDICT_DENY; });
    }
  }

  void AskBlocks() {
    FilterStream stream(&client());
    v1::FilterContactsRequest request;
    request.mutable_config()->set_organization("organizations/acme");
    request.mutable_config()->set_channel(v1::CHANNEL_VOICE);
    request.mutable_config()->set_message_class(v1::MESSAGE_CLASS_MARKETING);
    ASSERT_TRUE(stream.Write(request));
    request.clear_config();
    for (int i = 0; i < kNumbers; ++i) request.add_phones(Number(i));
    while (!done_ && !HasFailure()) {
      ASSERT_TRUE(stream.Write(request));
      const auto response = stream.Read();
      ASSERT_TRUE(response.has_value());
      Judge([&](int i) {
        return VerdictAt(*response, static_cast<uint32_t>(i)) == v1::VERDICT_DENY;
      });
    }
    stream.WritesDone();
    EXPECT_FALSE(stream.Read().has_value());
    EXPECT_THAT(stream.Finish(), IsOk());
  }

  std::atomic<bool> done_ = false;
  std::array<std::atomic<int>, 2> answers_ = {};
};

TEST_F(ActivationTest, NoAnswerMixesTwoVersions) {
  ASSERT_THAT(ImportInto("national", File(0)), IsOk());
  std::vector<std::thread> askers;
  for (int i = 0; i < 2; ++i) {
    askers.emplace_back([this] { AskBatches(); });
    askers.emplace_back([this] { AskBlocks(); });
  }
  for (int round = 1; round <= 20 && !HasFailure(); ++round) {
    const auto version = static_cast<size_t>(round % 2);
    const ImportReply reply = ImportInto("national", File(round % 2), "allow_shrink: true");
    EXPECT_THAT(reply, IsOk());
    EXPECT_TRUE(reply.summary.changed());
    const int before = answers_[version];
    while (answers_[version] < before + 8 && !HasFailure()) std::this_thread::yield();
  }
  done_ = true;
  for (std::thread& asker : askers) asker.join();
}

TEST_F(ImportRegistryTest, ComplaintsWithoutANumberAreCountedApart) {
  std::string file = "Company_Phone_Number,Created_Date,Subject\n2125550101,2026-01-02,Other\n";
  for (int i = 0; i < 20; ++i) absl::StrAppend(&file, ",2026-01-02,Other\n");
  const ImportReply reply = ImportInto("national", file);
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.rows(), 21);
  EXPECT_EQ(reply.summary.rows_accepted(), 1);
  EXPECT_EQ(reply.summary.rows_impossible(), 0);
  EXPECT_EQ(reply.summary.rows_without_number(), 20);
  EXPECT_EQ(reply.rejected.size(), 20u);
  // They do not dilute the numbers that nobody can dial either.
  EXPECT_THAT(ImportInto("national", absl::StrCat(file, "2121550101,2026-01-02,Other\n")),
              Refused("FILE_ROWS_REJECTED"));
}

}  // namespace
}  // namespace dnc
