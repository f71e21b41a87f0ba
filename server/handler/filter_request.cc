#include "server/handler/filter_request.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/wire.h"

namespace dnc {
namespace {

static_assert(std::endian::native == std::endian::little, "fixed64 is copied as it travels");

// The bytes of a message that lies in pieces.
class PieceCursor {
 public:
  explicit PieceCursor(absl::Span<const absl::string_view> pieces) : pieces_(pieces) {
    for (const absl::string_view piece : pieces) left_ += piece.size();
  }

  size_t left() const { return left_; }
  // The next byte; there is one.
  uint8_t Take() {
    char byte = 0;
    Copy(&byte, 1);
    return static_cast<uint8_t>(byte);
  }
  // The next `count` bytes; there are so many.
  void Copy(char* to, size_t count) {
    left_ -= count;
    while (count > 0) {
      const absl::string_view rest = pieces_.front().substr(taken_);
      const size_t part = std::min(rest.size(), count);
      if (part > 0) std::memcpy(to, rest.data(), part);
      to += part;
      count -= part;
      taken_ += part;
      if (part < rest.size()) continue;
      pieces_.remove_prefix(1);
      taken_ = 0;
    }
  }
  // A length of at most four bytes, of what is left.
  bool TakeLength(size_t* length) {
    *length = 0;
    for (uint32_t shift = 0; shift < 28 && left_ > 0; shift += 7) {
      const uint8_t byte = Take();
      *length |= size_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return *length <= left_;
    }
    return false;
  }

 private:
  absl::Span<const absl::string_view> pieces_;
  size_t taken_ = 0;  // of the first piece
  size_t left_ = 0;
};

constexpr uint32_t kPhonesTag = BytesTag(v1::FilterContactsRequest::kPhonesFieldNumber);
static_assert(kPhonesTag < 0x80, "a tag of one byte");

}  // namespace

bool FilterRequest::ReadPhonesOnly(absl::Span<const absl::string_view> pieces) {
  PieceCursor cursor(pieces);
  size_t read = 0;
  while (cursor.left() > 0) {
    size_t bytes = 0;
    if (cursor.Take() != kPhonesTag || !cursor.TakeLength(&bytes)) return false;
    if (bytes % sizeof(uint64_t) != 0) return false;
    const size_t phones = bytes / sizeof(uint64_t);
    // A block of the size of the one before needs no memory, and none is cleared.
    if (phones_.size() < read + phones) phones_.resize(read + phones);
    if (phones > 0) cursor.Copy(reinterpret_cast<char*>(phones_.data() + read), bytes);
    read += phones;
  }
  phones_.resize(read);
  rest_.Clear();
  return true;
}

bool FilterRequest::ParseAny(absl::Span<const absl::string_view> pieces) {
  std::string bytes;
  size_t size = 0;
  for (const absl::string_view piece : pieces) size += piece.size();
  if (size > static_cast<size_t>(std::numeric_limits<int>::max())) return false;
  bytes.reserve(size);
  for (const absl::string_view piece : pieces) absl::StrAppend(&bytes, piece);
  if (!rest_.ParseFromString(bytes)) return false;
  phones_.assign(rest_.phones().begin(), rest_.phones().end());
  rest_.clear_phones();
  return true;
}

bool FilterRequest::Parse(absl::Span<const absl::string_view> pieces) {
  if (ReadPhonesOnly(pieces) || ParseAny(pieces)) return true;
  phones_.clear();
  rest_.Clear();
  return false;
}

}  // namespace dnc
