// Imports into registries: versions, all or nothing.
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"
#include "tests/real_file.h"

namespace dnc {
namespace {

constexpr char kNational[] = "list: '~/lists/national' ";

class ImportTest : public GatewayTest {
 protected:
  void SetUp() override {
    GatewayTest::SetUp();
    AddRegistry("national");
  }
  ImportReply ImportNational(absl::string_view file, absl::string_view more = "") {
    return Import(absl::StrCat(kNational, more), file);
  }
  v1::ListVersion ActiveVersion() { return GetList("national").active_version(); }
  static std::string Numbers(int from, int to) {
    std::string file;
    for (int i = from; i < to; ++i) absl::StrAppend(&file, 2125550000 + i, "\n");
    return file;
  }
  static std::string AsOf(int64_t seconds) {
    return absl::StrCat(" as_of_time { seconds: ", kStart / kSecond + seconds, " } ");
  }
};

TEST_F(ImportTest, AFullFileBecomesTheFirstVersion) {
  const ImportReply reply = ImportNational("212,5550102\n212,5550177\n",
                                           "file_name: "
                                           "'2026-01-10_Global_ABC.txt'");
  ASSERT_THAT(reply, IsOk());
  const v1::ImportSummary& summary = reply.summary;
  EXPECT_EQ(summary.format(), "ftc-flat");
  EXPECT_EQ(summary.rows(), 2);
  EXPECT_EQ(summary.rows_accepted(), 2);
  EXPECT_EQ(summary.added(), 2);
  EXPECT_EQ(summary.removed(), 0);
  EXPECT_TRUE(summary.changed());
  EXPECT_EQ(summary.revision(), Revision());
  const v1::ListVersion version = ActiveVersion();
  EXPECT_THAT(summary.list().active_version(), EqualsProto(version));
  EXPECT_EQ(version.version(), 1);
  EXPECT_EQ(version.count(), 2);
  EXPECT_EQ(version.as_of_time().seconds(), 1'768'003'200);  // 2026-01-10
  EXPECT_EQ(version.activate_time().seconds(), kStart / kSecond);
  EXPECT_FALSE(version.digest().empty());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(ImportTest, TheSameFileTwiceChangesNothing) {
  ASSERT_THAT(ImportNational(Numbers(0, 100)), IsOk());
  const v1::DncList before = GetList("national");
  const int64_t revision = Revision();
  clock().Advance(kDay);
  const ImportReply again = ImportNational(Numbers(0, 100));
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE(again.summary.changed());
  EXPECT_EQ(again.summary.unchanged(), 100);
  EXPECT_THAT(GetList("national"), EqualsProto(before));
  EXPECT_EQ(Revision(), revision);
}

TEST_F(ImportTest, ANewerFullFileReplacesTheContent) {
  ASSERT_THAT(ImportNational(Numbers(0, 100), AsOf(-100)), IsOk());
  const ImportReply reply = ImportNational(Numbers(5, 110), AsOf(-50));
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.added(), 10);
  EXPECT_EQ(reply.summary.removed(), 5);
  EXPECT_EQ(ActiveVersion().version(), 2);
  EXPECT_EQ(ActiveVersion().count(), 105);
  EXPECT_EQ(PhoneVerdict("2125550000"), v1::VERDICT_ALLOW);
  EXPECT_EQ(PhoneVerdict("2125550109"), v1::VERDICT_DENY);
}

TEST_F(ImportTest, AChangeListAddsAndDeletes) {
  ASSERT_THAT(ImportNational(Numbers(0, 100)), IsOk());
  const ImportReply reply = ImportNational("212,5550000,D\n212,5550200,A\n212,5550001,A\n");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.format(), "ftc-change");
  EXPECT_EQ(reply.summary.added(), 1);
  EXPECT_EQ(reply.summary.removed(), 1);
  EXPECT_EQ(reply.summary.unchanged(), 1);
  EXPECT_EQ(ActiveVersion().count(), 100);
  EXPECT_EQ(PhoneVerdict("2125550000"), v1::VERDICT_ALLOW);
  EXPECT_EQ(PhoneVerdict("2125550200"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("2125550001"), v1::VERDICT_DENY);
  EXPECT_THAT(ImportNational("212,5550001,D\n", "mode: IMPORT_MODE_FULL"),
              RefusedAt("INVALID_FIELD", "config.mode"));
}

TEST_F(ImportTest, APlainFileMayBeAChange) {
  ASSERT_THAT(ImportNational(Numbers(0, 100)), IsOk());
  ASSERT_THAT(ImportNational(Numbers(100, 101), "mode: IMPORT_MODE_CHANGE"), IsOk());
  EXPECT_EQ(ActiveVersion().count(), 101);
}

TEST_F(ImportTest, AnOlderFileIsRefused) {
  ASSERT_THAT(ImportNational(Numbers(0, 100), AsOf(-100)), IsOk());
  EXPECT_THAT(ImportNational(Numbers(0, 101), AsOf(-101)), Refused("VERSION_TOO_OLD"));
  EXPECT_THAT(ImportNational(Numbers(0, 101), "file_name: '2020-01-01.txt'"),
              Refused("VERSION_TOO_OLD"));
  EXPECT_EQ(ActiveVersion().version(), 1);
}

TEST_F(ImportTest, AFileOfTheFutureIsRefused) {
  EXPECT_THAT(ImportNational(Numbers(0, 1), AsOf(3600)),
              RefusedAt("INVALID_FIELD", "config.as_of_time"));
  EXPECT_THAT(ImportNational(Numbers(0, 1), "file_name: '2026-02-01.txt'"),
              RefusedAt("INVALID_FIELD", "config.file_name"));
}

TEST_F(ImportTest, ATimeThatIsNoneIsRefused) {
  for (const char* time : {"seconds: 9223372036854775807", "seconds: -9223372036854775807",
                           "seconds: 9223372036855", "nanos: -1"}) {
    EXPECT_THAT(ImportNational(Numbers(0, 1), absl::StrCat("as_of_time {", time, "}")),
                RefusedAt("INVALID_FIELD", "config.as_of_time"))
        << time;
  }
}

TEST_F(ImportTest, ARegistryShrinksByMoreThanATenthOnlyWhenThatIsAllowed) {
  ASSERT_THAT(ImportNational(Numbers(0, 100)), IsOk());
  const ImportReply refused = ImportNational(Numbers(0, 89));
  EXPECT_THAT(refused, Refused("REGISTRY_WOULD_SHRINK"));
  EXPECT_EQ(refused.metadata("previous_count"), "100");
  EXPECT_EQ(refused.metadata("new_count"), "89");
  EXPECT_EQ(ActiveVersion().count(), 100);
  EXPECT_EQ(PhoneVerdict("2125550095"), v1::VERDICT_DENY);
  ASSERT_THAT(ImportNational(Numbers(0, 90)), IsOk());
  ASSERT_THAT(ImportNational(Numbers(0, 10), "allow_shrink: true"), IsOk());
  EXPECT_EQ(ActiveVersion().count(), 10);
}

TEST_F(ImportTest, ABrokenFileChangesNothing) {
  ASSERT_THAT(ImportNational(Numbers(0, 50)), IsOk());
  const v1::DncList before = GetList("national");
  const std::string broken = absl::StrCat(Numbers(0, 60), "not a number at all\n", Numbers(60, 70));
  const ImportReply reply = ImportNational(broken, "format: 'plain'");
  EXPECT_THAT(reply, Refused("FILE_ROWS_REJECTED"));
  EXPECT_EQ(reply.metadata("rows_rejected"), "1");
  EXPECT_EQ(reply.metadata("first_line"), "61");
  ASSERT_EQ(reply.rejected.size(), 1u);
  EXPECT_EQ(reply.rejected[0].line(), 61);
  EXPECT_EQ(reply.rejected[0].cause(), "MALFORMED");
  EXPECT_TRUE(reply.rejected[0].breaks_file());
  EXPECT_THAT(GetList("national"), EqualsProto(before));
  const ImportReply partial = ImportNational(broken, "format: 'plain' allow_partial: true");
  ASSERT_THAT(partial, IsOk());
  EXPECT_EQ(partial.summary.rows_rejected(), 1);
  EXPECT_EQ(ActiveVersion().count(), 70);
}

TEST_F(ImportTest, WhatIsNoListAtAllIsUnreadable) {
  for (const std::string& file :
       {std::string(), std::string("PK\x03\x04zipped"), std::string("\x1f\x8bgz"),
        std::string("a\0b", 3), std::string("<list><ac val='212'><ph val='5550102'/>")}) {
    EXPECT_THAT(ImportNational(file), Refused("FILE_UNREADABLE")) << file;
  }
  EXPECT_FALSE(GetList("national").has_active_version());
}

TEST_F(ImportTest, AnXmlFileIsRead) {
  const ImportReply reply = ImportNational(
      "<list type='full' level='state' val='NY'><ac val='212'><ph val='5550102'/>"
      "<ph val='5550177'/></ac></list>");
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.format(), "ftc-xml");
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(ImportTest, NumbersThatNobodyCanDialAreToldAndDoNoHarm) {
  const ImportReply reply = ImportNational(absl::StrCat(Numbers(0, 50), "0005550100\n"));
  ASSERT_THAT(reply, IsOk());
  EXPECT_EQ(reply.summary.rows_impossible(), 1);
  ASSERT_EQ(reply.rejected.size(), 1u);
  EXPECT_EQ(reply.rejected[0].cause(), "IMPOSSIBLE_NUMBER");
  EXPECT_FALSE(reply.rejected[0].breaks_file());
  EXPECT_THAT(reply.rejected[0].value(), testing::Not(testing::HasSubstr("0005550100")));
  EXPECT_THAT(ImportNational(absl::StrCat(Numbers(0, 5), "0005550100\n")),
              HasReason("FILE_ROWS_REJECTED"));
}

TEST_F(ImportTest, ARegistryTakesNoEmails) {
  const ImportReply reply = ImportNational("ann@example.com\n", "format: 'plain'");
  EXPECT_THAT(reply, Refused("FILE_ROWS_REJECTED"));
  EXPECT_EQ(reply.rejected.at(0).cause(), "NOT_A_PHONE_NUMBER");
}

TEST_F(ImportTest, ValidateOnlyJudgesAndChangesNothing) {
  const int64_t before = Revision();
  const ImportReply dry = ImportNational(Numbers(0, 50), "validate_only: true");
  ASSERT_THAT(dry, IsOk());
  EXPECT_EQ(dry.summary.added(), 50);
  EXPECT_FALSE(dry.summary.changed());
  EXPECT_FALSE(GetList("national").has_active_version());
  EXPECT_EQ(Revision(), before);
  ASSERT_THAT(ImportNational(Numbers(0, 50)), IsOk());
  EXPECT_THAT(ImportNational(Numbers(0, 10), "validate_only: true"),
              Refused("REGISTRY_WOULD_SHRINK"));
  EXPECT_EQ(PhoneVerdict("2125550049"), v1::VERDICT_DENY);
}

TEST_F(ImportTest, TheRegistryIsThereAfterARestart) {
  ASSERT_THAT(ImportNational(Numbers(0, 1000), "area_codes: '212'"), IsOk());
  const v1::DncList before = GetList("national");
  Restart();
  EXPECT_THAT(GetList("national"), EqualsProto(before));
  EXPECT_EQ(PhoneVerdict("2125550999"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("2125551000"), v1::VERDICT_ALLOW);
  EXPECT_EQ(PhoneVerdict("3105551000"), v1::VERDICT_UNKNOWN);
  const ImportReply again = ImportNational(Numbers(0, 1000));
  EXPECT_FALSE(again.summary.changed());
}

TEST_F(ImportTest, TheRealFileImportsAndASecondTimeChangesNothing) {
  DNC_SKIP_WITHOUT_REAL_FILE();
  std::ifstream in(kRealFile);
  const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const ImportReply first = ImportNational(file, "file_name: 'ftc_reported_numbers.csv'");
  ASSERT_THAT(first, IsOk());
  const v1::ImportSummary& summary = first.summary;
  EXPECT_EQ(summary.rows(), 309'203);
  EXPECT_EQ(summary.rows_accepted() + summary.rows_impossible(), summary.rows());
  EXPECT_EQ(summary.rows_rejected(), 0);
  EXPECT_EQ(summary.rows_impossible(), static_cast<int64_t>(first.rejected.size()));
  EXPECT_EQ(summary.added() + summary.unchanged(), summary.rows_accepted());
  EXPECT_GT(summary.added(), 250'000);
  EXPECT_LE(summary.added(), 274'056);
  EXPECT_EQ(PhoneVerdict("4692576503"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  const v1::DncList before = GetList("national");
  const ImportReply second = ImportNational(file, "file_name: 'ftc_reported_numbers.csv'");
  ASSERT_THAT(second, IsOk());
  EXPECT_FALSE(second.summary.changed());
  EXPECT_EQ(second.summary.added(), 0);
  EXPECT_EQ(second.summary.unchanged(), summary.rows_accepted());
  EXPECT_THAT(GetList("national"), EqualsProto(before));
}

}  // namespace
}  // namespace dnc
