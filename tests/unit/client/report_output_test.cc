#include "client/cli/report_output.h"

#include <gtest/gtest.h>

namespace dnc::cli {
namespace {

TEST(CsvLineTest, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(CsvLine({"a,b", "say \"no\"", "two\nlines"}),
            "\"a,b\",\"say \"\"no\"\"\",\"two\nlines\"\r\n");
}

TEST(CsvLineTest, NoCellIsAFormula) {
  EXPECT_EQ(CsvLine({"=1+1", "@cmd", "-x", "+cmd|'/C calc'!A0", "\tx"}),
            "'=1+1,'@cmd,'-x,'+cmd|'/C calc'!A0,'\tx\r\n");
  EXPECT_EQ(CsvLine({"=HYPERLINK(\"http://evil\",\"x\")"}),
            "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\"\r\n");
}

TEST(CsvLineTest, NumbersStayAsTheyAre) {
  EXPECT_EQ(CsvLine({"+12125550123", "-5", "1.5", "-"}), "+12125550123,-5,1.5,'-\r\n");
}

TEST(ShareBarTest, IsAsLongAsItsShare) {
  EXPECT_EQ(ShareBar(24, 24).size(), 24u);
  EXPECT_EQ(ShareBar(12, 24).size(), 12u);
  EXPECT_EQ(ShareBar(1, 1'000'000).size(), 1u) << "what there is shows";
  EXPECT_EQ(ShareBar(0, 5), "");
}

}  // namespace
}  // namespace dnc::cli
