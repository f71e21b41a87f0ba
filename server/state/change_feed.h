// The newest audit records in memory, for those who follow the log as it grows. Whoever asks for
// more than is in memory reads the store: both have the same records, so nothing is missed or told
// twice where one ends and the other begins.
#ifndef DNC_SERVER_STATE_CHANGE_FEED_H_
#define DNC_SERVER_STATE_CHANGE_FEED_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "dnc/storage/v1/record.pb.h"

namespace dnc {

// Who follows the log. Called on the applier's thread: must not block.
class Follower {
 public:
  virtual ~Follower() = default;
  // Every read that starts from now on sees `revision`. `evicted` is the newest revision that had
  // to make room in memory, of those that could be read before; 0: none.
  virtual void OnRevision(int64_t revision, int64_t evicted) = 0;
};

// Thread-safe.
class ChangeFeed {
 public:
  using Record = std::shared_ptr<const storage::v1::AuditRecord>;

  // How much is kept for followers. Bytes are those of the records as they are stored.
  struct Limits {
    size_t records = 4096;
    size_t bytes = size_t{64} << 20;
  };

  struct Kept {
    Record record;
    size_t bytes;
  };
  using Prepared = std::vector<Kept>;

  ChangeFeed() = default;
  ChangeFeed(const ChangeFeed&) = delete;
  ChangeFeed& operator=(const ChangeFeed&) = delete;

  // Before anybody follows.
  void SetLimits(Limits limits);

  // A batch, by whoever applies it: Prepare for the content of each of its records, in their order,
  // and Publish once reads see them. Costs next to nothing while nobody follows.
  void Prepare(absl::string_view content, Prepared* prepared) const;
  void Publish(int64_t revision, Prepared prepared);

  // Whoever is added before it reads the newest revision is told of every later one.
  void Add(const std::shared_ptr<Follower>& follower);
  void Remove(const Follower* follower);

  // The record of that revision; null: not in memory, ask the store.
  Record Find(int64_t revision) const;

 private:
  std::atomic<bool> followed_{false};

  mutable absl::Mutex mu_;
  Limits limits_ ABSL_GUARDED_BY(mu_);
  std::deque<Kept> kept_ ABSL_GUARDED_BY(mu_);  // dense, ascending
  size_t kept_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t evicted_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<const Follower*, std::weak_ptr<Follower>> followers_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_CHANGE_FEED_H_
