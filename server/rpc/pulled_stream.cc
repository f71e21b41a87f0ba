#include "server/rpc/pulled_stream.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace dnc::internal {
namespace {

// What the workers count a message as while it is made.
constexpr size_t kMessageBytes = size_t{1} << 20;

class PulledReactor : public grpc::ServerWriteReactor<grpc::ByteBuffer>, public OpenStream {
 public:
  // Lives until gRPC and the workers are done with it.
  static PulledReactor* Start(const Services& services, const grpc::CallbackServerContext& context,
                              std::unique_ptr<MessageSource> source) {
    auto reactor = std::make_shared<PulledReactor>(services, std::move(source));
    reactor->self_ = reactor;
    reactor->Begin(Identify(services, context));
    services.drain->Add(reactor);  // OnDone, which removes it, comes after this
    return reactor.get();
  }

  PulledReactor(const Services& services, std::unique_ptr<MessageSource> source)
      : services_(services),
        in_flight_(std::make_unique<Drain::Call>(services.drain)),
        source_(std::move(source)) {}

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    if (!ok) gone_ = true;
    Pull();
  }

  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    gone_ = true;
  }

  void OnDrain() override {
    absl::MutexLock lock(&mu_);
    draining_ = true;
  }

  void OnDone() override {
    services_.drain->Remove(this);
    in_flight_.reset();
    const std::shared_ptr<PulledReactor> last = std::move(self_);
  }

 private:
  void Begin(absl::StatusOr<Principal> caller) {
    absl::MutexLock lock(&mu_);
    if (!caller.ok()) return End(caller.status());
    caller_ = *std::move(caller);
    Pull();
  }

  // Has a worker make the next message.
  void Pull() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (gone_) return End(absl::CancelledError());
    if (draining_) return End(ShuttingDown());
    const bool taken = services_.workers->TryRun(WorkerPool::Lane::kBlock, kMessageBytes,
                                                 [self = self_] { self->Make(); });
    if (!taken) End(WorkersOverloaded());
  }

  // On a worker. Nobody else touches the source or the message meanwhile.
  void Make() {
    const absl::StatusOr<bool> made = Next();
    absl::MutexLock lock(&mu_);
    if (!made.ok()) return End(made.status());
    if (!*made) return End(absl::OkStatus());
    StartWrite(&message_);
  }

  absl::StatusOr<bool> Next() {
    if (!open_) DNC_RETURN_IF_ERROR(source_->Open(caller_));
    open_ = true;
    return source_->Next(&message_);
  }

  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    Finish(ToGrpcStatus(status));
  }

  const Services& services_;
  std::unique_ptr<Drain::Call> in_flight_;
  std::shared_ptr<PulledReactor> self_;
  const std::unique_ptr<MessageSource> source_;
  Principal caller_;
  bool open_ = false;
  grpc::ByteBuffer message_;

  absl::Mutex mu_;  // writes and workers end on different threads
  bool gone_ ABSL_GUARDED_BY(mu_) = false;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartPulled(const Services& services,
                                                        const grpc::CallbackServerContext& context,
                                                        std::unique_ptr<MessageSource> source) {
  return PulledReactor::Start(services, context, std::move(source));
}

}  // namespace dnc::internal
