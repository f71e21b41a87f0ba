#include "server/rpc/import_reactor.h"

#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/error/error.h"
#include "server/rpc/grpc_status.h"
#include "server/rpc/messages.h"

namespace dnc {
namespace {

constexpr size_t kMaxPiece = 1u << 20;
constexpr absl::string_view kConfigComesFirst = "the first message of the stream carries it";
// A progress message every so many rows, rejected rows sooner.
constexpr int64_t kRowsPerProgress = 100'000;

class ImportReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  ImportReactor(const ImportContext& context, absl::StatusOr<Principal> caller)
      : context_(context), caller_(std::move(caller)) {
    if (caller_.ok()) {
      std::thread([this] { Run(); }).detach();
    } else {
      Finish(ToGrpcStatus(caller_.status()));
    }
  }

  void OnReadDone(bool ok) override { Signal(ok, &read_); }
  void OnWriteDone(bool ok) override { Signal(ok, &written_); }
  void OnDone() override { delete this; }

 private:
  enum class Step { kIdle, kOk, kFailed };

  void Signal(bool ok, Step* step) {
    absl::MutexLock lock(&mu_);
    *step = ok ? Step::kOk : Step::kFailed;
  }

  bool Await(Step* step) {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(
        +[](Step* pending) { return *pending != Step::kIdle; }, step));
    const bool ok = *step == Step::kOk;
    *step = Step::kIdle;
    return ok;
  }

  // MISSING_FIELD of `field` where the stream has ended.
  absl::Status Read(absl::string_view field, absl::string_view hint) {
    StartRead(&request_bytes_);
    if (!Await(&read_)) return MissingField(field, hint);
    return Parse(&request_bytes_, &request_);
  }

  absl::Status Write() {
    DNC_RETURN_IF_ERROR(Serialize(response_, &response_bytes_));
    response_.Clear();
    StartWrite(&response_bytes_);
    return Await(&written_) ? absl::OkStatus() : absl::CancelledError("the client broke off");
  }

  void Run() {
    const absl::Status status = Import();
    session_.reset();  // lets the next import begin before the client hears of the end
    Finish(ToGrpcStatus(status));
  }

  absl::Status Import() {
    DNC_RETURN_IF_ERROR(Read("config", kConfigComesFirst));
    if (!request_.has_config()) return MissingField("config", kConfigComesFirst);
    DNC_ASSIGN_OR_RETURN(session_,
                         ImportSession::Create(context_, request_.config(), *caller_,
                                               [this](auto rows) { return SendRejected(rows); }));
    DNC_RETURN_IF_ERROR(Feed());
    // The end of a stream says nothing: a broken connection looks the same. Only the client's word
    // counts.
    while (!request_.complete()) {
      DNC_RETURN_IF_ERROR(
          Read("complete", "the stream ended before a message that says so; nothing was changed"));
      if (request_.has_config()) {
        return InvalidField("config", "only the first message of the stream carries it");
      }
      DNC_RETURN_IF_ERROR(Feed());
    }
    absl::StatusOr<v1::ImportSummary> summary = session_->Finish();
    DNC_RETURN_IF_ERROR(summary.status());
    response_.set_rows(session_->rows());
    *response_.mutable_summary() = *std::move(summary);
    return Write();
  }

  absl::Status Feed() {
    if (request_.data().size() > kMaxPiece) {
      return InvalidField("data", "more than 1 MiB; send the file in smaller pieces");
    }
    DNC_RETURN_IF_ERROR(session_->Feed(request_.data()));
    if (session_->rows() - reported_rows_ < kRowsPerProgress) return absl::OkStatus();
    reported_rows_ = session_->rows();
    response_.set_rows(reported_rows_);
    return Send();
  }

  // A client that does not read them holds the parsing back.
  absl::Status SendRejected(const std::vector<v1::RejectedRow>& rows) {
    response_.mutable_rejected()->Add(rows.begin(), rows.end());
    return Send();
  }

  absl::Status Send() {
    response_.set_rows(session_->rows());
    return Write();
  }

  const ImportContext context_;
  const absl::StatusOr<Principal> caller_;
  std::unique_ptr<ImportSession> session_;
  grpc::ByteBuffer request_bytes_;
  v1::ImportListRequest request_;
  v1::ImportListResponse response_;
  grpc::ByteBuffer response_bytes_;
  int64_t reported_rows_ = 0;

  absl::Mutex mu_;
  Step read_ ABSL_GUARDED_BY(mu_) = Step::kIdle;
  Step written_ ABSL_GUARDED_BY(mu_) = Step::kIdle;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartImport(
    const ImportContext& context, absl::StatusOr<Principal> caller) {
  return new ImportReactor(context, std::move(caller));
}

}  // namespace dnc
