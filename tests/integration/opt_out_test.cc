// Opt-outs as they really arrive: replies, one-click unsubscribes, calls, letters; what must be
// reviewed blocks in the meantime; each with its deadline and its delay.
#include "absl/strings/str_cat.h"
#include "tests/integration/opt_out_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using v1::OptOut;

constexpr char kAnnByEmail[] = "contact_point { email: 'ann@example.com' } channel: CHANNEL_EMAIL";

TEST_F(OptOutsAsTheyArrive, AKeywordReplyBlocksEveryChannelAtOnce) {
  const OptOut opt_out = Record(Text("  “Stop!” ", "evidence: 'gateway log 7' "));
  EXPECT_EQ(opt_out.outcome(), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  EXPECT_EQ(opt_out.keyword(), "stop");
  EXPECT_TRUE(opt_out.blocks());
  EXPECT_EQ(opt_out.actor().id(), "users/jane");
  ASSERT_THAT(opt_out.entries(), SizeIs(1));
  const v1::Entry entry = EntryOf(opt_out.entries(0));
  EXPECT_EQ(entry.list(), "organizations/acme/lists/internal");
  EXPECT_EQ(entry.contact_point().phone(), kBobPhone);
  EXPECT_THAT(entry.channels(), IsEmpty());
  EXPECT_THAT(entry.message_classes(), IsEmpty());
  EXPECT_EQ(entry.reason(), "Opt-out by reply: stop");
  EXPECT_EQ(entry.evidence(), "gateway log 7");
  EXPECT_EQ(entry.source(), absl::StrCat("keyword reply ", opt_out.name()));
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("contact_point { phone: '2125550102' } channel: CHANNEL_SMS message_class: "
                      "MESSAGE_CLASS_TRANSACTIONAL"),
            v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("contact_point { phone: '2125550102' } message_class: "
                      "MESSAGE_CLASS_EMERGENCY"),
            v1::VERDICT_ALLOW);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  Restart();
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

TEST_F(OptOutsAsTheyArrive, EveryWayBlocksAndIsOnTheRecord) {
  const struct {
    const char* opt_out;
    const char* check;
    const char* source;
    const char* reason;
  } rows[] = {
      {"contact_point { phone: '2125550121' } keyword_reply { text: 'ARRÊT' medium: "
       "REPLY_MEDIUM_RCS language: 'fr' } ",
       "contact_point { phone: '2125550121' }", "keyword reply ", "Opt-out by reply: arret"},
      {"contact_point { other: 'zoe@chat' } keyword_reply { text: 'unsubscribe' medium: "
       "REPLY_MEDIUM_MESSAGING } ",
       "contact_point { other: 'zoe@chat' } channel: CHANNEL_MESSAGING", "keyword reply ",
       "Opt-out by reply: unsubscribe"},
      {"contact_point { email: 'Zoe@Example.com' } one_click { post_body: "
       "'List-Unsubscribe=One-Click' } ",
       "contact_point { email: 'zoe@example.com' } channel: CHANNEL_EMAIL",
       "one-click unsubscribe ", "One-click unsubscribe"},
      {"contact_point { phone: '2125550122' } phone_call { agent: 'users/kim' recording: "
       "'tape 4' } ",
       "contact_point { phone: '2125550122' }", "phone call ", "Opt-out by telephone"},
      {"contact_point { other: '5 Main Street, Springfield' } letter { reference: 'folder 9' } ",
       "contact_point { other: '5 Main Street, Springfield' } channel: CHANNEL_MAIL", "letter ",
       "Opt-out by letter"},
      {"contact_point { email: 'max@example.com' } email_reply { subject: 'Re: Unsubscribe' } ",
       "contact_point { email: 'max@example.com' } channel: CHANNEL_EMAIL", "e-mail reply ",
       "Opt-out by reply: unsubscribe"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.opt_out);
    EXPECT_EQ(VerdictOf(row.check), v1::VERDICT_ALLOW);
    const OptOut opt_out = Record(row.opt_out);
    EXPECT_EQ(opt_out.outcome(), v1::OPT_OUT_OUTCOME_OPTED_OUT);
    EXPECT_EQ(VerdictOf(row.check), v1::VERDICT_DENY);
    ASSERT_THAT(opt_out.entries(), SizeIs(1));
    EXPECT_THAT(EntryOf(opt_out.entries(0)).source(), StartsWith(row.source));
    EXPECT_EQ(EntryOf(opt_out.entries(0)).reason(), row.reason);
  }
  const auto all = Must<v1::ListOptOutsRequest>("parent: '~'");
  EXPECT_THAT(all.opt_outs(), SizeIs(6));
  const auto first = Must<v1::ListOptOutsRequest>("parent: '~' page_size: 4");
  const auto second = Must<v1::ListOptOutsRequest>(
      absl::StrCat("parent: '~' page_size: 4 page_token: '", first.next_page_token(), "'"));
  EXPECT_THAT(first.opt_outs(), SizeIs(4));
  EXPECT_THAT(second.opt_outs(), SizeIs(2));
  EXPECT_THAT(second.opt_outs(1), EqualsProto(all.opt_outs(5)));
}

TEST_F(OptOutsAsTheyArrive, ALeadIsFlaggedWithAllItsContactPoints) {
  const OptOut opt_out = Record(
      "lead: '~/leads/ann' contact_point { phone: '2125550199' } phone_call { agent: 'users/kim' "
      "} ");
  EXPECT_THAT(opt_out.entries(), SizeIs(4));  // the lead, its phone and e-mail, the other phone
  EXPECT_TRUE(GetLead("ann").do_not_contact());
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("2125550199"), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf(kAnnByEmail), v1::VERDICT_DENY);
  const OptOut unknown = Record(
      "lead: '~/leads/none' contact_point { phone: '2125550198' } letter { reference: 'x' } ");
  EXPECT_TRUE(unknown.lead_unknown());
  EXPECT_EQ(PhoneVerdict("2125550198"), v1::VERDICT_DENY);
  EXPECT_THAT(
      TryRecord(absl::StrCat("lead: '~/leads/none' letter { reference: 'x' } ", Received())),
      Refused("LEAD_NOT_FOUND"));
}

TEST_F(OptOutsAsTheyArrive, CallersAndWritersMayNameChannelsAndClasses) {
  Record(
      "contact_point { phone: '2125550102' } phone_call { agent: 'users/kim' } channels: "
      "CHANNEL_SMS message_classes: MESSAGE_CLASS_MARKETING ");
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictOf("contact_point { phone: '2125550102' } channel: CHANNEL_SMS"),
            v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("contact_point { phone: '2125550102' } channel: CHANNEL_SMS message_class: "
                      "MESSAGE_CLASS_TRANSACTIONAL"),
            v1::VERDICT_ALLOW);
}

TEST_F(OptOutsAsTheyArrive, ARepeatedMessageAnswersTheFirstResult) {
  const std::string click = absl::StrCat(
      "contact_point { email: 'ann@example.com' } one_click { post_body: "
      "'List-Unsubscribe=One-Click' } message_id: 'm-1' ");
  const auto first = TryRecord(absl::StrCat(click, Received()));
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(first->repeated_message());
  clock().Advance(kDay);
  Restart();
  const auto again = TryRecord(absl::StrCat(click, Received()));
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again->repeated_message());
  EXPECT_THAT(again->opt_out(), EqualsProto(first->opt_out()));
  EXPECT_EQ(GetList("internal").entry_count(), 1);
  // Another contact point's message of the same id is another one.
  const auto other =
      TryRecord(absl::StrCat("contact_point { email: 'zoe@example.com' } one_click { post_body: "
                             "'List-Unsubscribe=One-Click' } message_id: 'm-1' ",
                             Received()));
  ASSERT_THAT(other, IsOk());
  EXPECT_FALSE(other->repeated_message());
  // Without an id the entry that is there has it on its record.
  const auto bare =
      TryRecord(absl::StrCat("contact_point { email: 'ann@example.com' } one_click { post_body: "
                             "'List-Unsubscribe=One-Click' } ",
                             Received()));
  EXPECT_THAT(bare->opt_out().covering_entries(), ElementsAre(first->opt_out().entries(0)));
  EXPECT_TRUE(bare->opt_out().blocks());
}

TEST_F(OptOutsAsTheyArrive, ARepeatedRequestAnswersTheFirstResultWhateverTheWordsMeanByThen) {
  const std::string request = absl::StrCat(Text("genug"), ReceivedBefore(0));
  const auto first = TryRecord(request, "request_id: 'r-1'");
  ASSERT_THAT(first, IsOk());
  EXPECT_EQ(first->opt_out().outcome(), v1::OPT_OUT_OUTCOME_NONE);
  SetPolicy("additional_keywords: 'genug'");
  EXPECT_THAT(TryRecord(request, "request_id: 'r-1'").value, EqualsProto(first.value));
  EXPECT_EQ(TryRecord(request, "request_id: 'r-2'")->opt_out().outcome(),
            v1::OPT_OUT_OUTCOME_OPTED_OUT);
}

TEST_F(OptOutsAsTheyArrive, TheDeadlineAndTheDelayAreKnownAndLateOnesAreFlagged) {
  // 2026-01-15 is a Thursday; Martin Luther King's day is on the 19th. 2026-01-31T04:00:00Z.
  const OptOut now = Record(Text("stop"));
  EXPECT_EQ(now.deadline().seconds(), 1769832000);
  EXPECT_EQ(now.deadline_rule(), "47 CFR 64.1200(a)(10), (d)(3)");
  EXPECT_EQ(now.delay().seconds(), 0);
  EXPECT_FALSE(now.late());
  const auto late = TryRecord(absl::StrCat(
      "contact_point { email: 'zoe@example.com' } email_reply { text: 'unsubscribe' } ",
      ReceivedBefore(30 * kDay)));
  ASSERT_THAT(late, IsOk());
  EXPECT_TRUE(late->opt_out().late());
  EXPECT_EQ(late->opt_out().delay().seconds(), 30 * kDay / kSecond);
  EXPECT_EQ(late->opt_out().deadline_rule(), "15 U.S.C. 7704(a)(4)");
  EXPECT_EQ(EntryOf(late->opt_out().entries(0)).effective_time().seconds(),
            (kStart - 30 * kDay) / kSecond);
  const auto listed = Must<v1::ListOptOutsRequest>("parent: '~' late_only: true");
  ASSERT_THAT(listed.opt_outs(), SizeIs(1));
  EXPECT_THAT(listed.opt_outs(0), EqualsProto(late->opt_out()));
}

TEST_F(OptOutsAsTheyArrive, NearMissesBlockUntilTheyAreReviewed) {
  const OptOut opt_out = Record(Text("please stop texting me"));
  EXPECT_EQ(opt_out.outcome(), v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_TRUE(opt_out.blocks());
  EXPECT_THAT(opt_out.review_cause(), HasSubstr("stop"));
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  const auto pending = Must<v1::ListReviewsRequest>("parent: '~' state: REVIEW_STATE_PENDING");
  ASSERT_THAT(pending.reviews(), SizeIs(1));
  EXPECT_EQ(pending.reviews(0).name(), opt_out.review());
  EXPECT_EQ(pending.reviews(0).kind(), v1::REVIEW_KIND_NEAR_MISS);
  EXPECT_THAT(pending.reviews(0).opt_out(), EqualsProto(opt_out));

  const v1::Review dismissed = Resolve(opt_out.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(dismissed.state(), v1::REVIEW_STATE_DISMISSED);
  EXPECT_THAT(dismissed.revoked_entries(), ElementsAre(opt_out.entries(0)));
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  const v1::Entry entry = EntryOf(opt_out.entries(0));
  EXPECT_TRUE(entry.has_revoke_time());
  EXPECT_EQ(entry.revoke_evidence(),
            absl::StrCat(opt_out.review(), " dismissed: listened to the call"));
  EXPECT_THAT(Must<v1::ListReviewsRequest>("parent: '~' state: REVIEW_STATE_PENDING").reviews(),
              IsEmpty());
  EXPECT_THAT(Must<v1::GetReviewRequest>(absl::StrCat("name: '", opt_out.review(), "'")).review(),
              EqualsProto(dismissed));
  EXPECT_THAT(Ask<v1::ResolveReviewRequest>(absl::StrCat(
                  "name: '", opt_out.review(), "' decision: REVIEW_DECISION_CONFIRM reason: 'x'")),
              Refused("REVIEW_ALREADY_RESOLVED"));
}

TEST_F(OptOutsAsTheyArrive, AConfirmedNearMissBlocksForGood) {
  const OptOut opt_out = Record(Text("STOP ALL MESSAGES", "lead: '~/leads/bob' "));
  EXPECT_THAT(opt_out.entries(), SizeIs(2));
  const v1::Review confirmed = Resolve(opt_out.review(), "REVIEW_DECISION_CONFIRM");
  EXPECT_THAT(confirmed.created_entries(), SizeIs(2));
  EXPECT_THAT(confirmed.revoked_entries(), SizeIs(2));
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  EXPECT_TRUE(GetLead("bob").do_not_contact());
  EXPECT_EQ(GetList("internal").entry_count(), 2);
}

// What may end with a review must not stand for what is an opt-out whatever the review says.
TEST_F(OptOutsAsTheyArrive, ADismissalEndsNoOtherOptOut) {
  const OptOut near = Record(Text("stop it"));
  const OptOut exact = Record(Text("STOP"));
  EXPECT_THAT(exact.entries(), SizeIs(1));
  Resolve(near.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);

  const std::string zoe =
      "contact_point { phone: '2125550170' } keyword_reply { medium: "
      "REPLY_MEDIUM_SMS text: 'stop it' } ";
  const OptOut first = Record(zoe);
  const OptOut second = Record(zoe);
  Resolve(first.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(PhoneVerdict("2125550170"), v1::VERDICT_DENY) << "the other one waits still";
  Resolve(second.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(PhoneVerdict("2125550170"), v1::VERDICT_ALLOW);

  // An import of what was asked for earlier, while a near miss blocks.
  const OptOut pending = Record(
      "contact_point { phone: '2125550171' } keyword_reply { medium: "
      "REPLY_MEDIUM_SMS text: 'stop it' } ");
  EXPECT_EQ(
      Import("list: '~/lists/internal' actor { id: 'users/jane' } format: 'plain'", "2125550171\n")
          .summary.added(),
      1);
  Resolve(pending.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(PhoneVerdict("2125550171"), v1::VERDICT_DENY);
}

TEST_F(OptOutsAsTheyArrive, AContactPointThatJoinsALeadUnderReviewIsBlockedAsLong) {
  const OptOut near = Record(Text("stop it", "lead: '~/leads/bob' "));
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/bob' contact_points { phone: '2125550150' } }");
  EXPECT_EQ(PhoneVerdict("2125550150"), v1::VERDICT_DENY);
  Resolve(near.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(PhoneVerdict("2125550150"), v1::VERDICT_ALLOW);
}

TEST_F(OptOutsAsTheyArrive, APolicyMayOnlyFlagNearMisses) {
  SetPolicy("near_misses: NEAR_MISS_HANDLING_FLAG_ONLY");
  const OptOut opt_out = Record(Text("stpo"));
  EXPECT_EQ(opt_out.outcome(), v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_FALSE(opt_out.blocks());
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  clock().Advance(20 * kDay);
  const v1::Review confirmed = Resolve(opt_out.review(), "REVIEW_DECISION_CONFIRM");
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  EXPECT_TRUE(confirmed.opt_out().late());
  EXPECT_EQ(confirmed.opt_out().delay().seconds(), 20 * kDay / kSecond);
  EXPECT_THAT(Must<v1::ListOptOutsRequest>("parent: '~' late_only: true").opt_outs(), SizeIs(1));
}

TEST_F(OptOutsAsTheyArrive, StartEndsNothingByItself) {
  const OptOut stop = Record(Text("STOP"));
  const v1::Entry by_hand = AddPhoneEntry(kBobPhone,
                                          "channels: CHANNEL_VOICE message_classes: "
                                          "MESSAGE_CLASS_EMERGENCY");
  clock().Advance(kDay);
  const OptOut start = Record(Text("START"));
  EXPECT_EQ(start.outcome(), v1::OPT_OUT_OUTCOME_CONSENT_REGRANT);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  const v1::Review review =
      Must<v1::GetReviewRequest>(absl::StrCat("name: '", start.review(), "'")).review();
  EXPECT_EQ(review.kind(), v1::REVIEW_KIND_CONSENT_REGRANT);
  EXPECT_THAT(review.pending_entries(), ElementsAre(stop.entries(0)));
  const v1::Review confirmed = Resolve(start.review(), "REVIEW_DECISION_CONFIRM");
  EXPECT_THAT(confirmed.revoked_entries(), ElementsAre(stop.entries(0)));
  EXPECT_EQ(EntryOf(stop.entries(0)).consent_time().seconds(), (kStart + kDay) / kSecond);
  EXPECT_FALSE(EntryOf(by_hand.name()).has_revoke_time());
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
}

TEST_F(OptOutsAsTheyArrive, AConsentEndsNoOptOutThatCameAfterIt) {
  const OptOut stop = Record(Text("STOP"));
  clock().Advance(kDay);
  const OptOut start = Record(Text("START"));
  clock().Advance(kDay);
  EXPECT_THAT(Record(Text("STOP")).covering_entries(), ElementsAre(stop.entries(0)));
  EXPECT_THAT(Resolve(start.review(), "REVIEW_DECISION_CONFIRM").revoked_entries(), IsEmpty());
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
  clock().Advance(kDay);
  const OptOut again = Record(Text("START"));
  Resolve(again.review(), "REVIEW_DECISION_DISMISS");
  EXPECT_EQ(BobVerdict(), v1::VERDICT_DENY);
}

TEST_F(OptOutsAsTheyArrive, WhatIsNoneChangesNothing) {
  const OptOut help = Record(Text("HELP"));
  EXPECT_EQ(help.outcome(), v1::OPT_OUT_OUTCOME_HELP);
  const OptOut none = Record(Text("Thanks, see you tomorrow"));
  EXPECT_EQ(none.outcome(), v1::OPT_OUT_OUTCOME_NONE);
  EXPECT_FALSE(none.blocks());
  EXPECT_FALSE(none.has_deadline());
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  EXPECT_THAT(Must<v1::ListOptOutsRequest>("parent: '~'").opt_outs(), IsEmpty());
}

TEST_F(OptOutsAsTheyArrive, AnOrganizationAddsWordsAndTakesNoneAway) {
  SetPolicy("additional_keywords: 'genug'");
  EXPECT_EQ(Record(Text("Genug!")).outcome(), v1::OPT_OUT_OUTCOME_OPTED_OUT);
  const auto words = Must<v1::ListOptOutKeywordsRequest>("parent: '~'");
  ASSERT_GT(words.keywords_size(), 100);
  EXPECT_EQ(words.keywords(0).text(), "genug");
  EXPECT_EQ(words.keywords(0).source(), "organization");
  EXPECT_THAT(Ask<v1::UpdateOrganizationRequest>(
                  "organization { name: '~' opt_out_policy { additional_keywords: 'start' } }"),
              RefusedAt("INVALID_FIELD", "organization.opt_out_policy.additional_keywords[0]"));
}

TEST_F(OptOutsAsTheyArrive, TheScopeAndTheClassesAreThePolicys) {
  Must<v1::CreateListRequest>(
      "parent: '~' list_id: 'home' list { kind: LIST_KIND_INTERNAL brand: 'home' }");
  const std::string brand =
      "brand: 'Home' campaign: 'spring' replied_class: MESSAGE_CLASS_MARKETING ";
  const OptOut wide = Record(Text("stop", brand));
  EXPECT_THAT(EntryOf(wide.entries(0)).list(), "organizations/acme/lists/internal");
  SetPolicy("scope: REVOCATION_SCOPE_BRAND classes: REVOKED_CLASSES_AS_REPLIED_TO");
  const std::string zoe =
      "contact_point { phone: '2125550170' } keyword_reply { medium: "
      "REPLY_MEDIUM_SMS text: 'stop' } ";
  const v1::Entry narrow = EntryOf(Record(absl::StrCat(zoe, brand)).entries(0));
  EXPECT_EQ(narrow.list(), "organizations/acme/lists/home");
  EXPECT_THAT(narrow.message_classes(), ElementsAre(v1::MESSAGE_CLASS_MARKETING));
  const std::string check = "contact_point { phone: '2125550170' } ";
  EXPECT_EQ(VerdictOf(absl::StrCat(check, "brand: 'garden'")), v1::VERDICT_ALLOW);
  EXPECT_EQ(VerdictOf(absl::StrCat(check, "brand: 'home'")), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf(absl::StrCat(check,
                                   "brand: 'home' message_class: "
                                   "MESSAGE_CLASS_TRANSACTIONAL")),
            v1::VERDICT_ALLOW);
  // A reply to a message about something agreed to, and one about a brand without a list.
  const v1::Entry all =
      EntryOf(Record(absl::StrCat(zoe, "brand: 'home' replied_class: MESSAGE_CLASS_TRANSACTIONAL "))
                  .entries(0));
  EXPECT_THAT(all.message_classes(), IsEmpty());
  const v1::Entry fallback = EntryOf(Record(absl::StrCat(zoe, "brand: 'garden' ")).entries(0));
  EXPECT_EQ(fallback.list(), "organizations/acme/lists/internal");
}

TEST_F(OptOutsAsTheyArrive, BadOnesAreRefusedAndNamed) {
  const std::string click = "contact_point { email: 'ann@example.com' } one_click ";
  const struct {
    std::string opt_out;
    const char* reason;
    const char* field;
  } rows[] = {
      {Received(), "REQUIRED_FIELD_MISSING", "opt_out.keyword_reply"},
      {Text("stop"), "REQUIRED_FIELD_MISSING", "opt_out.received_time"},
      {absl::StrCat(Text("stop"), ReceivedBefore(-kDay)), "INVALID_FIELD", "opt_out.received_time"},
      {absl::StrCat(Text(""), Received()), "REQUIRED_FIELD_MISSING", "opt_out.keyword_reply.text"},
      {absl::StrCat("contact_point { phone: '2125550102' } keyword_reply { text: 'stop' } ",
                    Received()),
       "INVALID_FIELD", "opt_out.keyword_reply.medium"},
      {absl::StrCat("contact_point { email: 'a@example.com' } keyword_reply { text: 'stop' medium: "
                    "REPLY_MEDIUM_SMS } ",
                    Received()),
       "CHANNEL_MISMATCH", "opt_out.contact_point"},
      {absl::StrCat("contact_point { phone: '2125550102' } keyword_reply { text: 'stop' medium: "
                    "REPLY_MEDIUM_SMS language: 'FRA' } ",
                    Received()),
       "INVALID_FIELD", "opt_out.keyword_reply.language"},
      {absl::StrCat(click, "{ post_body: 'confirm=yes' } ", Received()), "INVALID_FIELD",
       "opt_out.one_click.post_body"},
      {absl::StrCat(click, "{ } ", Received()), "REQUIRED_FIELD_MISSING",
       "opt_out.one_click.post_body"},
      {absl::StrCat("contact_point { phone: '2125550102' } one_click { post_body: "
                    "'List-Unsubscribe=One-Click' } ",
                    Received()),
       "CHANNEL_MISMATCH", "opt_out.contact_point"},
      {absl::StrCat("phone_call { agent: 'users/kim' } ", Received()), "REQUIRED_FIELD_MISSING",
       "opt_out.contact_point"},
      {absl::StrCat("contact_point { phone: '2125550102' } phone_call { } ", Received()),
       "REQUIRED_FIELD_MISSING", "opt_out.phone_call.agent"},
      {absl::StrCat("contact_point { phone: '2125550102' } letter { } ", Received()),
       "REQUIRED_FIELD_MISSING", "opt_out.letter.reference"},
      {absl::StrCat("contact_point { email: 'a@example.com' } email_reply { } ", Received()),
       "REQUIRED_FIELD_MISSING", "opt_out.email_reply.text"},
      {absl::StrCat(Text("stop"), "channels: CHANNEL_SMS ", Received()), "INVALID_FIELD",
       "opt_out.channels"},
      {absl::StrCat(Text("stop"), "message_classes: MESSAGE_CLASS_MARKETING ", Received()),
       "INVALID_FIELD", "opt_out.message_classes"},
      {absl::StrCat(Text("stop"), "lead: 'organizations/other/leads/x' ", Received()),
       "INVALID_FIELD", "opt_out.lead"},
  };
  const int64_t before = Revision();
  for (const auto& row : rows) {
    EXPECT_THAT(TryRecord(row.opt_out), RefusedAt(row.reason, row.field)) << row.opt_out;
  }
  EXPECT_THAT(Ask<v1::ResolveReviewRequest>(
                  "name: '~/reviews/1' decision: REVIEW_DECISION_CONFIRM reason: ''"),
              RefusedAt("REQUIRED_FIELD_MISSING", "reason"));
  EXPECT_THAT(Ask<v1::ResolveReviewRequest>("name: '~/reviews/1' reason: 'x'"),
              RefusedAt("INVALID_FIELD", "decision"));
  EXPECT_EQ(Revision(), before);
  EXPECT_THAT(Ask<v1::ResolveReviewRequest>(
                  "name: '~/reviews/1' decision: REVIEW_DECISION_CONFIRM reason: 'x'"),
              Refused("REVIEW_NOT_FOUND"));
}

TEST_F(OptOutsAsTheyArrive, ADryRunChangesNothing) {
  const auto dry = TryRecord(absl::StrCat(Text("stop it"), Received()), "validate_only: true");
  ASSERT_THAT(dry, IsOk());
  EXPECT_EQ(dry->opt_out().outcome(), v1::OPT_OUT_OUTCOME_REVIEW);
  EXPECT_EQ(BobVerdict(), v1::VERDICT_ALLOW);
  EXPECT_THAT(Must<v1::ListReviewsRequest>("parent: '~'").reviews(), IsEmpty());
}

}  // namespace
}  // namespace dnc
