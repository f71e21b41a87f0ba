// The store of records: what checks were asked, which contacts were made. A RocksDB of its own, so
// that however much is recorded, no opt-out waits for it. Not authoritative: no check reads it.
#ifndef DNC_STORAGE_ROCKSDB_RECORDING_STORE_H_
#define DNC_STORAGE_ROCKSDB_RECORDING_STORE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rocksdb {
class Env;
}  // namespace rocksdb

namespace dnc {

// The column families. Persisted: never renamed or reused. What their keys are:
// storage/recording/recording_keys.h.
enum class RecordingFamily : uint8_t {
  kState = 0,      // the state of the recording store
  kDecisions = 1,  // records of checks, bucket by bucket
  kGaps = 2,       // times for which records are missing
  kCounters = 3,   // how many checks were answered how, by the hour
  kContacts = 4,   // contacts that were made
  kIndex = 5,      // where records of checks are found, bucket by bucket
};

inline constexpr std::array<const char*, 6> kRecordingFamilyNames = {
    "state", "decisions", "gaps", "counters", "contacts", "index"};

// Changes that commit as one.
class RecordingBatch {
 public:
  struct Put {
    RecordingFamily family;
    std::string key;
    std::string value;
  };
  void Add(RecordingFamily family, std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    puts_.push_back({family, std::move(key), std::move(value)});
  }
  void Delete(RecordingFamily family, std::string key) {
    deletes_.push_back({family, std::move(key), {}});
  }
  const std::vector<Put>& puts() const { return puts_; }
  const std::vector<Put>& deletes() const { return deletes_; }  // without values
  size_t bytes() const { return bytes_; }                       // of what is put

 private:
  std::vector<Put> puts_;
  std::vector<Put> deletes_;
  size_t bytes_ = 0;
};

struct RecordingStoreOptions {
  std::string dir;              // created where it is missing
  rocksdb::Env* env = nullptr;  // test seam; null: the system's
};

// Thread-safe.
class RecordingStore {
 public:
  using OnRow = absl::FunctionRef<bool(absl::string_view key, absl::string_view value)>;

  // Opens the store, creating it where there is none. A torn end of its log, of writes that were
  // not synced, is dropped. DATA_LOSS: damaged; FAILED_PRECONDITION: in use by another process.
  static absl::StatusOr<std::unique_ptr<RecordingStore>> Open(const RecordingStoreOptions& options);

  virtual ~RecordingStore() = default;

  // UNAVAILABLE and DATA_LOSS where it cannot be read.
  virtual absl::StatusOr<std::optional<std::string>> Get(RecordingFamily family,
                                                         absl::string_view key) const = 0;
  // Calls `on_row` for each key in [lower, upper), ascending or descending, until it returns false.
  virtual absl::Status ScanUp(RecordingFamily family, absl::string_view lower,
                              absl::string_view upper, OnRow on_row) const = 0;
  virtual absl::Status ScanDown(RecordingFamily family, absl::string_view lower,
                                absl::string_view upper, OnRow on_row) const = 0;

  // All of it or nothing. `synced`: it survives a power cut when this returns, and so does what was
  // written before; otherwise it survives the end of the process only. UNAVAILABLE: nothing can be
  // written until a full disk has room again, which is noticed by itself within seconds, or at once
  // by Resume; after another failure of the disk until the store is opened again.
  virtual absl::Status Write(const RecordingBatch& batch, bool synced) = 0;
  // Deletes every key in [lower, upper), and gives its room back to the disk.
  virtual absl::Status Drop(RecordingFamily family, absl::string_view lower,
                            absl::string_view upper) = 0;
  // About how many bytes the keys in [lower, upper) take, on disk and in memory.
  virtual uint64_t SizeOf(RecordingFamily family, absl::string_view lower,
                          absl::string_view upper) const = 0;
  // Tries to make a store writable whose disk was full.
  virtual absl::Status Resume() = 0;
};

}  // namespace dnc

#endif  // DNC_STORAGE_ROCKSDB_RECORDING_STORE_H_
