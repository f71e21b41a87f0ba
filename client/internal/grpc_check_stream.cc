#include "client/internal/grpc_check_stream.h"

#include <grpc/support/time.h>
#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/slice.h>
#include <sched.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "client/internal/eagerness.h"
#include "client/internal/grpc_support.h"

namespace dnc {
namespace {

constexpr char kMethod[] = "/dnc.v1.CheckService/StreamChecks";

class GrpcCheckStream : public CheckStream {
 public:
  explicit GrpcCheckStream(std::shared_ptr<grpc::Channel> channel) : stub_(std::move(channel)) {
    // The call begins with the first message: one trip less.
    context_.set_initial_metadata_corked(true);
    call_ = stub_.PrepareCall(&context_, kMethod, &events_);
    call_->StartCall(nullptr);
  }

  ~GrpcCheckStream() override {
    context_.TryCancel();
    wake_.Cancel();
    events_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (events_.Next(&tag, &ok)) {
    }
  }

  GrpcCheckStream(const GrpcCheckStream&) = delete;
  GrpcCheckStream& operator=(const GrpcCheckStream&) = delete;

  void Write(absl::string_view request) override {
    const grpc::Slice bytes(request.data(), request.size());
    call_->Write(grpc::ByteBuffer(&bytes, 1), Tag(&written_tag_));
    begun_.store(true, std::memory_order_release);
  }

  Event Next(absl::Duration timeout, std::string* answers) override {
    const gpr_timespec until =
        gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                     gpr_time_from_nanos(absl::ToInt64Nanoseconds(timeout), GPR_TIMESPAN));
    while (true) {
      AskForAnswers();
      void* tag = nullptr;
      bool ok = false;
      const bool in_time = LookOut(&tag, &ok);
      if (!in_time && events_.AsyncNext(&tag, &ok, until) != grpc::CompletionQueue::GOT_EVENT) {
        return Event::kNothing;
      }
      if (tag == Tag(&wake_tag_)) {
        waking_.store(false);
        return Event::kNothing;
      }
      if (tag == Tag(&written_tag_)) {
        begun_.store(true, std::memory_order_relaxed);
        if (ok) return Event::kWritten;
        continue;  // it is broken: so will the read be
      }
      if (tag == Tag(&finish_tag_)) return Event::kEnded;
      // Only what the gateway sends tells how far it is: a message is written at once.
      if (ok && in_time) eagerness_.Rewarded();
      if (ok) return TakeAnswers(answers);
      call_->Finish(&status_, Tag(&finish_tag_));
    }
  }

  void Wake() override {
    if (!waking_.exchange(true)) {
      wake_.Set(&events_, gpr_time_0(GPR_CLOCK_MONOTONIC), Tag(&wake_tag_));
    }
  }

  void Cancel() override { context_.TryCancel(); }

  absl::Status status() const override { return FromGrpcStatus(status_); }

 private:
  static void* Tag(char* place) { return place; }

  // Not as soon as the last ones are there: gRPC then tells the server how much more it may send,
  // which must not come before what they have led to.
  void AskForAnswers() {
    if (reading_ || !begun_.load(std::memory_order_acquire)) return;
    reading_ = true;
    call_->Read(&read_, Tag(&read_tag_));
  }

  // What happens within a moment, without going to sleep: waking a thread may take as long as the
  // gateway takes to judge. Others that can run do so first. False where nothing has happened.
  bool LookOut(void** tag, bool* ok) {
    if (!eagerness_.Begin()) return false;
    const gpr_timespec now = gpr_inf_past(GPR_CLOCK_MONOTONIC);
    do {
      if (events_.AsyncNext(tag, ok, now) == grpc::CompletionQueue::GOT_EVENT) return true;
      sched_yield();
    } while (eagerness_.GoesOn());
    return false;
  }

  Event TakeAnswers(std::string* answers) {
    reading_ = false;
    const bool whole = read_.Dump(&slices_).ok();
    answers->clear();
    for (const grpc::Slice& slice : slices_) {
      answers->append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    }
    slices_.clear();
    return whole ? Event::kAnswers : Event::kMalformed;
  }

  char written_tag_ = 0, read_tag_ = 0, finish_tag_ = 0, wake_tag_ = 0;  // their addresses count
  grpc::GenericStub stub_;
  grpc::CompletionQueue events_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  std::atomic<bool> begun_{false};  // a message has been written
  bool reading_ = false;            // of whoever polls
  Eagerness eagerness_;             // the same
  grpc::ByteBuffer read_;
  std::vector<grpc::Slice> slices_;  // of what has been read
  grpc::Status status_;
  std::atomic<bool> waking_{false};
  grpc::Alarm wake_;
};

}  // namespace

std::unique_ptr<CheckStream> MakeGrpcCheckStream(std::shared_ptr<grpc::Channel> channel) {
  return std::make_unique<GrpcCheckStream>(std::move(channel));
}

}  // namespace dnc
