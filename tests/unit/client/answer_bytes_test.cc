#include "client/internal/answer_bytes.h"

#include <gtest/gtest.h>

#include <random>

#include "client/internal/valid_for.h"
#include "dnc/v1/check.pb.h"

namespace dnc {
namespace {

using Result = StreamedAnswerBytes::Result;

v1::CheckContactResponse Denied() {
  v1::CheckContactResponse response;
  response.set_verdict(v1::VERDICT_DENY);
  v1::Reason& reason = *response.add_reasons();
  reason.set_type(v1::REASON_TYPE_CONTACT_POINT_ON_LIST);
  reason.set_effect(v1::VERDICT_DENY);
  reason.set_list("organizations/acme/lists/internal");
  reason.mutable_contact_point()->set_phone("+12125550123");
  reason.mutable_since()->set_seconds(1'700'000'000);
  reason.set_overridable(true);
  reason.set_message("The contact point is on the list.");
  response.mutable_contact_point()->set_phone("+12125550123");
  response.set_decision_id("0123456789abcdef0123456789abcdef");
  response.set_revision(-7);
  response.mutable_evaluate_time()->set_seconds(1'700'000'001);
  response.mutable_valid_for()->set_nanos(5);
  return response;
}

v1::CheckContactResponse Allowed() {
  v1::CheckContactResponse response;
  response.set_verdict(v1::VERDICT_ALLOW);
  response.mutable_contact_point()->set_email("someone@example.com");
  response.set_revision(300);
  response.mutable_valid_for()->set_seconds(10);
  return response;
}

std::string Streamed(const std::vector<v1::CheckContactResponse>& responses) {
  v1::StreamChecksResponse message;
  for (const v1::CheckContactResponse& response : responses) {
    v1::StreamedAnswer& answer = *message.add_answers();
    answer.set_id(uint64_t{1} << 63 | static_cast<uint64_t>(message.answers_size()));
    *answer.mutable_response() = response;
  }
  return message.SerializeAsString();
}

// Both must find the same in any bytes: what protobuf does not read is no answer.
void ExpectAsProtobufReads(const std::string& bytes) {
  v1::CheckContactResponse expected;
  AnswerHead head;
  ASSERT_EQ(ReadAnswerHead(bytes, &head), expected.ParseFromString(bytes));
  if (!expected.ParseFromString(bytes)) return;
  EXPECT_EQ(head.verdict, static_cast<int>(expected.verdict()));
  EXPECT_EQ(head.revision, expected.revision());
  EXPECT_EQ(head.valid_for, ReadValidFor(expected.valid_for()));
}

void ExpectAnswersAsProtobufReads(std::string bytes) {
  v1::StreamChecksResponse expected;
  std::vector<StreamedAnswerBytes> answers;
  const bool readable = expected.ParseFromString(bytes);
  ASSERT_EQ(ReadAnswers(&bytes, &answers), readable);
  if (!readable) return;
  expected.DiscardUnknownFields();
  ASSERT_EQ(answers.size(), static_cast<size_t>(expected.answers_size()));
  for (size_t i = 0; i < answers.size(); ++i) {
    const v1::StreamedAnswer& answer = expected.answers(static_cast<int>(i));
    EXPECT_EQ(answers[i].id, answer.id());
    ASSERT_EQ(answers[i].result == Result::kResponse, answer.has_response());
    ASSERT_EQ(answers[i].result == Result::kError, answer.has_error());
    if (answers[i].result != Result::kResponse) continue;
    v1::CheckContactResponse response;
    ASSERT_TRUE(response.ParseFromArray(answers[i].bytes.data(),
                                        static_cast<int>(answers[i].bytes.size())));
    response.DiscardUnknownFields();
    EXPECT_EQ(response.SerializeAsString(), answer.response().SerializeAsString());
  }
}

TEST(AnswerBytes, HeadIsWhatProtobufReads) {
  ExpectAsProtobufReads(Denied().SerializeAsString());
  ExpectAsProtobufReads(Allowed().SerializeAsString());
  ExpectAsProtobufReads("");
}

TEST(AnswerBytes, TextsBeyondAsciiAreReadWhereTheyAreUtf8) {
  v1::CheckContactResponse response = Denied();
  response.mutable_contact_point()->set_other("Zo\xc3\xab");
  ExpectAsProtobufReads(response.SerializeAsString());
  ExpectAnswersAsProtobufReads(Streamed({response, Allowed()}));
  std::string broken = response.SerializeAsString();
  broken.replace(broken.find("\xc3\xab"), 2, "\xab\xab");
  AnswerHead head;
  EXPECT_FALSE(ReadAnswerHead(broken, &head));
}

TEST(AnswerBytes, PartsAreMergedAsProtobufMergesThem) {
  v1::CheckContactResponse seconds;
  v1::CheckContactResponse nanos;
  seconds.mutable_valid_for()->set_seconds(3);
  nanos.mutable_valid_for()->set_nanos(4);
  const std::string both = seconds.SerializeAsString() + nanos.SerializeAsString();
  AnswerHead head;
  ASSERT_TRUE(ReadAnswerHead(both, &head));
  EXPECT_EQ(head.valid_for, absl::Seconds(3) + absl::Nanoseconds(4));

  v1::StreamedAnswer first;
  v1::StreamedAnswer second;
  *first.mutable_response() = Denied();
  second.mutable_response()->set_revision(9);
  v1::StreamChecksResponse expected;
  const std::string merged = first.SerializeAsString() + second.SerializeAsString();
  ASSERT_TRUE(expected.add_answers()->ParseFromString(merged));
  const std::string parts = "\x0a" +
                            std::string(1, static_cast<char>((merged.size() & 0x7f) | 0x80)) +
                            std::string(1, static_cast<char>(merged.size() >> 7)) + merged;
  ExpectAnswersAsProtobufReads(parts);
}

TEST(AnswerBytes, FieldsOfLaterGatewaysAreSkipped) {
  const std::string later = Allowed().SerializeAsString() + std::string("\x98\x06\x01", 3);
  ExpectAsProtobufReads(later);
  v1::StreamChecksResponse message;
  ASSERT_TRUE(message.add_answers()->mutable_response()->ParseFromString(later));
  ExpectAnswersAsProtobufReads(message.SerializeAsString());
}

TEST(AnswerBytes, ErrorsAndAnswersWithoutResultAreTold) {
  v1::StreamChecksResponse message;
  message.add_answers()->mutable_error()->set_reason("OVERLOADED");
  message.add_answers()->set_id(4);
  *message.add_answers()->mutable_response() = Denied();
  ExpectAnswersAsProtobufReads(message.SerializeAsString());
}

TEST(AnswerBytes, WhateverTheBytesAreProtobufDecides) {
  std::mt19937 random(7);  // NOLINT: the same every time
  const std::string whole = Streamed({Denied(), Allowed(), Denied()});
  const std::string head = Denied().SerializeAsString();
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = i % 2 == 0 ? whole : head;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    if (random() % 4 == 0) bytes.resize(random() % bytes.size());
    i % 2 == 0 ? ExpectAnswersAsProtobufReads(bytes) : ExpectAsProtobufReads(bytes);
    if (testing::Test::HasFailure()) FAIL() << "after " << i << " changes";
  }
}

}  // namespace
}  // namespace dnc
