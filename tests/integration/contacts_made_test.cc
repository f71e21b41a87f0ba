// Issue 3, row 13: channels report what they did, and what should not have been done is told.
#include <atomic>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ContactsMade : public GatewayTest {
 protected:
  ContactsMade() { parts().recorder_paused = &paused_; }
  ~ContactsMade() override { StopServer(); }

  // A contact of Bob on VOICE at the time of the clock; `more` has further fields.
  std::string Contact(absl::string_view id, absl::string_view more = "") {
    const char* const phone =
        absl::StrContains(more, "contact_point") ? "" : "contact_point { phone: '+12125550102' } ";
    const char* const channel =
        absl::StrContains(more, "channel:") ? "" : "channel: CHANNEL_VOICE ";
    const std::string time =
        absl::StrContains(more, "contact_time")
            ? ""
            : absl::StrCat("contact_time { seconds: ", clock().Now() / kSecond, " } ");
    return absl::StrCat("contact_id: '", id, "' ", phone, channel, time, more);
  }
  v1::JudgedContact Report(absl::string_view id, absl::string_view more = "",
                           absl::string_view request = "") {
    return Must<v1::ReportContactRequest>(
               absl::StrCat("organization: '~' ", request, " contact { ", Contact(id, more), " }"))
        .contact();
  }
  v1::ListContactViolationsResponse Violations(absl::string_view more = "") {
    return Must<v1::ListContactViolationsRequest>(absl::StrCat("parent: '~' ", more));
  }
  // Checks of Bob.
  void CheckMany(int count, v1::Channel channel) {
    v1::BatchCheckContactsRequest request;
    request.set_organization("organizations/acme");
    for (int i = 0; i < count; ++i) {
      v1::CheckItem* item = request.add_items();
      item->mutable_contact_point()->set_phone(kBobPhone);
      item->set_channel(channel);
    }
    ASSERT_THAT(Send(request), IsOk());
  }
  // A day after which nothing is known to be missing.
  void Settle() { clock().Advance(2 * kDay); }

  std::atomic<bool> paused_{false};
};

// "AFTER_DENY", "WITHOUT_CHECK?": a ? where it is uncertain.
std::vector<std::string> Kinds(const v1::JudgedContact& contact) {
  std::vector<std::string> kinds;
  for (const v1::ContactViolation& violation : contact.violations()) {
    kinds.push_back(absl::StrCat(v1::ContactViolationKind_Name(violation.kind()).substr(23),
                                 violation.uncertain() ? "?" : ""));
  }
  return kinds;
}

template <typename Response>
std::vector<std::string> Ids(const Response& response) {
  std::vector<std::string> ids;
  for (const v1::JudgedContact& contact : response.contacts()) ids.push_back(contact.contact_id());
  return ids;
}

TEST_F(ContactsMade, AContactBehindAnAllowIsInOrder) {
  Settle();
  const std::string decision = CheckPhone(kBobPhone).decision_id();
  clock().Advance(60 * kSecond);
  const v1::JudgedContact contact =
      Report("call-1", "lead: '~/leads/bob' outcome: 'answered' external_id: 'rec/7'");
  EXPECT_THAT(Kinds(contact), IsEmpty());
  EXPECT_EQ(contact.decision(), absl::StrCat("organizations/acme/decisions/", decision));
  EXPECT_EQ(contact.contact_point(), "+1212***02");
  EXPECT_EQ(contact.message_class(), v1::MESSAGE_CLASS_MARKETING);
  EXPECT_EQ(contact.reporter(), "local");
  EXPECT_EQ(contact.report_time().seconds(), clock().Now() / kSecond);
  EXPECT_EQ(contact.revision(), Revision());
  const auto all = Must<v1::ListContactsRequest>("parent: '~'");
  ASSERT_THAT(all.contacts(), SizeIs(1));
  EXPECT_THAT(all.contacts(0), EqualsProto(contact));
  EXPECT_THAT(Violations().contacts(), IsEmpty());
}

TEST_F(ContactsMade, AContactWithoutACheckIsAViolation) {
  Settle();
  EXPECT_THAT(Kinds(Report("none")), ElementsAre("WITHOUT_CHECK"));
  // A check of another number, channel, class or campaign is none of this contact.
  CheckPhone(kAnnPhone);
  Check("contact_point { phone: '+12125550102' } channel: CHANNEL_SMS");
  Check("contact_point { phone: '+12125550102' } message_class: MESSAGE_CLASS_TRANSACTIONAL");
  Check("contact_point { phone: '+12125550102' } campaign: 'autumn'");
  EXPECT_THAT(Kinds(Report("other", "campaign: 'spring'")), ElementsAre("WITHOUT_CHECK"));
  // One that named no campaign is for all of them.
  CheckPhone(kBobPhone);
  EXPECT_THAT(Kinds(Report("checked", "campaign: 'spring'")), IsEmpty());
  // One that is too old.
  clock().Advance(kDay + kSecond);
  EXPECT_THAT(Kinds(Report("late")), ElementsAre("WITHOUT_CHECK"));
  EXPECT_THAT(Kinds(Report("later", "", "max_check_age { seconds: 172800 }")), IsEmpty());
  EXPECT_THAT(Ids(Violations("kind: CONTACT_VIOLATION_KIND_WITHOUT_CHECK")),
              ElementsAre("late", "other", "none"));
}

TEST_F(ContactsMade, AContactAfterADenyIsAViolation) {
  Settle();
  CheckPhone(kBobPhone);
  clock().Advance(kSecond);
  const v1::Entry entry = AddPhoneEntry(kBobPhone);
  const v1::CheckContactResponse denied = CheckPhone(kBobPhone);
  Must<v1::RevokeEntryRequest>(absl::StrCat("name: '", entry.name(), "' evidence: 'signed form'"));
  clock().Advance(kSecond);
  const v1::JudgedContact contact = Report("call");
  ASSERT_THAT(Kinds(contact), ElementsAre("AFTER_DENY"));
  EXPECT_EQ(contact.violations(0).decision(),
            absl::StrCat("organizations/acme/decisions/", denied.decision_id()));
  EXPECT_EQ(contact.violations(0).since().seconds(), clock().Now() / kSecond - 1);
  // A later check that allows it makes up for it.
  clock().Advance(kSecond);
  CheckPhone(kBobPhone);
  EXPECT_THAT(Kinds(Report("again")), IsEmpty());
  // UNKNOWN is no permission either.
  clock().Advance(kSecond);
  AddRegistry("national");
  CheckPhone(kBobPhone);
  EXPECT_THAT(Kinds(Report("unknown")), ElementsAre("AFTER_DENY"));
}

// Whatever a check said before, and whatever became of the entry since.
TEST_F(ContactsMade, AContactAfterAnOptOutIsAViolation) {
  Settle();
  CheckPhone(kBobPhone);
  clock().Advance(kSecond);
  const v1::Entry entry = AddPhoneEntry(kBobPhone, "channels: CHANNEL_VOICE");
  clock().Advance(kSecond);
  const std::string made = absl::StrCat("contact_time { seconds: ", clock().Now() / kSecond, " }");
  clock().Advance(kSecond);
  Must<v1::RevokeEntryRequest>(absl::StrCat("name: '", entry.name(), "' evidence: 'signed form'"));
  clock().Advance(kSecond);
  const v1::JudgedContact contact = Report("after", made);
  ASSERT_THAT(Kinds(contact), ElementsAre("AFTER_OPT_OUT"));
  EXPECT_EQ(contact.violations(0).entry(), entry.name());
  EXPECT_EQ(contact.violations(0).since().seconds(), entry.effective_time().seconds());
  // Before it was in force, and once it was revoked, it blocked nothing.
  EXPECT_THAT(Kinds(Report("revoked")), IsEmpty());
  EXPECT_THAT(Kinds(Report("before", absl::StrCat("contact_time { seconds: ",
                                                  entry.effective_time().seconds() - 1, " }"))),
              IsEmpty());
}

TEST_F(ContactsMade, EntriesOfLeadsAndOfEveryOrganizationCount) {
  Settle();
  CheckPhone(kBobPhone);
  Check("contact_point { phone: '+12125550101' }");
  Must<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/ann' }");
  clock().Advance(kSecond);
  // Ann's number, although the reporter does not know whose it is.
  EXPECT_THAT(Kinds(Report("ann", "contact_point { phone: '+12125550101' }")),
              ElementsAre("AFTER_OPT_OUT"));
  // Another number of Ann's, since the reporter says that she was called.
  EXPECT_THAT(Kinds(Report("bob", "lead: '~/leads/ann'")), ElementsAre("AFTER_OPT_OUT"));
  EXPECT_THAT(Kinds(Report("free")), IsEmpty());
  Must<v1::AddEntryRequest>(
      "parent: 'organizations/global' entry { contact_point { phone: '+12125550102' } }");
  EXPECT_THAT(Kinds(Report("global")), ElementsAre("AFTER_OPT_OUT"));
}

// A report that names the decision needs no search, and cannot borrow somebody else's.
TEST_F(ContactsMade, ANamedDecisionMustBeAboutTheContact) {
  Settle();
  const std::string mine = CheckPhone(kBobPhone).decision_id();
  const std::string foreign = CheckPhone(kAnnPhone).decision_id();
  EXPECT_THAT(Kinds(Report("mine", absl::StrCat("decision_id: '", mine, "'"))), IsEmpty());
  EXPECT_THAT(Must<v1::ListContactsRequest>("parent: '~'").contacts(0).decision_mismatch(),
              IsEmpty());
  clock().Advance(kSecond);
  const v1::JudgedContact sms =
      Report("sms", absl::StrCat("channel: CHANNEL_SMS decision_id: '", mine, "'"));
  EXPECT_THAT(Kinds(sms), ElementsAre("WITHOUT_CHECK"));
  EXPECT_THAT(sms.decision_mismatch(), HasSubstr("of another channel, message class"));
  const v1::JudgedContact other =
      Report("foreign",
             absl::StrCat("contact_point { phone: '+12125550103' } decision_id: '", foreign, "'"));
  EXPECT_THAT(Kinds(other), ElementsAre("WITHOUT_CHECK"));
  EXPECT_THAT(other.decision_mismatch(), HasSubstr("of another contact point"));
  // Told also where the contact is in order, since its own check is found.
  const v1::JudgedContact found = Report("found", absl::StrCat("decision_id: '", foreign, "'"));
  EXPECT_THAT(Kinds(found), IsEmpty());
  EXPECT_THAT(found.decision(), HasSubstr(mine));
  EXPECT_THAT(found.decision_mismatch(), HasSubstr("of another contact point"));
  EXPECT_THAT(Report("none", "decision_id: '00000000000000000000000000000000'").decision_mismatch(),
              HasSubstr("that is not on record"));
  clock().Advance(2 * kDay);
  EXPECT_THAT(Report("old", absl::StrCat("decision_id: '", mine, "'")).decision_mismatch(),
              HasSubstr("too long before"));
}

// Of a lead with many contact points a check has not every one on record.
TEST_F(ContactsMade, ACheckOfALeadMayHaveBeenOfOneThatIsNotOnRecord) {
  Settle();
  std::string points;
  for (int i = 10; i < 90; ++i) {
    absl::StrAppend(&points, "contact_points { phone: '+121255512", i, "' } ");
  }
  AddLead("many", points);
  const std::string named =
      absl::StrCat("decision_id: '", Check("lead: '~/leads/many'").decision_id(), "'");
  const std::string last = "contact_point { phone: '+12125551289' } ";
  EXPECT_THAT(Kinds(Report("first", "contact_point { phone: '+12125551210' }")), IsEmpty());
  const v1::JudgedContact contact = Report("named", absl::StrCat(last, named));
  EXPECT_THAT(Kinds(contact), ElementsAre("WITHOUT_CHECK?"));
  EXPECT_THAT(contact.decision_mismatch(), HasSubstr("more contact points than are on record"));
  EXPECT_THAT(Kinds(Report("lead", last + "lead: '~/leads/many'")), ElementsAre("WITHOUT_CHECK?"));
  EXPECT_THAT(Kinds(Report("unnamed", last)), ElementsAre("WITHOUT_CHECK?"));
  EXPECT_THAT(Kinds(Report("sms", last + "channel: CHANNEL_SMS")), ElementsAre("WITHOUT_CHECK"));
  // Whose points it left out is not asked, since they may be another lead's by now.
  EXPECT_THAT(Kinds(Report("another")), ElementsAre("WITHOUT_CHECK?"));
  AddLead("survivor", "");
  Must<v1::MergeLeadsRequest>("source: '~/leads/many' target: '~/leads/survivor'");
  EXPECT_THAT(Kinds(Report("merged", last)), ElementsAre("WITHOUT_CHECK?"));
  EXPECT_THAT(Kinds(Report("into", last + "lead: '~/leads/survivor'")),
              ElementsAre("WITHOUT_CHECK?"));
  clock().Advance(kDay + kSecond);
  EXPECT_THAT(Kinds(Report("later", last)), ElementsAre("WITHOUT_CHECK"));
}

// More checks of a contact point than are looked through may hide the one that counts.
TEST_F(ContactsMade, AmongVeryManyChecksTheOneThatCountsMayBeHidden) {
  Settle();
  CheckPhone(kBobPhone);
  clock().Advance(kSecond);
  CheckMany(2100, v1::CHANNEL_SMS);
  EXPECT_THAT(Kinds(Report("hidden")), ElementsAre("WITHOUT_CHECK?"));
  AddPhoneEntry(kBobPhone, "channels: CHANNEL_SMS");
  clock().Advance(kSecond);
  CheckMany(2100, v1::CHANNEL_SMS);
  // The newest is not.
  EXPECT_THAT(Kinds(Report("denied", "channel: CHANNEL_SMS")),
              ElementsAre("AFTER_DENY", "AFTER_OPT_OUT"));
}

TEST_F(ContactsMade, OneThatIsOlderThanContactsAreKeptIsRefused) {
  config().contacts_retention_days = 30;
  Restart();
  const auto at = [&](int64_t days) {
    return absl::StrCat("contact_time { seconds: ", (clock().Now() - days * kDay) / kSecond, " }");
  };
  EXPECT_THAT(Ask<v1::ReportContactRequest>(
                  absl::StrCat("organization: '~' contact { ", Contact("old", at(30)), " }")),
              RefusedAt("INVALID_FIELD", "contact.contact_time"));
  const std::string kept = at(29);
  Report("young", kept);
  // A repeat answers as the first time, as long as it is kept.
  clock().Advance(kDay - kSecond);
  EXPECT_TRUE(Must<v1::ReportContactRequest>(
                  absl::StrCat("organization: '~' contact { ", Contact("young", kept), " }"))
                  .repeated());
}

TEST_F(ContactsMade, SendListsPermitThoseThatTheyAllowed) {
  Settle();
  Apply("ann", "novoice");
  v1::FilterContactsRequest block;
  block.add_phones(kAnnDigits);
  block.add_phones(kBobDigits);
  const std::string id = Filter("channel: CHANNEL_VOICE", {block}).at(0).decision_id();
  const std::string named = absl::StrCat("decision_id: '", id, "'");
  EXPECT_THAT(Kinds(Report("bob", named)), IsEmpty());
  EXPECT_THAT(Kinds(Report("ann", absl::StrCat("contact_point { phone: '+12125550101' } ", named))),
              ElementsAre("AFTER_DENY", "AFTER_OPT_OUT"));
  // Without the block's id it cannot be told whether the number was in it.
  EXPECT_THAT(Kinds(Report("unnamed")), ElementsAre("WITHOUT_CHECK?"));
  EXPECT_THAT(Ids(Violations("certain_only: true")), ElementsAre("ann"));
}

// Nobody is accused for a record that the gateway did not keep.
TEST_F(ContactsMade, WhereRecordsAreMissingAViolationIsUncertain) {
  EXPECT_THAT(Kinds(Report("young")), ElementsAre("WITHOUT_CHECK?"));  // records begin today
  config().decisions_queue = 1024;
  Restart();
  Settle();
  EXPECT_THAT(Kinds(Report("complete")), ElementsAre("WITHOUT_CHECK"));
  paused_ = true;
  CheckMany(3000, v1::CHANNEL_SMS);
  paused_ = false;
  EXPECT_THAT(Kinds(Report("overload")), ElementsAre("WITHOUT_CHECK?"));
  Settle();
  EXPECT_THAT(Kinds(Report("after")), ElementsAre("WITHOUT_CHECK"));
  config().decisions = "off";
  Restart();
  EXPECT_THAT(Kinds(Report("off")), ElementsAre("WITHOUT_CHECK?"));
}

TEST_F(ContactsMade, ARepeatAnswersAsTheFirstTime) {
  Settle();
  const std::string request =
      absl::StrCat("organization: '~' contact { ", Contact("call-1", "outcome: 'answered'"), " }");
  const auto first = Must<v1::ReportContactRequest>(request);
  EXPECT_FALSE(first.repeated());
  CheckPhone(kBobPhone);
  Restart();
  auto again = Must<v1::ReportContactRequest>(request);
  EXPECT_TRUE(again.repeated());
  EXPECT_THAT(again.contact(), EqualsProto(first.contact()));
  EXPECT_THAT(Must<v1::ListContactsRequest>("parent: '~'").contacts(), SizeIs(1));
  const auto other = Ask<v1::ReportContactRequest>(
      absl::StrCat("organization: '~' contact { ", Contact("call-1", "outcome: 'busy'"), " }"));
  EXPECT_THAT(other, Refused("CONTACT_ID_REUSED"));
  EXPECT_EQ(other.metadata("contact"), "call-1");
  EXPECT_THAT(other.message, HasSubstr("differs in outcome;"));
  clock().Advance(kSecond);
  const std::string later = Contact("call-1", "outcome: 'answered' channel: CHANNEL_SMS");
  EXPECT_THAT(
      Ask<v1::ReportContactRequest>(absl::StrCat("organization: '~' contact { ", later, " }"))
          .message,
      HasSubstr("differs in channel, contact_time;"));
  // Another organization has ids of its own.
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  EXPECT_FALSE(
      Must<v1::ReportContactRequest>(
          absl::StrCat("organization: 'organizations/beta' contact { ", Contact("call-1"), " }"))
          .repeated());
}

TEST_F(ContactsMade, AStreamAnswersForEachContact) {
  Settle();
  CheckPhone(kBobPhone);
  TypedStream<v1::ReportContactsRequest> stream(&client());
  ASSERT_TRUE(stream.Write(Parse<v1::ReportContactsRequest>("config { organization: '~' }")));
  ASSERT_TRUE(stream.Write(Parse<v1::ReportContactsRequest>(absl::StrCat(
      "contacts { ", Contact("a"), " } contacts { ", Contact("b", "contact_point { phone: '12' }"),
      " } contacts { ", Contact("a"), " } contacts { ",
      Contact("c", "contact_point { phone: '+12125550101' }"), " }"))));
  const auto answer = stream.Read();
  ASSERT_TRUE(answer.has_value());
  ASSERT_THAT(answer->results(), SizeIs(4));
  EXPECT_THAT(Kinds(answer->results(0).contact()), IsEmpty());
  EXPECT_EQ(answer->results(1).error().reason(), "INVALID_PHONE_NUMBER");
  EXPECT_EQ(answer->results(1).error().field(), "contacts[1].contact_point.phone");
  EXPECT_TRUE(answer->results(2).repeated());
  EXPECT_THAT(Kinds(answer->results(3).contact()), ElementsAre("WITHOUT_CHECK"));
  // A second config ends the stream; what was answered is kept.
  stream.Write(Parse<v1::ReportContactsRequest>("config { organization: '~' }"));
  EXPECT_FALSE(stream.Read().has_value());
  EXPECT_THAT(stream.Finish(), Refused("INVALID_FIELD"));
  EXPECT_THAT(Must<v1::ListContactsRequest>("parent: '~'").contacts(), SizeIs(2));
}

TEST_F(ContactsMade, AreListedByFiltersAndPages) {
  Settle();
  for (int i = 0; i < 25; ++i) {
    clock().Advance(kSecond);
    Report(absl::StrCat("c", i), i % 5 == 0 ? "campaign: 'Spring' lead: '~/leads/bob'" : "");
  }
  Report("sms", "channel: CHANNEL_SMS contact_point { phone: '+12125550101' }");
  const auto count = [&](absl::string_view filter) {
    const auto listed =
        Must<v1::ListContactsRequest>(absl::StrCat("parent: '~' filter { ", filter, " }"));
    const auto violating = Violations(absl::StrCat("filter { ", filter, " }"));
    EXPECT_EQ(Ids(listed), Ids(violating)) << filter;  // none of them was checked
    return listed.contacts_size();
  };
  EXPECT_EQ(count(""), 26);
  EXPECT_EQ(count("campaign: 'SPRING'"), 5);
  EXPECT_EQ(count("lead: '~/leads/bob'"), 5);
  EXPECT_EQ(count("channel: CHANNEL_SMS"), 1);
  EXPECT_EQ(count("contact_point { phone: '212 555 0102' }"), 25);
  EXPECT_EQ(
      count(absl::StrCat("period { end_time { seconds: ", clock().Now() / kSecond - 20, " } }")),
      4);
  std::set<std::string> seen;
  std::string token;
  do {
    const auto page = Must<v1::ListContactsRequest>(
        absl::StrCat("parent: '~' page_size: 10 page_token: '", token, "'"));
    for (const std::string& id : Ids(page)) EXPECT_TRUE(seen.insert(id).second);
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(seen.size(), 26u);
  EXPECT_THAT(Violations("kind: CONTACT_VIOLATION_KIND_AFTER_DENY").contacts(), IsEmpty());
}

TEST_F(ContactsMade, AreKeptLongerThanChecksAndNotForEver) {
  config().decisions_retention_days = 1;
  config().contacts_retention_days = 30;
  Restart();
  Report("old");
  clock().Advance(20 * kDay);
  Report("young");
  EXPECT_THAT(Ids(Must<v1::ListContactsRequest>("parent: '~'")), ElementsAre("young", "old"));
  clock().Advance(11 * kDay);
  Must<v1::ListDecisionsRequest>("parent: '~'");  // tells the time
  while (Must<v1::ListContactsRequest>("parent: '~'").contacts_size() > 1) {
    std::this_thread::yield();  // they are retired in the background
  }
  EXPECT_THAT(Ids(Must<v1::ListContactsRequest>("parent: '~'")), ElementsAre("young"));
  EXPECT_THAT(Ids(Violations()), ElementsAre("young"));
  Report("old");  // an id that is free again
}

TEST_F(ContactsMade, BadReportsAreRefusedAndKeepNothing) {
  const struct {
    const char* contact;
    const char* reason;
    const char* field;
  } cases[] = {
      {"channel: CHANNEL_VOICE", "REQUIRED_FIELD_MISSING", "contact.contact_id"},
      {"contact_id: 'x\\n' channel: CHANNEL_VOICE", "INVALID_FIELD", "contact.contact_id"},
      {"contact_id: 'x'", "REQUIRED_FIELD_MISSING", "contact.channel"},
      {"contact_id: 'x' channel: 77", "INVALID_FIELD", "contact.channel"},
      {"contact_id: 'x' channel: CHANNEL_VOICE", "REQUIRED_FIELD_MISSING", "contact.contact_point"},
      {"contact_id: 'x' channel: CHANNEL_EMAIL contact_point { phone: '+12125550102' }",
       "CHANNEL_MISMATCH", "contact.contact_point"},
      {"contact_id: 'x' channel: CHANNEL_VOICE contact_point { phone: '+12125550102' }",
       "REQUIRED_FIELD_MISSING", "contact.contact_time"},
      {"contact_id: 'x' channel: CHANNEL_VOICE contact_point { phone: '+12125550102' } "
       "contact_time { seconds: 1968478400 }",
       "INVALID_FIELD", "contact.contact_time"},
      {"contact_id: 'x' channel: CHANNEL_VOICE contact_point { phone: '+12125550102' } "
       "contact_time { seconds: 1768478400 } decision_id: '7'",
       "INVALID_FIELD", "contact.decision_id"},
      {"contact_id: 'x' channel: CHANNEL_VOICE contact_point { phone: '+12125550102' } "
       "contact_time { seconds: 1768478400 } lead: 'organizations/beta/leads/x'",
       "INVALID_FIELD", "contact.lead"}};
  for (const auto& test : cases) {
    EXPECT_THAT(Ask<v1::ReportContactRequest>(
                    absl::StrCat("organization: '~' contact { ", test.contact, " }")),
                RefusedAt(test.reason, test.field))
        << test.contact;
  }
  EXPECT_THAT(
      Ask<v1::ReportContactRequest>(absl::StrCat(
          "organization: '~' max_check_age { seconds: 9999999 } contact { ", Contact("x"), " }")),
      RefusedAt("INVALID_FIELD", "max_check_age"));
  EXPECT_THAT(Must<v1::ListContactsRequest>("parent: '~'").contacts(), IsEmpty());
}

}  // namespace
}  // namespace dnc
