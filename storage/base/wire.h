// Protobuf's wire format (https://protobuf.dev/programming-guides/encoding) without messages: for
// the few that every check reads or writes, where building the message costs more than the check.
#ifndef DNC_STORAGE_BASE_WIRE_H_
#define DNC_STORAGE_BASE_WIRE_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dnc {

enum class WireType : uint32_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// What stands before a field. `field` is a generated constant such as kVerdictFieldNumber.
constexpr uint32_t WireTag(int field, WireType type) {
  return static_cast<uint32_t>(field) << 3 | static_cast<uint32_t>(type);
}
constexpr uint32_t NumberTag(int field) { return WireTag(field, WireType::kVarint); }
constexpr uint32_t BytesTag(int field) { return WireTag(field, WireType::kBytes); }

// The fields of a message, one after the other. Whoever reads skips the tags that it does not know,
// as protobuf does.
class WireReader {
 public:
  explicit WireReader(absl::string_view message)
      : next_(message.data()), end_(message.data() + message.size()) {}

  // Reads the next field. False at the end, and at what is malformed or a group: see ok().
  bool Next() {
    if (next_ == end_) return false;
    return (ok_ = ReadField());
  }
  bool ok() const { return ok_; }

  // Of the field that Next read.
  uint32_t tag() const { return tag_; }
  uint64_t number() const { return number_; }  // of a varint or fixed field
  // Integers as protobuf narrows them.
  uint32_t uint32() const { return static_cast<uint32_t>(number_); }
  int64_t int64() const { return static_cast<int64_t>(number_); }
  bool boolean() const { return number_ != 0; }
  absl::string_view bytes() const { return bytes_; }  // of a string, bytes or message

 private:
  // Protobuf takes no more bytes for tags and lengths, even of padded ones.
  static constexpr uint32_t kMostTagBytes = 5;
  static constexpr uint32_t kMostVarintBytes = 10;
  static constexpr uint64_t kMostBytes = INT32_MAX - 16;  // protobuf's limit for one field

  bool ReadField() {
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

  bool ReadVarint(uint32_t most_bytes, uint64_t* value) {
    if (next_ != end_ && static_cast<signed char>(*next_) >= 0) {
      *value = static_cast<unsigned char>(*next_++);
      return true;
    }
    return ReadLongVarint(most_bytes, value);
  }
  bool ReadLongVarint(uint32_t most_bytes, uint64_t* value);
  bool ReadFixed(size_t bytes);
  bool ReadBytes() {
    uint64_t size = 0;
    if (!ReadVarint(kMostTagBytes, &size) || size > kMostBytes) return false;
    if (size > static_cast<uint64_t>(end_ - next_)) return false;
    bytes_ = absl::string_view(next_, static_cast<size_t>(size));
    next_ += size;
    return true;
  }

  const char* next_;
  const char* end_;
  bool ok_ = true;
  uint32_t tag_ = 0;
  uint64_t number_ = 0;
  absl::string_view bytes_;
};

// Writes a message. A field with the default value is left out, as proto3 does; write fields in
// the order of their numbers to get the very bytes that protobuf writes.
class WireWriter {
 public:
  WireWriter() : next_(inline_), end_(inline_ + kInlineBytes) {}
  WireWriter(const WireWriter&) = delete;
  WireWriter& operator=(const WireWriter&) = delete;

  // Integers, enums and booleans; negative ones as protobuf widens them.
  void Number(int field, uint64_t value) {
    if (value == 0) return;
    Reserve(kMostNumberBytes);
    PutVarint(NumberTag(field));
    PutVarint(value);
  }
  // A fixed64.
  void Fixed64(int field, uint64_t value);
  // A string or bytes, in pieces.
  void Text(int field, absl::Span<const absl::string_view> pieces) {
    size_t bytes = 0;
    for (const absl::string_view piece : pieces) bytes += piece.size();
    if (bytes == 0) return;
    BeginText(field, bytes);
    for (const absl::string_view piece : pieces) PutBytes(piece);
  }
  void Text(int field, absl::string_view text) {
    if (text.empty()) return;
    BeginText(field, text.size());
    PutBytes(text);
  }
  template <typename... Pieces>
  void TextOf(int field, const Pieces&... pieces) {
    Text(field, {absl::AlphaNum(pieces).Piece()...});
  }

  // Everything between Begin and its End is a message of that field, present even if empty.
  size_t Begin(int field) {
    Reserve(kMostNumberBytes);
    PutVarint(BytesTag(field));
    ++next_;  // for the length; most messages need no more
    return size();
  }
  void End(size_t begin) {
    const size_t bytes = size() - begin;
    if (bytes >= 0x80) return WidenLength(bytes);
    next_[-static_cast<ptrdiff_t>(bytes) - 1] = static_cast<char>(bytes);
  }

  // A google.protobuf.Timestamp of so many microseconds since the Unix epoch; also a Duration that
  // is not negative.
  void Micros(int field, int64_t micros);

  absl::string_view bytes() const { return {begin(), size()}; }
  // Forgets what was written beyond the first `size` bytes, which are a place outside of messages
  // that have ended since.
  void Cut(size_t size) { next_ -= bytes().size() - size; }

 private:
  static constexpr size_t kMostVarintBytes = 10;
  static constexpr size_t kMostNumberBytes = 2 * kMostVarintBytes;
  static constexpr size_t kInlineBytes = 768;  // most answers

  void Text(int field, std::initializer_list<absl::string_view> pieces) {
    Text(field, absl::MakeConstSpan(pieces.begin(), pieces.size()));
  }
  const char* begin() const { return heap_ == nullptr ? inline_ : heap_.get(); }
  size_t size() const { return static_cast<size_t>(next_ - begin()); }
  void Reserve(size_t bytes) {
    if (static_cast<size_t>(end_ - next_) < bytes) Grow(bytes);
  }
  void Grow(size_t bytes);
  void WidenLength(size_t bytes);  // of a message that needs more bytes for its length
  void BeginText(int field, size_t bytes) {
    Reserve(kMostNumberBytes + bytes);
    PutVarint(BytesTag(field));
    PutVarint(bytes);
  }
  void PutBytes(absl::string_view bytes) {
    if (!bytes.empty()) std::memcpy(next_, bytes.data(), bytes.size());
    next_ += bytes.size();
  }
  void PutVarint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) *next_++ = static_cast<char>(value | 0x80);
    *next_++ = static_cast<char>(value);
  }

  // Until it is too small. Not filled with zeros: that would cost as much as a check's answer.
  char inline_[kInlineBytes];
  std::unique_ptr<char[]> heap_;
  char* next_;
  char* end_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_WIRE_H_
