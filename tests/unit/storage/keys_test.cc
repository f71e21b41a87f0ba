#include "storage/schema/keys.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "absl/strings/escaping.h"
#include "storage/schema/column_families.h"

namespace dnc {
namespace {

std::string Hex(const std::string& key) { return absl::BytesToHexString(key); }

// Persisted: none of these may ever change.
TEST(KeysTest, GoldenBytes) {
  EXPECT_EQ(Hex(keys::Store()), "53");
  EXPECT_EQ(Hex(keys::EntryCount(1, 2)), "4e0000000100000002");
  EXPECT_EQ(Hex(keys::Organization("acme")), "4f61636d65");
  EXPECT_EQ(Hex(keys::List(1, "ab")), "4c000000016162");
  EXPECT_EQ(Hex(keys::Workflow(0x01020304, "w")), "570102030477");
  EXPECT_EQ(Hex(keys::Status(1, "w", "s")), "5300000001770073");
  EXPECT_EQ(Hex(keys::Role(1, "r")), "520000000172");
  EXPECT_EQ(Hex(keys::Binding(1, "b")), "420000000162");
  EXPECT_EQ(Hex(keys::Group(1, "g")), "470000000167");
  EXPECT_EQ(Hex(keys::OrgPrefix(258)), "00000102");
  EXPECT_EQ(Hex(keys::Lead(1, "l1")), "000000016c31");
  EXPECT_EQ(Hex(keys::PhoneSubject(1, 12125551234)), "000000010100000002d2bd3a82");
  EXPECT_EQ(Hex(keys::TextSubject(1, 2, "a@b")), "0000000102614062");
  EXPECT_EQ(Hex(keys::TextSubject(1, 3, "x")), "000000010378");
  EXPECT_EQ(Hex(keys::Entry(1, {0x0102030405060708, 9})), "00000001010203040506070800000009");
  EXPECT_EQ(Hex(keys::ListIndexPrefix(1, 2)), "4c0000000100000002");
  EXPECT_EQ(Hex(keys::SubjectIndexPrefix(keys::TextSubject(1, 3, "x"))), "4300000001037800");
  EXPECT_EQ(Hex(keys::LeadIndexPrefix(1, "l")), "44000000016c00");
  EXPECT_EQ(Hex(keys::WithEntryId("p", {1, 2})), "70000000000000000100000002");
  EXPECT_EQ(Hex(keys::StatusIndex(1, 2, "l")), "5400000001000000026c");
  EXPECT_EQ(Hex(keys::AuditIndex(1, "leads/l", 2)), "41000000016c656164732f6c000000000000000002");
  EXPECT_EQ(keys::RevisionOfAuditIndexKey(keys::AuditIndex(1, "leads/l", 258)), 258);
  EXPECT_EQ(Hex(keys::Request(1, "r")), "0000000172");
  EXPECT_EQ(Hex(keys::Audit(258)), "0000000000000102");
  EXPECT_EQ(Hex(keys::Chunk(1, 2, 3, 4)), "0000000100000002000000000000000300000004");
  EXPECT_EQ(Hex(keys::ChunkPrefix(1, 2, 3)), "00000001000000020000000000000003");
  EXPECT_EQ(Hex(keys::ChunkListPrefix(1, 2)), "0000000100000002");
  EXPECT_EQ(Hex(keys::Template(1, "t")), "500000000174");
  EXPECT_EQ(Hex(keys::OptOut(1, 258)), "4f000000010000000000000102");
  EXPECT_EQ(Hex(keys::OptOutMessage(1, 5, "m", keys::TextSubject(1, 3, "x"))),
            "4d00000001056d00000000010378");
  EXPECT_EQ(Hex(keys::Review(1, 258)), "52000000010000000000000102");
  EXPECT_EQ(Hex(keys::PendingReview(1, 258)), "50000000010000000000000102");
  EXPECT_EQ(keys::RevisionOfReviewsKey(keys::Review(1, 258)), 258u);
}

TEST(KeysTest, ColumnFamiliesAndSchemaVersionAreFixed) {
  EXPECT_EQ(std::vector<std::string>(kFamilyNames.begin(), kFamilyNames.end()),
            (std::vector<std::string>{"meta", "config", "leads", "subjects", "entries", "index",
                                      "requests", "audit", "chunks", "reviews"}));
  EXPECT_EQ(static_cast<int>(Family::kMeta), 0);
  EXPECT_EQ(static_cast<int>(Family::kChunks), 8);
  EXPECT_EQ(static_cast<int>(Family::kReviews), 9);
  EXPECT_EQ(kSchemaVersion, 3u);
}

// Byte order is numeric order, whatever the numbers.
TEST(KeysTest, NumbersSortAsNumbers) {
  std::mt19937_64 random(1);
  std::vector<uint64_t> numbers = {
      0, 1, 255, 256, UINT32_MAX, uint64_t{UINT32_MAX} + 1, std::numeric_limits<int64_t>::max()};
  for (int i = 0; i < 200; ++i) numbers.push_back(random() >> (1 + random() % 62));
  for (const uint64_t a : numbers) {
    for (const uint64_t b : numbers) {
      const auto x = static_cast<int64_t>(a);
      const auto y = static_cast<int64_t>(b);
      EXPECT_EQ(keys::Audit(x) < keys::Audit(y), a < b);
      EXPECT_EQ(keys::PhoneSubject(1, a) < keys::PhoneSubject(1, b), a < b);
      EXPECT_EQ(keys::Entry(1, {a, 0}) < keys::Entry(1, {b, 0}), a < b);
      EXPECT_EQ(keys::Chunk(1, 2, x, 0) < keys::Chunk(1, 2, y, 0), a < b);
    }
  }
  EXPECT_LT(keys::Entry(1, {5, 9}), keys::Entry(1, {5, 10}));
  EXPECT_LT(keys::Entry(1, {5, UINT32_MAX}), keys::Entry(1, {6, 0}));
  EXPECT_LT(keys::Entry(1, {UINT64_MAX, UINT32_MAX}), keys::Entry(2, {0, 0}));
}

// No organization's range reaches into another's, and no list's, lead's or contact point's either.
TEST(KeysTest, PrefixesDoNotOverlap) {
  const auto in_range = [](const std::string& prefix, const std::string& key) {
    return key >= prefix && key < keys::PrefixEnd(prefix);
  };
  EXPECT_TRUE(in_range(keys::OrgPrefix(255), keys::Lead(255, "z")));
  EXPECT_FALSE(in_range(keys::OrgPrefix(255), keys::Lead(256, "a")));
  EXPECT_FALSE(in_range(keys::LeadIndexPrefix(1, "lead"),
                        keys::WithEntryId(keys::LeadIndexPrefix(1, "lead2"), {1, 1})));
  EXPECT_FALSE(in_range(
      keys::SubjectIndexPrefix(keys::TextSubject(1, 2, "a@b.c")),
      keys::WithEntryId(keys::SubjectIndexPrefix(keys::TextSubject(1, 2, "a@b.com")), {1, 1})));
  EXPECT_FALSE(in_range(keys::StatusIndexPrefix(1, 2), keys::StatusIndex(1, 3, "a")));
  EXPECT_FALSE(in_range(keys::ListIndexPrefix(1, 2),
                        keys::WithEntryId(keys::ListIndexPrefix(1, 3), {1, 1})));
}

// A workflow's id may be the start of another's, and a status's key is not a workflow's.
TEST(KeysTest, StatusesOfSimilarWorkflowsDiffer) {
  const std::set<std::string> all = {keys::Status(1, "a", "b"), keys::Status(1, "ab", ""),
                                     keys::Status(1, "", "ab"), keys::Workflow(1, "ab"),
                                     keys::List(1, "ab")};
  EXPECT_EQ(all.size(), 5u);
}

TEST(KeysTest, NumbersComeBack) {
  const EntryId id{0x0102030405060708, 0x090a0b0c};
  EXPECT_EQ(keys::EntryIdOfKey(keys::Entry(7, id)), id);
  EXPECT_EQ(keys::EntryIdOfKey(keys::WithEntryId(keys::LeadIndexPrefix(7, "lead"), id)), id);
  EXPECT_EQ(keys::RevisionOfAuditKey(keys::Audit(123'456'789'012)), 123'456'789'012);
  EXPECT_EQ(keys::VersionOfChunkKey(keys::Chunk(1, 2, 123'456'789'012, 4)), 123'456'789'012);
}

TEST(PrefixEndTest, FollowsEveryKeyWithThePrefix) {
  EXPECT_EQ(keys::PrefixEnd("a"), "b");
  EXPECT_EQ(Hex(keys::PrefixEnd(std::string("a\xff", 2))), "62");
  EXPECT_EQ(Hex(keys::PrefixEnd(std::string("a\xff\xff", 3))), "62");
  EXPECT_EQ(Hex(keys::PrefixEnd(std::string("\x00", 1))), "01");
  EXPECT_EQ(Hex(keys::PrefixEnd(std::string("a\x7f", 2))), "6180");
  EXPECT_EQ(Hex(keys::PrefixEnd(std::string("\x00\xff", 2))), "01");
}

TEST(PrefixEndTest, IsEmptyWhereNothingFollows) {
  EXPECT_EQ(keys::PrefixEnd(""), "");
  EXPECT_EQ(keys::PrefixEnd("\xff"), "");
  EXPECT_EQ(keys::PrefixEnd("\xff\xff\xff"), "");
}

TEST(EntryIdTest, FormatsAndParses) {
  for (const EntryId id : {EntryId{0, 0}, EntryId{1, 0}, EntryId{UINT64_MAX, UINT32_MAX}}) {
    const std::optional<EntryId> parsed = ParseEntryId(FormatEntryId(id));
    ASSERT_TRUE(parsed.has_value()) << FormatEntryId(id);
    EXPECT_EQ(*parsed, id);
  }
  EXPECT_EQ(FormatEntryId({12, 3}), "12-3");
  EXPECT_EQ(FormatEntryId({UINT64_MAX, UINT32_MAX}), "18446744073709551615-4294967295");
}

TEST(EntryIdTest, TakesOneSpellingOnly) {
  for (const char* text :
       {"", "-", "1", "1-", "-1", "1-2-3", "01-2", "1-02", "+1-2", " 1-2", "1-2 ", "1 - 2", "a-1",
        "1-b", "0x1-2", "18446744073709551616-0", "1-4294967296", "1--2", "1.0-2"}) {
    EXPECT_FALSE(ParseEntryId(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseEntryId(absl::string_view("1-2\0", 4)).has_value());
}

}  // namespace
}  // namespace dnc
