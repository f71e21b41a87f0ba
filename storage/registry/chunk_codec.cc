// Byte grammar of a chunk, format version 1 (all fixed-width integers little-endian):
//
//   chunk    := header block{block_count} crc
//   header   := magic:u8 = 0xDC   version:u8 = 1   block_count:u32, 1 or more
//   block    := gap:varint   kind:u8   count:u16   payload
//   gap      := the block id for the first block, else the id minus the id before it, 1 or more;
//               base-128, low group first, high bit set on all bytes but the last, no padding
//   kind     := 0 list | 1 bitmap       the one that block.h prescribes for `count`
//   payload  := see block.h; its size follows from `count`
//   crc      := u32, CRC-32C of all bytes before it
//
// Kinds and versions are never renumbered. A reader refuses what it does not know.
#include "storage/registry/chunk_codec.h"

#include <cstring>
#include <limits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "storage/base/status_macros.h"
#include "storage/registry/crc32c.h"

namespace dnc {
namespace {

constexpr uint8_t kMagic = 0xDC;
constexpr uint8_t kVersion = 1;
constexpr size_t kBlockCountOffset = 2;
constexpr size_t kHeaderBytes = 6;
constexpr size_t kCrcBytes = 4;
constexpr size_t kMaxVarintBytes = 10;
constexpr size_t kMaxBlockHeadBytes = kMaxVarintBytes + 3;

template <typename Int>
void PutFixed(std::string& out, Int value) {
  char bytes[sizeof(value)];
  std::memcpy(bytes, &value, sizeof(value));
  out.append(bytes, sizeof(bytes));
}

void PutVarint(std::string& out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

// Walks the verified body of a chunk; every read checks its bounds.
class Cursor {
 public:
  Cursor(absl::string_view bytes, size_t at) : bytes_(bytes), at_(at) {}

  size_t at() const { return at_; }
  bool AtEnd() const { return at_ == bytes_.size(); }

  absl::Status Damage(absl::string_view what) const {
    return absl::DataLossError(
        absl::StrCat("chunk of a number list is damaged at byte ", at_, " of ", bytes_.size(), ": ",
                     what, "; restore it from another node or import the list again"));
  }

  absl::StatusOr<absl::string_view> Take(size_t size, absl::string_view what) {
    if (bytes_.size() - at_ < size) return Damage(absl::StrCat(what, " is cut short"));
    const absl::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }

  template <typename Int>
  absl::StatusOr<Int> TakeFixed(absl::string_view what) {
    DNC_ASSIGN_OR_RETURN(const absl::string_view taken, Take(sizeof(Int), what));
    Int value;
    std::memcpy(&value, taken.data(), sizeof(value));
    return value;
  }

  absl::StatusOr<uint64_t> TakeVarint(absl::string_view what) {
    uint64_t value = 0;
    for (size_t i = 0; i < kMaxVarintBytes; ++i) {
      DNC_ASSIGN_OR_RETURN(const uint8_t byte, TakeFixed<uint8_t>(what));
      value |= static_cast<uint64_t>(byte & 0x7F) << (7 * i);
      if (byte == 0 && i > 0) return Damage(absl::StrCat(what, " is padded"));
      if (byte < 0x80) return value;
    }
    return Damage(absl::StrCat(what, " is longer than ", kMaxVarintBytes, " bytes"));
  }

 private:
  absl::string_view bytes_;
  size_t at_;
};

struct Block {
  uint64_t id;
  BlockPayload payload;
};

// `previous` is null for the first block.
absl::StatusOr<Block> TakeBlock(Cursor& cursor, const Block* previous) {
  DNC_ASSIGN_OR_RETURN(const uint64_t gap, cursor.TakeVarint("block id"));
  if (gap > kMaxBlock || (previous != nullptr && gap == 0)) {
    return cursor.Damage(absl::StrCat("block id gap ", gap, " is out of range"));
  }
  Block block;
  block.id = previous == nullptr ? gap : previous->id + gap;
  DNC_ASSIGN_OR_RETURN(const uint8_t kind, cursor.TakeFixed<uint8_t>("block kind"));
  DNC_ASSIGN_OR_RETURN(block.payload.count, cursor.TakeFixed<uint16_t>("block count"));
  if (kind != static_cast<uint8_t>(EncodingFor(block.payload.count))) {
    return cursor.Damage(
        absl::StrCat("block kind ", kind, " does not belong to count ", block.payload.count));
  }
  DNC_ASSIGN_OR_RETURN(block.payload.bytes,
                       cursor.Take(PayloadBytes(block.payload.count), "block payload"));
  const absl::Status valid = ValidatePayload(block.id, block.payload);
  return valid.ok() ? absl::StatusOr<Block>(block) : cursor.Damage(valid.message());
}

// Checks what frames the blocks and returns how many there are.
absl::StatusOr<uint32_t> CheckFrame(absl::string_view bytes) {
  const Cursor start(bytes, 0);
  if (bytes.size() < kHeaderBytes + kCrcBytes) return start.Damage("too short for a chunk");
  const absl::string_view covered = bytes.substr(0, bytes.size() - kCrcBytes);
  Cursor trailer(bytes, covered.size());
  DNC_ASSIGN_OR_RETURN(const uint32_t crc, trailer.TakeFixed<uint32_t>("checksum"));
  if (crc != Crc32c(covered)) {
    return Cursor(bytes, covered.size()).Damage("the checksum does not match the bytes before it");
  }
  if (static_cast<uint8_t>(bytes[0]) != kMagic) return start.Damage("not a chunk (first byte)");
  if (const uint8_t version = static_cast<uint8_t>(bytes[1]); version != kVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("chunk of a number list has format version ", version, ", this program reads ",
                     kVersion, "; use the release that wrote it, or a later one"));
  }
  Cursor count(bytes, kBlockCountOffset);
  DNC_ASSIGN_OR_RETURN(const uint32_t blocks, count.TakeFixed<uint32_t>("block count"));
  if (blocks == 0) return count.Damage("it has no blocks");
  return blocks;
}

}  // namespace

ChunkWriter::ChunkWriter(Emit emit, size_t target_bytes)
    : emit_(std::move(emit)), target_bytes_(target_bytes) {
  StartChunk();
}

void ChunkWriter::StartChunk() {
  bytes_.clear();
  bytes_.reserve(target_bytes_);
  PutFixed(bytes_, kMagic);
  PutFixed(bytes_, kVersion);
  PutFixed(bytes_, uint32_t{0});  // block_count, set when the chunk is emitted
  blocks_ = 0;
}

absl::Status ChunkWriter::AppendBlock(uint64_t block, const BlockPayload& payload) {
  const bool first = chunks_ == 0 && blocks_ == 0;
  if (!first && block <= last_block_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "block ", block, " of a number list is not above the one before it, ", last_block_));
  }
  const size_t needed = kMaxBlockHeadBytes + payload.bytes.size() + kCrcBytes;
  if (blocks_ > 0 && bytes_.size() + needed > target_bytes_) DNC_RETURN_IF_ERROR(EmitChunk());
  PutVarint(bytes_, blocks_ == 0 ? block : block - last_block_);
  PutFixed(bytes_, static_cast<uint8_t>(EncodingFor(payload.count)));
  PutFixed(bytes_, static_cast<uint16_t>(payload.count));
  bytes_.append(payload.bytes.data(), payload.bytes.size());
  last_block_ = block;
  ++blocks_;
  return absl::OkStatus();
}

absl::Status ChunkWriter::EmitChunk() {
  if (chunks_ == std::numeric_limits<uint32_t>::max()) {
    return absl::ResourceExhaustedError(absl::StrCat("a number list takes more than ", chunks_,
                                                     " chunks; write it with larger chunks"));
  }
  std::memcpy(bytes_.data() + kBlockCountOffset, &blocks_, sizeof(blocks_));
  PutFixed(bytes_, Crc32c(bytes_));
  DNC_RETURN_IF_ERROR(emit_(chunks_, std::move(bytes_)));
  ++chunks_;
  StartChunk();
  return absl::OkStatus();
}

absl::Status ChunkWriter::FlushAssembler() {
  return assembler_.Flush(
      [this](uint64_t block, const BlockPayload& p) { return AppendBlock(block, p); });
}

absl::Status ChunkWriter::AddBlock(uint64_t block, const BlockPayload& payload) {
  DNC_RETURN_IF_ERROR(FlushAssembler());
  return AppendBlock(block, payload);
}

absl::Status ChunkWriter::Finish() {
  DNC_RETURN_IF_ERROR(FlushAssembler());
  return blocks_ == 0 ? absl::OkStatus() : EmitChunk();
}

absl::Status DecodeChunk(absl::string_view bytes, BlockVisitor visit) {
  DNC_ASSIGN_OR_RETURN(const uint32_t blocks, CheckFrame(bytes));
  Cursor cursor(bytes.substr(0, bytes.size() - kCrcBytes), kHeaderBytes);
  Block previous;
  for (uint32_t i = 0; i < blocks; ++i) {
    DNC_ASSIGN_OR_RETURN(previous, TakeBlock(cursor, i == 0 ? nullptr : &previous));
    DNC_RETURN_IF_ERROR(visit(previous.id, previous.payload));
  }
  if (!cursor.AtEnd()) return cursor.Damage("bytes follow the last block");
  return absl::OkStatus();
}

}  // namespace dnc
