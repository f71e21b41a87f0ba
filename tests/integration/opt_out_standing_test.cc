// Opt-outs as they really arrive: what ends one, what stands for another, and what a platform makes
// of them on the way.
#include "absl/strings/str_cat.h"
#include "tests/integration/opt_out_fixture.h"

namespace dnc {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using v1::OptOut;

// A word that asks for messages again ends what such words made, and nothing that somebody asked
// for otherwise while one of those blocked already.
TEST_F(OptOutsAsTheyArrive, AConfirmedStartEndsNoOptOutByOtherWays) {
  const struct {
    const char* number;
    const char* way;
  } kRows[] = {{"2125550161", "phone_call { agent: 'users/kim' } "},
               {"2125550162", "letter { reference: 'folder 9' } "},
               {"2125550163", nullptr},  // an entry by hand
               {"2125550164", ""}};      // an import
  for (const auto& row : kRows) {
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
  const char* const kJoins = "+12125550166";
  for (const char* number : {kBobPhone, kJoins}) reply(number, "STOP");
  Apply("bob", "dnc");
  Must<v1::UpsertLeadRequest>(
      absl::StrCat("lead { name: '~/leads/bob' contact_points { phone: '", kJoins, "' } }"));
  clock().Advance(kDay);
  for (const char* number : {kBobPhone, kJoins}) {
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
