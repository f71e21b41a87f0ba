// FilterContacts: whole send lists, in columns.
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

constexpr char kVoice[] = "channel: CHANNEL_VOICE ";

class FilterTest : public GatewayTest {
 protected:
  static v1::FilterContactsRequest Raw(const std::vector<std::string>& texts) {
    v1::FilterContactsRequest block;
    for (const std::string& text : texts) block.add_raw(text);
    return block;
  }
  static v1::FilterContactsRequest Phones(const std::vector<uint64_t>& phones) {
    v1::FilterContactsRequest block;
    block.mutable_phones()->Add(phones.begin(), phones.end());
    return block;
  }
  // The end of a stream that sends `messages` and must answer nothing.
  CallStatus EndOf(const std::vector<v1::FilterContactsRequest>& messages) {
    FilterStream stream(&client());
    for (const v1::FilterContactsRequest& message : messages) {
      if (!stream.Write(message)) break;
    }
    stream.WritesDone();
    EXPECT_FALSE(stream.Read().has_value());
    return stream.Finish();
  }
  static v1::FilterContactsRequest Config(absl::string_view text) {
    return Parse<v1::FilterContactsRequest>(absl::StrCat("config { organization: '~' ", text, "}"));
  }
};

TEST_F(FilterTest, AgreesWithSingleChecksOnThousandsOfNumbers) {
  Apply("ann", "dnc");
  AddRegistry("national", "max_age { seconds: 2678400 }");
  std::mt19937_64 random(7);
  std::string file;
  std::vector<uint64_t> phones = {kAnnDigits, kBobDigits};
  for (int i = 0; i < 3000; ++i) {
    const uint64_t phone = 12120000000 + 2000000 + random() % 100'000;
    phones.push_back(phone);
    if (i % 3 == 0) absl::StrAppend(&file, phone, "\n");
    if (i % 100 == 0) AddPhoneEntry(absl::StrCat("+", phone));
  }
  ASSERT_THAT(Import("list: '~/lists/national' file_name: '2026-01-15.txt'", file), IsOk());
  v1::FilterContactsRequest block = Phones(phones);
  for (const uint64_t phone : phones) block.add_raw(absl::StrCat("+", phone));
  const v1::FilterContactsResponse response = Filter(kVoice, {block}).at(0);
  const auto count = static_cast<uint32_t>(phones.size());
  ASSERT_EQ(response.count(), 2 * count);
  std::set<v1::Verdict> seen;
  for (uint32_t i = 0; i < count; ++i) {
    const v1::Verdict single = PhoneVerdict(absl::StrCat("+", phones[i]));
    ASSERT_EQ(VerdictAt(response, i), single) << phones[i];
    ASSERT_EQ(VerdictAt(response, count + i), single) << phones[i];
    seen.insert(single);
  }
  EXPECT_EQ(seen.size(), 2u);
}

// Every organization has a list `internal`.
TEST_F(FilterTest, TellsListsOfGlobalFromTheOrganizations) {
  Must<v1::AddEntryRequest>(
      "parent: 'organizations/global' entry { contact_point { phone: '+12125550102' } }");
  AddPhoneEntry("+12125550188");
  const auto responses = Filter(kVoice, {Phones({kBobDigits, 12125550188})});
  ASSERT_EQ(responses.at(0).reasons_size(), 2);
  EXPECT_EQ(responses.at(0).reasons(0).list(), "global/internal");
  EXPECT_EQ(responses.at(0).reasons(1).list(), "internal");
}

TEST_F(FilterTest, GivesAReasonForEachThatIsNotAllowed) {
  Apply("ann", "novoice");
  AddRegistry("national");
  ASSERT_THAT(Import("list: '~/lists/national'", "2125550177\n"), IsOk());
  v1::FilterContactsRequest block = Phones({kBobDigits, kAnnDigits, 12125550177, 5});
  block.add_raw("(212) 555-0102");
  block.add_raw("gibberish");
  const auto responses = Filter(kVoice, {block});
  const v1::FilterContactsResponse& response = responses.at(0);
  EXPECT_EQ(response.count(), 6u);
  EXPECT_EQ(response.verdicts().size(), 2u);
  EXPECT_EQ(response.revision(), Revision());
  EXPECT_EQ(response.evaluate_time().seconds(), kStart / kSecond);
  ASSERT_EQ(response.reasons_size(), 4);
  EXPECT_EQ(response.reasons(0).index(), 1u);
  EXPECT_EQ(response.reasons(0).type(), v1::REASON_TYPE_CONTACT_POINT_ON_LIST);
  EXPECT_EQ(response.reasons(0).list(), "internal");
  EXPECT_EQ(response.reasons(1).index(), 2u);
  EXPECT_EQ(response.reasons(1).list(), "national");
  EXPECT_EQ(response.reasons(2).index(), 3u);
  EXPECT_EQ(response.reasons(2).type(), v1::REASON_TYPE_INVALID_CONTACT_POINT);
  EXPECT_EQ(response.reasons(3).index(), 5u);
  EXPECT_EQ(VerdictAt(response, 0), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictAt(response, 4), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictAt(response, 5), v1::VERDICT_UNKNOWN);
  EXPECT_EQ(VerdictAt(response, 6), v1::VERDICT_UNSPECIFIED);  // trailing bits
  const auto silent = Filter(absl::StrCat(kVoice, "omit_reasons: true"), {block});
  EXPECT_THAT(silent.at(0).reasons(), testing::IsEmpty());
  EXPECT_EQ(silent.at(0).verdicts(), response.verdicts());
}

TEST_F(FilterTest, PhonesThatAreNotCanonicalAreUnknown) {
  const std::vector<uint64_t> phones = {
      0, 1, 2125550102, 11125550102, 12121550102, 121255501020, ~uint64_t{0}, 120255501021234567};
  const v1::FilterContactsResponse response = Filter(kVoice, {Phones(phones)}).at(0);
  for (uint32_t i = 0; i < phones.size(); ++i) {
    EXPECT_NE(VerdictAt(response, i), v1::VERDICT_ALLOW) << phones[i];
  }
}

TEST_F(FilterTest, TakesTheColumnThatTheChannelReaches) {
  Apply("ann", "dnc");
  const auto email =
      Filter("channel: CHANNEL_EMAIL", {Raw({"ANN@example.com", "bob@example.com", "ann", ""})});
  EXPECT_EQ(VerdictAt(email.at(0), 0), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictAt(email.at(0), 1), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictAt(email.at(0), 2), v1::VERDICT_UNKNOWN);
  EXPECT_EQ(VerdictAt(email.at(0), 3), v1::VERDICT_UNKNOWN);
  const auto phones = Filter("channel: CHANNEL_EMAIL", {Phones({kBobDigits})});
  EXPECT_EQ(VerdictAt(phones.at(0), 0), v1::VERDICT_UNKNOWN);
  const auto message =
      Filter("channel: CHANNEL_MESSAGING", {Raw({"ann@example.com", "2125550101", "some handle"})});
  EXPECT_EQ(VerdictAt(message.at(0), 0), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictAt(message.at(0), 1), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictAt(message.at(0), 2), v1::VERDICT_ALLOW);
}

// A number or an address that is spelt wrong is not the handle of somebody else.
TEST_F(FilterTest, NothingUnreadableIsTakenForAHandle) {
  const std::vector<std::string> texts = {
      "212-555-01O1", "2125550101#", "+12",          "12", "(212) call",
      "ann@@x.com",   "ann@",        "212.555.010l", "",   " "};
  const v1::FilterContactsResponse response =
      Filter("channel: CHANNEL_MESSAGING", {Raw(texts)}).at(0);
  for (uint32_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(VerdictAt(response, i), v1::VERDICT_UNKNOWN) << texts[i];
  }
  const v1::FilterContactsResponse handles =
      Filter("channel: CHANNEL_MESSAGING", {Raw({"ann.miller", "jim42", "@ann"})}).at(0);
  for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(VerdictAt(handles, i), v1::VERDICT_ALLOW) << i;
}

// Whichever of its readings is on a list.
TEST_F(FilterTest, AHandleThatIsAlsoANumberIsAllowedOnlyWhereBothAre) {
  const auto verdict = [&](const std::string& text) {
    return VerdictAt(Filter("channel: CHANNEL_MESSAGING", {Raw({text})}).at(0), 0);
  };
  EXPECT_EQ(verdict("1-800-FLOWERS"), v1::VERDICT_ALLOW);
  AddPhoneEntry("+18003569377");
  EXPECT_EQ(verdict("1-800-FLOWERS"), v1::VERDICT_DENY);
  for (const std::string& handle : {std::string("@agent4155550123"), std::string("a4155550123")}) {
    EXPECT_EQ(verdict(handle), v1::VERDICT_ALLOW) << handle;
    Must<v1::AddEntryRequest>(
        absl::StrCat("parent: '~' entry { contact_point { other: '", handle, "' } }"));
    EXPECT_EQ(verdict(handle), v1::VERDICT_DENY) << handle;
  }
}

TEST_F(FilterTest, ReadsRawNumbersByTheRegionOfTheConfig) {
  AddPhoneEntry("+493012345678");
  const auto german = Filter("channel: CHANNEL_SMS default_region: 'DE'", {Raw({"030 12345678"})});
  EXPECT_EQ(VerdictAt(german.at(0), 0), v1::VERDICT_DENY);
  const auto american = Filter("channel: CHANNEL_SMS", {Raw({"030 12345678"})});
  EXPECT_NE(VerdictAt(american.at(0), 0), v1::VERDICT_DENY);
}

TEST_F(FilterTest, HonoursScopeAndClass) {
  Must<v1::CreateListRequest>(
      "parent: '~' list_id: 'gold' list { kind: LIST_KIND_INTERNAL brand: 'gold' }");
  AddPhoneEntry(kBobPhone, "list: '~/lists/gold'");
  const auto verdict = [&](const char* more) {
    return VerdictAt(Filter(absl::StrCat(kVoice, more), {Phones({kBobDigits})}).at(0), 0);
  };
  EXPECT_EQ(verdict("brand: 'gold'"), v1::VERDICT_DENY);
  EXPECT_EQ(verdict("brand: 'silver'"), v1::VERDICT_ALLOW);
  EXPECT_EQ(verdict(""), v1::VERDICT_DENY);
  EXPECT_EQ(verdict("message_class: MESSAGE_CLASS_EMERGENCY"), v1::VERDICT_ALLOW);
}

TEST_F(FilterTest, ABlockSeesWhatWasWrittenAfterTheStreamBegan) {
  FilterStream stream(&client());
  ASSERT_TRUE(stream.Write(Config(kVoice)));
  ASSERT_TRUE(stream.Write(Phones({kBobDigits})));
  EXPECT_EQ(VerdictAt(stream.Read().value(), 0), v1::VERDICT_ALLOW);
  AddPhoneEntry(kBobPhone);
  ASSERT_TRUE(stream.Write(Phones({kBobDigits})));
  EXPECT_EQ(VerdictAt(stream.Read().value(), 0), v1::VERDICT_DENY);
  stream.WritesDone();
  EXPECT_THAT(stream.Finish(), IsOk());
}

TEST_F(FilterTest, AnEmptyBlockIsAnsweredAndAnEmptyListEndsWell) {
  const auto responses = Filter(kVoice, {v1::FilterContactsRequest()});
  EXPECT_EQ(responses.at(0).count(), 0u);
  EXPECT_TRUE(responses.at(0).verdicts().empty());
  EXPECT_THAT(EndOf({Config(kVoice)}), IsOk());
}

TEST_F(FilterTest, RefusesWhatBreaksTheProtocol) {
  EXPECT_THAT(EndOf({Phones({kBobDigits})}), RefusedAt("REQUIRED_FIELD_MISSING", "config"));
  EXPECT_THAT(EndOf({Config(kVoice), Config(kVoice)}), RefusedAt("INVALID_FIELD", "config"));
  EXPECT_THAT(EndOf({Config("")}), RefusedAt("REQUIRED_FIELD_MISSING", "config.channel"));
  EXPECT_THAT(EndOf({Config("channel: 99")}), RefusedAt("INVALID_FIELD", "config.channel"));
  EXPECT_THAT(EndOf({Config("channel: CHANNEL_SMS message_class: 99")}),
              RefusedAt("INVALID_FIELD", "config.message_class"));
  EXPECT_THAT(EndOf({Config("channel: CHANNEL_SMS default_region: 'usa'")}),
              RefusedAt("INVALID_FIELD", "config.default_region"));
  EXPECT_THAT(EndOf({Config("channel: CHANNEL_SMS at_least_revision: 1000000")}),
              Refused("REVISION_NOT_REACHED"));
  EXPECT_THAT(EndOf({Parse<v1::FilterContactsRequest>(
                  "config { organization: 'organizations/none' channel: CHANNEL_SMS }")}),
              Refused("ORGANIZATION_NOT_FOUND"));
}

TEST_F(FilterTest, TakesTheLargestBlockAndRefusesOneMore) {
  const std::vector<uint64_t> most(131'072, kBobDigits);
  EXPECT_EQ(Filter(kVoice, {Phones(most)}).at(0).count(), 131'072u);
  v1::FilterContactsRequest more = Phones(most);
  more.add_raw("2125550101");
  EXPECT_THAT(EndOf({Config(kVoice), more}), Refused("LIMIT_EXCEEDED"));
  const std::vector<std::string> texts(16'384, "2125550102");
  EXPECT_EQ(Filter(kVoice, {Raw(texts)}).at(0).count(), 16'384u);
  more = Raw(texts);
  more.add_raw("2125550101");
  EXPECT_THAT(EndOf({Config(kVoice), more}), RefusedAt("LIMIT_EXCEEDED", "raw"));
}

TEST_F(FilterTest, ASlowReaderGetsEveryAnswerInOrder) {
  constexpr uint32_t kBlocks = 60;
  FilterStream stream(&client());
  ASSERT_TRUE(stream.Write(Config(kVoice)));
  absl::Notification under_way;
  std::thread writer([&] {
    for (uint32_t i = 0; i < kBlocks; ++i) {
      EXPECT_TRUE(stream.Write(Phones(std::vector<uint64_t>(60'000 + i, kBobDigits))));
      if (i == 0) under_way.Notify();
    }
    stream.WritesDone();
  });
  under_way.WaitForNotification();
  for (uint32_t i = 0; i < kBlocks; ++i) {
    const auto response = stream.Read();
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->count(), 60'000 + i);
  }
  EXPECT_FALSE(stream.Read().has_value());
  writer.join();
  EXPECT_THAT(stream.Finish(), IsOk());
}

TEST_F(FilterTest, AClientThatGivesUpMidwayHarmsNobody) {
  for (int i = 0; i < 20; ++i) {
    FilterStream stream(&client());
    stream.Write(Config(kVoice));
    stream.Write(Phones(std::vector<uint64_t>(100'000, kBobDigits)));
    stream.Write(Phones(std::vector<uint64_t>(100'000, kBobDigits)));
    if (i % 2 == 0) stream.Read();
    stream.Cancel();
    EXPECT_EQ(stream.Finish().code, absl::StatusCode::kCancelled);
  }
  EXPECT_EQ(VerdictAt(Filter(kVoice, {Phones({kBobDigits})}).at(0), 0), v1::VERDICT_ALLOW);
}

}  // namespace
}  // namespace dnc
