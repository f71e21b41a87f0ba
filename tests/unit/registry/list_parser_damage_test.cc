// Rows that may be somebody's contact point although they cannot be read: none is lost silently.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/registry/column_title.h"
#include "server/registry/list_parser.h"
#include "server/registry/row_fields.h"
#include "tests/unit/registry/list_recorder.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Outcome ParseStrictly(absl::string_view text, const std::string& region = "US") {
  return Parse(
      text,
      {.format = ListFormat::kPlain, .default_region = region, .damaged_numbers_break_file = true});
}

TEST(DamagedNumbersTest, BreakTheFileWhereTheyMayBeSomebodys) {
  for (const absl::string_view row :
       {"555-1234", "(212) 555-123", "212555123", "21255512345", "2125551234 5", "212-555-1234 202",
        "5551234 5551235", "2125551234 2025550123", "1212555123", "+1212", "+121255512345",
        "02125551234"}) {
    const Outcome list = ParseStrictly(absl::StrCat("2125551234\n", row, "\n"));
    ASSERT_THAT(list.rejects, SizeIs(1)) << row;
    EXPECT_THAT(list.rejects[0], HasSubstr("breaks")) << row;
  }
}

TEST(DamagedNumbersTest, AWholeNumberThatNobodyHasIsHarmless) {
  for (const absl::string_view row :
       {"0125551234", "212-155-1234", "1 (012) 555-1234", "+10125551234", "0000000000"}) {
    const Outcome list = ParseStrictly(absl::StrCat("2125551234\n", row, "\n"));
    EXPECT_THAT(list.rejects, ElementsAre("2 IMPOSSIBLE_NUMBER harmless")) << row;
  }
}

TEST(DamagedNumbersTest, OtherPlansHaveNoNumberThatIsKnownToBeNobodys) {
  const Outcome list = ParseStrictly("020 7946 0000\n0125551234\n1234\n", "GB");
  for (const std::string& reject : list.rejects) EXPECT_THAT(reject, HasSubstr("breaks"));
  EXPECT_THAT(ParseStrictly("+10125551234\n", "GB").rejects,
              ElementsAre("1 IMPOSSIBLE_NUMBER harmless"));
}

TEST(NanpRegionTest, KnowsThePlan) {
  for (const char* region : {"US", "CA", "JM", "BS", "AG", "PR", "DO", "VI", "GU"}) {
    EXPECT_TRUE(IsNanpRegion(region)) << region;
  }
  for (const char* region : {"", "GB", "IN", "DE", "MX", "BR", "CU"}) {
    EXPECT_FALSE(IsNanpRegion(region)) << region;
  }
}

std::string TenDigits(int valid, int impossible) {
  std::string text;
  for (int i = 0; i < valid; ++i) absl::StrAppend(&text, 2125550000 + i, "\n");
  for (int i = 0; i < impossible; ++i) absl::StrAppend(&text, 2121550000 + i, "\n");
  return text;
}

TEST(HomePlanTest, AmericanDigitsInAnotherRegionAreAmbiguous) {
  for (const char* region : {"IN", "GB", "DE", "MX"}) {
    for (const std::string& text :
         {TenDigits(1, 0), "pattern\n" + TenDigits(5, 0), TenDigits(300, 0), TenDigits(180, 20)}) {
      const Outcome list = Parse(text, {.default_region = region});
      ExpectRefused(list, "American numbers (format ftc-flat)");
      ExpectRefused(list, absl::StrCat("region ", region));
      EXPECT_THAT(list.rows, IsEmpty());
    }
  }
}

TEST(HomePlanTest, WhatIsClearIsRead) {
  for (const char* region : {"US", "CA", "JM"}) {
    EXPECT_THAT(Parse(TenDigits(5, 0), {.default_region = region}).rows, SizeIs(5)) << region;
  }
  const std::string numbers = TenDigits(1, 0);
  EXPECT_THAT(Parse(numbers, {.format = ListFormat::kFtcFlat, .default_region = "IN"}).rows,
              ElementsAre("1 + +12125550000"));
  EXPECT_THAT(Parse(numbers, {.format = ListFormat::kPlain, .default_region = "IN"}).rows,
              ElementsAre("1 + +912125550000"));
  // Other rows show that these are not the FTC's.
  for (const absl::string_view other : {"+442079460000", "jane@example.com", "98765 43210"}) {
    const Outcome list = Parse(absl::StrCat(numbers, other, "\n"), {.default_region = "IN"});
    EXPECT_TRUE(list.status.ok()) << other << list.status;
  }
  EXPECT_TRUE(Parse(TenDigits(8, 2), {.default_region = "IN"}).status.ok());
}

TEST(FirstLineTest, AnAddressIsNoHeaderWhateverStandsBesideIt) {
  EXPECT_THAT(Parse("ann@example.com,EMAIL\nbob@example.com,EMAIL\n").rows,
              ElementsAre("1 + ann@example.com EMAIL", "2 + bob@example.com EMAIL"));
  EXPECT_THAT(ParseAs(ListFormat::kSendgrid, "ann@example.com,created\n").rejects,
              ElementsAre("1 BAD_TIME breaks"));
}

TEST(FirstLineTest, ADamagedAddressIsReported) {
  EXPECT_THAT(ParseAs(ListFormat::kPlain, "ann(at)example.com\nbob@example.com\n").rejects,
              ElementsAre("1 MALFORMED breaks"));
  EXPECT_THAT(ParseAs(ListFormat::kSesSuppression, "annexample.com,BOUNCE\n").rejects,
              ElementsAre("1 INVALID_EMAIL breaks"));
  EXPECT_THAT(ParseAs(ListFormat::kSendgrid, "annexample.com,created\n").rejects,
              ElementsAre("1 BAD_TIME breaks"));
  EXPECT_THAT(Parse("annexample.com\nbob@example.com\n").rejects,
              ElementsAre("1 MALFORMED breaks"));
}

TEST(FirstLineTest, UsualTitlesAreHeaders) {
  for (const char* title : {"pattern", "Email", "E-Mail", "email_address", "PHONE NUMBER", "Mobile",
                            " telephone ", "address", "number", "Phone"}) {
    EXPECT_TRUE(IsContactTitle(title)) << title;
    EXPECT_THAT(ParseAs(ListFormat::kPlain, absl::StrCat(title, "\nbob@example.com\n")).rejects,
                IsEmpty())
        << title;
  }
  EXPECT_THAT(ParseAs(ListFormat::kPlain, "\"Phone\"\n2125551234\n").rejects, IsEmpty());
  for (const char* title : {"", "annexample.com", "name", "BOUNCE"}) {
    EXPECT_FALSE(IsContactTitle(title)) << title;
  }
}

TEST(EncodingTest, AReasonThatIsNoUtf8IsRejectedWithItsLine) {
  const Outcome ses = ParseAs(ListFormat::kSesSuppression,
                              "ann@example.com,BOUNCE\nbob@example.com,Caf\xE9\n"
                              "joe@example.com,Caf\xC3\xA9\n");
  EXPECT_THAT(ses.rows,
              ElementsAre("1 + ann@example.com BOUNCE", "3 + joe@example.com Caf\xC3\xA9"));
  EXPECT_THAT(ses.rejects, ElementsAre("2 MALFORMED breaks"));
  ASSERT_THAT(ses.messages, SizeIs(1));
  EXPECT_THAT(ses.messages[0], HasSubstr("line 2: \"Ca***\" is not UTF-8"));
  const Outcome complaints =
      Parse("Company_Phone_Number,Created_Date,Subject\n2125551234,2025-12-02,Caf\xE9\n");
  EXPECT_THAT(complaints.rejects, ElementsAre("2 MALFORMED breaks"));
}

}  // namespace
}  // namespace dnc
