// Takes the numbers of a full file, in any order and of any count, and yields them by block.
//
// A few numbers are kept as they come and sorted at the end. From kFewNumbers on each becomes a bit
// in the bitmap of its exchange (1 NPA NXX): 1,256 bytes for each exchange that occurs, whatever
// the order of the file and however often a number is repeated; 250 M numbers over the assigned
// exchanges take 365 MB, and every exchange there could be 1 GB. Numbers of other plans, and those
// of exchanges for which no memory is left, go through an ExternalSorter.
#ifndef DNC_STORAGE_REGISTRY_NUMBER_COLLECTOR_H_
#define DNC_STORAGE_REGISTRY_NUMBER_COLLECTOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "storage/registry/external_sorter.h"
#include "storage/registry/import_memory.h"
#include "storage/registry/streams.h"

namespace dnc {

// Not thread-safe. Errors of the temporary file are those of SpillFile; after an error it is of no
// further use.
class NumberCollector : public ChangeSource {
 public:
  static constexpr size_t kFewNumbers = size_t{1} << 21;  // 16 MiB

  struct Options {
    std::string dir;                 // for the temporary file: see ExternalSorter
    SpillRoom room = {};             // the same
    ImportMemory* memory = nullptr;  // for bitmaps; null: none. Outlives the collector
    size_t few_numbers = kFewNumbers;
    size_t sorter_bytes = 64 << 20;  // see ExternalSorter
  };

  // The errors of ExternalSorter::Create.
  static absl::StatusOr<std::unique_ptr<NumberCollector>> Create(Options options);
  ~NumberCollector() override;

  // Numbers in any order, repeated or not. INVALID_ARGUMENT for one outside 1..kMaxNumber.
  absl::Status Add(absl::Span<const uint64_t> numbers);

  // As ChangeSource says: adds only.
  absl::Status Merge(Visit visit) override;

 private:
  class Bitmaps;

  NumberCollector(const Options& options, ExternalSorter sorter);

  absl::Status Route(absl::Span<const uint64_t> numbers);

  const size_t few_numbers_;
  std::vector<uint64_t> few_;
  std::unique_ptr<Bitmaps> bitmaps_;  // null: there are few numbers so far
  ImportMemory* const memory_;
  ExternalSorter sorter_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_NUMBER_COLLECTOR_H_
