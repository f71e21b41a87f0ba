// FilterContacts: whole send lists, in columns.
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/synchronization/notification.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;

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
  // The rules of those that are not allowed, in their order.
  static std::vector<std::string> Reasons(const v1::FilterContactsResponse& response) {
    std::vector<std::string> texts;
    for (const uint32_t reason : response.reasons()) {
      const v1::FilterRule& rule = response.rules().at(static_cast<int>(reason));
      absl::string_view type = v1::ReasonType_Name(rule.type());
      absl::ConsumePrefix(&type, "REASON_TYPE_");
      texts.push_back(absl::StrCat(type, " ", rule.list()));
    }
    return texts;
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
    if (i % 41 == 0) phones.push_back(442079460000 + static_cast<uint64_t>(i) / 41);
    if (i % 3 == 0) absl::StrAppend(&file, phone, "\n");
    if (i % 100 == 0) AddPhoneEntry(absl::StrCat("+", phone));
  }
  ASSERT_THAT(Import("list: '~/lists/national' file_name: '2026-01-15.txt'", file), IsOk());
  v1::FilterContactsRequest block = Phones(phones);
  for (const uint64_t phone : phones) block.add_raw(absl::StrCat("+", phone));
  // A shorter block behind it must not see what is left of the longer one.
  const std::vector<uint64_t> fewer(phones.rbegin(), phones.rbegin() + 100);
  const auto responses = Filter(kVoice, {block, Phones(fewer)});
  const v1::FilterContactsResponse& response = responses.at(0);
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
  for (uint32_t i = 0; i < fewer.size(); ++i) {
    EXPECT_EQ(VerdictAt(responses.at(1), i), VerdictAt(response, count - 1 - i)) << fewer[i];
  }
}

// Registries of every kind, entries of every scope and leads in every state, over the same numbers.
class FilterMixTest : public FilterTest {
 protected:
  void SetUp() override {
    FilterTest::SetUp();
    AddLists();
    for (int i = 0; i < kNumbers; ++i) {
      phones_.push_back(First(i % 3) + static_cast<uint64_t>(i));
      AddRecords(i, absl::StrCat("+", phones_.back()));
    }
    clock().Advance(3600 * kSecond);
  }

  static constexpr int kNumbers = 240;

  static uint64_t First(int i) {
    return i == 0 ? 12125550000 : i == 1 ? 16465550000 : 442079460000;
  }

  void AddLists() {
    Must<v1::CreateListRequest>(
        "parent: '~' list_id: 'gold' list { kind: LIST_KIND_INTERNAL brand: 'gold' }");
    Must<v1::CreateListRequest>(
        "parent: 'organizations/global' list_id: 'all' list { kind: LIST_KIND_REGISTRY }");
    AddRegistry("national", "max_age { seconds: 2678400 }");
    AddRegistry("state", "channels: CHANNEL_VOICE");
    AddRegistry("old", "max_age { seconds: 1800 } channels: CHANNEL_FAX");
    AddRegistry("empty", "brand: 'silver'");
    const auto file = [](int first, int step) {
      std::string text;
      for (int i = first; i < kNumbers; i += step) absl::StrAppend(&text, "+", Phone(i), "\n");
      return text;
    };
    ASSERT_THAT(Import("list: '~/lists/national' file_name: '2026-01-15.txt'", file(0, 4)), IsOk());
    ASSERT_THAT(Import("list: '~/lists/state' area_codes: '212'", file(0, 6)), IsOk());
    ASSERT_THAT(
        Import("list: '~/lists/old' as_of_time { seconds: " + absl::StrCat(kStart / kSecond) + " }",
               file(1, 5)),
        IsOk());
    ASSERT_THAT(Import("list: 'organizations/global/lists/all'", file(3, 11)), IsOk());
  }
  static uint64_t Phone(int i) { return First(i % 3) + static_cast<uint64_t>(i); }

  void AddRecords(int i, const std::string& phone) {
    const std::string lead = absl::StrCat("lead-", i);
    switch (i % 10) {
      case 1:
        AddPhoneEntry(phone, i % 20 == 1 ? "" : "channels: CHANNEL_SMS");
        break;
      case 3:
        AddPhoneEntry(phone, "list: '~/lists/gold' message_classes: MESSAGE_CLASS_MARKETING");
        break;
      case 5:
        AddPhoneEntry(
            phone,
            absl::StrCat("expire_time { seconds: ", kStart / kSecond + 1800 * (1 + i % 3), " }"));
        break;
      case 7:
        Must<v1::AddEntryRequest>(absl::StrCat(
            "parent: 'organizations/global' entry { contact_point { phone: '", phone, "' } }"));
        break;
      case 9:
        AddLead(lead, absl::StrCat("contact_points { phone: '", phone, "' }"));
        if (i % 40 != 9) Apply(lead, i % 20 == 9 ? "later" : "dnc");
        break;
      default:
        break;
    }
  }

  // Of a check: its verdict and the rule that decided.
  static std::string Told(const v1::CheckContactResponse& response) {
    if (response.verdict() == v1::VERDICT_ALLOW) return "ALLOW";
    const v1::Reason& reason = response.reasons(0);
    absl::string_view list = reason.list();
    absl::ConsumePrefix(&list, "organizations/acme/lists/");
    const bool is_global = absl::ConsumePrefix(&list, "organizations/global/lists/");
    return absl::StrCat(v1::Verdict_Name(response.verdict()), " ",
                        v1::ReasonType_Name(reason.type()), is_global ? " global/" : " ", list);
  }

  // The same of each contact point of a block.
  static std::vector<std::string> Told(const v1::FilterContactsResponse& response) {
    std::vector<std::string> told(response.count());
    int reason = 0;
    for (uint32_t i = 0; i < response.count(); ++i) {
      const v1::Verdict verdict = VerdictAt(response, i);
      if (verdict == v1::VERDICT_ALLOW) {
        told[i] = "ALLOW";
        continue;
      }
      const v1::FilterRule& rule = response.rules(static_cast<int>(response.reasons(reason++)));
      told[i] = absl::StrCat(v1::Verdict_Name(verdict), " ", v1::ReasonType_Name(rule.type()), " ",
                             rule.list());
    }
    EXPECT_EQ(reason, response.reasons_size());
    return told;
  }

  void ExpectAgreement(const std::string& config, std::set<std::string>* seen) {
    v1::FilterContactsRequest block = Phones(phones_);
    for (const uint64_t phone : phones_) block.add_raw(absl::StrCat("+", phone));
    const v1::FilterContactsResponse response = Filter(config, {block}).at(0);
    const std::vector<std::string> told = Told(response);
    ASSERT_EQ(told.size(), 2 * phones_.size());
    int64_t least = -1;
    for (size_t i = 0; i < phones_.size(); ++i) {
      const v1::CheckContactResponse single = Must<v1::CheckContactRequest>(
          absl::StrCat("organization: '~' contact_point { phone: '+", phones_[i], "' } ", config));
      ASSERT_EQ(told[i], Told(single)) << phones_[i] << " " << config;
      ASSERT_EQ(told[phones_.size() + i], Told(single)) << phones_[i] << " " << config;
      seen->insert(told[i]);
      if (single.verdict() != v1::VERDICT_ALLOW) continue;
      const int64_t valid =
          single.valid_for().seconds() * kSecond + single.valid_for().nanos() / 1000;
      least = least < 0 ? valid : std::min(least, valid);
    }
    EXPECT_EQ(response.valid_for().seconds() * kSecond + response.valid_for().nanos() / 1000,
              std::max<int64_t>(least, 0))
        << config;
  }

  std::vector<uint64_t> phones_;
};

TEST_F(FilterMixTest, AgreesWithSingleChecksInEveryState) {
  std::set<std::string> seen;
  for (const char* channel : {"VOICE", "SMS", "FAX"}) {
    for (const char* more :
         {"", "brand: 'gold'", "brand: 'silver'", "message_class: MESSAGE_CLASS_TRANSACTIONAL"}) {
      ExpectAgreement(absl::StrCat("channel: CHANNEL_", channel, " ", more), &seen);
    }
  }
  EXPECT_THAT(seen, testing::IsSupersetOf(
                        {"ALLOW", "VERDICT_DENY REASON_TYPE_CONTACT_POINT_ON_REGISTRY national",
                         "VERDICT_DENY REASON_TYPE_CONTACT_POINT_ON_REGISTRY global/all",
                         "VERDICT_DENY REASON_TYPE_CONTACT_POINT_ON_LIST global/internal",
                         "VERDICT_DENY REASON_TYPE_CONTACT_POINT_ON_LIST gold",
                         "VERDICT_DENY REASON_TYPE_CONTACT_POINT_ON_LIST internal",
                         "VERDICT_DENY REASON_TYPE_NURTURE ",
                         "VERDICT_UNKNOWN REASON_TYPE_REGISTRY_STALE old",
                         "VERDICT_UNKNOWN REASON_TYPE_REGISTRY_EMPTY empty",
                         "VERDICT_UNKNOWN REASON_TYPE_AREA_CODE_NOT_SUBSCRIBED state"}));
}

// Every organization has a list `internal`.
TEST_F(FilterTest, TellsListsOfGlobalFromTheOrganizations) {
  Must<v1::AddEntryRequest>(
      "parent: 'organizations/global' entry { contact_point { phone: '+12125550102' } }");
  AddPhoneEntry("+12125550188");
  const auto responses = Filter(kVoice, {Phones({kBobDigits, 12125550188})});
  EXPECT_THAT(Reasons(responses.at(0)), ElementsAre("CONTACT_POINT_ON_LIST global/internal",
                                                    "CONTACT_POINT_ON_LIST internal"));
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
  EXPECT_THAT(Reasons(response),
              ElementsAre("CONTACT_POINT_ON_LIST internal", "CONTACT_POINT_ON_REGISTRY national",
                          "INVALID_CONTACT_POINT ", "INVALID_CONTACT_POINT "));
  EXPECT_EQ(response.rules_size(), 3);  // each once
  EXPECT_EQ(VerdictAt(response, 0), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictAt(response, 4), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictAt(response, 5), v1::VERDICT_UNKNOWN);
  EXPECT_EQ(VerdictAt(response, 6), v1::VERDICT_UNSPECIFIED);  // trailing bits
  const auto silent = Filter(absl::StrCat(kVoice, "omit_reasons: true"), {block});
  EXPECT_THAT(silent.at(0).reasons(), testing::IsEmpty());
  EXPECT_THAT(silent.at(0).rules(), testing::IsEmpty());
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
