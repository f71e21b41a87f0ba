// The only source of wall-clock time. Code that decides or applies never reads it: time reaches
// those as a value, so that tests and replays can choose it.
#ifndef DNC_STORAGE_BASE_CLOCK_H_
#define DNC_STORAGE_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>
#include <limits>

namespace dnc {

// Microseconds since the Unix epoch, UTC. The unit of every persisted time.
using UnixMicros = int64_t;

// `micros` after `time`, or the end of time where that is beyond it.
inline UnixMicros SaturatingAdd(UnixMicros time, int64_t micros) {
  UnixMicros sum = 0;
  if (!__builtin_add_overflow(time, micros, &sum)) return sum;
  return micros < 0 ? std::numeric_limits<UnixMicros>::min()
                    : std::numeric_limits<UnixMicros>::max();
}

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixMicros Now() const = 0;
};

// The system's real-time clock; a process-wide instance that is never destroyed.
const Clock& SystemClock();

// A clock that stands still until told. Thread-safe.
class ManualClock : public Clock {
 public:
  explicit ManualClock(UnixMicros now) : now_(now) {}
  UnixMicros Now() const override { return now_.load(); }
  void Set(UnixMicros now) { now_.store(now); }
  void Advance(int64_t micros) { now_.fetch_add(micros); }

 private:
  std::atomic<UnixMicros> now_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_CLOCK_H_
