#include "server/rpc/check_service.h"

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/handler/filter_session.h"

namespace dnc {
namespace {

// One FilterContacts stream. While a worker judges a block the next one is read, and no further: at
// most two blocks and one answer are held, however slow the reader is.
class FilterReactor
    : public grpc::ServerBidiReactor<v1::FilterContactsRequest, v1::FilterContactsResponse> {
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
      StartRead(read_.get());
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
    read_.swap(judged_);
    if (!workers_->TryRun([self = self_] { self->JudgeBlock(); })) return End(Overloaded());
    StartRead(read_.get());
  }

  // On a worker. Nobody else touches the judged block, the response or the session meanwhile.
  void JudgeBlock() {
    response_.Clear();
    const absl::StatusOr<bool> has_answer = Judge();
    absl::MutexLock lock(&mu_);
    if (!has_answer.ok()) return End(has_answer.status());
    if (*has_answer) return StartWrite(&response_);
    busy_ = false;
    Advance();
  }

  absl::StatusOr<bool> Judge() {
    const v1::FilterContactsRequest& block = *judged_;
    if (session_ == nullptr) {
      if (!block.has_config()) {
        return MissingField("config", "the first message of the stream carries it");
      }
      DNC_ASSIGN_OR_RETURN(session_, FilterSession::Create(handler_, block.config()));
      if (block.phones().empty() && block.raw().empty()) return false;
    } else if (block.has_config()) {
      return InvalidField("config", "only the first message of the stream carries it");
    }
    DNC_RETURN_IF_ERROR(session_->Filter(block, &response_));
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
  std::unique_ptr<v1::FilterContactsRequest> read_ =
      std::make_unique<v1::FilterContactsRequest>();  // being read, or read
  std::unique_ptr<v1::FilterContactsRequest> judged_ =
      std::make_unique<v1::FilterContactsRequest>();
  v1::FilterContactsResponse response_;
  std::unique_ptr<FilterSession> session_;

  absl::Mutex mu_;  // reads, writes and workers end on different threads
  bool block_read_ ABSL_GUARDED_BY(mu_) = false;
  bool read_ended_ ABSL_GUARDED_BY(mu_) = false;
  bool busy_ ABSL_GUARDED_BY(mu_) = false;  // a block is being judged, or its answer written
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

// Answers with what `handler(request bytes, writer)` writes.
template <typename Handler>
absl::Status AnswerBytes(const grpc::ByteBuffer& request, grpc::ByteBuffer* response,
                         const Handler& handler) {
  grpc::Slice slice;
  if (!request.TrySingleSlice(&slice).ok() && !request.DumpToSingleSlice(&slice).ok()) {
    return absl::InternalError("the request's bytes cannot be read");
  }
  WireWriter answer;
  DNC_RETURN_IF_ERROR(
      handler({reinterpret_cast<const char*>(slice.begin()), slice.size()}, &answer));
  const grpc::Slice bytes(answer.bytes().data(), answer.bytes().size());
  *response = grpc::ByteBuffer(&bytes, 1);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* CheckService::CheckContact(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request,
                                                     grpc::ByteBuffer* response) {
  return Answer(services_, context, "/dnc.v1.CheckService/CheckContact", [&](const Principal&) {
    return AnswerBytes(*request, response, [&](absl::string_view asked, WireWriter* answer) {
      return services_.checks->Check(asked, answer);
    });
  });
}

grpc::ServerUnaryReactor* CheckService::BatchCheckContacts(grpc::CallbackServerContext* context,
                                                           const grpc::ByteBuffer* request,
                                                           grpc::ByteBuffer* response) {
  return AnswerLater(
      services_, context, "/dnc.v1.CheckService/BatchCheckContacts",
      [this, request, response](const Principal&) {
        return AnswerBytes(*request, response, [&](absl::string_view asked, WireWriter* answer) {
          return services_.checks->Batch(asked, answer);
        });
      });
}

grpc::ServerBidiReactor<v1::FilterContactsRequest, v1::FilterContactsResponse>*
CheckService::FilterContacts(grpc::CallbackServerContext* context) {
  const absl::Status admitted =
      Admit(services_, *context, "/dnc.v1.CheckService/FilterContacts").status();
  return FilterReactor::Start(services_, admitted);
}

}  // namespace dnc
