// The pages of records on disk, and the index over them: docs/adr/0028-records-in-pages.md.
#ifndef DNC_STORAGE_RECORDING_DECISION_PAGES_H_
#define DNC_STORAGE_RECORDING_DECISION_PAGES_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "storage/recording/decision_index.h"
#include "storage/recording/decision_page.h"
#include "storage/rocksdb/recording_store.h"

namespace dnc {

// Which pages of a bucket are wanted.
struct PageQuery {
  std::optional<uint64_t> code;  // those with records that have it; none: all
  // Those with records within [start, end).
  uint64_t start = 0;
  uint64_t end = std::numeric_limits<uint64_t>::max();
  uint32_t last_page = std::numeric_limits<uint32_t>::max();
};

// Any number of threads read; one at a time does the rest.
class DecisionPages {
 public:
  // A page, or what there is of it so far.
  using Parts = std::vector<std::shared_ptr<const std::string>>;

  explicit DecisionPages(RecordingStore* store) : store_(store) {}

  // `buckets`: those that have pages, ascending.
  absl::Status Load(absl::Span<const uint64_t> buckets);

  // Opens a bucket that is newer than all, unless it is open. UNAVAILABLE: nothing was written.
  absl::Status Open(uint64_t bucket);

  // What is written to the open bucket.
  struct Written {
    std::shared_ptr<const std::string> part;
    bool fills = false;  // the page is whole with it
    PageTimes times;
    size_t rows = 0;
    std::vector<uint64_t> codes;
  };
  absl::StatusOr<Written> Put(const PageBuilder& page, RecordingBatch* changes);
  // Once the changes are on disk: shows it to those that read.
  void Publish(Written written);

  // Forgets the buckets before `end`, before they are dropped.
  void Forget(uint64_t end);

  // Calls `on_page` for each page of the bucket that the query may want, newest first, until it
  // returns false.
  absl::Status ForEach(uint64_t bucket, const PageQuery& query,
                       absl::FunctionRef<bool(uint32_t page, const Parts& parts)> on_page) const;

 private:
  using Runs = std::vector<std::shared_ptr<const DecisionRun>>;

  // The pages of the newest bucket that no run on disk covers.
  struct OpenRun {
    uint64_t bucket = 0;  // 0: there is none
    uint32_t number = 0;
    uint32_t first_page = 0;
    uint64_t rows = 0;
    std::vector<PageTimes> pages;  // the one that is not whole is the last
    Parts parts;                   // of that one
    size_t part_rows = 0;
    size_t part_bytes = 0;

    uint32_t page() const {  // the one that is written next
      const size_t whole = pages.size() - (parts.empty() ? 0 : 1);
      return first_page + static_cast<uint32_t>(whole);
    }
  };
  // What a query sees of it.
  struct Recent {
    std::vector<uint32_t> pages;  // descending
    uint32_t open_page = 0;
    Parts parts;
  };

  absl::Status LoadRuns(uint64_t bucket);
  absl::Status LoadOpenRun(uint64_t bucket);
  absl::Status CloseRun() ABSL_LOCKS_EXCLUDED(mu_);
  absl::StatusOr<std::string> Merge(const Parts& parts, absl::string_view last);
  DecisionRun RunOfOpen() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Show(const Written& written) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void BeginBucket(uint64_t bucket) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Recent FindRecent(uint64_t bucket, const PageQuery& query) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Runs RunsOf(uint64_t bucket) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Calls `on_page` for the wanted pages that a run covers, until it answers false.
  absl::Status ForEachOfRuns(const Runs& runs, uint64_t bucket, const PageQuery& query,
                             absl::FunctionRef<absl::StatusOr<bool>(uint32_t)> on_page) const;
  // `runs`: of the bucket, from number `first` on.
  absl::Status ForEachOfCode(uint64_t bucket, const PageQuery& query,
                             absl::Span<const std::shared_ptr<const DecisionRun>> runs,
                             uint32_t first,
                             absl::FunctionRef<absl::StatusOr<bool>(uint32_t)> on_page) const;

  RecordingStore* const store_;
  PageBuilder merged_;  // the writer's own
  mutable absl::Mutex mu_;
  std::map<uint64_t, Runs> runs_ ABSL_GUARDED_BY(mu_);  // by bucket
  OpenRun open_ ABSL_GUARDED_BY(mu_);
  mutable RecentIndex recent_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_DECISION_PAGES_H_
