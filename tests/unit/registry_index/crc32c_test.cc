#include "storage/registry/crc32c.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>

namespace dnc {
namespace {

struct Vector {
  std::string bytes;
  uint32_t crc;
};

std::string Counting(int first, int step) {
  std::string bytes;
  for (int i = 0; i < 32; ++i) bytes.push_back(static_cast<char>(first + i * step));
  return bytes;
}

TEST(Crc32cTest, MatchesRfc3720) {
  const Vector vectors[] = {
      {std::string(32, '\0'), 0x8A9136AA}, {std::string(32, '\xFF'), 0x62A8AB43},
      {Counting(0, 1), 0x46DD794E},        {Counting(31, -1), 0x113FDB5C},
      {"123456789", 0xE3069283},           {"", 0}};
  for (const Vector& vector : vectors) {
    EXPECT_EQ(Crc32c(vector.bytes), vector.crc);
    EXPECT_EQ(Crc32cPortable(vector.bytes), vector.crc);
  }
}

TEST(Crc32cTest, BothImplementationsAgreeAtEveryLengthAndAlignment) {
  std::mt19937_64 random(1);
  std::string bytes(300, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  for (size_t start = 0; start < 8; ++start) {
    for (size_t size = 0; size + start <= bytes.size(); ++size) {
      const auto part = absl::string_view(bytes).substr(start, size);
      ASSERT_EQ(Crc32c(part), Crc32cPortable(part)) << start << " " << size;
    }
  }
}

}  // namespace
}  // namespace dnc
