#include "client/cli/csv_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/mock_client.h"

namespace dnc::cli {
namespace {

// Gives its pieces one by one.
class PieceInput : public Input {
 public:
  explicit PieceInput(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  absl::StatusOr<std::string> Next() override {
    if (at_ == pieces_.size()) return std::string();
    return pieces_[at_++];
  }
  int64_t size() const override { return -1; }
  int64_t position() const override { return static_cast<int64_t>(at_); }
  const std::string& name() const override { return name_; }
  absl::Status Rewind() override { return absl::OkStatus(); }

 private:
  const std::vector<std::string> pieces_;
  const std::string name_ = "test";
  size_t at_ = 0;
};

class CsvFilterTest : public testing::Test {
 protected:
  CsvFilterTest() {
    options_.filter.channel = v1::CHANNEL_VOICE;
    gateway_.Script("+12125550101", Verdict::kAllow);
    gateway_.Script("+12125550102", Verdict::kDeny);
    gateway_.Script("(212) 555-0103", Verdict::kAllow);
  }

  absl::StatusOr<CsvFilterSummary> Run(std::vector<std::string> pieces) {
    PieceInput input(std::move(pieces));
    out_.str("");
    return CsvFilter(options_, input, out_, [](int64_t, int64_t) {}).Run(gateway_);
  }

  CsvFilterOptions options_;
  FakeClient gateway_;
  std::ostringstream out_;
};

TEST_F(CsvFilterTest, KeepsRowsAndAddsColumns) {
  const auto counts = Run({"name,phone\n\"Doe, Jane\",+12125550101\r\nJoe,+12125550102\n",
                           "Jim,(212) 555-0103\nJack,nonsense"});
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(out_.str(),
            "name,phone,verdict,reasons\n"
            "\"Doe, Jane\",+12125550101,ALLOW,\n"
            "Joe,+12125550102,DENY,\n"
            "Jim,(212) 555-0103,ALLOW,\n"
            "Jack,nonsense,UNKNOWN,\n");
  EXPECT_EQ(counts->rows, 4);
  EXPECT_EQ(counts->allow, 2);
  EXPECT_EQ(counts->deny, 1);
  EXPECT_EQ(counts->unknown, 1);
}

TEST_F(CsvFilterTest, HeaderlessColumnOfNumbers) {
  ASSERT_TRUE(Run({"+12125550102\n+12125550101\n"}).ok());
  EXPECT_EQ(out_.str(), "+12125550102,DENY,\n+12125550101,ALLOW,\n");
}

TEST_F(CsvFilterTest, OnlyWhatIsAskedFor) {
  options_.only = Verdict::kAllow;
  const auto counts = Run({"phone\n+12125550102\n+12125550101\nnonsense\n"});
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(out_.str(), "phone,verdict,reasons\n+12125550101,ALLOW,\n");
  EXPECT_EQ(counts->rows, 3);
}

TEST_F(CsvFilterTest, ShortRowsAndBadTextAreUnknown) {
  ASSERT_TRUE(Run({"phone,name\n\n", "\xff\xfe,Jane\nx\n"}).ok());
  EXPECT_EQ(out_.str(), "phone,name,verdict,reasons\n\xff\xfe,Jane,UNKNOWN,\nx,,UNKNOWN,\n");
}

// A longer row would push its last field under the verdict.
TEST_F(CsvFilterTest, RowsWiderThanTheFirstAreRefused) {
  const auto status = Run({"name,phone\nJane,+12125550101\nJoe,+12125550102,x\n"}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(testing::HasSubstr("line 3: 3 fields"), testing::HasSubstr("has 2")));
  EXPECT_EQ(out_.str(), "");
  options_.column = "1";
  EXPECT_THAT(std::string(Run({"+12125550101\n+12125550102,ALLOW\n"}).status().message()),
              testing::HasSubstr("line 2: 2 fields, but the first line has 1"));
}

TEST_F(CsvFilterTest, ColumnsOfAnEarlierRunAreReplaced) {
  ASSERT_TRUE(Run({"phone,verdict,reasons,note\n+12125550102,ALLOW,,\"a, b\"\n"}).ok());
  EXPECT_EQ(out_.str(), "phone,note,verdict,reasons\n+12125550102,\"a, b\",DENY,\n");
  ASSERT_TRUE(Run({"verdict,reasons,phone\nALLOW,,+12125550102\nDENY\n"}).ok());
  EXPECT_EQ(out_.str(), "phone,verdict,reasons\n+12125550102,DENY,\n,UNKNOWN,\n");
}

TEST_F(CsvFilterTest, OtherColumnsOfThatNameAreRefused) {
  for (const char* header : {"phone,verdict", "phone,Verdict,Reasons", "phone,reasons,name",
                             "phone,verdict,reasons,verdict,reasons"}) {
    const auto status = Run({header, "\n+12125550101\n"}).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << header;
    EXPECT_THAT(std::string(status.message()), testing::HasSubstr("rename it")) << header;
    EXPECT_EQ(out_.str(), "");
  }
}

// Ten rows of nearly a MiB go out before the eleventh is read.
TEST_F(CsvFilterTest, BlocksEndWhereTheirRowsAreLong) {
  std::vector<std::string> pieces = {"note,phone\n"};
  for (int i = 0; i < 10; ++i) {
    pieces.push_back(absl::StrCat(std::string(1000 << 10, 'x'), ",+12125550101\n"));
  }
  PieceInput input(pieces);
  std::vector<int64_t> rows_so_far;
  ASSERT_TRUE(
      CsvFilter(options_, input, out_, [&](int64_t rows, int64_t) { rows_so_far.push_back(rows); })
          .Run(gateway_)
          .ok());
  EXPECT_THAT(rows_so_far, testing::ElementsAre(5, 10));
}

TEST_F(CsvFilterTest, TellsTheColumnAndHowLongAllowHolds) {
  PieceInput input({"name,phone\nJane,+12125550101\n"});
  CsvFilter filter(options_, input, out_, [](int64_t, int64_t) {});
  const auto summary = filter.Run(gateway_);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(filter.column()->index, 1u);
  EXPECT_EQ(filter.column()->title, "phone");
  EXPECT_EQ(summary->valid_for, absl::Hours(1));
  EXPECT_NE(summary->evaluate_time, absl::InfinitePast());
}

TEST_F(CsvFilterTest, HeaderAloneIsAHeader) {
  ASSERT_TRUE(Run({"phone\n"}).ok());
  EXPECT_EQ(out_.str(), "phone,verdict,reasons\n");
}

TEST_F(CsvFilterTest, ManyBlocksKeepTheirOrder) {
  std::vector<std::string> pieces = {"phone\n"};
  std::string want = "phone,verdict,reasons\n";
  for (int i = 0; i < 50000; ++i) {
    const char* number = i % 3 == 0 ? "+12125550101" : "(212) 555-0103";
    pieces.push_back(absl::StrCat(i % 7 == 0 ? "junk" : number, "\n"));
    absl::StrAppend(&want, i % 7 == 0 ? "junk,UNKNOWN" : absl::StrCat(number, ",ALLOW"), ",\n");
  }
  const auto counts = Run(pieces);
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->rows, 50000);
  EXPECT_TRUE(out_.str() == want);
}

TEST_F(CsvFilterTest, FailureIsNoList) {
  gateway_.FailWith(absl::UnavailableError("gone"));
  EXPECT_TRUE(absl::IsUnavailable(Run({"phone\n+12125550101\n"}).status()));
  EXPECT_THAT(out_.str(), testing::Not(testing::HasSubstr("ALLOW")));
}

TEST_F(CsvFilterTest, UnknownColumnIsRefusedBeforeAnythingIsWritten) {
  EXPECT_TRUE(absl::IsInvalidArgument(Run({"a,b\n1,2\n"}).status()));
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace dnc::cli
