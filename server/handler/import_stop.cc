#include "server/handler/import_stop.h"

namespace dnc {

const ImportStop& ImportStop::Never() {
  static const auto* const never = new ImportStop();
  return *never;
}

void ImportStop::Set(const absl::Status& why) {
  absl::MutexLock lock(&mu_);
  why_.Update(why);
}

absl::Status ImportStop::status() const {
  absl::MutexLock lock(&mu_);
  return why_;
}

void ImportStop::Wait(absl::Duration duration) const {
  absl::MutexLock lock(&mu_);
  mu_.AwaitWithTimeout(absl::Condition(
                           +[](const absl::Status* why) { return !why->ok(); }, &why_),
                       duration);
}

}  // namespace dnc
