#include "server/rpc/check_service.h"

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/handler/filter_session.h"

namespace dnc {
namespace {

// One FilterContacts stream. A block is judged when it has been read; while its answer is being
// written the next block is read, and no further: at most two blocks are held, however slow the
// reader is.
class FilterReactor
    : public grpc::ServerBidiReactor<v1::FilterContactsRequest, v1::FilterContactsResponse> {
 public:
  FilterReactor(const CheckHandler* handler, const absl::Status& admitted) : handler_(handler) {
    if (!admitted.ok()) {
      Finish(ToGrpcStatus(admitted));
      return;
    }
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    if (!ok) {
      read_ended_ = true;
    } else {
      block_read_ = true;
    }
    Advance();
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    if (!ok) read_ended_ = true;  // the client has gone
    Advance();
  }

  void OnDone() override { delete this; }

 private:
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (finished_ || writing_) return;
    if (block_read_) {
      block_read_ = false;
      const absl::Status status = TakeMessage();
      if (!status.ok()) return End(status);
      StartRead(&request_);
      return;
    }
    if (read_ended_) End(absl::OkStatus());
  }

  absl::Status TakeMessage() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (session_ == nullptr) {
      if (!request_.has_config()) {
        return MissingField("config", "the first message of the stream carries it");
      }
      DNC_ASSIGN_OR_RETURN(session_, FilterSession::Create(handler_, request_.config()));
      if (request_.phones().empty() && request_.raw().empty()) return absl::OkStatus();
    } else if (request_.has_config()) {
      return InvalidField("config", "only the first message of the stream carries it");
    }
    response_.Clear();
    DNC_RETURN_IF_ERROR(session_->Filter(request_, &response_));
    writing_ = true;
    StartWrite(&response_);
    return absl::OkStatus();
  }

  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    finished_ = true;
    Finish(ToGrpcStatus(status));
  }

  const CheckHandler* const handler_;
  absl::Mutex mu_;  // reads and writes end on different threads
  v1::FilterContactsRequest request_;
  v1::FilterContactsResponse response_;
  std::unique_ptr<FilterSession> session_ ABSL_GUARDED_BY(mu_);
  bool block_read_ ABSL_GUARDED_BY(mu_) = false;
  bool read_ended_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool finished_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerUnaryReactor* CheckService::CheckContact(grpc::CallbackServerContext* context,
                                                     const v1::CheckContactRequest* request,
                                                     v1::CheckContactResponse* response) {
  return Answer(services_, context, "/dnc.v1.CheckService/CheckContact",
                [&](const Principal&) { return services_.checks->Check(*request, response); });
}

grpc::ServerUnaryReactor* CheckService::BatchCheckContacts(
    grpc::CallbackServerContext* context, const v1::BatchCheckContactsRequest* request,
    v1::BatchCheckContactsResponse* response) {
  return Answer(services_, context, "/dnc.v1.CheckService/BatchCheckContacts",
                [&](const Principal&) { return services_.checks->Batch(*request, response); });
}

grpc::ServerBidiReactor<v1::FilterContactsRequest, v1::FilterContactsResponse>*
CheckService::FilterContacts(grpc::CallbackServerContext* context) {
  const absl::Status admitted =
      Admit(services_, *context, "/dnc.v1.CheckService/FilterContacts").status();
  return new FilterReactor(services_.checks, admitted);
}

}  // namespace dnc
