// Keeps a filter stream busy both ways, and answers every block even where the stream does not.
#ifndef DNC_CLIENT_INTERNAL_FILTER_PUMP_H_
#define DNC_CLIENT_INTERNAL_FILTER_PUMP_H_

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "client/filter.h"
#include "client/internal/connection.h"
#include "client/steady_time.h"

namespace dnc {

// Runs once. The calling thread reads answers and feeds the sink; a second thread asks the source
// and writes, at most kFilterWindow blocks ahead.
class FilterPump {
 public:
  FilterPump(std::unique_ptr<FilterStream> stream, FilterSource source, FilterSink sink,
             std::shared_ptr<const SteadyTime> time);

  // See CheckApi::Filter. `wake_source`: see FilterOptions; may be empty.
  absl::Status Run(const v1::FilterConfig& config, const std::function<void()>& wake_source);

 private:
  // A block on its way.
  struct Sent {
    size_t count = 0;
    absl::Duration at;  // when its sending began
  };

  // The second thread.
  void WriteBlocks(const v1::FilterConfig& config);
  // False at the end of the list, or where there is nobody to write for.
  bool WriteNextBlock();
  // Takes answers until the stream or the sink ends.
  void ReadAnswers();
  absl::Status Deliver(const FilterAnswer& answer);
  // Gives the sink the blocks that the stream left without an answer.
  void DeliverUnanswered(const absl::Status& why);
  // Ends the filtering with an error of the source, unless it has ended.
  void StopFor(const absl::Status& source_error);
  // Ends the filtering with `why`; the first reason stays.
  void Stop(absl::Status why);
  // True where the writer has room, or is to end.
  bool MayProceed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopped_ || unanswered_.size() < kFilterWindow;
  }

  const std::unique_ptr<FilterStream> stream_;
  const FilterSource source_;
  const FilterSink sink_;
  const std::shared_ptr<const SteadyTime> time_;
  bool sink_failed_ = false;  // the calling thread's

  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  bool all_written_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::deque<Sent> unanswered_ ABSL_GUARDED_BY(mutex_);  // the oldest first
};

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_FILTER_PUMP_H_
