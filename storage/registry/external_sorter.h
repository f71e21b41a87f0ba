// Sorts the adds and deletes of an import of any size in a fixed amount of memory.
//
// Records fill a buffer; a full buffer is sorted into a run and appended to a SpillFile; Merge
// reads all runs at once. The record, in memory and in the file, is number << 1 | is_delete as u64.
#ifndef DNC_STORAGE_REGISTRY_EXTERNAL_SORTER_H_
#define DNC_STORAGE_REGISTRY_EXTERNAL_SORTER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/optimization.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/status_macros.h"
#include "storage/registry/block.h"
#include "storage/registry/spill_file.h"
#include "storage/registry/streams.h"

namespace dnc {

// Not thread-safe. Errors of the temporary file are those of SpillFile and name the directory;
// after an error the sorter is of no further use.
class ExternalSorter : public OpSource {
 public:
  static constexpr size_t kMinMemoryBytes = 4096;

  struct Options {
    std::string
        dir;  // for the temporary file, which takes 8 bytes a record beyond what fits in memory
    // Memory for records, at least kMinMemoryBytes: a run is memory_bytes / 16 records. Merge keeps
    // within it up to memory_bytes / 512 runs (at 64 MiB: 5 * 10^11 records).
    size_t memory_bytes = 64 << 20;
    SpillRoom room = {};  // for that file
  };

  // INVALID_ARGUMENT for less memory than kMinMemoryBytes or an empty `dir`; else the error, if
  // any, of making a file in `dir`, so that an import does not fail late for a wrong path.
  static absl::StatusOr<ExternalSorter> Create(Options options);

  // Numbers in any order; of several for one number the last added wins. INVALID_ARGUMENT for a
  // number outside 1..kMaxNumber, FAILED_PRECONDITION after Merge.
  absl::Status Add(uint64_t number, bool is_delete) {
    if (ABSL_PREDICT_FALSE(number == 0 || number > kMaxNumber || merged_)) return Refuse(number);
    if (buffer_.size() == run_records_) DNC_RETURN_IF_ERROR(SpillRun());
    if (buffer_.capacity() == 0) buffer_.reserve(run_records_);
    buffer_.push_back(number << 1 | (is_delete ? 1 : 0));
    return absl::OkStatus();
  }

  // As OpSource says. FAILED_PRECONDITION when called again.
  absl::Status Merge(Visit visit) override;

 private:
  struct Run {
    uint64_t first;  // record numbers in the file, from here
    uint64_t past;   // up to, without this one
  };

  ExternalSorter(size_t memory_bytes, SpillFile file);

  absl::Status Refuse(uint64_t number) const;
  void SortBuffer();
  absl::Status SpillRun();
  absl::Status MergeRuns(Visit visit);

  size_t memory_bytes_;
  size_t run_records_;
  SpillFile file_;
  std::vector<Run> runs_;         // in the order they were added
  std::vector<uint64_t> buffer_;  // in the order they were added
  std::vector<uint64_t> scratch_;
  bool merged_ = false;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_EXTERNAL_SORTER_H_
