#include "server/rpc/report_reactor.h"

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/rpc/report_runner.h"

namespace dnc {
namespace {

// A report that is not read keeps the store from dropping what was overwritten since.
constexpr int64_t kLimitSeconds = 15 * 60;

absl::Status Expired() {
  return MakeError(v1::ERROR_REASON_REPORT_EXPIRED,
                   absl::StrCat("the report was not read to its end within ", kLimitSeconds,
                                " seconds; begin again, and read faster or ask for less"),
                   {{"limit_seconds", absl::StrCat(kLimitSeconds)}});
}

class ReportReactor : public grpc::ServerWriteReactor<grpc::ByteBuffer>, public OpenStream {
 public:
  // Lives until gRPC and the runner are done with it.
  static ReportReactor* Start(const Services& services, const grpc::CallbackServerContext& context,
                              BeginReport begin) {
    auto reactor = std::make_shared<ReportReactor>(services, std::move(begin));
    reactor->self_ = reactor;
    reactor->Begin(Identify(services, context));
    services.drain->Add(reactor);  // OnDone, which removes it, comes after this
    return reactor.get();
  }

  ReportReactor(const Services& services, BeginReport begin)
      : services_(services),
        runner_(services.reports),
        in_flight_(std::make_unique<Drain::Call>(services.drain)),
        begin_(std::move(begin)),
        open_time_(runner_->context().clock->Now()) {}

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    if (ended_) return;
    if (!ok && stop_.ok()) stop_ = absl::CancelledError();
    writing_ = false;
    Continue();
  }

  void OnCancel() override { Stop(absl::CancelledError()); }
  void OnDrain() override { Stop(ShuttingDown()); }
  void OnTick() override {
    if (IsOverdue()) Stop(Expired());
  }

  void OnDone() override {
    services_.drain->Remove(this);
    if (counted_) runner_->Close();
    in_flight_.reset();
    const std::shared_ptr<ReportReactor> last = std::move(self_);
  }

 private:
  void Begin(absl::StatusOr<Principal> caller) {
    absl::MutexLock lock(&mu_);
    if (!caller.ok()) return End(caller.status());
    counted_ = runner_->TryOpen();
    if (!counted_) return End(Overloaded("too many reports are being made"));
    caller_ = *std::move(caller);
    Continue();
  }

  bool IsOverdue() const {
    return runner_->context().clock->Now() - open_time_ >= kLimitSeconds * 1'000'000;
  }

  // The report ends between two slices. While a piece waits for its reader none is made: what it
  // held of the store is given back at once.
  void Stop(const absl::Status& status) {
    absl::MutexLock lock(&mu_);
    if (!stop_.ok() || ended_) return;
    stop_ = status;
    if (writing_) report_.reset();
  }

  void Continue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (!stop_.ok()) return End(stop_);
    if (IsOverdue()) return End(Expired());
    runner_->Run([self = self_] { self->MakeSlice(); });
  }

  // On the runner's thread. Nobody else touches the report or the piece meanwhile.
  void MakeSlice() {
    const absl::StatusOr<Report::Step> step = Advance();
    absl::MutexLock lock(&mu_);
    if (!step.ok()) return End(step.status());
    if (!stop_.ok() || *step == Report::Step::kMore) return Continue();
    if (*step == Report::Step::kEnd) {
      ended_ = true;
      report_.reset();
      return StartWriteAndFinish(&piece_, grpc::WriteOptions(), grpc::Status::OK);
    }
    writing_ = true;
    StartWrite(&piece_);
  }

  absl::StatusOr<Report::Step> Advance() {
    if (report_ == nullptr) {
      DNC_ASSIGN_OR_RETURN(report_, begin_(caller_));
    }
    DNC_ASSIGN_OR_RETURN(const Report::Step step, report_->Advance());
    if (step != Report::Step::kMore) DNC_RETURN_IF_ERROR(Serialize(report_->piece(), &piece_));
    return step;
  }

  // The store may be gone once gRPC knows of the end.
  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    ended_ = true;
    report_.reset();
    Finish(ToGrpcStatus(status));
  }

  const Services& services_;
  ReportRunner* const runner_;
  std::unique_ptr<Drain::Call> in_flight_;
  std::shared_ptr<ReportReactor> self_;
  const BeginReport begin_;
  const UnixMicros open_time_;
  bool counted_ = false;  // among the open reports
  Principal caller_;
  std::unique_ptr<Report> report_;
  grpc::ByteBuffer piece_;

  absl::Mutex mu_;  // writes and slices end on different threads
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status stop_ ABSL_GUARDED_BY(mu_);  // why it is to end before its end
};

}  // namespace

grpc::ServerWriteReactor<grpc::ByteBuffer>* StartReport(const Services& services,
                                                        const grpc::CallbackServerContext& context,
                                                        BeginReport begin) {
  return ReportReactor::Start(services, context, std::move(begin));
}

}  // namespace dnc
