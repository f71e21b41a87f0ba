// Reads into memory, after a start, what checks would otherwise ask the store for: every contact
// point into the filters, and into the record cache as much as it takes. A server with a hundred
// million of them serves at once: until the filters are complete they say of everything that it may
// be there, and such a check reads the store.
#ifndef DNC_SERVER_STATE_START_FILL_H_
#define DNC_SERVER_STATE_START_FILL_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/notification.h"
#include "server/state/record_cache.h"
#include "server/state/subject_filter.h"
#include "storage/rocksdb/store.h"

namespace dnc {

struct FillOptions {
  // What is read before the server serves, some tenth of a second's worth. A store that has no more
  // than that is in memory from the first check on.
  uint64_t rows_at_start = 200'000;
  const std::atomic<bool>* paused = nullptr;  // test seam; while it is set nothing more is read
};

class StartFill {
 public:
  // Takes what `snapshot` has, the state at `revision`; `filters` are not complete. Everything
  // outlives this.
  StartFill(std::shared_ptr<const StoreReader> snapshot, int64_t revision, SubjectFilters filters,
            RecordCache* cache, const FillOptions& options);
  // Stops where it is.
  ~StartFill();
  StartFill(const StartFill&) = delete;
  StartFill& operator=(const StartFill&) = delete;

  // Once. Reads `rows_at_start` on the calling thread, and the rest on one of its own, which gives
  // way to all others. UNAVAILABLE and DATA_LOSS of the first part only: where the store cannot be
  // read later on, that is logged, and the filters stay incomplete.
  absl::Status Begin();

  // Everything is read, or cannot be.
  bool ended() const { return ended_.HasBeenNotified(); }
  // Waits for that.
  void AwaitEnd() const { ended_.WaitForNotification(); }

 private:
  bool finished() const { return family_ == Family::kMeta; }
  // Reads up to `rows` more.
  absl::Status Read(uint64_t rows);
  void NextFamily();
  void Run();
  void End();
  bool AwaitTurn() const;  // false: stop

  std::shared_ptr<const StoreReader> snapshot_;
  const int64_t revision_;
  const SubjectFilters filters_;
  RecordCache* const cache_;
  const FillOptions options_;
  Family family_ = Family::kSubjects;  // kMeta: everything is read
  std::string next_;                   // the key to go on with
  bool cache_full_ = false;
  absl::Notification stop_;
  absl::Notification ended_;
  std::thread thread_;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_START_FILL_H_
