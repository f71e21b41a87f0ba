// Pieces that are given away are read by other threads, and mean what they mean otherwise.
#include "server/registry/flat_blocks.h"

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/registry/list_recorder.h"
#include "tests/unit/registry/random_lines.h"

namespace dnc {
namespace {

// How long each piece is.
using Sizes = std::vector<size_t>;

void ReadPieces(absl::string_view text, const Sizes& sizes, const ListParserOptions& options,
                Outcome& out) {
  const auto parser = ListParser::Create(options, &out);
  ASSERT_TRUE(parser.ok()) << parser.status();
  std::string piece;
  for (size_t i = 0; !text.empty() && out.status.ok(); ++i) {
    piece = std::string(text.substr(0, sizes[i % sizes.size()]));
    text.remove_prefix(piece.size());
    out.status = (*parser)->FeedPiece(&piece);
  }
  if (out.status.ok()) out.status = (*parser)->Finish();
  out.format = (*parser)->format();
}

// The file given away in those pieces, and read as a whole by one thread.
void ExpectSame(const std::string& text, const Sizes& sizes, ListParserOptions options) {
  Outcome one, many;
  options.threads = 0;
  Read(text, text.size() + 1, options, one);
  options.threads = 3;
  ReadPieces(text, sizes, options, many);
  EXPECT_EQ(many.rows, one.rows);
  EXPECT_EQ(many.rejects, one.rejects);
  EXPECT_EQ(many.messages, one.messages);
  EXPECT_EQ(many.status, one.status);
  EXPECT_EQ(many.format, one.format);
}

TEST(FlatBlocksTest, DamagedFilesMeanTheSameInPieces) {
  std::mt19937_64 random(5);
  for (int file = 0; file < 200; ++file) {
    std::string text;
    for (uint64_t lines = random() % 300; lines > 0; --lines) text += RandomLine(random);
    if (random() % 3 == 0) text.resize(text.size() - std::min<size_t>(text.size(), random() % 12));
    Sizes sizes;
    for (int i = 0; i < 16; ++i) sizes.push_back(1 + random() % (file % 2 == 0 ? 40 : 900));
    for (const ListFormat format :
         {ListFormat::kFtcFlat, ListFormat::kPlain, ListFormat::kFtcChange, ListFormat::kAuto}) {
      ExpectSame(text, sizes, {.format = format, .file_name = "list.txt"});
      ASSERT_FALSE(HasFailure()) << text;
    }
  }
}

TEST(FlatBlocksTest, APieceMayBeCutAnywhere) {
  for (const absl::string_view end : {"\n", "\r\n"}) {
    std::string text;
    for (int i = 0; i < 6; ++i) absl::StrAppend(&text, "212,555", 1000 + i, end);
    absl::StrAppend(&text, "area,number", end, "\"212\",5551234", end, "\"212", end, "2125551234",
                    end, "2125551235", end, "\",5551234", end, "2125551236", end, end,
                    "2125551237");
    for (size_t first = 1; first < text.size(); ++first) {
      for (const size_t second : {1UL, 16UL, 17UL, 40UL, 1000UL}) {
        ExpectSame(text, {first, second}, {.format = ListFormat::kFtcFlat});
      }
      ASSERT_FALSE(HasFailure()) << first;
    }
  }
}

// An error is that of the sequential reader, and so are the rows before it, however far the threads
// have come.
TEST(FlatBlocksTest, AnErrorStaysWhereItIs) {
  std::string good;
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&good, "212,555", 1000 + i, "\n");
  const std::string endless = absl::StrCat("\"", std::string(size_t{2} << 20, 'x'), "\"");
  for (const std::string& bad : {std::string("\"212\"x,1\n"), endless, std::string("\"")}) {
    ExpectSame(absl::StrCat(good, bad, "\n", good), {64, 1000, 9000},
               {.format = ListFormat::kFtcFlat});
  }
}

TEST(FlatBlocksTest, RowsComeInTheirOrder) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) {
    absl::StrAppend(&text, "212", 2'000'000 + i, i % 1000 == 7 ? "x\n" : "\n");
  }
  ExpectSame(text, {100'000}, {.format = ListFormat::kPlain});
}

// Who has no further piece may have what was said of those before.
TEST(FlatBlocksTest, NothingWaitsForAFurtherPiece) {
  Outcome outcome;
  const auto parser = ListParser::Create({.format = ListFormat::kPlain, .threads = 3}, &outcome);
  ASSERT_TRUE(parser.ok());
  EXPECT_EQ((*parser)->FeedNext().value(), false);
  std::string piece = "2125551234\n2125551235\nx\n";
  ASSERT_TRUE((*parser)->FeedPiece(&piece).ok());
  while ((*parser)->FeedNext().value()) {
  }
  EXPECT_EQ(outcome.rows.size(), 2u);
  EXPECT_EQ(outcome.rejects.size(), 1u);
}

TEST(FlatBlocksTest, MayBeLeftHalfWay) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) absl::StrAppend(&text, "212", 2'000'000 + i, "\n");
  Outcome outcome;
  const auto parser = ListParser::Create({.format = ListFormat::kPlain, .threads = 3}, &outcome);
  ASSERT_TRUE(parser.ok());
  for (int i = 0; i < 5; ++i) {
    std::string piece = text;
    ASSERT_TRUE((*parser)->FeedPiece(&piece).ok());
  }
}

TEST(FlatBlocksTest, ABlockSkipsTheRestOfALine) {
  FlatBlock block;
  block.bytes = "--2125551234\n2125551235\r\nx\n212,5551236\n2125551237\n2125551238";
  block.skipped = 2;
  ReadFlatBlock(/*with_comma=*/true, &block);
  EXPECT_THAT(block.numbers(), ::testing::ElementsAre(12125551235, 12125551236, 12125551237));
  ASSERT_EQ(block.runs.size(), 2u);
  EXPECT_EQ(block.text().substr(block.runs[1].begin, block.runs[1].bytes),
            "212,5551236\n2125551237\n");
  block.begins_line = true;
  ReadFlatBlock(/*with_comma=*/true, &block);
  EXPECT_EQ(block.numbers().front(), 12125551234u);
}

// Nobody has to be there to read ahead, and no more blocks are held than that.
TEST(FlatBlocksTest, WhoeverAsksMayReadThemselves) {
  FlatBlocks blocks(/*with_comma=*/false, /*threads=*/0);
  std::string piece = "2125551234\n2125551235\n2125551236\n";
  blocks.Push(&piece, 0, /*begins_line=*/true);
  EXPECT_TRUE(piece.empty());
  EXPECT_EQ(blocks.Front().lines, 2u);  // the last may go on
  EXPECT_EQ(blocks.Front().lines, 2u) << "it stays until it is popped";
  blocks.Pop();
  EXPECT_TRUE(blocks.empty());
  EXPECT_EQ(blocks.most_blocks(), 2u);
}

}  // namespace
}  // namespace dnc
