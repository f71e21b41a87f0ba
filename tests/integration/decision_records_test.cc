// Issue 3, row 12: every check leaves a record, and whatever is missing is told.
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class DecisionRecords : public GatewayTest {
 protected:
  DecisionRecords() { parts().recorder_paused = &paused_; }
  ~DecisionRecords() override { StopServer(); }

  // The listing's first page; `more` has filters.
  v1::ListDecisionsResponse List(absl::string_view more = "") {
    return Must<v1::ListDecisionsRequest>(absl::StrCat("parent: '~' ", more));
  }
  Reply<v1::GetDecisionResponse> Get(absl::string_view id) {
    return Ask<v1::GetDecisionRequest>(absl::StrCat("name: '~/decisions/", id, "'"));
  }
  // A batch of so many checks of Bob.
  Reply<v1::BatchCheckContactsResponse> Batch(int count) {
    v1::BatchCheckContactsRequest request;
    request.set_organization("organizations/acme");
    for (int i = 0; i < count; ++i) {
      v1::CheckItem* item = request.add_items();
      item->mutable_contact_point()->set_phone(kBobPhone);
      item->set_channel(v1::CHANNEL_VOICE);
    }
    return Send(request);
  }
  v1::RecorderStatus Recorder() { return Must<v1::GetSystemStatusRequest>("").recorder(); }

  std::atomic<bool> paused_{false};
};

std::vector<std::string> NamesOf(const v1::ListDecisionsResponse& response) {
  std::vector<std::string> names;
  for (const v1::DecisionRecord& decision : response.decisions()) names.push_back(decision.name());
  return names;
}

std::vector<v1::DecisionGapCause> CausesOf(const v1::ListDecisionsResponse& response) {
  std::vector<v1::DecisionGapCause> causes;
  for (const v1::DecisionGap& gap : response.gaps()) causes.push_back(gap.cause());
  return causes;
}

TEST_F(DecisionRecords, ACheckLeavesWhatWasAskedAndAnswered) {
  Apply("ann", "dnc");
  const v1::CheckContactResponse answer = Check(
      "lead: '~/leads/ann' contact_point { phone: '(212) 555-0101' } channel: CHANNEL_SMS "
      "campaign: 'Spring' brand: 'Home' message_class: MESSAGE_CLASS_TRANSACTIONAL");
  const auto reply = Get(answer.decision_id());
  ASSERT_THAT(reply, IsOk());
  const v1::DecisionRecord& record = reply->decision();
  EXPECT_EQ(record.name(), absl::StrCat("organizations/acme/decisions/", answer.decision_id()));
  EXPECT_EQ(record.kind(), v1::DECISION_KIND_CHECK);
  EXPECT_EQ(record.evaluate_time().seconds(), kStart / kSecond);
  EXPECT_EQ(record.caller(), "local");
  EXPECT_THAT(record.contact_points(), ElementsAre("+1212***01"));
  EXPECT_EQ(record.lead(), "organizations/acme/leads/ann");
  EXPECT_EQ(record.channel(), v1::CHANNEL_SMS);
  EXPECT_EQ(record.message_class(), v1::MESSAGE_CLASS_TRANSACTIONAL);
  EXPECT_EQ(record.campaign(), "spring");
  EXPECT_EQ(record.brand(), "home");
  EXPECT_EQ(record.verdict(), v1::VERDICT_DENY);
  EXPECT_EQ(record.revision(), answer.revision());
  ASSERT_EQ(record.reasons_size(), answer.reasons_size());
  for (int i = 0; i < record.reasons_size(); ++i) {
    EXPECT_EQ(record.reasons(i).type(), answer.reasons(i).type());
    EXPECT_EQ(record.reasons(i).effect(), answer.reasons(i).effect());
    EXPECT_EQ(record.reasons(i).list(), answer.reasons(i).list());
    EXPECT_EQ(record.reasons(i).entry(), answer.reasons(i).entry());
  }
  EXPECT_EQ(record.reasons(0).list(), "organizations/acme/lists/internal");
}

TEST_F(DecisionRecords, EachItemOfABatchHasItsOwn) {
  const auto batch = Must<v1::BatchCheckContactsRequest>(
      "organization: '~' items { contact_point { phone: '+12125550102' } channel: CHANNEL_VOICE } "
      "items { contact_point { phone: '12' } channel: CHANNEL_VOICE } "
      "items { lead: '~/leads/ann' channel: CHANNEL_EMAIL }");
  EXPECT_THAT(batch.results(1).decision_id(), IsEmpty());
  const v1::DecisionRecord phone = Get(batch.results(0).decision_id())->decision();
  EXPECT_EQ(phone.kind(), v1::DECISION_KIND_BATCH_ITEM);
  EXPECT_EQ(phone.verdict(), v1::VERDICT_ALLOW);
  // A check of a lead alone judges the contact points that the channel reaches.
  const v1::DecisionRecord lead = Get(batch.results(2).decision_id())->decision();
  EXPECT_THAT(lead.contact_points(), ElementsAre("a***@example.com"));
  EXPECT_THAT(List("contact_point { email: 'Ann@Example.com' }").decisions(), SizeIs(1));
  EXPECT_THAT(List().decisions(), SizeIs(2));
}

TEST_F(DecisionRecords, ABlockOfASendListLeavesASummaryAndTheDenied) {
  Apply("ann", "novoice");
  AddRegistry("national");
  ASSERT_THAT(Import("list: '~/lists/national'", "2125550177\n"), IsOk());
  v1::FilterContactsRequest block;
  for (const uint64_t phone : {kBobDigits, kAnnDigits, uint64_t{12125550177}, uint64_t{5}}) {
    block.add_phones(phone);
  }
  block.add_raw("(212) 555-0101");
  const v1::FilterContactsResponse answer =
      Filter("channel: CHANNEL_VOICE campaign: 'spring'", {block}).at(0);
  const v1::DecisionRecord summary = Get(answer.decision_id())->decision();
  EXPECT_EQ(summary.kind(), v1::DECISION_KIND_FILTER_BLOCK);
  EXPECT_EQ(summary.verdict(), v1::VERDICT_DENY);
  EXPECT_EQ(summary.campaign(), "spring");
  EXPECT_EQ(summary.revision(), answer.revision());
  EXPECT_THAT(summary.contact_points(), IsEmpty());
  EXPECT_EQ(summary.counts().allowed(), 1);
  EXPECT_EQ(summary.counts().denied(), 3);
  EXPECT_EQ(summary.counts().unknown(), 1);
  EXPECT_THAT(summary.counts().reasons(), SizeIs(3));
  const auto all = List(absl::StrCat("decision_id: '", answer.decision_id(), "'"));
  ASSERT_THAT(all.decisions(), SizeIs(4));
  const v1::DecisionRecord denied = Get(absl::StrCat(answer.decision_id(), "-2"))->decision();
  EXPECT_EQ(denied.kind(), v1::DECISION_KIND_FILTER_DENIED);
  EXPECT_THAT(denied.contact_points(), ElementsAre("+1212***77"));
  EXPECT_EQ(denied.reasons(0).list(), "organizations/acme/lists/national");
  // The same number as a phone and as text.
  EXPECT_THAT(List("contact_point { phone: '+12125550101' }").decisions(), SizeIs(2));
}

TEST_F(DecisionRecords, AreFoundByEverythingThatTheyName) {
  const std::string bob = CheckPhone(kBobPhone).decision_id();
  clock().Advance(kSecond);
  Apply("ann", "dnc");
  const std::string ann = Check("lead: '~/leads/ann' campaign: 'spring'").decision_id();
  clock().Advance(kSecond);
  const std::string sms =
      Check("contact_point { phone: '+12125550102' } channel: CHANNEL_SMS").decision_id();
  const auto name = [](const std::string& id) {
    return absl::StrCat("organizations/acme/decisions/", id);
  };
  EXPECT_THAT(NamesOf(List()), ElementsAre(name(sms), name(ann), name(bob)));
  const struct {
    std::string filter;
    std::vector<std::string> found;
  } cases[] = {
      {"contact_point { phone: '212-555-0102' }", {name(sms), name(bob)}},
      {"contact_point { phone: '+12125550101' }", {name(ann)}},
      {"contact_point { phone: '+12125550103' }", {}},
      {"lead: '~/leads/ann'", {name(ann)}},
      {"lead: '~/leads/bob'", {}},
      {absl::StrCat("decision_id: '", ann, "'"), {name(ann)}},
      {"caller: 'local'", {name(sms), name(ann), name(bob)}},
      {"caller: 'nobody'", {}},
      {"verdict: VERDICT_DENY", {name(ann)}},
      {"verdict: VERDICT_ALLOW", {name(sms), name(bob)}},
      {"campaign: ' SPRING '", {name(ann)}},
      {"channel: CHANNEL_SMS", {name(sms)}},
      {"period { start_time { seconds: 1768478401 } }", {name(sms), name(ann)}},
      {"period { end_time { seconds: 1768478401 } }", {name(bob)}},
      {"contact_point { phone: '+12125550102' } period { start_time { seconds: 1768478402 } }",
       {name(sms)}}};
  for (const auto& test : cases) EXPECT_EQ(NamesOf(List(test.filter)), test.found) << test.filter;
  EXPECT_THAT(List("contact_point { phone: '+12125550102' }").gaps(), IsEmpty());
}

TEST_F(DecisionRecords, PageByPageEachComesOnce) {
  ASSERT_THAT(Batch(25), IsOk());
  std::set<std::string> names;
  std::string token;
  int pages = 0;
  do {
    const auto page = List(absl::StrCat("page_size: 10 page_token: '", token, "'"));
    for (const std::string& name : NamesOf(page)) EXPECT_TRUE(names.insert(name).second);
    token = page.next_page_token();
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(names.size(), 25u);
  EXPECT_LE(pages, 4);
}

TEST_F(DecisionRecords, StayWithTheirOrganization) {
  const std::string id = CheckPhone(kBobPhone).decision_id();
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  EXPECT_THAT(
      Ask<v1::GetDecisionRequest>(absl::StrCat("name: 'organizations/beta/decisions/", id, "'")),
      Refused("DECISION_NOT_FOUND"));
  EXPECT_THAT(Must<v1::ListDecisionsRequest>("parent: 'organizations/beta'").decisions(),
              IsEmpty());
  EXPECT_THAT(Get("00000000000000000000000000000000"), Refused("DECISION_NOT_FOUND"));
}

// Nobody who reads the files finds a contact point in them.
TEST_F(DecisionRecords, HoldNoContactPointAndTheSecretIsTheOwnersOnly) {
  CheckPhone(kAnnPhone);
  Check("contact_point { email: 'ann@example.com' } channel: CHANNEL_EMAIL");
  ASSERT_THAT(List().decisions(), SizeIs(2));
  StopServer();
  int files = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(data_dir() + "/recording")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_THAT(bytes, Not(HasSubstr("2125550101"))) << entry.path();
    EXPECT_THAT(bytes, Not(HasSubstr("ann@example.com"))) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 1);
  struct stat secret {};
  ASSERT_EQ(stat((data_dir() + "/recording.key").c_str(), &secret), 0);
  EXPECT_EQ(secret.st_mode & 0777, 0600u);
}

// With another secret no contact point would be found again.
TEST_F(DecisionRecords, AServerWhoseSecretIsGoneDoesNotStart) {
  StopServer();
  std::filesystem::remove(data_dir() + "/recording.key");
  const absl::Status status = TryStart();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("recording.key"));
  std::filesystem::remove_all(data_dir() + "/recording");  // as the message says
  Restart();
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  // What was asked before has no record any more.
  EXPECT_THAT(CausesOf(List()), ElementsAre(v1::DECISION_GAP_CAUSE_DISABLED));
}

TEST_F(DecisionRecords, SurviveARestart) {
  const std::string before = CheckPhone(kBobPhone).decision_id();
  const int64_t recorded = Recorder().recorded();
  clock().Advance(kSecond);
  Restart();
  EXPECT_THAT(Get(before), IsOk());
  EXPECT_GE(Recorder().recorded(), recorded);
  CheckPhone(kBobPhone);
  const auto all = List("contact_point { phone: '+12125550102' }");
  EXPECT_THAT(all.decisions(), SizeIs(2));
  EXPECT_THAT(CausesOf(all), IsEmpty());
}

TEST_F(DecisionRecords, AreRetiredByAge) {
  config().decisions_retention_days = 30;
  Restart();
  const std::string old = CheckPhone(kBobPhone).decision_id();
  ASSERT_THAT(Get(old), IsOk());
  clock().Advance(29 * kDay);
  const std::string young = CheckPhone(kBobPhone).decision_id();
  ASSERT_THAT(Get(young), IsOk());
  EXPECT_THAT(Get(old), IsOk());
  clock().Advance(2 * kDay);
  while (Get(old).ok()) std::this_thread::yield();  // they are retired in the background
  EXPECT_THAT(Get(young), IsOk());
  EXPECT_THAT(Get(old), Refused("DECISION_NOT_FOUND"));
  const auto all = List("contact_point { phone: '+12125550102' }");
  EXPECT_THAT(NamesOf(all), ElementsAre(HasSubstr(young)));
  ASSERT_THAT(CausesOf(all), ElementsAre(v1::DECISION_GAP_CAUSE_RETIRED));
  EXPECT_GT(all.gaps(0).end_time().seconds(), kStart / kSecond);
  EXPECT_GT(Recorder().oldest_time().seconds(), kStart / kSecond);
}

// The policy `count`: every check is answered, and what has no record is counted and dated.
TEST_F(DecisionRecords, WhatOverloadLeavesOutIsCounted) {
  config().decisions_queue = 1024;
  Restart();
  const int64_t before = Recorder().recorded();
  paused_ = true;
  const auto batch = Batch(3000);
  ASSERT_THAT(batch, IsOk());
  EXPECT_THAT(batch->results(), SizeIs(3000));
  const v1::RecorderStatus full = Recorder();
  EXPECT_EQ(full.state(), v1::RECORDER_STATE_RECORDING);
  EXPECT_FALSE(full.checks_wait());
  EXPECT_GT(full.dropped(), 0);
  EXPECT_GT(full.queue_percent(), 90);
  paused_ = false;
  const auto all = List("page_size: 1");
  const v1::RecorderStatus after = Recorder();
  EXPECT_EQ(after.dropped(), full.dropped());
  EXPECT_EQ(after.recorded() - before + after.dropped(), 3000);
  EXPECT_EQ(after.last_drop_time().seconds(), kStart / kSecond);
  ASSERT_THAT(CausesOf(all), ElementsAre(v1::DECISION_GAP_CAUSE_OVERLOAD));
  EXPECT_EQ(all.gaps(0).count(), after.dropped());
  EXPECT_GE(all.gaps(0).end_time().seconds(), kStart / kSecond);
  // It is on record for good.
  Restart();
  EXPECT_EQ(Recorder().dropped(), after.dropped());
}

// The policy `wait`: no check is answered without its record, and opt-outs are not held up.
TEST_F(DecisionRecords, ChecksWaitWhereTheyMayNotGoWithout) {
  config().decisions_queue = 1024;
  config().decisions_overload = "wait";
  Restart();
  const int64_t before = Recorder().recorded();
  paused_ = true;
  EXPECT_THAT(Batch(3000), Refused("OVERLOADED"));
  Apply("ann", "dnc");
  EXPECT_TRUE(Recorder().checks_wait());
  EXPECT_EQ(Recorder().dropped(), 0);
  std::string id;
  std::thread waits([&] { id = CheckPhone(kBobPhone).decision_id(); });
  paused_ = false;
  waits.join();
  EXPECT_THAT(Get(id), IsOk());
  EXPECT_GT(Recorder().recorded(), before);
  EXPECT_EQ(Recorder().dropped(), 0);
  EXPECT_THAT(CausesOf(List("page_size: 1")), IsEmpty());
}

TEST_F(DecisionRecords, ATimeWithoutRecordingIsAGap) {
  config().decisions = "off";
  Restart();
  const std::string id = CheckPhone(kBobPhone).decision_id();
  EXPECT_THAT(Get(id), Refused("DECISION_NOT_FOUND"));
  EXPECT_EQ(Recorder().state(), v1::RECORDER_STATE_DISABLED);
  EXPECT_THAT(CausesOf(List()), testing::Contains(v1::DECISION_GAP_CAUSE_DISABLED));
  clock().Advance(kDay);
  config().decisions = "on";
  Restart();
  EXPECT_THAT(Get(CheckPhone(kBobPhone).decision_id()), IsOk());
  const auto all = List();
  EXPECT_THAT(CausesOf(all), ElementsAre(v1::DECISION_GAP_CAUSE_DISABLED));
  EXPECT_EQ(all.gaps(0).end_time().seconds(), (kStart + kDay) / kSecond);
}

TEST_F(DecisionRecords, BadFiltersAreRefused) {
  const struct {
    const char* request;
    const char* reason;
  } cases[] = {{"parent: '~' lead: 'organizations/beta/leads/x'", "INVALID_FIELD"},
               {"parent: '~' decision_id: 'x'", "INVALID_FIELD"},
               {"parent: '~' contact_point { phone: '12' }", "INVALID_PHONE_NUMBER"},
               {"parent: '~' page_size: -1", "INVALID_FIELD"},
               {"parent: '~' page_token: 'x'", "INVALID_FIELD"},
               {"parent: '~' verdict: 9", "INVALID_FIELD"},
               {"parent: 'organizations/none'", "ORGANIZATION_NOT_FOUND"}};
  for (const auto& test : cases) {
    EXPECT_THAT(Ask<v1::ListDecisionsRequest>(test.request), Refused(test.reason)) << test.request;
  }
  EXPECT_THAT(Ask<v1::GetDecisionRequest>("name: '~/decisions/x'"), Refused("INVALID_FIELD"));
  EXPECT_THAT(Ask<v1::GetDecisionRequest>("name: '~/leads/x'"), Refused("INVALID_FIELD"));
}

}  // namespace
}  // namespace dnc
