#include "server/rpc/stream_checks_reactor.h"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "server/error/sent_error.h"
#include "server/recording/decision_recorder.h"
#include "server/rpc/check_bytes.h"

namespace dnc {
namespace {

constexpr absl::string_view kStreamChecks = "/dnc.v1.CheckService/StreamChecks";

constexpr int kMostChecks = 4096;  // in a message
// More than these are judged by a worker: gRPC's threads have others to serve meanwhile.
constexpr int kMostChecksAtOnce = 512;
// After so many checks of a message the answers are sent on, where none are being written.
constexpr int kChecksBetweenWrites = 64;
// After so many bytes of answers, of long ones therefore, the rest of a message is judged by a
// worker as well.
constexpr size_t kMostBytesAtOnce = size_t{256} << 10;
// What the checks of one message are answered with; those after it are refused, since one number
// may be denied for thousands of leads each time that it is named.
constexpr size_t kMostAnswerBytes = size_t{8} << 20;
// Answers that wait to be written; while there are more, nothing is read.
constexpr size_t kMostWaitingBytes = size_t{1} << 20;
// An answer message has this and one check's answer at the most: a client takes 64 MiB.
constexpr size_t kMostMessageBytes = size_t{4} << 20;

// How many checks the bytes of a message have. MALFORMED_REQUEST, REQUIRED_FIELD_MISSING,
// LIMIT_EXCEEDED.
absl::StatusOr<int> CountChecks(absl::string_view message) {
  WireReader reader(message);
  int count = 0;
  while (reader.Next()) {
    if (reader.tag() == BytesTag(v1::StreamChecksRequest::kChecksFieldNumber)) ++count;
  }
  if (!reader.ok()) return MalformedRequest(v1::StreamChecksRequest::descriptor()->full_name());
  if (count == 0) return MissingField("checks", "give 1 to 4,096 checks a message");
  if (count <= kMostChecks) return count;
  return MakeError(
      v1::ERROR_REASON_LIMIT_EXCEEDED,
      absl::StrCat("checks: ", count, " given, at most ", kMostChecks,
                   " are taken in a message; send more messages"),
      {{"field", "checks"}, {"limit", absl::StrCat(kMostChecks)}, {"actual", absl::StrCat(count)}});
}

// A v1.StreamedCheck as it travels.
struct StreamedBytes {
  uint64_t id = 0;
  absl::string_view request;
  int requests = 0;    // how often the field is there
  std::string merged;  // what `request` views, where there are several: they are one message
};

// False where the bytes are no such message.
bool ReadStreamed(absl::string_view bytes, StreamedBytes* check) {
  WireReader reader(bytes);
  while (reader.Next()) {
    if (reader.tag() == WireTag(v1::StreamedCheck::kIdFieldNumber, WireType::kFixed64)) {
      check->id = reader.number();
    } else if (reader.tag() == BytesTag(v1::StreamedCheck::kRequestFieldNumber)) {
      if (check->requests++ > 0) {
        if (check->requests == 2) check->merged = std::string(check->request);
        absl::StrAppend(&check->merged, reader.bytes());
      }
      check->request = check->requests > 1 ? absl::string_view(check->merged) : reader.bytes();
    }
  }
  return reader.ok();
}

// With all that a call's error has.
v1::ItemError WholeError(const absl::Status& status) {
  SentError sent = ToSentError(status);
  v1::ItemError error;
  error.set_code(static_cast<int32_t>(sent.code));
  error.set_reason(sent.info.reason());
  error.set_message(std::move(sent.message));
  auto& metadata = *sent.info.mutable_metadata();
  if (const auto field = metadata.find("field"); field != metadata.end()) {
    error.set_field(field->second);
    metadata.erase(field);
  }
  error.mutable_metadata()->swap(metadata);
  return error;
}

class StreamChecksReactor : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                            public OpenStream {
 public:
  explicit StreamChecksReactor(const Services& services)
      : services_(services), in_flight_(std::make_unique<Drain::Call>(services.drain)) {}

  // Lives until gRPC and the workers are done with it.
  static StreamChecksReactor* Start(const Services& services,
                                    const grpc::CallbackServerContext& context) {
    auto reactor = std::make_shared<StreamChecksReactor>(services);
    reactor->self_ = reactor;
    reactor->Begin(Identify(services, context));
    services.drain->Add(reactor);  // OnDone, which removes it, comes after this
    return reactor.get();
  }

  void OnReadDone(bool ok) override {
    {
      absl::MutexLock lock(&mu_);
      reading_ = false;
      if (!ok) read_ended_ = true;
      if (!ok || ended_) return Advance();
      judging_ = true;
    }
    JudgeMessage();
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&mu_);
    writing_ = false;
    if (!ok) LeaveUnread();
    Advance();
  }

  void OnCancel() override {
    absl::MutexLock lock(&mu_);
    LeaveUnread();
    Advance();
  }

  void OnDrain() override {
    absl::MutexLock lock(&mu_);
    draining_ = true;
    Advance();
  }

  void OnDone() override {
    services_.drain->Remove(this);
    in_flight_.reset();
    const std::shared_ptr<StreamChecksReactor> last = std::move(self_);
  }

 private:
  void Begin(absl::StatusOr<Principal> caller) {
    absl::MutexLock lock(&mu_);
    if (!caller.ok()) return End(caller.status());
    caller_ = *std::move(caller);
    Advance();
  }

  // The client has gone: nobody would read what is judged from now on.
  void LeaveUnread() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    gone_.store(true, std::memory_order_relaxed);
    read_ended_ = true;
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  // Writes what waits; then, unless a message is being judged, reads the next one or ends.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (ended_) return;
    if (!writing_ && !waiting_.empty()) WriteNext();
    if (judging_) return;
    if (read_ended_ || draining_ || !broken_.ok()) {
      if (!writing_) End(draining_ && !read_ended_ ? ShuttingDown() : broken_);
      return;
    }
    if (reading_ || waiting_bytes_ > kMostWaitingBytes) return;
    reading_ = true;
    StartRead(&read_);
  }

  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    TakeNext();
    StartWrite(&written_);
  }

  // Into what is written next, by the caller.
  void TakeNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const grpc::Slice bytes(waiting_.front());
    waiting_bytes_ -= bytes.size();
    waiting_.pop_front();
    grpc::ByteBuffer(&bytes, 1).Swap(&written_);
    writing_ = true;
  }

  // The message that was read, from its beginning. Nobody else touches it, or the answers, until
  // EndMessage.
  void JudgeMessage() {
    absl::StatusOr<grpc::Slice> bytes = ReadBytes<v1::StreamChecksRequest>(read_);
    if (!bytes.ok()) return EndMessage(bytes.status());
    message_ = *std::move(bytes);
    const absl::StatusOr<int> count = CountChecks(BytesOf(message_));
    if (!count.ok()) return EndMessage(count.status());
    checks_ = WireReader(BytesOf(message_));
    answered_bytes_ = 0;
    if (*count > kMostChecksAtOnce || !JudgeHere()) return JudgeOnWorker();
    EndMessage(absl::OkStatus());
  }

  // False where the rest has to wait for its records, which gRPC's own thread must not.
  bool JudgeHere() {
    for (int judged = 1; !Gone(); ++judged) {
      if (ABSL_PREDICT_FALSE(services_.recorder->MustWait())) return false;
      if (ABSL_PREDICT_FALSE(answered_bytes_ > kMostBytesAtOnce)) return false;
      if (!NextCheck()) return true;
      Judge(/*may_wait=*/false);
      if (judged % kChecksBetweenWrites == 0) SendOn();
    }
    return true;
  }

  void JudgeOnWorker() {
    const bool taken = services_.workers->TryRun(WorkerPool::Lane::kCall, message_.size(),
                                                 [self = self_] { self->JudgeRest(); });
    if (taken) return;
    RefuseRest(WorkersOverloaded());
    EndMessage(absl::OkStatus());
  }

  void RefuseRest(const absl::Status& why) {
    while (NextCheck()) Refuse(why);
  }

  void JudgeRest() {
    // Where one waited in vain, the others do not: they would keep the worker for hours.
    bool may_wait = true;
    for (int judged = 1; !Gone() && answered_bytes_ <= kMostAnswerBytes && NextCheck(); ++judged) {
      may_wait = Judge(may_wait) != absl::StatusCode::kResourceExhausted && may_wait;
      if (judged % kChecksBetweenWrites == 0) SendOn();
    }
    if (!Gone()) RefuseRest(Overloaded("the answers to the checks before are too long together"));
    EndMessage(absl::OkStatus());
  }

  bool Gone() const { return gone_.load(std::memory_order_relaxed); }

  // Takes the message's next check into `check_`.
  bool NextCheck() {
    while (checks_.Next()) {
      if (checks_.tag() == BytesTag(v1::StreamChecksRequest::kChecksFieldNumber)) return true;
    }
    return false;
  }

  // Judges the check and writes its answer; says how it went.
  absl::StatusCode Judge(bool may_wait) {
    using Answer = v1::StreamedAnswer;
    StreamedBytes check;
    const bool readable = ReadStreamed(checks_.bytes(), &check);
    const size_t answer = BeginAnswer(check.id);
    const size_t before = answers_.bytes().size();
    const size_t response = answers_.Begin(Answer::kResponseFieldNumber);
    const absl::Status status =
        readable ? Answered(check, may_wait)
                 : MalformedRequest(v1::StreamedCheck::descriptor()->full_name());
    if (ABSL_PREDICT_TRUE(status.ok())) {
      answers_.End(response);
    } else {
      answers_.Cut(before);
      WriteError(status);
    }
    answers_.End(answer);
    answered_bytes_ += answers_.bytes().size() - answer;
    return status.code();
  }

  absl::Status Answered(const StreamedBytes& check, bool may_wait) {
    if (check.requests == 0) return MissingField("request", "say what is to be judged");
    return AnswerBytes<v1::CheckContactRequest>(services_, &CheckHandler::Check, caller_,
                                                kStreamChecks, check.request, may_wait, &answers_);
  }

  void Refuse(const absl::Status& why) {
    StreamedBytes check;
    ReadStreamed(checks_.bytes(), &check);  // what can be read of it
    const size_t answer = BeginAnswer(check.id);
    WriteError(why);
    answers_.End(answer);
  }

  size_t BeginAnswer(uint64_t id) {
    const size_t answer = answers_.Begin(v1::StreamChecksResponse::kAnswersFieldNumber);
    answers_.Fixed64(v1::StreamedAnswer::kIdFieldNumber, id);
    return answer;
  }

  void WriteError(const absl::Status& status) {
    const v1::ItemError error = WholeError(status);
    answers_.Text(v1::StreamedAnswer::kErrorFieldNumber, error.SerializeAsString());
  }

  // Puts the answers so far where they wait to be written.
  void KeepAnswers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    const absl::string_view bytes = answers_.bytes();
    if (!bytes.empty() && !Gone()) {
      if (waiting_.empty() || waiting_.back().size() + bytes.size() > kMostMessageBytes) {
        waiting_.emplace_back();
      }
      absl::StrAppend(&waiting_.back(), bytes);
      waiting_bytes_ += bytes.size();
    }
    answers_.Cut(0);
  }

  // Within a message: the client may as well begin with the first answers. They are written without
  // the lock: before StartWrite returns, another thread may be told that they are, and would wait.
  // The stream does not end meanwhile, since a message is being judged.
  void SendOn() {
    {
      absl::MutexLock lock(&mu_);
      if (writing_ && answers_.bytes().size() < kMostMessageBytes) return;
      KeepAnswers();
      if (writing_ || waiting_.empty()) return;
      TakeNext();
    }
    StartWrite(&written_);
  }

  // Not OK: it is none, and the stream ends when what was answered before is written.
  void EndMessage(absl::Status status) {
    SendOn();
    absl::MutexLock lock(&mu_);
    judging_ = false;
    broken_ = std::move(status);
    KeepAnswers();
    Advance();
  }

  void End(const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    if (ended_) return;
    ended_ = true;
    Finish(ToGrpcStatus(status));
  }

  const Services& services_;
  std::unique_ptr<Drain::Call> in_flight_;
  std::shared_ptr<StreamChecksReactor> self_;
  Principal caller_;
  grpc::ByteBuffer read_;     // being read, or read
  grpc::ByteBuffer written_;  // being written
  // Of whoever judges.
  grpc::Slice message_;
  WireReader checks_{absl::string_view()};
  WireWriter answers_;
  size_t answered_bytes_ = 0;  // of this message's checks

  std::atomic<bool> gone_{false};  // written under mu_

  absl::Mutex mu_;  // reads, writes and workers end on different threads
  std::deque<std::string> waiting_ ABSL_GUARDED_BY(mu_);  // answer messages
  size_t waiting_bytes_ ABSL_GUARDED_BY(mu_) = 0;
  bool reading_ ABSL_GUARDED_BY(mu_) = false;
  bool judging_ ABSL_GUARDED_BY(mu_) = false;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  bool read_ended_ ABSL_GUARDED_BY(mu_) = false;
  absl::Status broken_ ABSL_GUARDED_BY(mu_);  // why a message is none
  bool draining_ ABSL_GUARDED_BY(mu_) = false;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartStreamChecks(
    const Services& services, const grpc::CallbackServerContext& context) {
  return StreamChecksReactor::Start(services, context);
}

}  // namespace dnc
