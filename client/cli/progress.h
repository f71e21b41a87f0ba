// A progress line with rate and time left, for people who wait.
#ifndef DNC_CLIENT_CLI_PROGRESS_H_
#define DNC_CLIENT_CLI_PROGRESS_H_

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/steady_time.h"

namespace dnc::cli {

// Writes to `err` only where it is a terminal, and only once the work has taken more than a second.
// Thread-safe.
class Progress {
 public:
  // `noun`: what is counted, e.g. "rows". `total`: the bytes of the input, or whatever else tells
  // how far the work is; -1 if unknown.
  Progress(std::ostream& err, bool is_terminal, std::string noun, int64_t total,
           std::shared_ptr<const SteadyTime> time = MachineTime());
  // Removes the line.
  ~Progress();

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // So far: `count` things and `done` of the total.
  void Update(int64_t count, int64_t done);

  // "12,345 rows/s", for summaries.
  std::string Rate(int64_t count) const;

 private:
  std::string Line(int64_t count, int64_t done, absl::Duration elapsed) const;

  std::ostream& err_;
  const bool is_terminal_;
  const std::string noun_;
  const int64_t total_;
  const std::shared_ptr<const SteadyTime> time_;
  const absl::Duration start_;
  absl::Mutex mutex_;
  absl::Duration shown_at_ ABSL_GUARDED_BY(mutex_);
  bool shown_ ABSL_GUARDED_BY(mutex_) = false;
};

// Whether standard error, standard output is a terminal.
bool ErrIsTerminal();
bool OutIsTerminal();

// 1234567 as "1,234,567".
std::string Grouped(int64_t number);

// "1 row", "1,234 rows".
std::string Counted(int64_t number, absl::string_view one, absl::string_view many);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_PROGRESS_H_
