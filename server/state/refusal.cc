#include "server/state/refusal.h"

#include <utility>

#include "server/error/error.h"

namespace dnc {

absl::Status RefusalOf(const Outcome& outcome) {
  if (outcome.code() == 0) return absl::OkStatus();
  absl::Status refusal(static_cast<absl::StatusCode>(outcome.code()), outcome.message());
  return outcome.has_error() ? WithErrorInfo(std::move(refusal), outcome.error()) : refusal;
}

}  // namespace dnc
