// The records that checks read, in memory: those of contact points and leads, as they were last
// committed, up to a number of bytes. A check that finds its record here asks RocksDB for nothing.
//
// A set-associative table of immutable nodes: a key may stand in one of the five places of either
// set that its hash names, in the first of them where there is room, so that a look-up costs one
// cache line for the set and what the node takes. The applier writes through; a start fills it, and
// checks offer what they had to read from the store, both of which leave alone what was changed
// meanwhile. Where both sets or the memory are full, the record that was changed or read from the
// store longest ago gives way, or with the memory used up one set after the other; what is not here
// is read from the store.
//
// A node says at which revision it was written. A reader of an older view takes it for a miss, so
// that it never sees the future; a newer node is in its place before the view that needs it is
// published, so that it never sees the past.
#ifndef DNC_SERVER_STATE_RECORD_CACHE_H_
#define DNC_SERVER_STATE_RECORD_CACHE_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "server/state/slab.h"
#include "server/state/subject_filter.h"
#include "storage/base/huge_memory.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// One thread writes, another may fill, any number read without a lock, and offer.
class RecordCache {
 public:
  // Takes about `budget_bytes` with its table; 0: keeps nothing.
  explicit RecordCache(size_t budget_bytes);
  ~RecordCache();
  RecordCache(const RecordCache&) = delete;
  RecordCache& operator=(const RecordCache&) = delete;

  static bool Holds(Family family) {
    return family == Family::kSubjects || family == Family::kLeads;
  }

  // The value as of `revision`; nothing where it is not here, or newer. Lives as long as the
  // reader's view does.
  bool Find(Family family, absl::string_view key, int64_t revision, absl::string_view* value) const;

  // Starts to fetch what Find of a key with that SubjectFilter::Hash reads first.
  void PrefetchSubject(uint64_t hash) const { __builtin_prefetch(&SetOf(hash)); }
  // And what it reads next, once that has come: the beginning of the record.
  void PrefetchSubjectRecord(uint64_t hash) const;

  // The writer's side. What these replace stays readable until Reclaim.
  void Put(Family family, absl::string_view key, absl::string_view value, int64_t revision);
  void Erase(Family family, absl::string_view key, int64_t revision);
  // Before a view of `revision` is published.
  void Advance(int64_t revision);
  // Frees what was replaced at revisions up to `oldest`, the oldest that anybody still reads.
  void Reclaim(int64_t oldest);

  // A reader's side: keeps what it has read from the store in a view of `revision`, unless that may
  // have been changed since, somebody else is at the cache, or what gave way before still waits for
  // Reclaim. Waits for nobody.
  void Offer(Family family, absl::string_view key, absl::string_view value, int64_t revision);

  // The start's side, between the two: keeps a record of the store as it was at `revision`, when
  // BeginFill was called, unless it was put or erased since. Nothing gives way to it: false where
  // memory or places are used up.
  void BeginFill();
  bool Fill(Family family, absl::string_view key, absl::string_view value, int64_t revision);
  void EndFill();

  // Nodes and table; without what waits for Reclaim.
  size_t memory_bytes() const;

 private:
  struct Node;
  static constexpr size_t kWays = 5;
  // 60 bytes of one cache line. A tag spares a look at a node with another key; it is a hint only.
  struct alignas(64) Set {
    std::array<std::atomic<const Node*>, kWays> nodes{};
    std::array<std::atomic<uint32_t>, kWays> tags{};
  };

  // A place for a node.
  struct Place {
    Set* set = nullptr;
    size_t way = 0;

    const Node* node() const;
  };

  Set& SetOf(uint64_t hash) const { return sets_[hash & mask_]; }
  Set& SecondSetOf(uint64_t hash) const { return sets_[(hash >> 24) & mask_]; }
  const Node* MakeNode(Family family, absl::string_view key, absl::string_view value,
                       int64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FreeNode(const Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The key's node and where it stands; null: nowhere.
  const Node* Lookup(uint64_t hash, Family family, absl::string_view key, Place* place) const;
  // A free place for a key with that hash, or the one whose node was changed longest ago.
  Place FreeOrOldest(uint64_t hash) const;
  int64_t& ChangeOf(uint64_t hash) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Touch(uint64_t hash, int64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OfferLocked(Family family, absl::string_view key, absl::string_view value, int64_t revision)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EraseLocked(uint64_t hash, Family family, absl::string_view key, int64_t revision)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Drop(Place place, int64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void MakeRoom(size_t bytes, int64_t revision) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // Takes a place where no node is.
  void Settle(Place place, uint64_t hash, const Node* node) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const size_t budget_;
  const size_t mask_;
  const HugeMemory table_;
  Set* const sets_;  // in table_

  mutable absl::Mutex mu_;  // of those who change something
  Slab slab_ ABSL_GUARDED_BY(mu_);
  size_t bytes_ ABSL_GUARDED_BY(mu_);
  size_t next_cleared_ ABSL_GUARDED_BY(mu_) = 0;
  // Of which revision each is free; nearly ascending.
  std::vector<std::pair<int64_t, const Node*>> replaced_ ABSL_GUARDED_BY(mu_);
  size_t replaced_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  int64_t newest_ ABSL_GUARDED_BY(mu_) = 0;  // no published view is newer
  // By a part of their hash: when one of the records that share it was last put or erased.
  std::vector<int64_t> changes_ ABSL_GUARDED_BY(mu_);
  // What was put or erased since BeginFill, and perhaps more; null: nobody fills.
  std::unique_ptr<SubjectFilter> touched_ ABSL_GUARDED_BY(mu_);
  int fills_in_vain_ ABSL_GUARDED_BY(mu_) = 0;
};

// Reads through the cache as of `revision`; what it does not have, and scans, from `below`. Use it
// while the view of that revision is held, or on the thread that writes the cache; ForScans, which
// leaves the cache out, as long as you like. With `filters` a contact point that they do not know
// costs no read: they must know all that are in `below`.
class CachedReader : public StoreReader {
 public:
  CachedReader(const RecordCache* cache, int64_t revision, std::shared_ptr<const StoreReader> below,
               SubjectFilters filters = {})
      : cache_(cache), revision_(revision), below_(std::move(below)), filters_(filters) {}

  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override;
  absl::Status Scan(
      Family family, absl::string_view lower, absl::string_view upper,
      absl::FunctionRef<bool(absl::string_view, absl::string_view)> on_row) const override {
    return below_->Scan(family, lower, upper, on_row);
  }
  std::shared_ptr<const StoreReader> ForScans() const override { return below_->ForScans(); }

 private:
  const RecordCache* const cache_;
  const int64_t revision_;
  const std::shared_ptr<const StoreReader> below_;
  const SubjectFilters filters_;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_RECORD_CACHE_H_
