// Reads the families of a RocksDB.
#ifndef DNC_STORAGE_ROCKSDB_ROCKS_READER_H_
#define DNC_STORAGE_ROCKSDB_ROCKS_READER_H_

#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/rocksdb/store.h"

namespace dnc {

using SharedSnapshot = std::shared_ptr<const rocksdb::Snapshot>;

// Reads at a snapshot, or at the newest state where `snapshot` is null. Thread-safe.
class RocksReader : public StoreReader {
 public:
  enum class Cache { kFill, kLeave };

  // `handles`: of every family, null where it is not there; must outlive the reader, as `db` must.
  RocksReader(rocksdb::DB* db, const std::vector<rocksdb::ColumnFamilyHandle*>& handles,
              SharedSnapshot snapshot, Cache cache = Cache::kFill)
      : db_(db), handles_(handles), snapshot_(std::move(snapshot)), cache_(cache) {}
  RocksReader(const RocksReader&) = delete;
  RocksReader& operator=(const RocksReader&) = delete;

  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override;
  absl::Status Scan(
      Family family, absl::string_view lower, absl::string_view upper,
      absl::FunctionRef<bool(absl::string_view, absl::string_view)> on_row) const override;
  std::shared_ptr<const StoreReader> ForScans() const override;

 private:
  rocksdb::ReadOptions Options() const;
  rocksdb::ColumnFamilyHandle* handle(Family family) const {
    return handles_[static_cast<size_t>(family)];
  }

  rocksdb::DB* const db_;
  const std::vector<rocksdb::ColumnFamilyHandle*>& handles_;
  const SharedSnapshot snapshot_;
  const Cache cache_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_ROCKSDB_ROCKS_READER_H_
