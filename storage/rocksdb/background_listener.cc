#include "storage/rocksdb/background_listener.h"

#include "absl/strings/str_cat.h"
#include "storage/base/thread_priority.h"

namespace dnc {

absl::Status WriteError(const rocksdb::Status& status) {
  return absl::UnavailableError(
      absl::StrCat("the store cannot write: ", status.ToString(),
                   "; free disk space or mend the disk, then repeat with the same request_id"));
}

void BackgroundListener::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                                           rocksdb::Status* status) {
  if (status->severity() < rocksdb::Status::Severity::kHardError) return;  // writes go on
  absl::MutexLock lock(&mu_);
  error_ = WriteError(*status);
}

void BackgroundListener::OnFlushBegin(rocksdb::DB* /*db*/, const rocksdb::FlushJobInfo& /*job*/) {
  LowerThreadPriority(ThreadPriority::kSoon);
}

void BackgroundListener::OnCompactionBegin(rocksdb::DB* /*db*/,
                                           const rocksdb::CompactionJobInfo& /*job*/) {
  LowerThreadPriority(ThreadPriority::kPatient);
}

}  // namespace dnc
