// What RocksDB says of its own threads.
#ifndef DNC_STORAGE_ROCKSDB_BACKGROUND_LISTENER_H_
#define DNC_STORAGE_ROCKSDB_BACKGROUND_LISTENER_H_

#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace dnc {

// UNAVAILABLE, with what to do.
absl::Status WriteError(const rocksdb::Status& status);

// Hears of what fails between writes, and makes those who flush and compact give way to checks.
// Thread-safe.
class BackgroundListener : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* status) override;

  // Called on RocksDB's own threads. Were a flush late, writes would wait for it.
  void OnFlushBegin(rocksdb::DB* db, const rocksdb::FlushJobInfo& job) override;
  void OnCompactionBegin(rocksdb::DB* db, const rocksdb::CompactionJobInfo& job) override;

  absl::Status error() const {
    absl::MutexLock lock(&mu_);
    return error_;
  }
  void Clear() {
    absl::MutexLock lock(&mu_);
    error_ = absl::OkStatus();
  }

 private:
  mutable absl::Mutex mu_;
  absl::Status error_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dnc

#endif  // DNC_STORAGE_ROCKSDB_BACKGROUND_LISTENER_H_
