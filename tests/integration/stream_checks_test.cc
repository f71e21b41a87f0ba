// StreamChecks: many single checks a message, each answered as CheckContact would.
#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/any_method.h"
#include "tests/integration/gated_clock.h"
#include "tests/integration/permit_fixture.h"

namespace dnc {
namespace {

constexpr char kStreamChecks[] = "/dnc.v1.CheckService/StreamChecks";

using CheckStream = TypedStream<v1::StreamChecksRequest>;

void AddCheck(uint64_t id, absl::string_view text, v1::StreamChecksRequest* message) {
  v1::StreamedCheck& check = *message->add_checks();
  check.set_id(id);
  ReadText(text, check.mutable_request());
}

// `count` checks of a number that may be called, with the ids from `first` on.
v1::StreamChecksRequest ManyChecks(uint64_t first, int count) {
  v1::StreamChecksRequest message;
  AddCheck(first,
           "organization: '~' channel: CHANNEL_VOICE contact_point { phone: '+12125550102' }",
           &message);
  for (int i = 1; i < count; ++i) {
    *message.add_checks() = message.checks(0);
    message.mutable_checks(i)->set_id(first + static_cast<uint64_t>(i));
  }
  return message;
}

// The next `count` answers of the stream by id, each once.
std::map<uint64_t, v1::StreamedAnswer> ReadAnswers(CheckStream* stream, size_t count) {
  std::map<uint64_t, v1::StreamedAnswer> answers;
  while (answers.size() < count) {
    const auto message = stream->Read();
    if (!message.has_value()) break;
    EXPECT_FALSE(message->answers().empty());
    for (const v1::StreamedAnswer& answer : message->answers()) {
      EXPECT_TRUE(answers.emplace(answer.id(), answer).second) << answer.id();
    }
  }
  return answers;
}

class StreamChecksTest : public PermitTest {
 protected:
  // Sends the bytes as the stream's only message; answers how it ended.
  CallStatus EndAfter(const std::string& message) {
    const auto stream = client().Open(kStreamChecks);
    stream->Write(message);
    stream->WritesDone();
    std::string answer;
    while (stream->Read(&answer)) {
    }
    return stream->Finish();
  }
};

TEST_F(StreamChecksTest, EachCheckIsAnsweredAsByCheckContact) {
  AddPhoneEntry("+12125550188");
  AddRegistry("national");  // without a version: UNKNOWN
  Apply("ann", "dnc");
  const std::string voice = "organization: '~' channel: CHANNEL_VOICE ";
  const std::vector<std::string> texts = {
      voice + "contact_point { phone: '+12125550102' }",
      voice + "contact_point { phone: '(212) 555-0188' }",
      voice + "lead: '~/leads/ann'",
      voice + "lead: '~/leads/nobody'",
      voice + "lead: '~/leads/bob' contact_point { phone: '+12125550188' } brand: 'ho\\303\\251'",
      "organization: '~' channel: CHANNEL_EMAIL contact_point { email: 'x@example.com' }",
      "organization: '~' channel: CHANNEL_MESSAGING contact_point { other: '@jane' }",
      voice + "message_class: MESSAGE_CLASS_TRANSACTIONAL contact_point { phone: '2125550102' }",
      // Errors.
      "",
      voice,
      "organization: '~' lead: '~/leads/ann'",
      "organization: 'organizations/none' channel: CHANNEL_VOICE lead: '~/leads/ann'",
      "organization: 'acme' channel: CHANNEL_VOICE lead: '~/leads/ann'",
      voice + "lead: 'organizations/other/leads/ann'",
      voice + "contact_point { phone: '12' }",
      voice + "contact_point { email: 'x@example.com' }",
      voice + "contact_point {}",
      voice + "lead: '~/leads/ann' at_least_revision: 1000000",
      voice + "lead: '~/leads/ann' at_least_revision: -1",
      voice + absl::StrCat("lead: '~/leads/ann' brand: '", std::string(200, 'x'), "'"),
      absl::StrCat("organization: '", std::string(3000, 'x'), "' channel: CHANNEL_VOICE"),
  };
  v1::StreamChecksRequest message;
  for (size_t i = 0; i < texts.size(); ++i) AddCheck(i, texts[i], &message);
  CheckStream stream(&client());
  ASSERT_TRUE(stream.Write(message));
  const auto answers = ReadAnswers(&stream, texts.size());
  ASSERT_EQ(answers.size(), texts.size());
  for (size_t i = 0; i < texts.size(); ++i) {
    SCOPED_TRACE(texts[i].substr(0, 200));
    auto call = Ask<v1::CheckContactRequest>(texts[i]);
    v1::StreamedAnswer answer = answers.at(i);
    const CallStatus status = StatusOf(answer.error());
    EXPECT_EQ(answer.has_response(), call.ok());
    EXPECT_EQ(status.code, call.code);
    EXPECT_EQ(status.message, call.message);
    ASSERT_EQ(status.info.has_value(), call.info.has_value());
    if (call.info.has_value()) {
      const std::map<std::string, std::string> streamed(status.info->metadata().begin(),
                                                        status.info->metadata().end());
      const std::map<std::string, std::string> called(call.info->metadata().begin(),
                                                      call.info->metadata().end());
      EXPECT_EQ(streamed, called);
      EXPECT_EQ(status.reason(), call.reason());
      continue;
    }
    EXPECT_NE(answer.response().decision_id(), call->decision_id());
    answer.mutable_response()->set_decision_id(call->decision_id());
    EXPECT_THAT(answer.response(), EqualsProto(call.value));
  }
  stream.WritesDone();
  EXPECT_FALSE(stream.Read().has_value());
  EXPECT_THAT(stream.Finish(), IsOk());
}

TEST_F(StreamChecksTest, AnUnreadableCheckHasItsOwnErrorAndTheOthersAreJudged) {
  const v1::StreamChecksRequest good = ManyChecks(1, 2);
  const std::string id3 = std::string("\x09\x03\0\0\0\0\0\0\0", 9);
  const std::string id4 = std::string("\x09\x04\0\0\0\0\0\0\0", 9);
  const std::string unreadable = id3 + "\x12\x02\x0a\x7f";  // its request ends too early
  const auto field = [](const std::string& bytes) {
    return absl::StrCat("\x0a", std::string(1, static_cast<char>(bytes.size())), bytes);
  };
  // A request in two parts is one, as protobuf says.
  std::string parts = id4;
  for (const char* part : {"organization: '~'", "channel: CHANNEL_VOICE lead: '~/leads/bob'"}) {
    const std::string bytes = Parse<v1::CheckContactRequest>(part).SerializeAsString();
    absl::StrAppend(&parts, "\x12", std::string(1, static_cast<char>(bytes.size())), bytes);
  }
  const auto stream = client().Open(kStreamChecks);
  ASSERT_TRUE(stream->Write(absl::StrCat(field(unreadable), good.SerializeAsString(),
                                         field(id3.substr(0, 5)), field(""), field(parts))));
  std::map<uint64_t, v1::StreamedAnswer> answers;
  std::string bytes;
  int nameless = 0;
  while (answers.size() + static_cast<size_t>(nameless) < 6 && stream->Read(&bytes)) {
    v1::StreamChecksResponse message;
    ASSERT_TRUE(message.ParseFromString(bytes));
    for (const auto& answer : message.answers()) {
      nameless += answer.id() == 0 ? 1 : 0;
      if (answer.id() != 0) answers[answer.id()] = answer;
      if (answer.id() == 0) {
        EXPECT_TRUE(answer.has_error());
      }
    }
  }
  EXPECT_EQ(answers[1].response().verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(answers[2].response().verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(answers[3].error().reason(), "MALFORMED_REQUEST");
  EXPECT_EQ(answers[4].response().verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(nameless, 2);
}

TEST_F(StreamChecksTest, AMessageThatIsNoneEndsTheStream) {
  EXPECT_THAT(EndAfter(""), RefusedAt("REQUIRED_FIELD_MISSING", "checks"));
  EXPECT_THAT(EndAfter("\x0a\x7f"), Refused("MALFORMED_REQUEST"));
  EXPECT_THAT(EndAfter(ManyChecks(1, 4097).SerializeAsString()),
              RefusedAt("LIMIT_EXCEEDED", "checks"));
  EXPECT_THAT(EndAfter(ManyChecks(1, 4096).SerializeAsString()), IsOk());
}

TEST_F(StreamChecksTest, ARoleCountsFromTheNextCheckOn) {
  const std::string check =
      "organization: '~' channel: CHANNEL_VOICE contact_point { phone: '+12125550102' }";
  CheckStream stream(&ClientOf("users/kim"));
  uint64_t id = 0;
  const auto reason = [&] {
    v1::StreamChecksRequest message;
    AddCheck(++id, check, &message);
    EXPECT_TRUE(stream.Write(message));
    return ReadAnswers(&stream, 1)[id].error().reason();
  };
  EXPECT_EQ(reason(), "PERMISSION_DENIED");
  Bind("checker", "kim");
  EXPECT_EQ(reason(), "");
  Must<v1::DeleteRoleBindingRequest>("name: '~/bindings/checker-kim'");
  EXPECT_EQ(reason(), "PERMISSION_DENIED");
}

TEST_F(StreamChecksTest, EveryCheckSeesWhatWasAcknowledgedBeforeItWasSent) {
  CheckStream stream(&client());
  for (uint64_t i = 0; i < 200; ++i) {
    const std::string phone = absl::StrCat("+1212556", 1000 + i);
    AddPhoneEntry(phone);
    v1::StreamChecksRequest message;
    AddCheck(i,
             absl::StrCat("organization: '~' channel: CHANNEL_VOICE contact_point { phone: '",
                          phone, "' }"),
             &message);
    ASSERT_TRUE(stream.Write(message));
    EXPECT_EQ(ReadAnswers(&stream, 1)[i].response().verdict(), v1::VERDICT_DENY);
  }
}

// A client that sends and does not read must not fill the server's memory.
TEST_F(StreamChecksTest, NothingIsReadWhileAnswersWait) {
  constexpr int kMessages = 400;
  constexpr int kChecks = 512;
  StopServer();
  GatedClock asked(kStart);
  parts().clock = &asked;
  Restart();
  CheckStream stream(&client());
  std::thread writer([&] {
    for (int i = 0; i < kMessages; ++i) {
      ASSERT_TRUE(stream.Write(ManyChecks(static_cast<uint64_t>(i) * kChecks, kChecks)));
    }
    stream.WritesDone();
  });
  // More than ten calls take their turn, so the stream had its own; it never gets far.
  while (asked.asked() < 5000) std::this_thread::yield();
  for (int i = 0; i < 200; ++i) EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  EXPECT_LT(asked.asked(), kMessages * kChecks / 3);
  EXPECT_EQ(ReadAnswers(&stream, kMessages * kChecks).size(), size_t{kMessages} * kChecks);
  writer.join();
  EXPECT_FALSE(stream.Read().has_value());
  EXPECT_THAT(stream.Finish(), IsOk());
  StopServer();
}

TEST_F(StreamChecksTest, AServerThatEndsAnswersWhatItHasRead) {
  StopServer();
  GatedClock gate(kStart);
  parts().clock = &gate;
  Restart();
  CheckStream idle(&client());
  ASSERT_TRUE(idle.Write(ManyChecks(1, 1)));
  EXPECT_EQ(ReadAnswers(&idle, 1).size(), 1u);
  CheckStream busy(&client());
  gate.Hold(1);
  ASSERT_TRUE(busy.Write(ManyChecks(1, 100)));
  gate.AwaitHeld(1);
  server().BeginDrain();
  EXPECT_FALSE(idle.Read().has_value());
  EXPECT_THAT(idle.Finish(), Refused("SHUTTING_DOWN"));
  gate.Open();
  EXPECT_EQ(ReadAnswers(&busy, 100).size(), 100u);
  EXPECT_FALSE(busy.Read().has_value());
  EXPECT_THAT(busy.Finish(), Refused("SHUTTING_DOWN"));
  EXPECT_THAT(EndAfter(ManyChecks(1, 1).SerializeAsString()), Refused("SHUTTING_DOWN"));
  StopServer();
}

TEST_F(StreamChecksTest, AClientThatLeavesInTheMidstOfAMessageHoldsUpNobody) {
  StopServer();
  GatedClock gate(kStart);
  parts().clock = &gate;
  Restart();
  CheckStream stream(&client());
  gate.Hold(1);
  ASSERT_TRUE(stream.Write(ManyChecks(1, 400)));
  gate.AwaitHeld(1);
  stream.Cancel();
  EXPECT_EQ(stream.Finish().code, absl::StatusCode::kCancelled);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  gate.Open();
  StopServer();  // waits for the stream's end
}

// The policy `wait`: a worker judges what has to wait for its records.
TEST_F(StreamChecksTest, NoCheckIsAnsweredWithoutItsRecordWhereChecksWaitForThem) {
  StopServer();
  std::atomic<bool> paused{true};
  parts().recorder_paused = &paused;
  config().decisions_queue = 1024;
  config().decisions_overload = "wait";
  Restart();
  CheckStream stream(&client());
  for (uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(stream.Write(ManyChecks(i * 200, 200)));
  const size_t first = ReadAnswers(&stream, 1).size();
  EXPECT_GE(first, 1u);
  EXPECT_LT(first, 4000u);
  paused = false;
  const auto rest = ReadAnswers(&stream, 4000 - first);
  size_t answered = first;
  for (const auto& [id, answer] : rest) {
    if (answer.has_response()) ++answered;
    if (answer.has_error()) {
      EXPECT_EQ(answer.error().reason(), "OVERLOADED");
    }
  }
  EXPECT_EQ(rest.size() + first, 4000u);
  EXPECT_GE(Must<v1::ListDecisionsRequest>("parent: '~' page_size: 1").decisions_size(), 1);
  const auto status = Must<v1::GetSystemStatusRequest>("");
  EXPECT_EQ(status.recorder().dropped(), 0);
  EXPECT_GE(status.recorder().recorded(), static_cast<int64_t>(answered));
  StopServer();
}

// One number may be denied for thousands of leads, each time that a message names it.
TEST_F(StreamChecksTest, AnswersToOneMessageAreBounded) {
  constexpr int kLeads = 2000;
  for (int first = 0; first < kLeads; first += 1000) {
    auto request = Parse<v1::BatchUpsertLeadsRequest>("parent: '~'");
    for (int i = first; i < first + 1000; ++i) {
      *request.add_leads() =
          Parse<v1::Lead>(absl::StrCat("name: '~/leads/shared-", i,
                                       "' record_type: 'contact' status: '~s/closed' "
                                       "contact_points { phone: '+12125550155' }"));
    }
    ASSERT_THAT(Send(request), IsOk());
  }
  v1::StreamChecksRequest message = ManyChecks(0, 200);
  for (v1::StreamedCheck& check : *message.mutable_checks()) {
    check.mutable_request()->mutable_contact_point()->set_phone("+12125550155");
  }
  CheckStream stream(&client());
  ASSERT_TRUE(stream.Write(message));
  ASSERT_TRUE(stream.Write(ManyChecks(1000, 1)));
  const auto answers = ReadAnswers(&stream, 201);
  ASSERT_EQ(answers.size(), 201u);
  size_t denied = 0, bytes = 0;
  for (uint64_t id = 0; id < 200; ++id) {
    const v1::StreamedAnswer& answer = answers.at(id);
    bytes += answer.ByteSizeLong();
    if (answer.has_error()) {
      EXPECT_EQ(answer.error().reason(), "OVERLOADED") << id;
    } else {
      EXPECT_EQ(answer.response().verdict(), v1::VERDICT_DENY) << id;
      ++denied;
    }
  }
  EXPECT_GT(denied, 1u);
  EXPECT_LT(denied, 200u);
  EXPECT_LT(bytes, size_t{10} << 20);
  EXPECT_EQ(answers.at(1000).response().verdict(), v1::VERDICT_ALLOW);
}

// More checks than gRPC's own threads judge go to the workers, who refuse what is too much.
TEST_F(StreamChecksTest, WhatWorkersCannotTakeIsRefusedCheckByCheck) {
  StopServer();
  parts().waiting_calls = 0;
  Restart();
  CheckStream stream(&client());
  ASSERT_TRUE(stream.Write(ManyChecks(1, 1000)));
  ASSERT_TRUE(stream.Write(ManyChecks(2000, 10)));
  const auto answers = ReadAnswers(&stream, 1010);
  ASSERT_EQ(answers.size(), 1010u);
  for (const auto& [id, answer] : answers) {
    EXPECT_EQ(answer.error().reason(), id < 2000 ? "OVERLOADED" : "") << id;
  }
  EXPECT_EQ(StatusOf(answers.at(1).error()).code, absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace dnc
