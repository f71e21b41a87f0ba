#include "storage/base/wire.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dnc {
namespace {

// Of google.protobuf.Timestamp, and of Duration.
constexpr int kSecondsField = 1;
constexpr int kNanosField = 2;

size_t VarintBytes(uint64_t value) {
  size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

}  // namespace

bool WireReader::ReadLongVarint(uint32_t most_bytes, uint64_t* value) {
  *value = 0;
  for (uint32_t shift = 0; shift < 7 * most_bytes && next_ != end_; shift += 7) {
    const auto byte = static_cast<unsigned char>(*next_++);
    // The tenth byte has one bit of a number; protobuf drops the others.
    *value |= shift == 63 ? uint64_t{byte} << 63 : uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool WireReader::ReadFixed(size_t bytes) {
  if (static_cast<size_t>(end_ - next_) < bytes) return false;
  number_ = 0;
  for (size_t i = 0; i < bytes; ++i) {
    number_ |= uint64_t{static_cast<unsigned char>(next_[i])} << (8 * i);
  }
  next_ += bytes;
  return true;
}

void WireWriter::Grow(size_t bytes) {
  const size_t used = size();
  const size_t capacity = std::max(2 * used, used + bytes);
  std::unique_ptr<char[]> larger(new char[capacity]);
  std::memcpy(larger.get(), begin(), used);
  heap_ = std::move(larger);
  next_ = heap_.get() + used;
  end_ = heap_.get() + capacity;
}

void WireWriter::Fixed64(int field, uint64_t value) {
  if (value == 0) return;
  Reserve(kMostNumberBytes);
  PutVarint(WireTag(field, WireType::kFixed64));
  for (int i = 0; i < 8; ++i) *next_++ = static_cast<char>(value >> (8 * i));
}

void WireWriter::WidenLength(size_t bytes) {
  const size_t length_bytes = VarintBytes(bytes);
  Reserve(length_bytes);
  char* const body = next_ - bytes;
  std::memmove(body + length_bytes - 1, body, bytes);
  next_ = body - 1;
  PutVarint(bytes);
  next_ += bytes;
}

// Nanoseconds count from the second before: times before 1970 have them as well.
void WireWriter::Micros(int field, int64_t micros) {
  constexpr int64_t kMicrosPerSecond = 1'000'000;
  int64_t seconds = micros / kMicrosPerSecond;
  int64_t rest = micros % kMicrosPerSecond;
  if (rest < 0) {
    --seconds;
    rest += kMicrosPerSecond;
  }
  const size_t begin = Begin(field);
  Number(kSecondsField, static_cast<uint64_t>(seconds));
  Number(kNanosField, static_cast<uint64_t>(rest * 1000));
  End(begin);
}

}  // namespace dnc
