#include "server/rpc/watch_service.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/handler/watch_session.h"
#include "server/state/change_feed.h"

namespace dnc {
namespace {

constexpr absl::string_view kWatchMethod = "/dnc.v1.WatchService/WatchChanges";

// What the workers count a message as while it is made.
constexpr size_t kMessageBytes = size_t{256} << 10;

// A message without changes is sent this many ticks of the server after the last one: where its
// checkpoint is a new one, and where it only says that the stream is alive.
constexpr int kCheckpointTicks = 5;
constexpr int kAliveTicks = 25;
// A slow consumer that takes not even the message that is on its way is cut off by force.
constexpr int kTicksToTakeIt = 300;

absl::Status SlowConsumer(int64_t resume) {
  return MakeError(
      v1::ERROR_REASON_SLOW_CONSUMER,
      absl::StrCat("changes came faster than this consumer read them; watch again with "
                   "start_revision = ",
                   resume),
      {{"resume_revision", absl::StrCat(resume)}});
}

// At any time a worker makes the next message, or that is being written, or nothing happens until
// the log grows. Whoever has caught up once must keep up: with what the change feed holds.
class WatchReactor : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                     public OpenStream,
                     public Follower {
 public:
  // Lives until gRPC and the workers are done with it.
  static WatchReactor* Start(const Services& services, grpc::CallbackServerContext* context,
                             const grpc::ByteBuffer& request) {
    auto reactor = std::make_shared<WatchReactor>(services, context, request);
    reactor->self_ = reactor;
    services.state->changes().Add(reactor);
    services.drain->Add(reactor);
    reactor->Begin(Identify(services, *context));
    return reactor.get();
  }

  WatchReactor(const Services& services, grpc::CallbackServerContext* context,
               const grpc::ByteBuffer& request)
      : services_(services),
        context_(context),
        in_flight_(std::make_unique<Drain::Call>(services.drain)),
        request_(request) {}

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    busy_ = false;
    ticks_ = 0;
    if (!ok) gone_ = true;
    Continue();
  }

  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    gone_ = true;
    Continue();
  }

  void OnDrain() override {
    absl::MutexLock lock(&mu_);
    draining_ = true;
    Continue();
  }

  void OnTick() override {
    absl::MutexLock lock(&mu_);
    ++ticks_;
    if (slow_ && writing_ && ticks_ > kTicksToTakeIt) context_->TryCancel();
    Continue();
  }

  void OnRevision(int64_t revision, int64_t evicted) override {
    absl::MutexLock lock(&mu_);
    newest_ = std::max(newest_, revision);
    if (live_ && next_ <= evicted) slow_ = true;
    Continue();
  }

  void OnDone() override {
    services_.state->changes().Remove(this);
    services_.drain->Remove(this);
    in_flight_.reset();
    const std::shared_ptr<WatchReactor> last = std::move(self_);
  }

 private:
  void Begin(absl::StatusOr<Principal> caller) {
    absl::MutexLock lock(&mu_);
    if (!caller.ok()) return End(caller.status());
    caller_ = *std::move(caller);
    begun_ = true;
    Continue();
  }

  // Does what comes next, unless something is being done already.
  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (ended_ || busy_ || !begun_) return;
    if (gone_) return End(absl::CancelledError());
    if (slow_) return End(SlowConsumer(next_));
    if (draining_) return SayGoodbye();
    const bool due = !live_ || newest_ >= next_ || ticks_ >= kAliveTicks ||
                     (ticks_ >= kCheckpointTicks && told_ + 1 < next_);
    if (!due) return;
    busy_ = true;
    const bool taken = services_.workers->TryRun(WorkerPool::Lane::kBlock, kMessageBytes,
                                                 [self = self_] { self->Make(); });
    if (!taken) busy_ = false;  // the next tick tries again
  }

  // On a worker. Nobody else touches the session or the message meanwhile.
  void Make() {
    const absl::StatusOr<bool> caught_up = Advance();
    absl::MutexLock lock(&mu_);
    if (!caught_up.ok()) return End(caught_up.status());
    next_ = session_->next();
    newest_ = std::max(newest_, response_.head_revision());
    if (*caught_up) live_ = true;
    const bool wanted = !response_.changes().empty() || told_ < 0 || ticks_ >= kAliveTicks ||
                        (ticks_ >= kCheckpointTicks && told_ + 1 < next_);
    if (wanted) return Write();
    busy_ = false;
    Continue();
  }

  absl::StatusOr<bool> Advance() {
    if (session_ == nullptr) {
      v1::WatchChangesRequest request;
      DNC_RETURN_IF_ERROR(Parse(&request_, &request));
      DNC_RETURN_IF_ERROR(Authorize(services_, caller_, kWatchMethod, request));
      DNC_ASSIGN_OR_RETURN(session_, WatchSession::Create(services_.state, request));
    }
    response_.Clear();
    DNC_ASSIGN_OR_RETURN(const bool caught_up, session_->Advance(&response_));
    DNC_RETURN_IF_ERROR(Serialize(response_, &message_));
    return caught_up;
  }

  void Write() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    told_ = response_.checkpoint_revision();
    busy_ = true;
    writing_ = true;
    ticks_ = 0;
    StartWrite(&message_);
  }

  // The last checkpoint, where it was not told, and the end.
  void SayGoodbye() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (session_ == nullptr || told_ + 1 >= next_) return End(ShuttingDown());
    response_.Clear();
    response_.set_checkpoint_revision(next_ - 1);
    response_.set_head_revision(newest_);
    if (!Serialize(response_, &message_).ok()) return End(ShuttingDown());
    Write();
  }

  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ended_ = true;
    Finish(ToGrpcStatus(status));
  }

  const Services& services_;
  grpc::CallbackServerContext* const context_;
  std::unique_ptr<Drain::Call> in_flight_;
  std::shared_ptr<WatchReactor> self_;
  Principal caller_;
  grpc::ByteBuffer request_;
  std::unique_ptr<WatchSession> session_;
  v1::WatchChangesResponse response_;
  grpc::ByteBuffer message_;

  absl::Mutex mu_;  // writes, workers, ticks and the applier
  bool begun_ ABSL_GUARDED_BY(mu_) = false;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;  // a message is being made or written
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool live_ ABSL_GUARDED_BY(mu_) = false;  // it has caught up with the log once
  bool slow_ ABSL_GUARDED_BY(mu_) = false;
  bool gone_ ABSL_GUARDED_BY(mu_) = false;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  int ticks_ ABSL_GUARDED_BY(mu_) = 0;       // since the last message
  int64_t newest_ ABSL_GUARDED_BY(mu_) = 0;  // as far as it was told
  int64_t next_ ABSL_GUARDED_BY(mu_) = 0;    // the session's, between two messages
  int64_t told_ ABSL_GUARDED_BY(mu_) = -1;   // the last checkpoint; -1: none
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchService::WatchChanges(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  return WatchReactor::Start(services_, context, *request);
}

}  // namespace dnc
