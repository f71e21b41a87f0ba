// A disk that fails when told to, beneath a store.
#ifndef DNC_TESTS_UNIT_STORAGE_FAULTY_DISK_H_
#define DNC_TESTS_UNIT_STORAGE_FAULTY_DISK_H_

#include <rocksdb/file_system.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"

namespace dnc::testing {

// What fails, and what watches.
struct DiskFaults {
  std::atomic<bool> tables_full{false};  // no new table file fits
  std::atomic<bool> log_full{false};     // nothing more fits into the write-ahead log
  std::atomic<bool> log_sync_fails{false};
  // Called before each write to the write-ahead log.
  std::function<void()> before_log_write;
  // Called after each write to the manifest: the moments between which a kill makes a difference.
  std::function<void()> after_manifest_write;
  // Called before each new table, on the thread that flushes.
  std::function<void()> before_table;
};

class FaultyFile : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, const std::string& name,
             DiskFaults* faults)
      : FSWritableFileOwnerWrapper(std::move(file)),
        log_(absl::EndsWith(name, ".log")),
        manifest_(absl::StrContains(name, "MANIFEST")),
        faults_(faults) {}

  using FSWritableFileOwnerWrapper::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    if (log_ && !TakesLog()) return rocksdb::IOStatus::NoSpace("full");
    return Watched(FSWritableFileOwnerWrapper::Append(data, options, debug));
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& verification,
                           rocksdb::IODebugContext* debug) override {
    if (log_ && !TakesLog()) return rocksdb::IOStatus::NoSpace("full");
    return Watched(FSWritableFileOwnerWrapper::Append(data, options, verification, debug));
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    if (log_ && faults_->log_sync_fails.load()) return rocksdb::IOStatus::NoSpace("not synced");
    return FSWritableFileOwnerWrapper::Sync(options, debug);
  }

 private:
  bool TakesLog() const {
    if (faults_->before_log_write) faults_->before_log_write();
    return !faults_->log_full.load();
  }
  rocksdb::IOStatus Watched(rocksdb::IOStatus status) {
    if (manifest_ && faults_->after_manifest_write) faults_->after_manifest_write();
    return status;
  }

  const bool log_;
  const bool manifest_;
  DiskFaults* const faults_;
};

class FaultyDisk : public rocksdb::FileSystemWrapper {
 public:
  FaultyDisk() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  const char* Name() const override { return "FaultyDisk"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    const bool table = absl::EndsWith(name, ".sst");
    if (table && faults.before_table) faults.before_table();
    if (table && faults.tables_full.load()) return rocksdb::IOStatus::NoSpace("full");
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (status.ok()) *file = std::make_unique<FaultyFile>(std::move(*file), name, &faults);
    return status;
  }

  DiskFaults faults;
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_UNIT_STORAGE_FAULTY_DISK_H_
