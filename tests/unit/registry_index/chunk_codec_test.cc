#include "storage/registry/chunk_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <numeric>
#include <ostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "storage/registry/chunk_reader.h"
#include "storage/registry/crc32c.h"
#include "storage/registry/set_digest.h"
#include "tests/unit/registry_index/fakes.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

absl::Status Verify(absl::string_view bytes) {
  return DecodeChunk(bytes, [](uint64_t, const BlockPayload&) { return absl::OkStatus(); });
}

std::vector<uint64_t> RoundTrip(const std::vector<uint64_t>& numbers, size_t target_bytes) {
  MemoryChunkSource source(Encode(numbers, target_bytes));
  ChunkReader reader(source);
  return Drain(reader);
}

std::vector<uint64_t> Range(uint64_t first, size_t count) {
  std::vector<uint64_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), first);
  return numbers;
}

// A chunk around `body` with a valid checksum: what only a faulty writer makes.
std::string Sealed(std::string body) {
  const uint32_t crc = Crc32c(body);
  char bytes[sizeof(crc)];
  std::memcpy(bytes, &crc, sizeof(crc));
  return body.append(bytes, sizeof(bytes));
}

TEST(ChunkCodecTest, GoldenList) {
  const auto chunks = Encode({12125550000, 12125559999, 12125560001, 441632960000});
  ASSERT_THAT(chunks, SizeIs(1));
  EXPECT_EQ(absl::BytesToHexString(chunks[0]),
            "dc0103000000"      // magic, version, 3 blocks
            "8b814a0002000000"  // block 1212555: list of 2: 0000,
            "0f27"              // 9999
            "01000100"          // block 1 further: list of 1:
            "0100"              // 0001
            "d4c0bd14000100"    // block 44163296: list of 1:
            "0000"              // 0000
            "e5899225");
}

TEST(ChunkCodecTest, GoldenBitmap) {
  const auto chunks = Encode(Range(50'000, 625));
  ASSERT_THAT(chunks, SizeIs(1));
  std::string body = absl::HexStringToBytes("dc010100000005017102");  // block 5: bitmap of 625
  body += std::string(78, '\xFF') + '\x01' + std::string(1171, '\0');
  EXPECT_EQ(chunks[0], Sealed(body));
}

TEST(ChunkCodecTest, RoundTripsAtAnyChunkSize) {
  std::mt19937_64 random(1);
  std::set<uint64_t> numbers = {1, 9'999, 10'000, kMaxNumber - 1, kMaxNumber};
  for (int i = 0; i < 20'000; ++i) numbers.insert(1 + random() % kMaxNumber);
  for (int i = 0; i < 20'000; ++i) numbers.insert(12'125'550'000 + random() % 100'000);
  const std::vector<uint64_t> sorted(numbers.begin(), numbers.end());
  for (const size_t target : {size_t{0}, size_t{100}, size_t{4096}, kChunkTargetBytes}) {
    EXPECT_EQ(RoundTrip(sorted, target), sorted) << target;
  }
}

TEST(ChunkCodecTest, RoundTripsEveryCountAroundTheEncodingsBorder) {
  for (const size_t count : {1u, 2u, 623u, 624u, 625u, 626u, 9'999u, 10'000u}) {
    const auto numbers = Range(12'125'550'000, count);
    EXPECT_EQ(RoundTrip(numbers, kChunkTargetBytes), numbers) << count;
  }
}

TEST(ChunkCodecTest, ChunksKeepToTheTarget) {
  const auto chunks = Encode(Range(12'125'550'000, 1'200'000));
  EXPECT_THAT(chunks, SizeIs(3));
  for (const std::string& chunk : chunks) EXPECT_THAT(chunk.size(), Le(kChunkTargetBytes));
}

TEST(ChunkCodecTest, NoNumbersNoChunk) { EXPECT_THAT(Encode({}), IsEmpty()); }

TEST(ChunkCodecTest, WriterRefusesDisorderAndNonNumbers) {
  const auto refused = [](std::vector<uint64_t> numbers) {
    ChunkWriter writer([](uint32_t, std::string) { return absl::OkStatus(); });
    absl::Status status;
    for (const uint64_t number : numbers) status = writer.Add(number);
    return absl::IsInvalidArgument(status);
  };
  EXPECT_TRUE(refused({5, 5}));
  EXPECT_TRUE(refused({12'125'550'000, 12'125'549'999}));
  EXPECT_TRUE(refused({0}));
  EXPECT_TRUE(refused({kMaxNumber + 1}));
}

TEST(ChunkCodecTest, WriterErrorsMaskNumbers) {
  ChunkWriter writer([](uint32_t, std::string) { return absl::OkStatus(); });
  ASSERT_TRUE(writer.Add(12'125'551'234).ok());
  const std::string message(writer.Add(12'125'551'234).message());
  EXPECT_THAT(message, HasSubstr("+1212***34"));
  EXPECT_THAT(message, ::testing::Not(HasSubstr("12125551234")));
}

TEST(ChunkCodecTest, WriterReturnsTheSinksError) {
  ChunkWriter writer([](uint32_t, std::string) { return absl::UnavailableError("full"); }, 0);
  ASSERT_TRUE(writer.Add(1).ok());
  ASSERT_TRUE(writer.Add(20'000).ok());
  EXPECT_TRUE(absl::IsUnavailable(writer.Add(40'000)));
}

TEST(ChunkCodecTest, EveryDamagedByteAndEveryCutIsDetected) {
  auto numbers = Range(50'000, 700);
  for (const uint64_t number : {80'001u, 80'007u, 4'000'000u}) numbers.push_back(number);
  const std::string good = Encode(numbers).at(0);
  ASSERT_TRUE(Verify(good).ok());
  for (size_t at = 0; at < good.size(); ++at) {
    EXPECT_TRUE(absl::IsDataLoss(Verify(good.substr(0, at)))) << at;
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      EXPECT_TRUE(absl::IsDataLoss(Verify(bad))) << at << " bit " << bit;
    }
  }
  EXPECT_TRUE(absl::IsDataLoss(Verify(good + '\0')));
}

TEST(ChunkCodecTest, NamesWhatIsDamagedAndWhere) {
  std::string bad = Encode({12125550000}).at(0);
  bad[7] ^= 1;
  EXPECT_THAT(std::string(Verify(bad).message()), HasSubstr("at byte 14 of 18: the checksum"));
}

struct Malformed {
  const char* name;
  const char* body_hex;  // without the checksum
  const char* message;
};

// ctest's name for the case, in place of the bytes of the pointers.
void PrintTo(const Malformed& malformed, std::ostream* out) { *out << malformed.name; }

class MalformedChunkTest : public ::testing::TestWithParam<Malformed> {};

TEST_P(MalformedChunkTest, IsRefusedDespiteAValidChecksum) {
  const absl::Status status = Verify(Sealed(absl::HexStringToBytes(GetParam().body_hex)));
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    All, MalformedChunkTest,
    ::testing::Values(Malformed{"magic",
                                "dd010100000005000100"
                                "0300",
                                "not a chunk"},
                      Malformed{"no_blocks", "dc0100000000", "no blocks"},
                      Malformed{"missing_block",
                                "dc010200000005000100"
                                "0300",
                                "block id is cut short"},
                      Malformed{"extra_bytes",
                                "dc010100000005000100"
                                "030000",
                                "bytes follow"},
                      Malformed{"short_payload",
                                "dc010100000005000200"
                                "0300",
                                "payload is cut short"},
                      Malformed{"wrong_kind",
                                "dc010100000005010100"
                                "0300",
                                "kind 1"},
                      Malformed{"unknown_kind",
                                "dc010100000005020100"
                                "0300",
                                "kind 2"},
                      Malformed{"zero_count", "dc010100000005000000", "count 0"},
                      Malformed{"unordered",
                                "dc010100000005000200"
                                "04000300",
                                "ascending"},
                      Malformed{"repeated",
                                "dc010100000005000200"
                                "03000300",
                                "ascending"},
                      Malformed{"suffix_range",
                                "dc010100000005000100"
                                "1027",
                                "0..9999"},
                      Malformed{"zero_gap",
                                "dc010200000005000100"
                                "0300"
                                "00000100"
                                "0300",
                                "gap 0"},
                      Malformed{"padded_id",
                                "dc01010000008500000100"
                                "0300",
                                "padded"},
                      Malformed{"long_id",
                                "dc0101000000"
                                "ffffffffffffffffffff01",
                                "longer than"},
                      Malformed{"gap_range", "dc010100000080d0dbc3f4020001000300", "out of range"},
                      Malformed{"block_range",
                                "dc0102000000ffcfdbc3f402000100030001000100"
                                "0300",
                                "past 15 digits"},
                      Malformed{"number_zero",
                                "dc010100000000000100"
                                "0000",
                                "contains 0"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(ChunkCodecTest, RefusesABitmapOfAnotherCount) {
  const std::string head = absl::HexStringToBytes("dc010100000005017102");  // says 625
  EXPECT_TRUE(absl::IsDataLoss(Verify(Sealed(head + std::string(1250, '\x11')))));
}

TEST(ChunkCodecTest, ALaterFormatIsNamedAsSuch) {
  const absl::Status status =
      Verify(Sealed(absl::HexStringToBytes("dc020100000005000100"
                                           "0300")));
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
}

TEST(ChunkCodecTest, StopsAtTheVisitorsError) {
  int calls = 0;
  const absl::Status status =
      DecodeChunk(Encode({1, 10'000, 20'000}).at(0), [&](uint64_t, const BlockPayload&) {
        return ++calls == 2 ? absl::CancelledError("enough") : absl::OkStatus();
      });
  EXPECT_TRUE(absl::IsCancelled(status));
  EXPECT_EQ(calls, 2);
}

TEST(ChunkWriterTest, TakesWholeBlocks) {
  std::vector<std::string> chunks;
  ChunkWriter writer([&](uint32_t, std::string bytes) {
    chunks.push_back(std::move(bytes));
    return absl::OkStatus();
  });
  BlockBits bits;
  bits.Set(7);
  bits.Set(9'999);
  ASSERT_TRUE(writer.Add(3).ok());
  ASSERT_TRUE(writer.AddBlock(5, bits.Payload()).ok());
  ASSERT_TRUE(writer.Add(60'001).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(writer.AddBlock(6, bits.Payload())));
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_EQ(chunks, Encode({3, 50'007, 59'999, 60'001}));
}

TEST(ChunkReaderTest, RefusesRepeatedAndDisorderedChunks) {
  const std::string low = Encode({1, 9'000}).at(0);
  const std::string high = Encode({20'000}).at(0);
  for (const auto& chunks : {std::vector{low, low}, std::vector{high, low}}) {
    MemoryChunkSource source(chunks);
    ChunkReader reader(source);
    ASSERT_TRUE(reader.Next().ok());
    EXPECT_TRUE(absl::IsDataLoss(reader.Next().status()));
  }
}

TEST(ChunkReaderTest, NamesTheDamagedChunk) {
  MemoryChunkSource source({Encode({1}).at(0), "garbage of some length"});
  ChunkReader reader(source);
  ASSERT_TRUE(reader.Next().ok());
  const absl::Status status = reader.Next().status();
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("chunk 1: "));
}

TEST(ChunkReaderTest, StaysAtTheEnd) {
  MemoryChunkSource source({Encode({7, 9}).at(0)});
  ChunkReader reader(source);
  EXPECT_THAT(Drain(reader), ElementsAre(7, 9));
  EXPECT_EQ(reader.Next().value(), nullptr);
  EXPECT_EQ(reader.Next().value(), nullptr);
}

TEST(SetDigestTest, Golden) {
  SetDigest empty;
  EXPECT_EQ(empty.Finish().value(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  SetDigest two;
  two.Add(12125550000);
  two.Add(12125550001);
  EXPECT_EQ(two.Finish().value(),
            "104378a700e2da6f2f6d8f510afa7f036865a6fa39d13277ec9b38f0b2abac5d");
}

TEST(SetDigestTest, TellsSetsApartAcrossItsBuffer) {
  std::set<std::string> digests;
  for (const uint64_t count : {1'023u, 1'024u, 1'025u, 2'048u, 5'000u}) {
    SetDigest digest;
    for (uint64_t number = 1; number <= count; ++number) digest.Add(number);
    digests.insert(digest.Finish().value());
  }
  EXPECT_THAT(digests, SizeIs(5));
}

}  // namespace
}  // namespace dnc
