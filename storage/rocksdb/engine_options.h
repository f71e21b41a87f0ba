// How RocksDB is set for the store.
#ifndef DNC_STORAGE_ROCKSDB_ENGINE_OPTIONS_H_
#define DNC_STORAGE_ROCKSDB_ENGINE_OPTIONS_H_

#include <rocksdb/cache.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>

#include <memory>

#include "storage/rocksdb/store.h"

namespace dnc {

// Tables of a family that wait in level 0 until they are compacted.
inline constexpr int kLevel0Tables = 12;

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const StoreOptions& options,
                                           const std::shared_ptr<rocksdb::Cache>& cache);
rocksdb::DBOptions DatabaseOptions(const StoreOptions& options, rocksdb::WALRecoveryMode mode,
                                   const std::shared_ptr<rocksdb::EventListener>& listener);

}  // namespace dnc

#endif  // DNC_STORAGE_ROCKSDB_ENGINE_OPTIONS_H_
