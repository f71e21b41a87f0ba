#include "server/rpc/drain.h"

#include "absl/time/clock.h"
#include "server/error/error.h"

namespace dnc {
namespace {

// How often a server that ends looks whether it may.
constexpr absl::Duration kPoll = absl::Milliseconds(5);

}  // namespace

absl::Status Drain::Refuse() {
  refused_.fetch_add(1);
  return ShuttingDown();
}

void Drain::Add(const std::shared_ptr<OpenStream>& stream) {
  {
    absl::MutexLock lock(&mu_);
    streams_[stream.get()] = stream;
  }
  if (begun()) stream->OnDrain();
}

void Drain::Remove(const OpenStream* stream) {
  absl::MutexLock lock(&mu_);
  streams_.erase(stream);
}

std::vector<std::shared_ptr<OpenStream>> Drain::Streams() const {
  std::vector<std::shared_ptr<OpenStream>> all;
  absl::MutexLock lock(&mu_);
  for (const auto& [key, held] : streams_) {
    if (auto stream = held.lock(); stream != nullptr) all.push_back(std::move(stream));
  }
  return all;
}

void Drain::Begin() {
  begun_.store(true);
  for (const auto& stream : Streams()) stream->OnDrain();
}

void Drain::Stop() {
  for (const auto& stream : Streams()) stream->OnStop();
}

void Drain::Tick() {
  for (const auto& stream : Streams()) stream->OnTick();
}

void Drain::AwaitEnd(absl::Time deadline, absl::Duration quiet, absl::Time quiet_deadline) const {
  int64_t refused = refused_.load();
  absl::Time quiet_since = absl::Now();
  for (;;) {
    const absl::Time now = absl::Now();
    if (const int64_t more = refused_.load(); more != refused) {
      refused = more;
      quiet_since = now;
    }
    const bool is_quiet = now - quiet_since >= quiet || now >= quiet_deadline;
    if (now >= deadline || (is_quiet && in_flight_.load() == 0)) return;
    absl::SleepFor(kPoll);
  }
}

}  // namespace dnc
