// BatchCheckContacts, and bad input of every kind to the check methods.
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

constexpr char kCheckContact[] = "/dnc.v1.CheckService/CheckContact";

class BatchCheckTest : public GatewayTest {
 protected:
  void ExpectAlive() { EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW); }

  static v1::BatchCheckContactsRequest ItemsOf(int count) {
    v1::BatchCheckContactsRequest request;
    request.set_organization("organizations/acme");
    for (int i = 0; i < count; ++i) {
      v1::CheckItem* item = request.add_items();
      item->set_channel(v1::CHANNEL_VOICE);
      item->mutable_contact_point()->set_phone(absl::StrCat(12125550000 + i % 10'000));
    }
    return request;
  }
};

TEST_F(BatchCheckTest, KeepsTheOrderAndGivesEachBadItemItsOwnError) {
  Apply("ann", "novoice");
  const auto response = Must<v1::BatchCheckContactsRequest>(
      "organization: '~' "
      "items { channel: CHANNEL_VOICE contact_point { phone: '2125550102' } } "
      "items { channel: CHANNEL_VOICE contact_point { phone: '2125550101' } } "
      "items { channel: CHANNEL_VOICE contact_point { phone: 'nobody' } } "
      "items { channel: CHANNEL_SMS lead: '~/leads/ann' } "
      "items { lead: '~/leads/ann' } "
      "items { channel: CHANNEL_VOICE lead: '~/leads/none' }");
  ASSERT_EQ(response.results_size(), 6);
  EXPECT_EQ(response.results(0).verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(response.results(0).contact_point().phone(), kBobPhone);
  EXPECT_EQ(response.results(0).valid_for().seconds(), 10);
  EXPECT_EQ(response.results(1).verdict(), v1::VERDICT_DENY);
  EXPECT_EQ(response.results(2).verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_EQ(response.results(2).error().reason(), "INVALID_PHONE_NUMBER");
  EXPECT_EQ(response.results(2).error().field(), "items[2].contact_point.phone");
  EXPECT_EQ(response.results(2).error().code(), 3);  // INVALID_ARGUMENT
  EXPECT_EQ(response.results(3).verdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(response.results(4).error().field(), "items[4].channel");
  EXPECT_EQ(response.results(5).verdict(), v1::VERDICT_UNKNOWN);
  EXPECT_FALSE(response.results(5).has_error());
  EXPECT_EQ(response.revision(), Revision());
  EXPECT_EQ(response.evaluate_time().seconds(), kStart / kSecond);
}

TEST_F(BatchCheckTest, AgreesWithSingleChecks) {
  Apply("ann", "dnc");
  AddRegistry("national");
  ASSERT_THAT(Import("list: '~/lists/national'", "2125550003\n2125550004\n"), IsOk());
  const auto batch = Send(ItemsOf(200));
  ASSERT_THAT(batch, IsOk());
  std::set<std::string> ids;
  for (int i = 0; i < 200; ++i) {
    const v1::CheckItemResult& result = batch->results(i);
    EXPECT_EQ(result.verdict(), PhoneVerdict(absl::StrCat("+", 12125550000 + i))) << i;
    ids.insert(result.decision_id());
  }
  EXPECT_EQ(ids.size(), 200u);
}

TEST_F(BatchCheckTest, TakesTenThousandItemsAndRefusesOneMore) {
  const auto most = Send(ItemsOf(10'000));
  ASSERT_THAT(most, IsOk());
  EXPECT_EQ(most->results_size(), 10'000);
  const auto more = Send(ItemsOf(10'001));
  EXPECT_THAT(more, RefusedAt("LIMIT_EXCEEDED", "items"));
  EXPECT_EQ(more.metadata("limit"), "10000");
  EXPECT_EQ(more.metadata("actual"), "10001");
}

TEST_F(BatchCheckTest, AMillionItemsAreATypedErrorAndTheServerLives) {
  EXPECT_THAT(Send(ItemsOf(1'000'000)), RefusedAt("LIMIT_EXCEEDED", "items"));
  ExpectAlive();
}

// A number that many leads share has many reasons; ten thousand times that many fit no message.
TEST_F(BatchCheckTest, AnAnswerThatFitsNoMessageIsATypedErrorAndTheServerLives) {
  for (int i = 0; i < 60; ++i) {
    Must<v1::UpsertLeadRequest>(absl::StrCat("lead { name: '~/leads/shared-", i,
                                             "' record_type: 'contact' status: '~s/closed' "
                                             "contact_points { phone: '+12125550107' } }"));
  }
  v1::BatchCheckContactsRequest request;
  request.set_organization("organizations/acme");
  for (int i = 0; i < 10'000; ++i) {
    v1::CheckItem* item = request.add_items();
    item->set_channel(v1::CHANNEL_VOICE);
    item->mutable_contact_point()->set_phone("+12125550107");
  }
  EXPECT_THAT(Send(request), RefusedAt("LIMIT_EXCEEDED", "items"));
  request.mutable_items()->DeleteSubrange(100, 9'900);
  const auto few = Send(request);
  ASSERT_THAT(few, IsOk());
  EXPECT_EQ(few->results(99).reasons_size(), 60);
  ExpectAlive();
}

TEST_F(BatchCheckTest, AMessageThatIsTooLargeIsATypedErrorOfEveryMethod) {
  const std::string large((size_t{64} << 20) + 1, '\x0a');
  std::string response;
  for (const char* method :
       {kCheckContact, "/dnc.v1.CheckService/BatchCheckContacts", "/dnc.v1.LeadService/GetLead",
        "/dnc.v1.WorkflowService/ApplyWorkflow"}) {
    EXPECT_THAT(client().Call(method, large, &response), RefusedAt("LIMIT_EXCEEDED", "request"))
        << method;
  }
  for (const char* method :
       {"/dnc.v1.CheckService/FilterContacts", "/dnc.v1.RegistryService/ImportList"}) {
    const auto stream = client().Open(method);
    stream->Write(large);
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_THAT(stream->Finish(), RefusedAt("LIMIT_EXCEEDED", "request")) << method;
  }
  ExpectAlive();
}

// Beyond what gRPC itself takes it ends the call before the server sees it.
TEST_F(BatchCheckTest, AMessageBeyondTheLimitOfTheWireIsRefusedAndTheServerLives) {
  std::string response;
  const CallStatus status =
      client().Call(kCheckContact, std::string((size_t{68} << 20) + 1, '\x0a'), &response);
  EXPECT_EQ(status.code, absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(status.info.has_value());
  ExpectAlive();
}

TEST_F(BatchCheckTest, HugeStringsAreTypedErrors) {
  const std::string huge(4 << 20, '7');
  const auto ask = [&](const std::string& text) {
    return Ask<v1::CheckContactRequest>(absl::StrCat("channel: CHANNEL_VOICE ", text));
  };
  EXPECT_THAT(ask(absl::StrCat("organization: '", huge, "'")),
              RefusedAt("INVALID_FIELD", "organization"));
  EXPECT_THAT(ask(absl::StrCat("organization: '~' lead: '~/leads/", huge, "'")),
              RefusedAt("INVALID_FIELD", "lead"));
  EXPECT_THAT(ask(absl::StrCat("organization: '~' contact_point { phone: '", huge, "' }")),
              RefusedAt("INVALID_PHONE_NUMBER", "contact_point.phone"));
  const std::string mail =
      absl::StrCat("organization: '~' contact_point { email: '", huge, "@e' }");
  EXPECT_THAT(Ask<v1::CheckContactRequest>(absl::StrCat("channel: CHANNEL_EMAIL ", mail)),
              RefusedAt("INVALID_EMAIL_ADDRESS", "contact_point.email"));
  EXPECT_THAT(Ask<v1::CheckContactRequest>(absl::StrCat(
                  "organization: '~' channel: CHANNEL_MAIL contact_point { other: '", huge, "' }")),
              RefusedAt("INVALID_FIELD", "contact_point.other"));
  ExpectAlive();
}

// One unreadable text among many must not end the stream, nor pass for allowed.
TEST_F(BatchCheckTest, InvalidUtf8InAFilterStreamIsUnknown) {
  v1::FilterContactsRequest message;
  ReadText("organization: '~' channel: CHANNEL_EMAIL", message.mutable_config());
  const auto stream = client().Open("/dnc.v1.CheckService/FilterContacts");
  std::string response;
  ASSERT_TRUE(stream->Write(message.SerializeAsString()));
  stream->Write(
      std::string("\x1a\x0bm\xfc"
                  "ller@x.de",
                  13));  // raw, in Latin-1
  stream->WritesDone();
  v1::FilterContactsResponse answer;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_TRUE(answer.ParseFromString(response));
  ASSERT_EQ(answer.count(), 1u);
  EXPECT_EQ(answer.verdicts(), std::string(1, static_cast<char>(v1::VERDICT_UNKNOWN)));
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
  ExpectAlive();
}

// A request with bytes in the middle of a stream that are no message: neither its end nor nothing.
TEST_F(BatchCheckTest, AMessageThatCannotBeParsedEndsAFilterStreamWithAnError) {
  v1::FilterContactsRequest message;
  ReadText("organization: '~' channel: CHANNEL_VOICE", message.mutable_config());
  message.add_phones(kBobDigits);
  const auto stream = client().Open("/dnc.v1.CheckService/FilterContacts");
  std::string response;
  ASSERT_TRUE(stream->Write(message.SerializeAsString()));
  ASSERT_TRUE(stream->Read(&response));
  stream->Write("\x12\x7f");  // phones of 127 bytes that are not there
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_THAT(stream->Finish(), Refused("MALFORMED_REQUEST"));
  ExpectAlive();
}

TEST_F(BatchCheckTest, AMessageThatCannotBeParsedEndsAnImportWithAnErrorAndChangesNothing) {
  AddRegistry("national");
  v1::ImportListRequest message;
  ReadText("list: '~/lists/national' format: 'plain' actor { id: 'a' }", message.mutable_config());
  message.set_data("2125550177\n");
  const auto stream = client().Open("/dnc.v1.RegistryService/ImportList");
  std::string response;
  ASSERT_TRUE(stream->Write(message.SerializeAsString()));
  stream->Write("\x12\x7f");  // data of 127 bytes that are not there
  while (stream->Read(&response)) {
  }
  EXPECT_THAT(stream->Finish(), Refused("MALFORMED_REQUEST"));
  EXPECT_FALSE(GetList("national").has_active_version());
}

TEST_F(BatchCheckTest, UnknownEnumValuesAreTypedErrors) {
  constexpr char kBob[] = "organization: '~' lead: '~/leads/bob' ";
  EXPECT_THAT(Ask<v1::CheckContactRequest>(absl::StrCat(kBob, "channel: 99")),
              RefusedAt("INVALID_FIELD", "channel"));
  EXPECT_THAT(Ask<v1::CheckContactRequest>(absl::StrCat(kBob, "channel: -1")),
              RefusedAt("INVALID_FIELD", "channel"));
  EXPECT_THAT(
      Ask<v1::CheckContactRequest>(absl::StrCat(kBob, "channel: CHANNEL_SMS message_class: 9")),
      RefusedAt("INVALID_FIELD", "message_class"));
  EXPECT_THAT(Ask<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/bob' channels: 77 }"),
              RefusedAt("INVALID_FIELD", "entry.channels"));
  EXPECT_THAT(
      Ask<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/bob' message_classes: 77 }"),
      RefusedAt("INVALID_FIELD", "entry.message_classes"));
  EXPECT_THAT(Ask<v1::CreateListRequest>("parent: '~' list_id: 'l' list { kind: 9 }"),
              RefusedAt("INVALID_FIELD", "list.kind"));
  EXPECT_THAT(Ask<v1::ListEntriesRequest>("parent: '~' channel: 9"),
              RefusedAt("INVALID_FIELD", "channel"));
  EXPECT_THAT(Ask<v1::CopyActionsRequest>("source: '~s/new' targets: '~s/won' conflict_policy: 9"),
              RefusedAt("INVALID_FIELD", "conflict_policy"));
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>("status { name: '~s/won' system_status: 9 }"),
              RefusedAt("INVALID_FIELD", "status.system_status"));
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>(
                  "status { name: '~s/won' system_status: SYSTEM_STATUS_WON state: 9 }"),
              RefusedAt("INVALID_FIELD", "status.state"));
  ExpectAlive();
}

TEST_F(BatchCheckTest, ABatchNeedsAnOrganizationAndAReachedRevision) {
  EXPECT_THAT(Ask<v1::BatchCheckContactsRequest>("items { channel: CHANNEL_SMS }"),
              RefusedAt("REQUIRED_FIELD_MISSING", "organization"));
  EXPECT_THAT(Ask<v1::BatchCheckContactsRequest>(
                  "organization: '~' items { channel: CHANNEL_SMS } at_least_revision: 1000000"),
              Refused("REVISION_NOT_REACHED"));
}

TEST_F(BatchCheckTest, ARevisionIsNotNegative) {
  constexpr char kNegative[] = "organization: '~' at_least_revision: -1 ";
  const std::string check = absl::StrCat(kNegative, "channel: CHANNEL_SMS lead: '~/leads/ann'");
  EXPECT_THAT(Ask<v1::CheckContactRequest>(check), RefusedAt("INVALID_FIELD", "at_least_revision"));
  const std::string batch = absl::StrCat(kNegative, "items { channel: CHANNEL_SMS }");
  EXPECT_THAT(Ask<v1::BatchCheckContactsRequest>(batch),
              RefusedAt("INVALID_FIELD", "at_least_revision"));
  FilterStream stream(&client());
  ASSERT_TRUE(stream.Write(Parse<v1::FilterContactsRequest>(
      absl::StrCat("config { channel: CHANNEL_SMS ", kNegative, "}"))));
  EXPECT_FALSE(stream.Read().has_value());
  EXPECT_THAT(stream.Finish(), HasReason("INVALID_FIELD"));
}

}  // namespace
}  // namespace dnc
