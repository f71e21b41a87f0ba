// Which pages have records of a contact point, a lead or an organization: in memory for the newest
// pages, on disk for all that came before. The pages that are indexed together are a run.
//
// clang-format off
//   run     schema:u8 bits:u8 first_page:n rows:n pages:n (min_time:s span:n)*
//           min_time: how much more than that of the page before; span: to the page's last record
//   chunk   (rest:u32 page:u16)*      ascending; the run's codes of one partition
//           partition: the first `bits` bits of the code; rest: the next 32; page: since first_page
//   n, s    as in decision_page.h; u16, u32: little-endian
// clang-format on
//
// Two codes that agree in so many bits share a page now and then, and who reads it sees that.
#ifndef DNC_STORAGE_RECORDING_DECISION_INDEX_H_
#define DNC_STORAGE_RECORDING_DECISION_INDEX_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dnc {

// The times of a page's records.
struct PageTimes {
  uint64_t min = 0;
  uint64_t max = 0;

  bool Overlap(uint64_t start, uint64_t end) const { return min < end && max >= start; }
};

struct DecisionRun {
  uint8_t bits = 0;  // of a partition
  uint32_t first_page = 0;
  uint64_t rows = 0;
  std::vector<PageTimes> pages = {};
  PageTimes times = {};  // of all of them

  uint32_t end_page() const { return first_page + static_cast<uint32_t>(pages.size()); }
  uint16_t PartitionOf(uint64_t code) const;

  std::string Encode() const;
  // False where it is damaged or of a newer program.
  bool Decode(absl::string_view bytes);
};

// A code and a page that has it.
struct IndexEntry {
  uint64_t code = 0;
  uint32_t page = 0;
};

// Bits for which a chunk of a run with so many entries is neither tiny nor large.
uint8_t PartitionBits(size_t entries);

// Calls `on_chunk(partition, chunk)` for each partition that has any of the entries.
void EncodeChunks(const DecisionRun& run, absl::Span<const IndexEntry> entries,
                  absl::FunctionRef<void(uint16_t partition, std::string chunk)> on_chunk);

// The pages of a chunk that may have the code, descending; nullopt where it is damaged.
std::optional<std::vector<uint32_t>> PagesOf(const DecisionRun& run, uint64_t code,
                                             absl::string_view chunk);

// The codes of pages that no run covers yet. One thread at a time.
class RecentIndex {
 public:
  void Add(absl::Span<const uint64_t> codes, uint32_t page);
  // The pages that have the code, descending, each once.
  std::vector<uint32_t> Find(uint64_t code);
  void Clear();

  const std::vector<IndexEntry>& entries() const { return entries_; }

 private:
  void Link();

  std::vector<IndexEntry> entries_;
  // Of each entry one more than the one before it in its chain; 0: none. Made when it is asked.
  std::vector<uint32_t> before_;
  std::vector<uint32_t> heads_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_DECISION_INDEX_H_
