// The registries that apply to a block of a send list, and which of its phones they have: looked up
// many at once, and decided once for all phones that they know alike.
#ifndef DNC_SERVER_HANDLER_BLOCK_REGISTRIES_H_
#define DNC_SERVER_HANDLER_BLOCK_REGISTRIES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"
#include "server/decision/decide.h"
#include "server/decision/facts.h"

namespace dnc {

// One block after the other, in the same memory. Not thread-safe.
class BlockRegistries {
 public:
  // How phones are decided of which nothing is known but the registries that have them.
  struct Outcome {
    v1::Verdict verdict = v1::VERDICT_UNKNOWN;
    MatchedRule rule;            // which decided; not of an ALLOW, and without the point
    UnixMicros valid_until = 0;  // of an ALLOW
  };

  // A block, none of whose phones is looked up. The question and the phones stay where they are
  // until the next block.
  void Begin(const Question& question, absl::Span<const uint64_t> phones);

  // Looks up `count` phones of the block, from `first` on, a multiple of 64. What is said below is
  // said of phones that were looked up.
  void Look(size_t first, size_t count);

  // False: too many apply for Next to tell phones apart; it must not be asked.
  bool can_group() const { return facts_.size() <= kMostGrouped; }

  // What the registries have of one phone. Good until the next call. Not where Next must not be
  // asked.
  const absl::InlinedVector<RegistryFact, 4>& Of(size_t index);

  // Of the phones 64 * word + i whose bits are set in `among` (one at least, all canonical): the
  // outcome of one, and in `*alike` all that have the same. Good until the next call.
  const Outcome& Next(size_t word, uint64_t among, uint64_t* alike);

 private:
  static constexpr size_t kMostGrouped = 32;
  static constexpr size_t kAreas = 1'000;

  // Which of the phones of a word are in the registry, or outside of its area codes.
  struct Column {
    std::vector<uint64_t> members;
    std::vector<uint64_t> uncovered;  // empty: none
    // By area code, 1: perhaps not covered. The last: what has none, which every registry covers.
    std::array<uint8_t, kAreas + 1> left_out;
  };

  static void BeginCoverage(const CatalogList& list, size_t words, Column* column);
  static void MarkUncovered(const CatalogList& list, size_t word, absl::Span<const uint64_t> phones,
                            Column* column);
  const Outcome& Judge(uint64_t kind, uint64_t phone);

  const Question* question_ = nullptr;
  absl::Span<const uint64_t> phones_;
  absl::InlinedVector<RegistryFact, 4> facts_;
  std::vector<Column> columns_;   // of each of them; perhaps more
  std::vector<uint64_t> marked_;  // those that are in some column
  // By kind: which registries have the phone (from bit 0) and which do not cover it (from 32).
  absl::flat_hash_map<uint64_t, Outcome> outcomes_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_BLOCK_REGISTRIES_H_
