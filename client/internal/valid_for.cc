#include "client/internal/valid_for.h"

#include <cstdint>

namespace dnc {

absl::Duration ReadValidFor(const google::protobuf::Duration& wire) {
  constexpr int64_t kMaxSeconds = 315576000000;
  if (wire.seconds() < 0 || wire.seconds() > kMaxSeconds || wire.nanos() < 0 ||
      wire.nanos() > 999999999) {
    return absl::ZeroDuration();
  }
  return absl::Seconds(wire.seconds()) + absl::Nanoseconds(wire.nanos());
}

}  // namespace dnc
