#include "storage/base/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Row = std::pair<uint64_t, std::vector<std::string>>;

struct Outcome {
  absl::Status status;
  std::vector<Row> rows;
};

Outcome Read(absl::string_view text, size_t piece, CsvOptions options = {}) {
  CsvReader reader(options);
  Outcome outcome;
  const auto on_row = [&](CsvReader::Fields fields, uint64_t line) {
    outcome.rows.emplace_back(line, std::vector<std::string>(fields.begin(), fields.end()));
    return absl::OkStatus();
  };
  for (size_t at = 0; at < text.size() && outcome.status.ok(); at += piece) {
    outcome.status = reader.Feed(text.substr(at, piece), on_row);
  }
  if (outcome.status.ok()) outcome.status = reader.Finish(on_row);
  return outcome;
}

// Reads the text whole, byte by byte and in pieces of a few bytes; all must agree.
Outcome ReadEachWay(absl::string_view text, CsvOptions options = {}) {
  Outcome whole = Read(text, text.size() + 1, options);
  for (const size_t piece : {1u, 2u, 3u, 5u, 7u}) {
    const Outcome pieces = Read(text, piece, options);
    EXPECT_EQ(pieces.rows, whole.rows) << "pieces of " << piece;
    EXPECT_EQ(pieces.status, whole.status) << "pieces of " << piece;
  }
  return whole;
}

std::vector<Row> Rows(absl::string_view text, CsvOptions options = {}) {
  const Outcome outcome = ReadEachWay(text, options);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  return outcome.rows;
}

TEST(CsvReaderTest, SplitsFieldsAndCountsLines) {
  EXPECT_THAT(Rows("a,b\nc\n"), ElementsAre(Row{1, {"a", "b"}}, Row{2, {"c"}}));
}

TEST(CsvReaderTest, TakesCrLfAndMissingLastLineEnd) {
  EXPECT_THAT(Rows("a,b\r\nc,d"), ElementsAre(Row{1, {"a", "b"}}, Row{2, {"c", "d"}}));
  EXPECT_THAT(Rows("a,b\r\nc,\"d\"\r\n"), ElementsAre(Row{1, {"a", "b"}}, Row{2, {"c", "d"}}));
  EXPECT_THAT(Rows("a\r"), ElementsAre(Row{1, {"a"}}));
  EXPECT_THAT(Rows("\"a\"\r"), ElementsAre(Row{1, {"a"}}));
}

TEST(CsvReaderTest, KeepsBareCarriageReturnInsideAField) {
  EXPECT_THAT(Rows("a\rb,c\r,\n"), ElementsAre(Row{1, {"a\rb", "c\r", ""}}));
}

TEST(CsvReaderTest, KeepsEmptyFields) {
  EXPECT_THAT(Rows(",\n,,\r\n\"\"\n"),
              ElementsAre(Row{1, {"", ""}}, Row{2, {"", "", ""}}, Row{3, {""}}));
}

TEST(CsvReaderTest, SkipsEmptyLinesButCountsThem) {
  EXPECT_THAT(Rows("\n\r\na\n\n\nb"), ElementsAre(Row{3, {"a"}}, Row{6, {"b"}}));
}

TEST(CsvReaderTest, QuotedFieldsHoldCommasLineEndsAndQuotes) {
  EXPECT_THAT(Rows("x,\"a,\"\"b\"\"\r\nc\",y\nnext,row\n"),
              ElementsAre(Row{1, {"x", "a,\"b\"\r\nc", "y"}}, Row{3, {"next", "row"}}));
}

TEST(CsvReaderTest, QuoteInsidePlainFieldIsLiteral) {
  EXPECT_THAT(Rows("6\" pipe,2\n"), ElementsAre(Row{1, {"6\" pipe", "2"}}));
}

TEST(CsvReaderTest, DropsByteOrderMarkAtTheStartOnly) {
  EXPECT_THAT(Rows("\xEF\xBB\xBFid,x\n\xEF\xBB\xBFy\n"),
              ElementsAre(Row{1, {"id", "x"}}, Row{2, {"\xEF\xBB\xBFy"}}));
  EXPECT_THAT(Rows("\xEF\xBB\xBF\"q\"\n"), ElementsAre(Row{1, {"q"}}));
}

TEST(CsvReaderTest, PartOfAByteOrderMarkIsText) {
  EXPECT_THAT(Rows("\xEF\xBBx\n"), ElementsAre(Row{1, {"\xEF\xBBx"}}));
  EXPECT_THAT(Rows("\xEF\xBB"), ElementsAre(Row{1, {"\xEF\xBB"}}));
}

TEST(CsvReaderTest, EmptyTextHasNoRows) {
  EXPECT_THAT(Rows(""), IsEmpty());
  EXPECT_THAT(Rows("\xEF\xBB\xBF"), IsEmpty());
}

TEST(CsvReaderTest, TakesAnotherDelimiter) {
  EXPECT_THAT(Rows("a,1;\"b;2\"\n", {.delimiter = ';'}), ElementsAre(Row{1, {"a,1", "b;2"}}));
}

TEST(CsvReaderTest, WithoutDelimiterALineIsAFieldAndQuotesAreText) {
  EXPECT_THAT(Rows("\"a, b\r\nc\"\n", {.delimiter = std::nullopt}),
              ElementsAre(Row{1, {"\"a, b"}}, Row{2, {"c\""}}));
}

TEST(CsvReaderTest, UnterminatedQuoteNamesTheLineWhereItOpened) {
  const Outcome outcome = ReadEachWay("a\nb,\"c\nd\ne\n");
  EXPECT_EQ(outcome.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(outcome.status.message()), HasSubstr("line 2:"));
  EXPECT_THAT(outcome.rows, ElementsAre(Row{1, {"a"}}));
}

TEST(CsvReaderTest, TextAfterAClosingQuoteIsAnError) {
  for (const absl::string_view text : {"ok\n\"a\"b\n", "ok\n\"a\"\rb\n", "ok\n\"a\"\r\"\n"}) {
    const Outcome outcome = ReadEachWay(text);
    EXPECT_EQ(outcome.status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(outcome.status.message()), HasSubstr("line 2:")) << text;
  }
}

TEST(CsvReaderTest, LimitsTheRow) {
  const std::string fits(CsvReader::kMaxRowBytes, 'x');
  for (const size_t piece : {size_t{4} << 20, size_t{4096}}) {
    EXPECT_TRUE(Read(fits + "\n", piece).status.ok());
    for (const std::string& text :
         {absl::StrCat("a\n", fits, "x\n"), absl::StrCat("a\n", fits, "x"),
          absl::StrCat("a\n\"", fits, "\"\n")}) {
      const absl::Status status = Read(text, piece).status;
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(std::string(status.message()), HasSubstr("line 2:"));
    }
  }
}

TEST(CsvReaderTest, ErrorsOfTheCallbackStopTheReadingAndStay) {
  CsvReader reader;
  int calls = 0;
  const auto on_row = [&](CsvReader::Fields, uint64_t) {
    ++calls;
    return absl::DataLossError("enough");
  };
  EXPECT_EQ(reader.Feed("a\nb\n", on_row), absl::DataLossError("enough"));
  EXPECT_EQ(reader.Feed("c\n", on_row), absl::DataLossError("enough"));
  EXPECT_EQ(reader.Finish(on_row), absl::DataLossError("enough"));
  EXPECT_EQ(calls, 1);
}

TEST(CsvEscapeTest, QuotesWhatNeedsIt) {
  EXPECT_EQ(CsvEscape("plain text"), "plain text");
  EXPECT_EQ(CsvEscape("a,b"), "\"a,b\"");
  EXPECT_EQ(CsvEscape("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(CsvEscape("two\nlines"), "\"two\nlines\"");
}

TEST(CsvEscapeTest, IsReadBack) {
  const std::string field = "a,\"b\"\r\n\"";
  EXPECT_THAT(Rows(absl::StrCat(CsvEscape(field), ",x\n")), ElementsAre(Row{1, {field, "x"}}));
}

}  // namespace
}  // namespace dnc
