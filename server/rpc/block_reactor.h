#ifndef DNC_SERVER_RPC_BLOCK_REACTOR_H_
#define DNC_SERVER_RPC_BLOCK_REACTOR_H_

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/rpc/unary.h"

namespace dnc {

// Runs a stream whose first message carries `config`, and whose every block is answered by one
// message, in order. While a worker judges a block, the next one is read and the answer to the one
// before is written, and nothing further: at most two blocks and two answers are held, however slow
// the reader is. `Session` is what the stream is about:
//   Request, kMethod
//   static absl::Status Read(bytes, request)   takes the bytes
//   static const auto& MessageOf(request)   what names the resources of the first message
//   static absl::StatusOr<std::unique_ptr<Session>> Create(services, caller, first request)
//   static bool HasWork(first request)   whether it is a block as well
//   absl::Status Answer(request, answer's bytes)   one block at a time
template <typename Session>
class BlockReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                     public OpenStream {
 public:
  // Lives until gRPC and the workers are done with it.
  static BlockReactor* Start(const Services& services, const grpc::CallbackServerContext& context) {
    auto reactor = std::make_shared<BlockReactor>(services);
    reactor->self_ = reactor;
    reactor->Begin(Identify(services, context));
    services.drain->Add(reactor);  // OnDone, which removes it, comes after this
    return reactor.get();
  }

  explicit BlockReactor(const Services& services)
      : services_(services), in_flight_(std::make_unique<Drain::Call>(services.drain)) {}

  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    if (ok) {
      block_read_ = true;
    } else {
      read_ended_ = true;
    }
    Advance();
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    if (ended_) return Finish(ToGrpcStatus(status_));
    if (!ok) LeaveUnread();
    Advance();
  }

  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    LeaveUnread();
  }

  void OnDrain() override {
    absl::MutexLock lock(&mu_);
    draining_ = true;
    Advance();
  }

  void OnDone() override {
    services_.drain->Remove(this);
    in_flight_.reset();
    const std::shared_ptr<BlockReactor> last = std::move(self_);
  }

 private:
  void Begin(absl::StatusOr<Principal> caller) {
    absl::MutexLock lock(&mu_);
    if (!caller.ok()) return End(caller.status());
    caller_ = *std::move(caller);
    StartRead(&read_);
  }

  // The client has gone: nobody would read what is judged from now on.
  void LeaveUnread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    gone_ = true;
    read_ended_ = true;
    block_read_ = false;
    answer_ready_ = false;
  }

  // Begins whatever may begin now.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (ended_) return;
    if (answer_ready_ && !writing_) WriteAnswer();
    if (judging_ || answer_ready_) return;
    if (block_read_ && !draining_) return JudgeNext();
    if (writing_) return;
    if (read_ended_ && !block_read_) return End(absl::OkStatus());
    if (draining_) End(ShuttingDown());
  }

  void WriteAnswer() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    answer_ready_ = false;
    writing_ = true;
    answer_.Swap(&written_);
    StartWrite(&written_);
  }

  void JudgeNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    block_read_ = false;
    judging_ = true;
    read_.Swap(&judged_);
    const bool taken = services_.workers->TryRun(WorkerPool::Lane::kBlock, judged_.Length(),
                                                 [self = self_] { self->JudgeBlock(); });
    if (!taken) return End(WorkersOverloaded());
    StartRead(&read_);
  }

  // On a worker. Nobody else touches the judged block, its answer or the session meanwhile.
  void JudgeBlock() {
    const absl::StatusOr<bool> has_answer = Judge();
    absl::MutexLock lock(&mu_);
    judging_ = false;
    if (!has_answer.ok()) return End(has_answer.status());
    answer_ready_ = *has_answer && !gone_;
    Advance();
  }

  bool Gone() {
    absl::MutexLock lock(&mu_);
    return gone_;
  }

  absl::StatusOr<bool> Judge() {
    if (Gone()) return absl::CancelledError();
    DNC_RETURN_IF_ERROR(Session::Read(&judged_, &block_));
    if (session_ == nullptr) {
      DNC_RETURN_IF_ERROR(
          Authorize(services_, caller_, Session::kMethod, Session::MessageOf(block_)));
      if (!block_.has_config()) {
        return MissingField("config", "the first message of the stream carries it");
      }
      DNC_ASSIGN_OR_RETURN(session_, Session::Create(services_, caller_, block_));
      if (!Session::HasWork(block_)) return false;
    } else if (block_.has_config()) {
      return InvalidField("config", "only the first message of the stream carries it");
    }
    DNC_RETURN_IF_ERROR(session_->Answer(block_, &answer_));
    return true;
  }

  // Answers that were given arrive before the status.
  void End(absl::Status status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ended_ = true;
    if (!writing_) return Finish(ToGrpcStatus(status));
    status_ = std::move(status);
  }

  const Services& services_;
  std::unique_ptr<Drain::Call> in_flight_;
  std::shared_ptr<BlockReactor> self_;
  Principal caller_;
  grpc::ByteBuffer read_;  // being read, or read
  grpc::ByteBuffer judged_;
  typename Session::Request block_;  // the judged one
  grpc::ByteBuffer answer_;          // being made, or waiting
  grpc::ByteBuffer written_;         // on its way
  std::unique_ptr<Session> session_;

  absl::Mutex mu_;  // reads, writes and workers end on different threads
  bool block_read_ ABSL_GUARDED_BY(mu_) = false;
  bool read_ended_ ABSL_GUARDED_BY(mu_) = false;
  bool judging_ ABSL_GUARDED_BY(mu_) = false;
  bool answer_ready_ ABSL_GUARDED_BY(mu_) = false;  // and waits for the one before to be written
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool gone_ ABSL_GUARDED_BY(mu_) = false;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mu_);  // with which it ends once the answer is written
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_BLOCK_REACTOR_H_
