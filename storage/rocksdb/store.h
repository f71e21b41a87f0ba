// The authoritative store: RocksDB behind an interface without its headers. One writer (the
// applier) and the bulk importer write; everybody reads.
#ifndef DNC_STORAGE_ROCKSDB_STORE_H_
#define DNC_STORAGE_ROCKSDB_STORE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/schema/column_families.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace dnc {

// Reads one state of the store. Thread-safe.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  // Hands the value to `on_value` where the key exists; the bytes live only during that call.
  // Returns whether it exists, `on_value`'s error, DATA_LOSS for unreadable blocks.
  virtual absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const = 0;

  // Calls `on_row` for each key in [lower, upper), ascending, until it returns false. An empty
  // `upper` means to the end.
  virtual absl::Status Scan(
      Family family, absl::string_view lower, absl::string_view upper,
      absl::FunctionRef<bool(absl::string_view key, absl::string_view value)> on_row) const = 0;

  // The same state for whoever reads very many rows once, as reports do: such reads leave what is
  // cached for others alone. Outlives this reader. For long: each Scan by itself holds memory, so
  // read in pieces.
  virtual std::shared_ptr<const StoreReader> ForScans() const = 0;
};

// A set of changes that commits as one.
class WriteSet {
 public:
  struct Change {
    Family family;
    absl::string_view key;
    std::optional<absl::string_view> value;  // empty: delete
  };
  void Put(Family family, std::string key, std::string value) {
    const absl::string_view held = Hold(std::move(key));
    changes_.push_back({family, held, Hold(std::move(value))});
  }
  void Delete(Family family, std::string key) {
    changes_.push_back({family, Hold(std::move(key)), std::nullopt});
  }
  // A change whose bytes outlive the set.
  void Add(const Change& change) { changes_.push_back(change); }
  void Reserve(size_t changes) { changes_.reserve(changes); }

  const std::vector<Change>& changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  absl::string_view Hold(std::string bytes) {
    if (held_ == nullptr) held_ = std::make_unique<std::deque<std::string>>();
    return held_->emplace_back(std::move(bytes));
  }

  std::vector<Change> changes_;
  std::unique_ptr<std::deque<std::string>> held_;  // what Put and Delete were given
};

struct StoreOptions {
  std::string dir;                        // created where it is missing
  size_t block_cache_bytes = 256u << 20;  // shared by all families
  size_t write_buffer_bytes = 64u << 20;  // per family; the first that is full flushes all
  rocksdb::Env* env = nullptr;            // test seam; null: the system's
};

enum class Durability {
  kSynced,    // outlives a power cut
  kBuffered,  // in the log: outlives the process, and, with the next synced commit, a power cut
  // Not in the log, so that whoever syncs it need not wait for these bytes: outlives nothing before
  // Flush. For much data that counts only once something else says so. Waits while an earlier flush
  // of its families runs, so that the writes of others never have to.
  kUnlogged,
};

class Store {
 public:
  // Opens the store, creating it where there is none. Families that an older program did not have
  // are left out until CreateMissingFamilies. A WAL that ends in an incomplete record (a
  // kill during a write) is opened without it and reported in the log; damage anywhere else is
  // DATA_LOSS. Whether what is left reaches as far as what was acknowledged is for the mutation log
  // to say (storage/log/commit_marker.h). FAILED_PRECONDITION: in use by another process.
  static absl::StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options);

  virtual ~Store() = default;

  // Creates the families that the store was made without; until then they read as empty, and
  // nothing can be written to them. From then on no older program opens the store. Before others
  // use it. UNAVAILABLE.
  virtual absl::Status CreateMissingFamilies() = 0;

  // Reads of the newest committed state.
  virtual const StoreReader& Latest() const = 0;
  // The newest committed state, held still. Cheap; release it soon, since it keeps old values.
  virtual std::shared_ptr<const StoreReader> Snapshot() const = 0;

  // Commits all changes or none. UNAVAILABLE: nothing of it is visible now; whether a restart finds
  // it is not known. After that every commit fails until Resume succeeds.
  virtual absl::Status Commit(const WriteSet& changes, Durability durability) = 0;
  // Deletes every key in [lower, upper). Only of the family kChunks; FAILED_PRECONDITION.
  virtual absl::Status DeleteRange(Family family, absl::string_view lower,
                                   absl::string_view upper) = 0;
  // As DeleteRange, and gives the disk space back, to readers of older states as well: for what
  // nobody reads any more. Costs little where nothing is there. Does not belong on a path that
  // somebody waits for.
  virtual absl::Status Drop(Family family, absl::string_view lower, absl::string_view upper) = 0;

  // Makes every commit so far outlive a power cut, unlogged ones too. UNAVAILABLE.
  virtual absl::Status Flush() = 0;

  // Bytes that this process may still write to the store's disk. UNAVAILABLE.
  virtual absl::StatusOr<uint64_t> FreeBytes() const = 0;
  // Bytes of it that bulk writes leave to all others: room to flush write buffers and to compact.
  virtual uint64_t ReservedBytes() const = 0;

  // OK, or why a flush or compaction stopped the store's writes; OK again once Resume succeeds.
  virtual absl::Status background_error() const = 0;

  // Tries to make a store writable that could not write. OK: it can.
  virtual absl::Status Resume() = 0;

  // True where opening dropped an incomplete record at the WAL's end.
  virtual bool wal_tail_dropped() const = 0;
};

}  // namespace dnc

#endif  // DNC_STORAGE_ROCKSDB_STORE_H_
