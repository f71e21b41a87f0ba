#include "server/registry/flat_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/contact/phone.h"
#include "server/registry/list_parser.h"
#include "tests/unit/registry/list_recorder.h"
#include "tests/unit/registry/random_lines.h"

namespace dnc {
namespace {

constexpr absl::string_view kTail = "................";  // lines are read only where 16 bytes are

// The line's number, where it was read as a whole; 0: it was left.
uint64_t ReadOne(absl::string_view line, bool with_comma = true) {
  const std::string text = absl::StrCat(line, kTail);
  std::vector<uint64_t> numbers(2);
  const FlatLines read = ReadFlatLines(text, with_comma, absl::MakeSpan(numbers));
  EXPECT_LE(read.lines, 1u);
  EXPECT_EQ(read.bytes, read.lines * line.size());
  return read.lines == 0 ? 0 : numbers[0];
}

TEST(FlatLinesTest, ReadsTheFormsOfTheFullList) {
  for (const absl::string_view line :
       {"212,5551234\n", "212,5551234\r\n", "2125551234\n", "2125551234\r\n"}) {
    EXPECT_EQ(ReadOne(line), 12'125'551'234u) << line;
  }
  EXPECT_EQ(ReadOne("2125551234\n", false), 12'125'551'234u);
  EXPECT_EQ(ReadOne("212,5551234\n", false), 0u);
}

TEST(FlatLinesTest, LeavesEverythingElse) {
  for (const absl::string_view line :
       {"212,555123\n",   "212,55512345\n",   "21,25551234\n", "212;5551234\n",
        "212, 5551234\n", " 2125551234\n",    "212555123\n",   "21255512345\n",
        "2125551234\r",   "2125551234\r\r\n", "2125551234 \n", "\"2125551234\"\n",
        "212,555123a\n",  "a12,5551234\n",    "212,5551234",   "\n",
        "+12125551234\n", "2125551234,\n",    "212.5551234\n", "212/5551234\n",
        "212:5551234\n"}) {
    EXPECT_EQ(ReadOne(line), 0u) << line;
  }
}

// Every byte in every place of a line is taken just where it is a digit that leaves the number one
// that NormalizePhone takes.
TEST(FlatLinesTest, AgreesWithNormalizePhoneOnEveryByte) {
  for (const std::string& good : {std::string("345,6789012"), std::string("3456789012")}) {
    for (size_t at = 0; at < good.size(); ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string line = good;
        line[at] = static_cast<char>(byte);
        std::string digits = line;
        if (digits.size() == 11 && digits[3] == ',') digits.erase(3, 1);
        uint64_t expected = 0;
        if (digits.size() == 10 && digits.find_first_not_of("0123456789") == std::string::npos) {
          expected = NormalizePhone(digits, "US").value_or(0);
        }
        EXPECT_EQ(ReadOne(line + "\n"), expected) << at << " " << byte;
      }
    }
  }
}

TEST(FlatLinesTest, NumbersOfAllDigits) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    const uint64_t ten = random() % 10'000'000'000;
    const std::string digits = absl::StrFormat("%010d", ten);
    const bool dialable = digits[0] >= '2' && digits[3] >= '2';
    const uint64_t expected = dialable ? 10'000'000'000 + ten : 0;
    EXPECT_EQ(ReadOne(digits + "\n"), expected);
    EXPECT_EQ(ReadOne(absl::StrCat(digits.substr(0, 3), ",", digits.substr(3), "\r\n")), expected);
  }
}

TEST(FlatLinesTest, StopsWhereNumbersAreFullAndBytesAreFew) {
  const std::string text = absl::StrCat("2125551234\n2125551235\n212,5551236\n", "2125551237\n");
  std::vector<uint64_t> numbers(2);
  EXPECT_EQ(ReadFlatLines(text, true, absl::MakeSpan(numbers)).bytes, 22u);
  numbers.resize(9);
  EXPECT_EQ(ReadFlatLines(text, true, absl::MakeSpan(numbers)).lines, 3u);
  EXPECT_EQ(ReadFlatLines("2125551234\n", true, absl::MakeSpan(numbers)).lines, 0u);
}

// Parse compares with a reading byte by byte, of which ReadFlatLines sees nothing.
TEST(FlatLinesTest, DamagedFilesAreReadAsWithoutIt) {
  std::mt19937_64 random(11);
  for (int file = 0; file < 60; ++file) {
    std::string text;
    for (uint64_t lines = random() % 60; lines > 0; --lines) text += RandomLine(random);
    for (const ListFormat format : {ListFormat::kFtcFlat, ListFormat::kPlain}) {
      for (const char* region : {"US", "CA", "JM", "DE", ""}) {
        Parse(text, {.format = format, .default_region = region});
        ASSERT_FALSE(HasFailure()) << text;
      }
    }
  }
}

// A first line is a header; one like it further down is a damaged row.
TEST(FlatLinesTest, OnlyTheFirstLineIsAHeader) {
  const Outcome list = Parse("area,number\n212,5551234\n212,5551235\narea,number\n212,5551236\n",
                             {.format = ListFormat::kFtcFlat});
  EXPECT_EQ(list.rows.size(), 3u);
  EXPECT_THAT(list.rejects, ::testing::ElementsAre(::testing::HasSubstr("4 MALFORMED")));
}

}  // namespace
}  // namespace dnc
