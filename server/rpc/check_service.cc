#include "server/rpc/check_service.h"

#include <grpcpp/support/slice.h>

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/handler/filter_session.h"

namespace dnc {
namespace {

// One FilterContacts stream. While a worker judges a block the next one is read, and no further: at
// most two blocks and one answer are held, however slow the reader is.
class FilterReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  // Lives until gRPC and the workers are done with it.
  static FilterReactor* Start(const Services& services, const absl::Status& admitted) {
    auto reactor = std::make_shared<FilterReactor>(services, admitted);
    reactor->self_ = reactor;
    reactor->Begin();
    return reactor.get();
  }

  FilterReactor(const Services& services, const absl::Status& admitted)
      : handler_(services.checks), workers_(services.workers), admitted_(admitted) {}

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
    busy_ = false;
    if (!ok) {  // the client has gone
      read_ended_ = true;
      block_read_ = false;
    }
    Advance();
  }

  void OnDone() override { const std::shared_ptr<FilterReactor> last = std::move(self_); }

 private:
  void Begin() {
    if (admitted_.ok()) {
      StartRead(&read_);
    } else {
      Finish(ToGrpcStatus(admitted_));
    }
  }

  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (ended_ || busy_) return;
    if (!block_read_) {
      if (read_ended_) End(absl::OkStatus());
      return;
    }
    block_read_ = false;
    busy_ = true;
    read_.Swap(&judged_);
    if (!workers_->TryRun([self = self_] { self->JudgeBlock(); })) return End(Overloaded());
    StartRead(&read_);
  }

  // On a worker. Nobody else touches the judged block, its answer or the session meanwhile.
  void JudgeBlock() {
    const absl::StatusOr<bool> has_answer = Judge();
    absl::MutexLock lock(&mu_);
    if (!has_answer.ok()) return End(has_answer.status());
    if (*has_answer) return StartWrite(&answer_);
    busy_ = false;
    Advance();
  }

  absl::StatusOr<bool> Judge() {
    DNC_RETURN_IF_ERROR(Parse(&judged_, &block_));
    if (session_ == nullptr) {
      if (!block_.has_config()) {
        return MissingField("config", "the first message of the stream carries it");
      }
      DNC_ASSIGN_OR_RETURN(session_, FilterSession::Create(handler_, block_.config()));
      if (block_.phones().empty() && block_.raw().empty()) return false;
    } else if (block_.has_config()) {
      return InvalidField("config", "only the first message of the stream carries it");
    }
    response_.Clear();
    DNC_RETURN_IF_ERROR(session_->Filter(block_, &response_));
    DNC_RETURN_IF_ERROR(Serialize(response_, &answer_));
    return true;
  }

  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ended_ = true;
    Finish(ToGrpcStatus(status));
  }

  const CheckHandler* const handler_;
  WorkerPool* const workers_;
  const absl::Status admitted_;
  std::shared_ptr<FilterReactor> self_;
  grpc::ByteBuffer read_;  // being read, or read
  grpc::ByteBuffer judged_;
  v1::FilterContactsRequest block_;  // the judged one
  v1::FilterContactsResponse response_;
  grpc::ByteBuffer answer_;
  std::unique_ptr<FilterSession> session_;

  absl::Mutex mu_;  // reads, writes and workers end on different threads
  bool block_read_ ABSL_GUARDED_BY(mu_) = false;
  bool read_ended_ ABSL_GUARDED_BY(mu_) = false;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;  // a block is being judged, or its answer written
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

using Judge = absl::Status (CheckHandler::*)(absl::string_view, WireWriter*) const;

// What `judge` writes for the request's bytes, which are a `Request` unless it says otherwise.
template <typename Request>
absl::Status AnswerBytes(const CheckHandler& checks, Judge judge, const RawCall& call) {
  grpc::Slice request;  // most requests are in one slice, and need no copy
  if (!call.request->TrySingleSlice(&request).ok() &&
      !call.request->DumpToSingleSlice(&request).ok()) {
    return MalformedRequest(Request::descriptor()->full_name());
  }
  WireWriter writer;
  DNC_RETURN_IF_ERROR(
      (checks.*judge)({reinterpret_cast<const char*>(request.begin()), request.size()}, &writer));
  const grpc::Slice bytes(writer.bytes().data(), writer.bytes().size());
  grpc::ByteBuffer(&bytes, 1).Swap(call.response);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* CheckService::CheckContact(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  const RawCall call(context, request, response, "/dnc.v1.CheckService/CheckContact");
  absl::Status status = Admit(services_, *context, call.method).status();
  if (status.ok()) {
    status = AnswerBytes<v1::CheckContactRequest>(*services_.checks, &CheckHandler::Check, call);
  }
  call.Finish(status);
  return call.reactor;
}

grpc::ServerUnaryReactor* CheckService::BatchCheckContacts(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  const RawCall call(context, request, response, "/dnc.v1.CheckService/BatchCheckContacts");
  const absl::Status admitted = Admit(services_, *context, call.method).status();
  const auto answer = [this, call] {
    call.Finish(
        AnswerBytes<v1::BatchCheckContactsRequest>(*services_.checks, &CheckHandler::Batch, call));
  };
  if (!admitted.ok()) {
    call.Finish(admitted);
  } else if (!services_.workers->TryRun(answer)) {
    call.Finish(Overloaded());
  }
  return call.reactor;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* CheckService::FilterContacts(
    grpc::CallbackServerContext* context) {
  const absl::Status admitted =
      Admit(services_, *context, "/dnc.v1.CheckService/FilterContacts").status();
  return FilterReactor::Start(services_, admitted);
}

}  // namespace dnc
