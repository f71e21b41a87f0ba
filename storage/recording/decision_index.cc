#include "storage/recording/decision_index.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <memory>

#include "storage/recording/varint.h"

namespace dnc {
namespace {

constexpr char kSchemaOfRuns = 1;
constexpr uint8_t kMostBits = 12;
constexpr size_t kEntriesInChunk = 256;
constexpr size_t kChunkEntryBytes = sizeof(uint32_t) + sizeof(uint16_t);
constexpr size_t kFewestHeads = 1024;

uint32_t RestOf(const DecisionRun& run, uint64_t code) {
  return static_cast<uint32_t>(code << run.bits >> 32);
}

// An entry of a chunk as a number in the order of the chunk.
uint64_t Packed(uint32_t rest, uint16_t page) { return uint64_t{rest} << 16 | page; }

// Sorts the entries of chunks: some hundred hashes each, evenly spread, so that most come to their
// places by counting.
class ChunkSorter {
 public:
  // Good until the next call.
  absl::Span<const uint64_t> Sort(absl::Span<const uint64_t> packed) {
    if (sorted_.size() < packed.size()) sorted_.resize(packed.size());
    std::array<uint32_t, kBuckets + 1> begins{};
    for (const uint64_t entry : packed) ++begins[BucketOf(entry) + 1];
    for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
    std::array<uint32_t, kBuckets> next;  // NOLINT: written before it is read
    std::copy(begins.begin(), begins.end() - 1, next.begin());
    for (const uint64_t entry : packed) sorted_[next[BucketOf(entry)]++] = entry;
    // Codes that every page has fill a bucket of their own.
    for (size_t i = 0; i < kBuckets; ++i) {
      if (begins[i + 1] - begins[i] <= kFew) continue;
      std::sort(sorted_.begin() + begins[i], sorted_.begin() + begins[i + 1]);
    }
    InsertFew(packed.size());
    return absl::MakeConstSpan(sorted_.data(), packed.size());
  }

 private:
  static constexpr size_t kBuckets = 256;
  static constexpr uint32_t kFew = 16;

  // By the highest of its 48 bits.
  static size_t BucketOf(uint64_t entry) { return entry >> 40; }
  // None has far to go: only within its bucket.
  void InsertFew(size_t count) {
    for (size_t i = 1; i < count; ++i) {
      const uint64_t entry = sorted_[i];
      size_t at = i;
      for (; at > 0 && sorted_[at - 1] > entry; --at) sorted_[at] = sorted_[at - 1];
      sorted_[at] = entry;
    }
  }

  std::vector<uint64_t> sorted_;
};

// Of sorted entries, each once.
std::string EncodeChunk(absl::Span<const uint64_t> sorted) {
  std::string chunk(sorted.size() * kChunkEntryBytes, '\0');
  char* to = chunk.data();
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && sorted[i] == sorted[i - 1]) continue;
    const auto rest = static_cast<uint32_t>(sorted[i] >> 16);
    const auto page = static_cast<uint16_t>(sorted[i]);
    std::memcpy(to, &rest, sizeof(rest));
    std::memcpy(to + sizeof(rest), &page, sizeof(page));
    to += kChunkEntryBytes;
  }
  chunk.resize(static_cast<size_t>(to - chunk.data()));
  return chunk;
}

uint64_t EntryAt(absl::string_view chunk, size_t index) {
  uint32_t rest = 0;
  uint16_t page = 0;
  const char* at = chunk.data() + index * kChunkEntryBytes;
  std::memcpy(&rest, at, sizeof(rest));
  std::memcpy(&page, at + sizeof(rest), sizeof(page));
  return Packed(rest, page);
}

}  // namespace

uint16_t DecisionRun::PartitionOf(uint64_t code) const {
  return static_cast<uint16_t>(bits == 0 ? 0 : code >> (64 - bits));
}

std::string DecisionRun::Encode() const {
  std::string out(1, kSchemaOfRuns);
  out.push_back(static_cast<char>(bits));
  AppendVarint(first_page, &out);
  AppendVarint(rows, &out);
  AppendVarint(pages.size(), &out);
  uint64_t before = 0;
  for (const PageTimes& page : pages) {
    AppendVarint(ZigZag(static_cast<int64_t>(page.min - before)), &out);
    AppendVarint(page.max - page.min, &out);
    before = page.min;
  }
  return out;
}

bool DecisionRun::Decode(absl::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != kSchemaOfRuns) return false;
  bits = static_cast<uint8_t>(bytes[1]);
  bytes.remove_prefix(2);
  uint64_t first = 0;
  uint64_t count = 0;
  if (!TakeVarint(&bytes, &first) || !TakeVarint(&bytes, &rows)) return false;
  if (!TakeVarint(&bytes, &count) || bits > kMostBits || count > UINT16_MAX) return false;
  first_page = static_cast<uint32_t>(first);
  pages.clear();
  pages.reserve(count);
  uint64_t before = 0;
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t difference = 0;
    uint64_t span = 0;
    if (!TakeVarint(&bytes, &difference) || !TakeVarint(&bytes, &span)) return false;
    before += static_cast<uint64_t>(UnZigZag(difference));
    const PageTimes& page = pages.emplace_back(PageTimes{before, before + span});
    times.min = i == 0 ? page.min : std::min(times.min, page.min);
    times.max = i == 0 ? page.max : std::max(times.max, page.max);
  }
  return bytes.empty();
}

uint8_t PartitionBits(size_t entries) {
  const auto bits = static_cast<uint8_t>(std::bit_width(entries / kEntriesInChunk));
  return std::min(bits, kMostBits);
}

void EncodeChunks(const DecisionRun& run, absl::Span<const IndexEntry> entries,
                  absl::FunctionRef<void(uint16_t partition, std::string chunk)> on_chunk) {
  // Sorted by counting, so that each chunk has few to sort.
  std::vector<uint32_t> begins((size_t{1} << run.bits) + 1, 0);
  for (const IndexEntry& entry : entries) ++begins[run.PartitionOf(entry.code) + 1];
  for (size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  const auto sorted = std::make_unique_for_overwrite<uint64_t[]>(entries.size());
  std::vector<uint32_t> next(begins.begin(), begins.end() - 1);
  for (const IndexEntry& entry : entries) {
    const auto page = static_cast<uint16_t>(entry.page - run.first_page);
    sorted[next[run.PartitionOf(entry.code)]++] = Packed(RestOf(run, entry.code), page);
  }
  ChunkSorter sorter;
  for (size_t i = 0; i + 1 < begins.size(); ++i) {
    if (begins[i] == begins[i + 1]) continue;
    const absl::Span<const uint64_t> chunk(&sorted[begins[i]], begins[i + 1] - begins[i]);
    on_chunk(static_cast<uint16_t>(i), EncodeChunk(sorter.Sort(chunk)));
  }
}

std::optional<std::vector<uint32_t>> PagesOf(const DecisionRun& run, uint64_t code,
                                             absl::string_view chunk) {
  if (chunk.size() % kChunkEntryBytes != 0) return std::nullopt;
  const uint32_t rest = RestOf(run, code);
  const size_t count = chunk.size() / kChunkEntryBytes;
  size_t low = 0;
  for (size_t high = count; low < high;) {
    const size_t middle = low + (high - low) / 2;
    if (EntryAt(chunk, middle) < Packed(rest, 0)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  std::vector<uint32_t> pages;
  for (; low < count && EntryAt(chunk, low) <= Packed(rest, UINT16_MAX); ++low) {
    const auto page = static_cast<uint32_t>(EntryAt(chunk, low) & UINT16_MAX);
    if (page >= run.pages.size()) return std::nullopt;
    pages.push_back(run.first_page + page);
  }
  std::reverse(pages.begin(), pages.end());
  return pages;
}

void RecentIndex::Add(absl::Span<const uint64_t> codes, uint32_t page) {
  size_t at = entries_.size();
  entries_.resize(at + codes.size());
  for (const uint64_t code : codes) entries_[at++] = {code, page};
}

void RecentIndex::Link() {
  if (before_.size() == entries_.size()) return;
  if (heads_.size() < entries_.size()) {
    heads_.assign(std::bit_ceil(std::max(2 * entries_.size(), kFewestHeads)), 0);
    before_.clear();
  }
  before_.reserve(entries_.size());
  for (size_t i = before_.size(); i < entries_.size(); ++i) {
    uint32_t& head = heads_[entries_[i].code & (heads_.size() - 1)];
    before_.push_back(head);
    head = static_cast<uint32_t>(i + 1);
  }
}

std::vector<uint32_t> RecentIndex::Find(uint64_t code) {
  Link();
  std::vector<uint32_t> pages;
  if (heads_.empty()) return pages;
  for (uint32_t at = heads_[code & (heads_.size() - 1)]; at != 0; at = before_[at - 1]) {
    const IndexEntry& entry = entries_[at - 1];
    if (entry.code != code) continue;
    if (pages.empty() || pages.back() != entry.page) pages.push_back(entry.page);
  }
  return pages;
}

void RecentIndex::Clear() {
  entries_.clear();
  before_.clear();
  heads_.clear();
}

}  // namespace dnc
