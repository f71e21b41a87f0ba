// The end of a server: no new calls, and those in flight end.
#ifndef DNC_SERVER_RPC_DRAIN_H_
#define DNC_SERVER_RPC_DRAIN_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace dnc {

// A stream that may stay open for long, and is told what it cannot see by itself. Called on any
// thread; must not block.
class OpenStream {
 public:
  virtual ~OpenStream() = default;
  // No new calls are taken: the stream ends, as SHUTTING_DOWN, as soon as it is between two pieces
  // of work.
  virtual void OnDrain() = 0;
  // Time is up: the stream ends, in the midst of its work if need be.
  virtual void OnStop() {}
  // Called every so often: is the stream still alive?
  virtual void OnTick() {}
};

// Which calls are in flight, and whether more are taken. Thread-safe.
class Drain {
 public:
  Drain() = default;
  Drain(const Drain&) = delete;
  Drain& operator=(const Drain&) = delete;

  // A call in flight, from before it is admitted until nothing of it is left to do.
  class Call {
   public:
    explicit Call(Drain* drain) : drain_(drain) { drain_->in_flight_.fetch_add(1); }
    ~Call() { drain_->in_flight_.fetch_sub(1); }
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Drain* const drain_;
  };

  // SHUTTING_DOWN once it has begun. Ask after making the Call: what is admitted is waited for.
  absl::Status Admit() {
    if (!begun_.load()) return absl::OkStatus();
    return Refuse();
  }
  bool begun() const { return begun_.load(); }

  // A stream that is added once it has begun is told at once.
  void Add(const std::shared_ptr<OpenStream>& stream);
  void Remove(const OpenStream* stream);

  // Takes no more calls, and tells the streams. Idempotent.
  void Begin();
  // Tells the streams that time is up.
  void Stop();
  void Tick();

  // Waits until no call is in flight and none was refused for `quiet`, which tells that those who
  // call have noticed; at most until `deadline`, and for the quiet at most until `quiet_deadline`.
  void AwaitEnd(absl::Time deadline, absl::Duration quiet, absl::Time quiet_deadline) const;

 private:
  absl::Status Refuse();
  std::vector<std::shared_ptr<OpenStream>> Streams() const;

  std::atomic<bool> begun_{false};
  std::atomic<int64_t> refused_{0};
  // Every call writes it: in a cache line of its own.
  alignas(64) std::atomic<int64_t> in_flight_{0};

  mutable absl::Mutex mu_;
  absl::flat_hash_map<const OpenStream*, std::weak_ptr<OpenStream>> streams_ ABSL_GUARDED_BY(mu_);
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_DRAIN_H_
