// Opt-outs as they really arrive: what ends one, what stands for another, and what a platform makes
// of them on the way.
#include "absl/strings/str_cat.h"
#include "tests/integration/opt_out_fixture.h"

namespace dnc {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using v1::OptOut;

// A word that asks for messages again ends what such words made, and nothing that somebody asked
// for otherwise while one of those blocked already.
TEST_F(OptOutsAsTheyArrive, AConfirmedStartEndsNoOptOutByOtherWays) {
  const struct {
    const char* number;
    const char* way;
  } rows[] = {{"2125550161", "phone_call { agent: 'users/kim' } "},
              {"2125550162", "letter { reference: 'folder 9' } "},
              {"2125550163", nullptr},  // an entry by hand
              {"2125550164", ""}};      // an import
  for (const auto& row : rows) {
    SCOPED_TRACE(row.number);
    const std::string point = absl::StrCat("contact_point { phone: '", row.number, "' } ");
    const auto reply = [&](const char* word) {
      return Record(
          absl::StrCat(point, "keyword_reply { medium: REPLY_MEDIUM_SMS text: '", word, "' } "));
    };
    const OptOut stop = reply("STOP");
    if (row.way == nullptr) {
      AddPhoneEntry(row.number);
    } else if (*row.way == '\0') {
      ASSERT_THAT(
          Import("list: '~/lists/internal' format: 'plain'", absl::StrCat(row.number, "\n")),
          IsOk());
    } else {
      EXPECT_THAT(Record(absl::StrCat(point, row.way)).entries(), SizeIs(1));
    }
    clock().Advance(kDay);
    const OptOut start = reply("START");
    EXPECT_THAT(Resolve(start.review(), "REVIEW_DECISION_CONFIRM").revoked_entries(),
                ElementsAre(stop.entries(0)));
    EXPECT_EQ(PhoneVerdict(row.number), v1::VERDICT_DENY);
  }
}

// The same where the lead was flagged by an action, before or after the contact point was its own.
TEST_F(OptOutsAsTheyArrive, AConfirmedStartEndsNothingThatAContactPointHasFromItsLead) {
  const auto reply = [&](const char* number, const char* word) {
    return Record(absl::StrCat("contact_point { phone: '", number,
                               "' } keyword_reply { medium: REPLY_MEDIUM_SMS text: '", word,
                               "' } "));
  };
  const char* const joins = "+12125550166";
  for (const char* number : {kBobPhone, joins}) reply(number, "STOP");
  Apply("bob", "dnc");
  Must<v1::UpsertLeadRequest>(
      absl::StrCat("lead { name: '~/leads/bob' contact_points { phone: '", joins, "' } }"));
  clock().Advance(kDay);
  for (const char* number : {kBobPhone, joins}) {
    Resolve(reply(number, "START").review(), "REVIEW_DECISION_CONFIRM");
    const auto left = Must<v1::ListEntriesRequest>(
        absl::StrCat("parent: '~' active_only: true contact_point { phone: '", number, "' }"));
    ASSERT_THAT(left.entries(), SizeIs(1));
    EXPECT_THAT(left.entries(0).source(), AnyOf(StartsWith("action "), StartsWith("entry ")));
  }
}

TEST_F(OptOutsAsTheyArrive, AnOptOutUnderAnIdThatWasUsedBeforeBlocks) {
  const auto message = [&](const char* text) {
    const auto reply = TryRecord(absl::StrCat(Text(text, "message_id: 'm-1' "), Received()));
    EXPECT_THAT(reply, IsOk());
    return reply.value;
  };
  const auto start = message("START");
  EXPECT_TRUE(message("START").repeated_message());
  const auto stop = message("STOP");
  EXPECT_FALSE(stop.repeated_message());
  EXPECT_EQ(stop.opt_out().outcome(), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  const auto again = message("STOP");
  EXPECT_TRUE(again.repeated_message());
  EXPECT_THAT(again.opt_out(), EqualsProto(stop.opt_out()));
  EXPECT_TRUE(message("START").repeated_message());
  // What was sent after all of that had ended is another message.
  Must<v1::RevokeEntryRequest>(
      absl::StrCat("name: '", stop.opt_out().entries(0), "' evidence: 'signed form'"));
  EXPECT_TRUE(message("STOP").repeated_message()) << "delivered once more";
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  clock().Advance(kDay);
  EXPECT_FALSE(message("STOP").repeated_message());
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

TEST_F(OptOutsAsTheyArrive, ANearMissThatWasDismissedHidesNoOptOutOfItsId) {
  const OptOut near = Record(Text("stop it", "message_id: 'm-2' "));
  Resolve(near.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(Record(Text("STOP", "message_id: 'm-2' ")).outcome(), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

// What was asked for again later is as new as that, though its id was used before.
TEST_F(OptOutsAsTheyArrive, AStartEndsNoStopThatCameAfterItUnderAnOlderId) {
  const std::string text = Text("STOP", "message_id: 'm-3' ");
  const OptOut stop = Record(text);
  clock().Advance(kDay);
  const OptOut start = Record(Text("START", "message_id: 'm-4' "));
  clock().Advance(kDay);
  const auto again = TryRecord(absl::StrCat(text, Received()));
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->repeated_message());
  EXPECT_THAT(again->opt_out(), EqualsProto(stop));
  EXPECT_THAT(Resolve(start.review(), "REVIEW_DECISION_CONFIRM").revoked_entries(), IsEmpty());
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

TEST_F(OptOutsAsTheyArrive, AConsentEndsNoOptOutThatWasRepeatedAfterIt) {
  const std::string click =
      "contact_point { email: 'ann@example.com' } one_click { post_body: "
      "'List-Unsubscribe=One-Click' } message_id: 'm-1' ";
  const std::string name = Record(click).entries(0);
  const v1::Entry first = EntryOf(name);
  const std::string consent = absl::StrCat(
      "consent_time { seconds: ", (clock().Now() + kDay) / kSecond, " } evidence: 'form 7' ");
  clock().Advance(2 * kDay);
  const auto delivered = TryRecord(absl::StrCat(click, ReceivedBefore(0)));
  EXPECT_TRUE(delivered->repeated_message());
  EXPECT_THAT(EntryOf(name), EqualsProto(first)) << "the same message, delivered once more";
  Record(click);
  EXPECT_EQ(EntryOf(name).last_request_time().seconds(), clock().Now() / kSecond);
  EXPECT_THAT(Ask<v1::RevokeEntryRequest>(absl::StrCat("name: '", name, "' ", consent)),
              Refused("CONSENT_OLDER_THAN_OPT_OUT"));
  EXPECT_EQ(VerdictOf("contact_point { email: 'ann@example.com' } channel: CHANNEL_EMAIL"),
            v1::VERDICT_DENY);
}

// The id of a call is that of a ticket, say, on which the person calls again, or is understood.
TEST_F(OptOutsAsTheyArrive, WhatReachesFurtherUnderAnIdThatWasUsedBeforeBlocks) {
  SetPolicy("scope: REVOCATION_SCOPE_BRAND");
  Must<v1::CreateListRequest>(
      "parent: '~' list_id: 'home' list { kind: LIST_KIND_INTERNAL brand: 'home' }");
  const struct {
    const char* number;
    const char* first;
    const char* second;
    const char* check;
    int64_t later;
  } rows[] = {
      {"2125550171", "channels: CHANNEL_VOICE ", "", "channel: CHANNEL_SMS", kDay},
      {"2125550172", "channels: CHANNEL_VOICE ", "", "channel: CHANNEL_SMS", 0},
      {"2125550173", "channels: CHANNEL_VOICE ", "channels: CHANNEL_SMS ", "channel: CHANNEL_SMS",
       -kDay},
      {"2125550174", "message_classes: MESSAGE_CLASS_MARKETING ", "",
       "message_class: MESSAGE_CLASS_TRANSACTIONAL", 0},
      {"2125550175", "brand: 'home' ", "brand: 'garden' ", "brand: 'garden'", kDay},
      {"2125550176", "brand: 'home' ", "", "brand: 'garden'", 0},
      {"2125550177", "", "lead: '~/leads/ann' ", nullptr, kDay},
      {"2125550178", "", "lead: '~/leads/bob' ", nullptr, 0},
  };
  clock().Advance(2 * kDay);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.number);
    const std::string point = absl::StrCat("contact_point { phone: '", row.number, "' } ");
    const auto call = [&](const char* reach, int64_t later) {
      const auto reply = TryRecord(
          absl::StrCat(point, "phone_call { agent: 'users/kim' } message_id: 'ticket 7' ", reach,
                       "received_time { seconds: ", (kStart + kDay + later) / kSecond, " } "));
      EXPECT_THAT(reply, IsOk());
      return reply.value;
    };
    const std::string check = row.check == nullptr ? row.second : absl::StrCat(point, row.check);
    const OptOut first = call(row.first, 0).opt_out();
    EXPECT_EQ(VerdictOf(check), v1::VERDICT_ALLOW);
    const auto second = call(row.second, row.later);
    EXPECT_FALSE(second.repeated_message());
    EXPECT_FALSE(second.opt_out().entries().empty());
    EXPECT_EQ(VerdictOf(check), v1::VERDICT_DENY);
    EXPECT_TRUE(call(row.second, row.later).repeated_message());
  }
}

TEST_F(OptOutsAsTheyArrive, ANearMissUnderAnIdThatWasUsedBeforeIsReviewed) {
  const auto message = [&](const char* text) {
    const auto reply = TryRecord(absl::StrCat(Text(text, "message_id: 'm-5' "), Received()));
    EXPECT_THAT(reply, IsOk());
    return reply.value;
  };
  const auto stop = message("STOP");
  Must<v1::RevokeEntryRequest>(
      absl::StrCat("name: '", stop.opt_out().entries(0), "' evidence: 'signed form'"));
  for (const char* text : {"please stop texting me", "stop it", "stop it"}) {
    clock().Advance(kDay);
    EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
    const auto near = message(text);
    EXPECT_FALSE(near.repeated_message());
    EXPECT_EQ(near.opt_out().outcome(), v1::OPT_OUT_OUTCOME_REVIEW);
    EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
    // The same once more waits for the same review, and is judged with it.
    clock().Advance(kDay);
    EXPECT_TRUE(message(text).repeated_message());
    Resolve(near.opt_out().review(), "REVIEW_DECISION_DISMISS");
  }
}

TEST_F(OptOutsAsTheyArrive, ADeletedLeadIsBlockedWholeThoughAContactPointIsNamed) {
  Must<v1::DeleteLeadRequest>("name: '~/leads/ann'");
  const OptOut opt_out = Record(
      "lead: '~/leads/ann' contact_point { phone: '2125550101' } phone_call { agent: 'users/kim' } "
      "");
  EXPECT_FALSE(opt_out.lead_unknown());
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("contact_point { email: 'ann@example.com' } channel: CHANNEL_EMAIL"),
            v1::VERDICT_DENY);
  AddLead("ann", "");
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann' channel: CHANNEL_EMAIL"), v1::VERDICT_DENY);
}

TEST_F(OptOutsAsTheyArrive, AReplyThatIsTooLongIsReviewedAndNotLost) {
  std::string euros;
  for (int i = 0; i < 2000; ++i) euros += "\u20AC";
  const OptOut rambling = Record(Text(euros));
  EXPECT_EQ(rambling.outcome(), v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_TRUE(rambling.blocks());
  EXPECT_THAT(rambling.review_cause(), HasSubstr("too long"));
  EXPECT_EQ(EntryOf(rambling.entries(0)).reason(), "Possible opt-out by reply");
  EXPECT_THAT(rambling.keyword_reply().text(), SizeIs(4095));  // no part of a character
  EXPECT_THAT(euros, StartsWith(rambling.keyword_reply().text()));
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  // What its beginning says counts, as far as it asks for no more messages.
  EXPECT_EQ(Record(Text(absl::StrCat("STOP", std::string(5000, ' ')))).outcome(),
            v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(Record(Text(absl::StrCat("START", std::string(5000, ' ')))).outcome(),
            v1::OPT_OUT_OUTCOME_REVIEW);
  const OptOut mail =
      Record(absl::StrCat("contact_point { email: 'zoe@example.com' } email_reply { subject: '",
                          std::string(1100, 'x'), "' text: 'thanks' } "));
  EXPECT_EQ(mail.outcome(), v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_THAT(mail.email_reply().subject(), SizeIs(1024));
  // A repeat is one, though the rest of it differs.
  const std::string longer = absl::StrCat(Text(absl::StrCat(euros, "!")), ReceivedBefore(0));
  const auto first = TryRecord(longer, "request_id: 'r-1'");
  EXPECT_THAT(TryRecord(longer, "request_id: 'r-1'").value, EqualsProto(first.value));
}

TEST_F(OptOutsAsTheyArrive, WordsThatAreBuiltInAreNoWordsOfAnOrganizations) {
  SetPolicy("additional_keywords: 'Stop!' additional_keywords: 'genug' additional_keywords: 'td'");
  const auto policy = Must<v1::GetOrganizationRequest>("name: '~'").organization().opt_out_policy();
  // TD alone is built in; an organization's own word counts within a longer text as well.
  EXPECT_THAT(policy.additional_keywords(), ElementsAre("genug", "td"));
}

}  // namespace
}  // namespace dnc
