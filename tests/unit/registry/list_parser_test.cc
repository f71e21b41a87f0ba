#include "server/registry/list_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/real_file.h"
#include "tests/unit/registry/list_recorder.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(PlainListTest, TakesNumbersAndAddressesInAnySpelling) {
  const Outcome list = ParseOk(
      "\xEF\xBB\xBFpattern\r\n2125551234\r\n\r\n(212) 555-1235\r\n+44 20 7946 0000\r\n"
      "\"2125551236\"\r\n Jane@Example.com \r\n1-800-FLOWERS",
      ListFormat::kPlain);
  EXPECT_THAT(list.rows,
              ElementsAre("2 + +12125551234", "4 + +12125551235", "5 + +442079460000",
                          "6 + +12125551236", "7 + jane@example.com", "8 + +18003569377"));
  EXPECT_THAT(list.rejects, IsEmpty());
}

TEST(PlainListTest, HeaderStandsOnTheFirstLineOnly) {
  const Outcome list = ParseOk("phone\nphone\n2125551234\n", ListFormat::kPlain);
  EXPECT_THAT(list.rows, ElementsAre("3 + +12125551234"));
  EXPECT_THAT(list.rejects, ElementsAre("2 MALFORMED breaks"));
}

TEST(PlainListTest, FirstLineInOtherDigitsIsNoHeader) {
  const Outcome list = ParseOk(
      "\xD9\xA2\xD9\xA1\xD9\xA2"
      "5551234\n",
      ListFormat::kPlain);
  EXPECT_THAT(list.rows, ElementsAre("1 + +12125551234"));
}

TEST(PlainListTest, HeaderAloneIsAListWithoutRows) {
  EXPECT_THAT(ParseOk("email\n", ListFormat::kPlain).rows, IsEmpty());
}

TEST(PlainListTest, ImpossibleNumbersAreHarmlessAndAllElseBreaksTheFile) {
  const Outcome list = ParseOk(
      "2125551234\n5551234\n0125551234\n2121551234\n212555123456789012\n(212) 555-123\n"
      "hello\njane@\n212\xFF"
      "5551234\n2125551234,2025550123\n2125551234 2025550123\n",
      ListFormat::kPlain);
  EXPECT_THAT(list.rows, ElementsAre("1 + +12125551234"));
  EXPECT_THAT(
      list.rejects,
      ElementsAre("2 IMPOSSIBLE_NUMBER harmless", "3 IMPOSSIBLE_NUMBER harmless",
                  "4 IMPOSSIBLE_NUMBER harmless", "5 IMPOSSIBLE_NUMBER harmless",
                  "6 IMPOSSIBLE_NUMBER harmless", "7 MALFORMED breaks", "8 INVALID_EMAIL breaks",
                  "9 MALFORMED breaks", "10 MALFORMED breaks", "11 MALFORMED breaks"));
}

TEST(PlainListTest, NationalNumbersNeedARegion) {
  const Outcome list = Parse("2125551234\n+12125551235\n+1212\n", {.default_region = ""});
  EXPECT_THAT(list.rows, ElementsAre("2 + +12125551235"));
  EXPECT_THAT(list.rejects,
              ElementsAre("1 NUMBER_WITHOUT_COUNTRY breaks", "3 IMPOSSIBLE_NUMBER harmless"));
  EXPECT_THAT(Parse("020 7946 0000\n", {.default_region = "GB"}).rows,
              ElementsAre("1 + +442079460000"));
}

TEST(PlainListTest, MessagesNameTheLineAndMaskTheValue) {
  const Outcome list = ParseAs(ListFormat::kPlain, "2125551234\njane.doe@exam_ple.com\n");
  ASSERT_EQ(list.messages.size(), 1u);
  EXPECT_THAT(list.messages[0], HasSubstr("line 2: "));
  EXPECT_THAT(list.messages[0], HasSubstr("j***@"));
  EXPECT_THAT(list.messages[0], Not(HasSubstr("jane")));
}

TEST(SesTest, ReadsReasons) {
  const Outcome list =
      ParseAs(ListFormat::kSesSuppression,
              "Jane@example.com,BOUNCE\r\njoe@example.com,COMPLAINT\njoe@example.com\n"
              "a@b.example,BOUNCE,x\nnobody,BOUNCE\n,BOUNCE\n");
  EXPECT_THAT(list.rows,
              ElementsAre("1 + jane@example.com BOUNCE", "2 + joe@example.com COMPLAINT"));
  EXPECT_THAT(list.rejects, ElementsAre("3 MISSING_FIELD breaks", "4 EXTRA_FIELD breaks",
                                        "5 INVALID_EMAIL breaks", "6 MISSING_FIELD breaks"));
  EXPECT_THAT(ParseOk("jane@example.com,BOUNCE", ListFormat::kSesSuppression).rows,
              ElementsAre("1 + jane@example.com BOUNCE"));
  EXPECT_THAT(ParseAs(ListFormat::kSesSuppression, "email,reason\njane@example.com,BOUNCE").rows,
              ElementsAre("2 + jane@example.com BOUNCE"));
}

TEST(SendgridTest, ReadsEpochSecondsWithAndWithoutHeader) {
  const Outcome list = ParseOk("email,created\njane@example.com,1764633601\njoe@example.com,soon\n",
                               ListFormat::kSendgrid);
  EXPECT_THAT(list.rows, ElementsAre("2 + jane@example.com @1764633601"));
  EXPECT_THAT(list.rejects, ElementsAre("3 BAD_TIME breaks"));
  EXPECT_THAT(ParseOk("jane@example.com,1764633601\n", ListFormat::kSendgrid).rows,
              ElementsAre("1 + jane@example.com @1764633601"));
  EXPECT_THAT(ParseOk("status,reason,email,created\n5,\"no, sir\",jane@example.com,1\n",
                      ListFormat::kSendgrid)
                  .rows,
              ElementsAre("2 + jane@example.com @1"));
}

TEST(MailchimpTest, FindsItsColumns) {
  const Outcome list = ParseOk(
      "\"Email Address\",\"First Name\",\"Address 2\",UNSUB_TIME\r\n"
      "jane@example.com,\"Jane \"\"J\"\"\",\"1 Main St,\nTroy\",\"2025-12-02 00:00:01\"\r\n"
      "joe@example.com,Joe,,\r\n\"bad\",,,\r\n",
      ListFormat::kMailchimp);
  EXPECT_THAT(list.rows, ElementsAre("2 + jane@example.com @1764633601", "4 + joe@example.com"));
  EXPECT_THAT(list.rejects, ElementsAre("5 INVALID_EMAIL breaks"));
}

TEST(MailchimpTest, RefusesAnExportOfSubscribers) {
  ExpectRefused(Parse("Email Address,First Name\njane@example.com,Jane\n"),
                "line 1: the header has no column \"UNSUB_TIME\"");
  ExpectRefused(ParseAs(ListFormat::kMailchimp, "jane@example.com\n"), "\"Email Address\"");
}

TEST(DetectionTest, RefusesWhatItCannotTell) {
  const struct {
    std::string text, why;
  } cases[] = {
      {"", "empty"},
      {"\xEF\xBB\xBF \n\r\n", "empty"},
      {"phone,name\n2125551234,Jane\n", "no known list format"},
      {"jane@example.com,BOUNCE\njoe@example.com,1764633601\n", "ambiguous"},
      {"212,5551234\n212,5551235,A\n", "ambiguous"},
      {"jane@example.com,\"BOUNCE\njoe@example.com,BOUNCE\n", "line 1: a quoted field"},
      {std::string("PK\x03\x04\x14\0\0\0", 8), "zip archive"},
      {"\x1F\x8B\x08\x01", "gzip"},
      {std::string("\xFF\xFE"
                   "2\0001\0",
                   6),
       "UTF-16"},
      {std::string("212\0", 4), "zero bytes"},
  };
  for (const auto& c : cases) ExpectRefused(Parse(c.text), c.why);
}

TEST(DetectionTest, ForcedFormatsAreNotTextOrEmptyEither) {
  ExpectRefused(ParseAs(ListFormat::kPlain, "PK\x03\x04...."), "zip archive");
  for (const ListFormat format :
       {ListFormat::kPlain, ListFormat::kFtcFlat, ListFormat::kMailchimp}) {
    ExpectRefused(ParseAs(format, "\n\n\n\n\n\n"), "empty");
    ExpectRefused(ParseAs(format, ""), "empty");
  }
  ExpectRefused(ParseAs(ListFormat::kFtcXml, ""), "not well-formed");
}

TEST(DetectionTest, ForcedFormatWins) {
  const Outcome list = ParseAs(ListFormat::kPlain, "jane@example.com,BOUNCE\n2125551234\n");
  EXPECT_THAT(list.rows, ElementsAre("2 + +12125551234"));
  EXPECT_THAT(list.rejects, ElementsAre("1 INVALID_EMAIL breaks"));
}

TEST(DetectionTest, LongFilesAreDetectedBeforeTheirEnd) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&text, "212,", 5'000'000 + i, "\n");
  Outcome outcome;
  auto parser = ListParser::Create({}, &outcome);
  ASSERT_TRUE(parser.ok());
  ASSERT_TRUE((*parser)->Feed(absl::string_view(text).substr(0, 1000)).ok());
  EXPECT_EQ((*parser)->format(), ListFormat::kAuto);
  ASSERT_TRUE((*parser)->Feed(absl::string_view(text).substr(1000)).ok());
  EXPECT_EQ((*parser)->format(), ListFormat::kFtcFlat);
  EXPECT_TRUE((*parser)->Finish().ok());
  EXPECT_EQ(outcome.rows.size(), 20'000u);
}

TEST(ListParserTest, StructuralErrorsNameFileAndLine) {
  const Outcome list = Parse("a@b.example,BOUNCE\nc@d.example,\"BOUNCE\n",
                             {.format = ListFormat::kSesSuppression, .file_name = "ses.csv"});
  ExpectRefused(list, "ses.csv: line 2: a quoted field opens and never closes");
}

TEST(ListParserTest, RefusesUnknownRegions) {
  Recorder recorder;
  const auto parser = ListParser::Create({.default_region = "XX"}, &recorder);
  EXPECT_EQ(parser.status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(RealFileTest, EveryRowIsReportedOnce) {
  DNC_SKIP_WITHOUT_REAL_FILE();
  std::ifstream file(kRealFile, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  Outcome outcome;
  Read(text.str(), 100'000, {}, outcome);
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(outcome.format, ListFormat::kPlain);
  EXPECT_EQ(outcome.rows.size() + outcome.rejects.size(), static_cast<size_t>(kRealFileRows));
  for (const std::string& reject : outcome.rejects) {
    ASSERT_THAT(reject, HasSubstr(" IMPOSSIBLE_NUMBER harmless"));
  }
  EXPECT_LT(outcome.rejects.size(), 10'000u);
  RecordProperty("rejects", static_cast<int>(outcome.rejects.size()));
}

}  // namespace
}  // namespace dnc
