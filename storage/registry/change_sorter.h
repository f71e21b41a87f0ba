// Sorts the rows of a change list of any size in a fixed amount of memory, and decides what each
// number comes to where several rows speak of it.
//
// Rows fill a buffer; a full buffer is sorted into a run and appended to a SpillFile; Merge reads
// all runs at once. A row, in memory and in the file, is two u64: number << 1 | is_delete, and its
// time plus 1, or 0 where it has none.
#ifndef DNC_STORAGE_REGISTRY_CHANGE_SORTER_H_
#define DNC_STORAGE_REGISTRY_CHANGE_SORTER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/registry/spill_file.h"
#include "storage/registry/streams.h"

namespace dnc {

// Of several rows for one number the latest one counts, where each has a time. Where one has none,
// or the latest add and the latest delete are of the same time, an add counts: what is in doubt
// blocks. The order of the rows never matters.
//
// Not thread-safe. Errors of the temporary file are those of SpillFile; after one the sorter is of
// no further use.
class ChangeSorter : public OpSource {
 public:
  struct Change {
    uint64_t number = 0;
    bool is_delete = false;
    std::optional<int64_t> time = {};  // not negative
  };

  static constexpr size_t kRunRows = size_t{1} << 20;  // 16 MiB, and as much again to spill them

  // `dir` takes the temporary file: 16 bytes a row beyond the first run of `run_rows`, at least 1.
  // `room` is asked before it grows.
  static absl::StatusOr<ChangeSorter> Create(const std::string& dir, size_t run_rows = kRunRows,
                                             SpillRoom room = {});

  // INVALID_ARGUMENT for a number outside 1..kMaxNumber and for a negative time.
  absl::Status Add(const Change& change);

  // As OpSource says.
  absl::Status Merge(Visit visit) override;

 private:
  struct Row {
    uint64_t op;
    uint64_t time;
  };
  struct Run {
    uint64_t first;  // words of the file, from here
    uint64_t past;   // up to, without this one
  };
  class RunReader;
  class Tally;

  ChangeSorter(size_t run_rows, SpillFile file) : run_rows_(run_rows), file_(std::move(file)) {}

  absl::Status SpillRun();

  size_t run_rows_;
  SpillFile file_;
  std::vector<Run> runs_;
  std::vector<Row> buffer_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_CHANGE_SORTER_H_
