#include "server/rpc/import_reactor.h"

#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "dnc/v1/registry.pb.h"
#include "storage/base/thread_priority.h"

namespace dnc {
namespace {

constexpr absl::string_view kImportMethod = "/dnc.v1.RegistryService/ImportList";
constexpr size_t kMaxPiece = 1u << 20;
constexpr absl::string_view kConfigComesFirst = "the first message of the stream carries it";
// A progress message every so many rows, rejected rows sooner.
constexpr int64_t kRowsPerProgress = 100'000;

class ImportReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                      public OpenStream {
 public:
  // Lives until gRPC is done with it.
  static ImportReactor* Start(const Services& services,
                              const grpc::CallbackServerContext& context) {
    auto reactor = std::make_shared<ImportReactor>(services);
    reactor->self_ = reactor;
    reactor->Begin(Identify(services, context));
    services.drain->Add(reactor);  // OnDone, which removes it, comes after this
    return reactor.get();
  }

  explicit ImportReactor(const Services& services)
      : services_(services),
        in_flight_(std::make_unique<Drain::Call>(services.drain)),
        context_(services.imports),
        open_time_(context_.clock->Now()) {
    context_.stop = &stop_;
  }

  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    read_ = ok ? Step::kOk : Step::kFailed;
    if (phase_ == Phase::kWaiting) Open();
  }
  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    written_ = ok ? Step::kOk : Step::kFailed;
  }
  void OnCancel() override { stop_.Set(absl::CancelledError("the client broke off")); }
  void OnDrain() override {
    absl::MutexLock lock(&mu_);
    draining_ = true;
    if (phase_ == Phase::kWaiting) End(NothingWasChanged());
  }
  void OnStop() override { stop_.Set(ShuttingDown()); }
  void OnTick() override {
    absl::MutexLock lock(&mu_);
    if (phase_ != Phase::kWaiting) return;
    if (context_.clock->Now() - open_time_ < kFirstMessageSeconds * 1'000'000) return;
    End(MissingField("config", absl::StrCat(kConfigComesFirst, "; none came for ",
                                            kFirstMessageSeconds, " seconds")));
  }
  void OnDone() override {
    services_.drain->Remove(this);
    if (counted_) services_.open_imports->Close();
    in_flight_.reset();
    const std::shared_ptr<ImportReactor> last = std::move(self_);
  }

 private:
  enum class Step { kIdle, kOk, kFailed };
  // Waiting for the first message; running on workers and then on its own thread; ended.
  enum class Phase { kWaiting, kRunning, kEnded };

  static absl::Status NothingWasChanged() {
    return MakeError(v1::ERROR_REASON_SHUTTING_DOWN,
                     "the server is shutting down, and nothing was changed; import the file again "
                     "when it is back");
  }

  void Begin(absl::StatusOr<Principal> caller) {
    absl::MutexLock lock(&mu_);
    if (!caller.ok()) return End(caller.status());
    counted_ = services_.open_imports->TryOpen();
    if (!counted_) return End(Overloaded("too many import streams are open"));
    caller_ = *std::move(caller);
    StartRead(&request_bytes_);
  }

  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    phase_ = Phase::kEnded;
    Finish(ToGrpcStatus(status));
  }

  // The first message is there: a worker judges it.
  void Open() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const bool ended = std::exchange(read_, Step::kIdle) == Step::kFailed;
    if (ended) return End(MissingField("config", kConfigComesFirst));
    phase_ = Phase::kRunning;
    const bool taken = services_.workers->TryRun(WorkerPool::Lane::kCall, request_bytes_.Length(),
                                                 [this] { StartThread(OpenSession()); });
    if (!taken) End(WorkersOverloaded());
  }

  void StartThread(const absl::Status& opened) {
    if (!opened.ok()) return Finish(ToGrpcStatus(opened));
    try {
      // Threads that it starts inherit the priority: checks and opt-outs go before an import.
      std::thread([this] {
        LowerThreadPriority(ThreadPriority::kSoon);
        Run();
      }).detach();
    } catch (const std::system_error&) {
      session_.reset();
      Finish(ToGrpcStatus(NoThreads()));
    }
  }

  // The machine or a limit permits no more of them.
  static absl::Status NoThreads() { return Overloaded("no thread for the import can be started"); }

  absl::Status OpenSession() {
    DNC_RETURN_IF_ERROR(Parse(&request_bytes_, &request_));
    NameActor(caller_, &request_);
    DNC_RETURN_IF_ERROR(Authorize(services_, caller_, kImportMethod, request_));
    if (!request_.has_config()) return MissingField("config", kConfigComesFirst);
    DNC_ASSIGN_OR_RETURN(
        session_,
        ImportSession::Create(
            context_, request_.config(), caller_, [this](auto rows) { return SendRejected(rows); },
            [this](int64_t numbers, int64_t most) { return SendBuilt(numbers, most); }));
    return absl::OkStatus();
  }

  // MISSING_FIELD where the stream has ended, SHUTTING_DOWN where the server does before the client
  // has said that the file is complete.
  absl::Status Read(absl::string_view field, absl::string_view hint) {
    DNC_RETURN_IF_ERROR(CatchUp());
    bool ended = false;
    {
      absl::MutexLock lock(&mu_);
      mu_.Await(absl::Condition(this, &ImportReactor::ReadOrDraining));
      if (draining_) return NothingWasChanged();
      ended = std::exchange(read_, Step::kIdle) == Step::kFailed;
    }
    if (ended) return MissingField(field, hint);
    DNC_RETURN_IF_ERROR(Parse(&request_bytes_, &request_));
    ReadAhead();
    return absl::OkStatus();
  }
  // While no further message is there, those before it are read to their ends.
  absl::Status CatchUp() {
    for (bool more = true; more;) {
      {
        absl::MutexLock lock(&mu_);
        if (ReadOrDraining()) return absl::OkStatus();
      }
      DNC_ASSIGN_OR_RETURN(more, session_->FeedNext());
      DNC_RETURN_IF_ERROR(SendProgress());
    }
    return absl::OkStatus();
  }
  // The next message arrives while this one is worked on. None follows the last one.
  void ReadAhead() {
    if (!request_.complete()) StartRead(&request_bytes_);
  }
  bool ReadOrDraining() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return read_ != Step::kIdle || draining_;
  }

  bool AwaitWritten() {
    absl::MutexLock lock(&mu_);
    mu_.Await(absl::Condition(
        +[](Step* written) { return *written != Step::kIdle; }, &written_));
    return std::exchange(written_, Step::kIdle) == Step::kOk;
  }

  absl::Status Write() {
    DNC_RETURN_IF_ERROR(Serialize(response_, &response_bytes_));
    response_.Clear();
    StartWrite(&response_bytes_);
    return AwaitWritten() ? absl::OkStatus() : absl::CancelledError("the client broke off");
  }

  void Run() {
    absl::Status status;
    try {
      status = Import();
    } catch (const std::system_error&) {  // of a thread that it starts
      status = NoThreads();
    }
    session_.reset();  // lets the next import begin before the client hears of the end
    Finish(ToGrpcStatus(status));
  }

  absl::Status Import() {
    ReadAhead();
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
    // What was read ahead, piece by piece, so that progress is told meanwhile.
    for (bool more = true; more;) {
      DNC_ASSIGN_OR_RETURN(more, session_->FeedNext());
      DNC_RETURN_IF_ERROR(SendProgress());
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
    DNC_RETURN_IF_ERROR(session_->Feed(request_.mutable_data()));
    return SendProgress();
  }

  absl::Status SendProgress() {
    if (session_->rows() - reported_rows_ < kRowsPerProgress) return absl::OkStatus();
    reported_rows_ = session_->rows();
    return Send();
  }

  absl::Status SendBuilt(int64_t numbers, int64_t most) {
    response_.set_stage(v1::IMPORT_STAGE_BUILDING);
    response_.set_numbers_written(numbers);
    response_.set_most_numbers(most);
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

  const Services& services_;
  std::unique_ptr<Drain::Call> in_flight_;
  std::shared_ptr<ImportReactor> self_;
  ImportStop stop_;
  ImportContext context_;
  const UnixMicros open_time_;
  bool counted_ = false;  // among the open streams
  Principal caller_;
  std::unique_ptr<ImportSession> session_;
  grpc::ByteBuffer request_bytes_;
  v1::ImportListRequest request_;
  v1::ImportListResponse response_;
  grpc::ByteBuffer response_bytes_;
  int64_t reported_rows_ = 0;

  absl::Mutex mu_;
  Phase phase_ ABSL_GUARDED_BY(mu_) = Phase::kWaiting;
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  Step read_ ABSL_GUARDED_BY(mu_) = Step::kIdle;
  Step written_ ABSL_GUARDED_BY(mu_) = Step::kIdle;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartImport(
    const Services& services, const grpc::CallbackServerContext& context) {
  return ImportReactor::Start(services, context);
}

}  // namespace dnc
