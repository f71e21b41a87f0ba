// Lets whoever runs an import end it early.
#ifndef DNC_SERVER_HANDLER_IMPORT_STOP_H_
#define DNC_SERVER_HANDLER_IMPORT_STOP_H_

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/base/status_macros.h"
#include "storage/registry/streams.h"

namespace dnc {

// Thread-safe.
class ImportStop {
 public:
  // For an import that nobody stops.
  static const ImportStop& Never();

  // The import ends with `why`, which is not OK. The first counts.
  void Set(const absl::Status& why);
  // OK while the import may go on.
  absl::Status status() const;
  // Waits, but not beyond Set.
  void Wait(absl::Duration duration) const;

 private:
  mutable absl::Mutex mu_;
  absl::Status why_ ABSL_GUARDED_BY(mu_);
};

// Stops what writes a version, between two chunks.
class StoppableChunkSink : public ChunkSink {
 public:
  StoppableChunkSink(ChunkSink* sink, const ImportStop* stop) : sink_(sink), stop_(stop) {}

  absl::Status Put(uint32_t ordinal, std::string bytes) override {
    DNC_RETURN_IF_ERROR(stop_->status());
    return sink_->Put(ordinal, std::move(bytes));
  }

 private:
  ChunkSink* const sink_;
  const ImportStop* const stop_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_IMPORT_STOP_H_
