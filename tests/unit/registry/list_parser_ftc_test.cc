// The formats of the U.S. Federal Trade Commission.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "server/registry/list_parser.h"
#include "tests/unit/registry/list_recorder.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(FtcFlatTest, TakesBothForms) {
  const Outcome list = ParseOk("212,5551234\r\n2125551235\r\n423,2000000", ListFormat::kFtcFlat);
  EXPECT_THAT(list.rows, ElementsAre("1 + +12125551234", "2 + +12125551235", "3 + +14232000000"));
}

TEST(FtcFlatTest, WidthsAreFixed) {
  const Outcome list = ParseAs(ListFormat::kFtcFlat,
                               "212,5551234\n212,555123\n21,25551234\n212,555,1234\n21255512\n"
                               "012,5551234\n212,555123x\n");
  EXPECT_THAT(list.rows, ElementsAre("1 + +12125551234"));
  EXPECT_THAT(list.rejects, ElementsAre("2 MALFORMED breaks", "3 MALFORMED breaks",
                                        "4 MALFORMED breaks", "5 MALFORMED breaks",
                                        "6 IMPOSSIBLE_NUMBER harmless", "7 MALFORMED breaks"));
}

TEST(FtcFlatTest, IsAmericanWhateverTheRegion) {
  EXPECT_THAT(Parse("212,5551234\n", {.default_region = "GB"}).rows,
              ElementsAre("1 + +12125551234"));
}

TEST(FtcXmlTest, TakesAreaCodesAndPadsNumbers) {
  const Outcome list = ParseOk(
      "<?xml version='1.0'?>\n<list type='full' val='US'>\n<ac val='423'>\n<ph val='2000000'/>"
      "<ph val='2000001'></ph>\n</ac><ac val='212'><ph val='5551234'/><ph val='42'/></ac>\n</list>",
      ListFormat::kFtcXml);
  EXPECT_THAT(list.rows, ElementsAre("4 + +14232000000", "4 + +14232000001", "5 + +12125551234"));
  EXPECT_THAT(list.rejects, ElementsAre("5 IMPOSSIBLE_NUMBER harmless"));
}

TEST(FtcXmlTest, TakesTheAreaCodeOfTheList) {
  const Outcome list = ParseOk(
      "\xEF\xBB\xBF<list level='ac' val='423'><ph val='2000000'/><ac val='212'>"
      "<ph val='5551234'/></ac>\n<ph val='2000001'/></list>\n",
      ListFormat::kFtcXml);
  EXPECT_THAT(list.rows, ElementsAre("1 + +14232000000", "1 + +12125551234", "2 + +14232000001"));
}

TEST(FtcXmlTest, NamesAreaCodesWithoutNumbersToo) {
  EXPECT_THAT(
      ParseOk("<list val='646'><ac val='423'/><ac val='212'><ph val='5551234'/></ac></list>",
              ListFormat::kFtcXml)
          .area_codes,
      ElementsAre("646", "423", "212"));
  EXPECT_THAT(ParseOk("<list level='state' val='NY'/>", ListFormat::kFtcXml).area_codes, IsEmpty());
}

TEST(FtcXmlTest, RejectsBadNumbers) {
  const Outcome list = ParseOk(
      "<list>\n<ph val='2000000'/>\n<ac val='423'>\n<ph/>\n<ph val='20000000'/>\n"
      "<ph val='2x'/>\n</ac></list>",
      ListFormat::kFtcXml);
  EXPECT_THAT(list.rejects, ElementsAre("2 MISSING_FIELD breaks", "4 MISSING_FIELD breaks",
                                        "5 MALFORMED breaks", "6 MALFORMED breaks"));
}

TEST(FtcXmlTest, RefusesWhatIsNoFullList) {
  const struct {
    std::string text, why;
  } cases[] = {
      {"<list>\n<ac val='423'>\n<ph val='2000000'/>\n", "line 4: the XML is not well-formed"},
      {"<list>\n<ac val='423'>\n<ph val='20000", "the XML is not well-formed"},
      {"<list>\n<ac val='423'></list>", "line 2: the XML is not well-formed"},
      {"<list/>\n<list/>", "line 2: the XML is not well-formed"},
      {"<list>\n<ac val='4'/></list>", "line 2: <ac> needs an area code"},
      {"<list>\n<ac/></list>", "line 2: <ac> needs an area code"},
      {"<list>\n<phone val='1'/></list>", "line 2: the element <phone>"},
      {"<html><body/></html>", "line 1: the element <html>"},
      {"<list>\n<ph>2000000</ph></list>", "line 2: there is text"},
      {"<list type='change'></list>", "line 1: this is a change list"},
      {"<list val='423'>\n<ph val='2000000' op='D'/></list>", "line 2: <ph> has more"},
      {"<!DOCTYPE list [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>\n<list>&b;</list>",
       "line 1: the file declares a document type"},
      {"<list a='" + std::string(3 << 20, 'x') + "'/>", "line 1: a tag is longer"},
  };
  for (const auto& c : cases) {
    Outcome whole;
    Read(c.text, 4096, {}, whole);
    ExpectRefused(whole, c.why);
  }
}

TEST(FtcChangeTest, FindsTheColumns) {
  for (const absl::string_view text :
       {"212,5551234,A\n212,5551235,D\n", "2125551234,A\n2125551235,D\n",
        "A,212,5551234\r\nD,212,5551235",
        "area code,number,action\n212,5551234,A\n212,5551235,d\n"}) {
    const Outcome list = ParseOk(text, ListFormat::kFtcChange);
    const int header = text.front() == 'a' ? 1 : 0;
    EXPECT_THAT(list.rows, ElementsAre(absl::StrCat(header + 1, " + +12125551234"),
                                       absl::StrCat(header + 2, " - +12125551235")));
    EXPECT_THAT(list.rejects, IsEmpty());
  }
}

TEST(FtcChangeTest, TakesTimeStamps) {
  const Outcome list = ParseOk(
      "212,5551234,A,2025-12-02 00:00:01\n212,5551235,D,20251202\n212,5551236,A,\n212,5551237,A\n",
      ListFormat::kFtcChange);
  EXPECT_THAT(list.rows, ElementsAre("1 + +12125551234 @1764633601", "2 - +12125551235 @1764633600",
                                     "3 + +12125551236", "4 + +12125551237"));
}

TEST(FtcChangeTest, RejectsRowsThatDoNotFit) {
  const Outcome list =
      ParseAs(ListFormat::kFtcChange,
              "212,5551234,A,2025-12-02\n212,5551234,X,2025-12-02\n212,5551234,A,soon\n"
              "212,555123,A,2025-12-02\n212,5551234\n212,5551234,A,2025-12-02,9\n012,5551234,D,"
              "2025-12-02\n");
  EXPECT_THAT(list.rows, ElementsAre("1 + +12125551234 @1764633600"));
  EXPECT_THAT(list.rejects, ElementsAre("2 BAD_OPERATION breaks", "3 BAD_TIME breaks",
                                        "4 MALFORMED breaks", "5 MISSING_FIELD breaks",
                                        "6 EXTRA_FIELD breaks", "7 IMPOSSIBLE_NUMBER harmless"));
}

TEST(FtcChangeTest, RefusesAmbiguousColumns) {
  for (const absl::string_view text :
       {"212,5551234,A,1764633600\n", "212,5551234,A,D\n", "212,5551234,A,213\n", "5551234,A\n",
        "212,5551234,A,NY\n", "2125551234,A,2025-12-02,2025-12-03\n"}) {
    const Outcome list = Parse(text);
    ExpectRefused(list, "line 1: the columns of this change list are ambiguous");
    EXPECT_THAT(list.rows, IsEmpty());
  }
  ExpectRefused(ParseAs(ListFormat::kFtcChange, "212,5551234\n"), "ambiguous");
}

constexpr absl::string_view kComplaintHeader =
    "Company_Phone_Number,Created_Date,Violation_Date,Consumer_City,Consumer_State,"
    "Consumer_Area_Code,Subject,Recorded_Message_Or_Robocall\n";

TEST(FtcComplaintsTest, ReadsNumbersSubjectsAndTimes) {
  const Outcome list =
      ParseOk(absl::StrCat(kComplaintHeader,
                           "2125551234,2025-12-02 00:00:01,2025-12-01 10:00:00,Troy,NY,518,"
                           "\"Medical, prescriptions\",Y\n"
                           ",2025-12-02 00:00:01,,,,,Other,N\n"
                           "2125551235,,,,,,,N\n"
                           "2125551236,yesterday,,,,,,N\n"
                           "2125551237,2025-12-02\n"
                           "2125551238,2025-12-02,,,,,a,b,N\n"
                           "555,2025-12-02,,,,,,N\n"
                           "anonymous,2025-12-02,,,,,,N\n"),
              ListFormat::kFtcComplaints);
  EXPECT_THAT(list.rows, ElementsAre("2 + +12125551234 Medical, prescriptions @1764633601",
                                     "4 + +12125551235"));
  EXPECT_THAT(list.rejects, ElementsAre("3 MISSING_FIELD harmless", "5 BAD_TIME breaks",
                                        "6 MISSING_FIELD breaks", "7 EXTRA_FIELD breaks",
                                        "8 IMPOSSIBLE_NUMBER harmless", "9 MALFORMED breaks"));
}

}  // namespace
}  // namespace dnc
