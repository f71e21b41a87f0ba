#include "storage/base/wire.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dnc {
namespace {

// Of google.protobuf.Timestamp, and of Duration.
constexpr int kSecondsField = 1;
constexpr int kNanosField = 2;

// Protobuf's limit for one field.
constexpr uint64_t kMostBytes = INT32_MAX - 16;

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

bool WireReader::ReadBytes() {
  uint64_t size = 0;
  if (!ReadVarint(kMostTagBytes, &size) || size > kMostBytes) return false;
  if (size > static_cast<uint64_t>(end_ - next_)) return false;
  bytes_ = absl::string_view(next_, static_cast<size_t>(size));
  next_ += size;
  return true;
}

bool WireReader::ReadField() {
  uint64_t tag = 0;
  if (!ReadVarint(kMostTagBytes, &tag)) return false;
  tag_ = static_cast<uint32_t>(tag);  // protobuf drops what is beyond as well
  if (tag_ >> 3 == 0) return false;
  switch (static_cast<WireType>(tag_ & 7)) {
    case WireType::kVarint:
      return ReadVarint(kMostVarintBytes, &number_);
    case WireType::kBytes:
      return ReadBytes();
    case WireType::kFixed64:
      return ReadFixed(8);
    case WireType::kFixed32:
      return ReadFixed(4);
  }
  return false;  // groups
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

void WireWriter::Text(int field, absl::Span<const absl::string_view> pieces) {
  size_t bytes = 0;
  for (const absl::string_view piece : pieces) bytes += piece.size();
  if (bytes == 0) return;
  Reserve(kMostNumberBytes + bytes);
  PutVarint(BytesTag(field));
  PutVarint(bytes);
  for (const absl::string_view piece : pieces) {
    if (!piece.empty()) std::memcpy(next_, piece.data(), piece.size());
    next_ += piece.size();
  }
}

// One byte is left for the length; most messages need no more.
size_t WireWriter::Begin(int field) {
  Reserve(kMostNumberBytes);
  PutVarint(BytesTag(field));
  ++next_;
  return size();
}

void WireWriter::End(size_t begin) {
  const size_t bytes = size() - begin;
  const size_t length_bytes = VarintBytes(bytes);
  Reserve(length_bytes);
  char* const body = next_ - bytes;
  if (length_bytes > 1) std::memmove(body + length_bytes - 1, body, bytes);
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
