#ifndef DNC_CLIENT_INTERNAL_EAGERNESS_H_
#define DNC_CLIENT_INTERNAL_EAGERNESS_H_

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace dnc {

// Whether who waits for an answer looks out for it for a moment before going to sleep, which pays
// where answers take no longer than that: each time in vain doubles how often it is left out then.
class Eagerness {
 public:
  using Clock = std::chrono::steady_clock;

  // The longest that one looks out.
  static constexpr Clock::duration kMoment = std::chrono::microseconds(150);
  // How often it is left out at the most: what it then costs is nothing beside the waits.
  static constexpr uint32_t kMostOmitted = 1024;

  // To be asked at the beginning of each wait: does this one begin with looking out?
  bool Begin(Clock::time_point now = Clock::now()) {
    if (omit_ > 0) {
      --omit_;
      return false;
    }
    until_ = now + kMoment;
    return true;
  }
  // The moment is not over. Once it is, it was in vain.
  bool GoesOn(Clock::time_point now = Clock::now()) {
    if (now < until_) return true;
    omit_ = in_vain_ = std::clamp(2 * in_vain_, 1U, kMostOmitted);
    return false;
  }
  // What one looked out for has come. Anything else that comes meanwhile says nothing.
  void Rewarded() { in_vain_ = 0; }

 private:
  uint32_t omit_ = 0;     // of the next
  uint32_t in_vain_ = 0;  // what was omitted after the last in vain
  Clock::time_point until_;
};

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_EAGERNESS_H_
