#include "client/internal/check_pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/client.h"
#include "client/error.h"
#include "tests/unit/client/fake_check_stream.h"
#include "tests/unit/client/fakes.h"

namespace dnc {
namespace {

constexpr absl::Duration kLong = absl::Minutes(1);

struct Outcome {
  absl::Status status;
  std::string decision_id;
};

std::string RequestFor(int lead) {
  v1::CheckContactRequest request;
  request.set_lead(absl::StrCat(lead));
  return request.SerializeAsString();
}

// The decision id of a serialised answer.
std::string IdOf(const std::string& bytes) {
  v1::CheckContactResponse response;
  EXPECT_TRUE(response.ParseFromString(bytes));
  return response.decision_id();
}

// An ALLOW whose decision id is the lead that was asked about.
void AddAllow(const v1::StreamedCheck& check, v1::StreamChecksResponse* answers) {
  v1::StreamedAnswer& answer = *answers->add_answers();
  answer.set_id(check.id());
  answer.mutable_response()->set_verdict(v1::VERDICT_ALLOW);
  answer.mutable_response()->mutable_valid_for()->set_seconds(10);
  answer.mutable_response()->set_decision_id(check.request().lead());
}

v1::StreamChecksResponse Allow(const std::vector<v1::StreamedCheck>& checks) {
  v1::StreamChecksResponse answers;
  for (const v1::StreamedCheck& check : checks) AddAllow(check, &answers);
  return answers;
}

class CheckPipelineTest : public testing::Test {
 protected:
  CheckWire& wire(size_t stream) {
    absl::MutexLock lock(&mutex_);
    while (wires_.size() <= stream) wires_.push_back(std::make_shared<CheckWire>());
    return *wires_[stream];
  }
  size_t opened() {
    absl::MutexLock lock(&mutex_);
    return opened_;
  }

  std::future<Outcome> Start(int lead, absl::Duration deadline = kLong) {
    std::promise<Outcome> promise;
    std::future<Outcome> outcome = promise.get_future();
    pipeline_.Start(
        RequestFor(lead), deadline,
        [promise = std::move(promise)](const absl::Status& status, std::string* response) mutable {
          promise.set_value({status, status.ok() ? IdOf(*response) : std::string()});
        });
    return outcome;
  }
  std::vector<std::future<Outcome>> StartMany(int count) {
    std::vector<std::future<Outcome>> outcomes;
    for (int lead = 0; lead < count; ++lead) outcomes.push_back(Start(lead));
    return outcomes;
  }
  std::future<Outcome> Check(int lead) {
    return std::async(std::launch::async, [this, lead] {
      const auto response = pipeline_.Check(RequestFor(lead), kLong);
      return Outcome{response.status(), response.ok() ? IdOf(*response) : std::string()};
    });
  }

 private:
  std::unique_ptr<CheckStream> Open() {
    const std::shared_ptr<CheckWire> next = (static_cast<void>(wire(opened())), WireAt(opened()));
    absl::MutexLock lock(&mutex_);
    ++opened_;
    return std::make_unique<FakeCheckStream>(next);
  }
  std::shared_ptr<CheckWire> WireAt(size_t stream) {
    absl::MutexLock lock(&mutex_);
    return wires_[stream];
  }

  absl::Mutex mutex_;
  std::vector<std::shared_ptr<CheckWire>> wires_;
  size_t opened_ = 0;

 protected:
  CheckPipeline pipeline_{[this] { return Open(); }};
};

TEST_F(CheckPipelineTest, EachCallerGetsItsOwnAnswerWhateverTheOrder) {
  std::vector<std::future<Outcome>> outcomes = StartMany(20);
  for (int lead = 20; lead < 40; ++lead) outcomes.push_back(Check(lead));
  std::vector<v1::StreamedCheck> checks = wire(0).NextChecks(40);
  std::reverse(checks.begin(), checks.end());
  wire(0).Answer(Allow({checks.begin(), checks.begin() + 7}));
  wire(0).Answer(Allow({checks.begin() + 7, checks.end()}));
  for (size_t lead = 0; lead < outcomes.size(); ++lead) {
    const Outcome outcome = outcomes[lead].get();
    EXPECT_TRUE(outcome.status.ok()) << outcome.status;
    EXPECT_EQ(outcome.decision_id, absl::StrCat(lead));
  }
  EXPECT_EQ(opened(), 1u);
}

TEST_F(CheckPipelineTest, OneIsSentAtOnceAndWhatComesMeanwhileTogether) {
  wire(0).HoldWrites();
  std::vector<std::future<Outcome>> outcomes = StartMany(1001);
  v1::StreamChecksResponse answers;
  for (const int expected : {1, 512, 488}) {
    const v1::StreamChecksRequest message = wire(0).NextMessage();
    EXPECT_EQ(message.checks_size(), expected);
    for (const v1::StreamedCheck& check : message.checks()) AddAllow(check, &answers);
    EXPECT_FALSE(wire(0).HasMessage());
    wire(0).Written();
  }
  wire(0).Answer(answers);
  for (auto& outcome : outcomes) EXPECT_TRUE(outcome.get().status.ok());
}

TEST_F(CheckPipelineTest, TheEndOfTheStreamEndsAllThatWaitAndTheNextOpensAnother) {
  struct Case {
    absl::Status end;
    absl::StatusCode code;
  };
  size_t stream = 0;
  for (const Case& c :
       {Case{absl::UnavailableError("gone"), absl::StatusCode::kUnavailable},
        Case{absl::OkStatus(), absl::StatusCode::kUnavailable},
        Case{absl::InvalidArgumentError("bad"), absl::StatusCode::kInvalidArgument}}) {
    std::vector<std::future<Outcome>> outcomes;
    for (int lead = 0; lead < 5; ++lead) outcomes.push_back(Check(lead));
    static_cast<void>(wire(stream).NextChecks(5));
    wire(stream).HoldWrites();
    for (int lead = 5; lead < 10; ++lead) outcomes.push_back(Start(lead));
    wire(stream).End(c.end);
    for (auto& outcome : outcomes) EXPECT_EQ(outcome.get().status.code(), c.code);
    EXPECT_EQ(opened(), ++stream);
  }
  std::future<Outcome> again = Start(7);
  wire(stream).Answer(Allow(wire(stream).NextChecks(1)));
  EXPECT_EQ(again.get().decision_id, "7");
}

TEST_F(CheckPipelineTest, ACheckWhoseTimeIsOverEndsAndItsLateAnswerIsNobodys) {
  std::future<Outcome> kept = Start(1);
  std::future<Outcome> late = Start(2, absl::Milliseconds(5));
  const std::vector<v1::StreamedCheck> checks = wire(0).NextChecks(2);
  EXPECT_TRUE(absl::IsDeadlineExceeded(late.get().status));
  std::future<Outcome> next = Start(3);  // at the place of the late one
  const std::vector<v1::StreamedCheck> more = wire(0).NextChecks(1);
  EXPECT_NE(more[0].id(), checks[1].id());
  wire(0).Answer(Allow({checks[1], more[0], checks[0]}));
  EXPECT_EQ(kept.get().decision_id, "1");
  EXPECT_EQ(next.get().decision_id, "3");
  EXPECT_EQ(opened(), 1u);
}

TEST_F(CheckPipelineTest, AnAnswerThatCannotBeTrueAllowsNothingAndEndsTheStream) {
  using Checks = std::vector<v1::StreamedCheck>;
  struct Case {
    const char* what;
    std::function<void(CheckWire&, const Checks&)> answer;
  };
  const std::vector<Case> cases = {
      {"an id that was never given",
       [](CheckWire& wire, const Checks& checks) {
         v1::StreamChecksResponse answers = Allow(checks);
         answers.mutable_answers(1)->set_id(checks[1].id() + 1000);
         wire.Answer(answers);
       }},
      {"a generation that is to come",
       [](CheckWire& wire, const Checks& checks) {
         v1::StreamChecksResponse answers = Allow(checks);
         answers.mutable_answers(0)->set_id(checks[0].id() + (uint64_t{1} << 32));
         wire.Answer(answers);
       }},
      {"the same id twice",
       [](CheckWire& wire, const Checks& checks) {
         wire.Answer(Allow({checks[0], checks[1], checks[0]}));
       }},
      {"no id",
       [](CheckWire& wire, const Checks& checks) {
         v1::StreamChecksResponse answers = Allow(checks);
         answers.mutable_answers(1)->clear_id();
         wire.Answer(answers);
       }},
      {"neither a response nor an error",
       [](CheckWire& wire, const Checks& checks) {
         v1::StreamChecksResponse answers = Allow(checks);
         answers.mutable_answers(1)->clear_result();
         wire.Answer(answers);
       }},
      {"bytes that cannot be had", [](CheckWire& wire, const Checks&) { wire.Malformed(); }},
      {"an answer that is cut off",
       [](CheckWire& wire, const Checks& checks) {
         std::string bytes = Allow(checks).SerializeAsString();
         bytes.pop_back();
         wire.AnswerBytes(std::move(bytes));
       }},
      {"a text that is no UTF-8",
       [](CheckWire& wire, const Checks& checks) {
         v1::StreamChecksResponse answers = Allow(checks);
         const std::string id = "decision-of-the-second";
         answers.mutable_answers(1)->mutable_response()->set_decision_id(id);
         std::string bytes = answers.SerializeAsString();
         bytes[bytes.find(id)] = '\xff';
         wire.AnswerBytes(std::move(bytes));
       }},
  };
  size_t stream = 0;
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    std::vector<std::future<Outcome>> outcomes = StartMany(3);  // the third is not answered
    Checks checks = wire(stream).NextChecks(3);
    checks.pop_back();
    c.answer(wire(stream), checks);
    for (auto& outcome : outcomes) {
      EXPECT_EQ(outcome.get().status.code(), absl::StatusCode::kInternal);
    }
    EXPECT_EQ(opened(), ++stream);
  }
}

TEST_F(CheckPipelineTest, AnErrorOfACheckIsThatOfACallOfItsOwn) {
  std::future<Outcome> refused = Start(1);
  v1::StreamChecksResponse answers;
  v1::StreamedAnswer& answer = *answers.add_answers();
  answer.set_id(wire(0).NextChecks(1)[0].id());
  answer.mutable_error()->set_code(5);
  answer.mutable_error()->set_reason("ORGANIZATION_NOT_FOUND");
  answer.mutable_error()->set_field("organization");
  answer.mutable_error()->set_message("does not exist");
  (*answer.mutable_error()->mutable_metadata())["organization"] = "organizations/x";
  wire(0).Answer(answers);
  const absl::Status status = refused.get().status;
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_EQ(status.message(), "does not exist");
  EXPECT_EQ(ErrorReasonOf(status), "ORGANIZATION_NOT_FOUND");
  EXPECT_EQ(ErrorFieldOf(status), "organization");
  EXPECT_EQ(GetErrorInfo(status).metadata().at("organization"), "organizations/x");
}

TEST_F(CheckPipelineTest, ACallbackMayAskAndWait) {
  std::promise<absl::Status> inner;
  pipeline_.Start(RequestFor(1), kLong, [&](const absl::Status&, std::string*) {
    inner.set_value(pipeline_.Check(RequestFor(2), kLong).status());
  });
  wire(0).Answer(Allow(wire(0).NextChecks(1)));
  wire(0).Answer(Allow(wire(0).NextChecks(1)));
  EXPECT_TRUE(inner.get_future().get().ok());
}

// The pipeline's own thread sleeps within the callback while another caller polls, whose answer
// comes first: nobody but it can poll on.
TEST_F(CheckPipelineTest, ACallbackThatWaitsIsNotForgottenByWhoPolledForIt) {
  for (int round = 0; round < 20; ++round) {  // in most of them it is asleep by then
    std::promise<void> runs, go;
    std::promise<absl::Status> inner;
    pipeline_.Start(RequestFor(1), kLong, [&](const absl::Status&, std::string*) {
      runs.set_value();
      go.get_future().wait();
      inner.set_value(pipeline_.Check(RequestFor(2), kLong).status());
    });
    wire(0).Answer(Allow(wire(0).NextChecks(1)));
    runs.get_future().wait();
    std::future<Outcome> other = Check(3);
    const auto third = wire(0).NextChecks(1);
    go.set_value();
    const auto second = wire(0).NextChecks(1);
    wire(0).Answer(Allow(third));
    EXPECT_TRUE(other.get().status.ok());
    wire(0).Answer(Allow(second));
    EXPECT_TRUE(inner.get_future().get().ok());
  }
}

TEST_F(CheckPipelineTest, WhatCallbacksAskLeavesTogether) {
  std::atomic<int> asked{0};
  for (int lead = 0; lead < 10; ++lead) {
    pipeline_.Start(RequestFor(lead), kLong, [&](const absl::Status&, std::string*) {
      pipeline_.Start(RequestFor(asked++), kLong, [](auto&&...) {});
    });
  }
  wire(0).Answer(Allow(wire(0).NextChecks(10)));
  EXPECT_EQ(wire(0).NextMessage().checks_size(), 10);
}

TEST_F(CheckPipelineTest, StoppingEndsAllAndTakesNoMore) {
  std::vector<std::future<Outcome>> outcomes = StartMany(10);
  outcomes.push_back(Check(10));
  static_cast<void>(wire(0).NextChecks(11));
  pipeline_.Stop();
  outcomes.push_back(Start(11));
  for (auto& outcome : outcomes) EXPECT_TRUE(absl::IsCancelled(outcome.get().status));
}

TEST_F(CheckPipelineTest, SoManyMayWaitAndNoMore) {
  for (size_t i = 0; i < CheckPipeline::kMostChecks; ++i) {
    pipeline_.Start(RequestFor(1), kLong, [](auto&&...) {});
  }
  EXPECT_TRUE(absl::IsResourceExhausted(Start(2).get().status));
  EXPECT_TRUE(absl::IsResourceExhausted(Check(3).get().status));
}

TEST_F(CheckPipelineTest, AStreamThatLeavesTooMuchUnansweredIsLeft) {
  while (opened() < 2) pipeline_.Start(RequestFor(1), absl::Milliseconds(1), [](auto&&...) {});
}

// Threads that wait, whose answers come in any order and not all at once, and who ask again.
TEST_F(CheckPipelineTest, ThreadsThatAreWokenTogetherEachGetTheirOwn) {
  constexpr int kCallers = 8;
  constexpr int kChecks = 300;
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([this, caller, &right] {
      for (int lead = caller; lead < kCallers * kChecks; lead += kCallers) {
        const auto response = pipeline_.Check(RequestFor(lead), kLong);
        if (response.ok() && IdOf(*response) == absl::StrCat(lead)) ++right;
      }
    });
  }
  std::vector<v1::StreamedCheck> waiting;
  for (size_t answered = 0; answered < size_t{kCallers * kChecks};) {
    if (waiting.empty() || wire(0).HasMessage()) {
      const std::vector<v1::StreamedCheck> more = wire(0).NextChecks(1);
      waiting.insert(waiting.end(), more.begin(), more.end());
    }
    const size_t kept = waiting.size() / 2;
    wire(0).Answer(Allow({waiting.begin() + static_cast<std::ptrdiff_t>(kept), waiting.end()}));
    answered += waiting.size() - kept;
    waiting.resize(kept);
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, kCallers * kChecks);
}

TEST_F(CheckPipelineTest, ManyCallersAtOnce) {
  constexpr int kCallers = 32;
  constexpr int kChecks = 200;
  std::thread gateway([this] {
    for (int answered = 0; answered < kCallers * kChecks;) {
      v1::StreamChecksRequest message = wire(0).NextMessage();
      answered += message.checks_size();
      wire(0).Answer(Allow({message.checks().rbegin(), message.checks().rend()}));
    }
  });
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < kCallers; ++caller) {
    callers.emplace_back([this, caller, &right] {
      for (int i = 0; i < kChecks; ++i) {
        const int lead = caller * kChecks + i;
        if (i % 8 == 0) {
          if (Start(lead).get().decision_id == absl::StrCat(lead)) ++right;
          continue;
        }
        const auto response = pipeline_.Check(RequestFor(lead), kLong);
        if (response.ok() && IdOf(*response) == absl::StrCat(lead)) ++right;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  gateway.join();
  EXPECT_EQ(right, kCallers * kChecks);
}

// A connection with such streams, each on the next of `wires`; none where they are used up.
class StreamingConnection : public FakeConnection {
 public:
  std::unique_ptr<CheckStream> OpenChecks() override {
    if (opened == wires.size()) return nullptr;
    return std::make_unique<FakeCheckStream>(wires[opened++]);
  }

  std::vector<std::shared_ptr<CheckWire>> wires;
  size_t opened = 0;
};

class CoalescingClientTest : public testing::Test {
 protected:
  void Create(size_t streams, bool coalesce = true) {
    for (size_t i = 0; i < streams; ++i) {
      connection_->wires.push_back(std::make_shared<CheckWire>());
    }
    auto client = Client::Create({.organization = "acme", .deadline = kLong, .coalesce = coalesce},
                                 connection_);
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
  }
  CheckWire& wire(size_t stream) { return *connection_->wires[stream]; }

  const CheckRequest request_ = {.lead = "1", .channel = v1::CHANNEL_VOICE};
  const std::shared_ptr<StreamingConnection> connection_ = std::make_shared<StreamingConnection>();
  std::unique_ptr<Client> client_;
};

TEST_F(CoalescingClientTest, CallbackAndFutureGetTheDecision) {
  Create(1);
  std::future<Decision> first = client_->CheckFuture(request_);
  std::promise<Decision> second;
  client_->CheckAsync(request_, [&](Decision decision) { second.set_value(std::move(decision)); });
  wire(0).Answer(Allow(wire(0).NextChecks(2)));
  EXPECT_TRUE(first.get().may_contact());
  EXPECT_TRUE(second.get_future().get().may_contact());
}

TEST_F(CoalescingClientTest, ABrokenStreamIsTriedAgain) {
  Create(3);
  wire(0).End(absl::UnavailableError("gone"));
  wire(1).End(absl::CancelledError("cut off"));
  std::future<Decision> decision = client_->CheckFuture(request_);
  wire(2).Answer(Allow(wire(2).NextChecks(1)));
  EXPECT_TRUE(decision.get().may_contact());
}

TEST_F(CoalescingClientTest, AGatewayWithoutStreamsIsAskedByCalls) {
  v1::CheckContactResponse allow;
  allow.set_verdict(v1::VERDICT_ALLOW);
  allow.mutable_valid_for()->set_seconds(10);
  connection_->checks = {allow};
  Create(1);
  wire(0).End(absl::UnimplementedError("unknown method"));
  EXPECT_TRUE(client_->CheckFuture(request_).get().may_contact());
  EXPECT_TRUE(client_->Check(request_).may_contact());
  EXPECT_TRUE(client_->CheckFuture(request_).get().may_contact());
  EXPECT_EQ(connection_->opened, 1u);
  EXPECT_EQ(connection_->check_requests.size(), 3u);
}

TEST_F(CoalescingClientTest, WithoutCoalescingEachCheckIsACall) {
  connection_->checks = {absl::PermissionDeniedError("no")};
  Create(1, /*coalesce=*/false);
  EXPECT_TRUE(absl::IsPermissionDenied(client_->Check(request_).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(client_->CheckFuture(request_).get().status()));
  EXPECT_EQ(connection_->opened, 0u);
}

TEST_F(CoalescingClientTest, DestroyingTheClientEndsWhatIsInFlight) {
  Create(1);
  std::vector<std::future<Decision>> decisions;
  for (int i = 0; i < 10; ++i) decisions.push_back(client_->CheckFuture(request_));
  static_cast<void>(wire(0).NextChecks(10));
  client_.reset();
  for (auto& decision : decisions) EXPECT_TRUE(absl::IsCancelled(decision.get().status()));
}

}  // namespace
}  // namespace dnc
