#include "server/state/state_machine.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "storage/audit/chain.h"
#include "storage/schema/keys.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

using storage::v1::AuditRecord;
using storage::v1::StoreRecord;
using testing::AddPhoneEntry;
using testing::Dump;
using testing::OptOutLead;

constexpr auto kAudit = static_cast<size_t>(Family::kAudit);
constexpr auto kMeta = static_cast<size_t>(Family::kMeta);
constexpr auto kEntries = static_cast<size_t>(Family::kEntries);
constexpr auto kRequests = static_cast<size_t>(Family::kRequests);

class StateMachineTest : public ::testing::Test {
 protected:
  void SetUp() override { testing::SetUpAcme(&gateway_); }

  AuditRecord AuditOf(int64_t revision) {
    AuditRecord record;
    EXPECT_TRUE(record.ParseFromString(gateway_.Rows()[kAudit].at(keys::Audit(revision))));
    return record;
  }
  int64_t Revision() { return gateway_.state().applied_revision(); }

  testing::Gateway gateway_;
};

TEST_F(StateMachineTest, RevisionsAreDense) {
  const int64_t before = Revision();
  EXPECT_EQ(before, 2) << "a new store starts at 0";
  for (int i = 0; i < 10; ++i) {
    const Outcome outcome = gateway_.Apply(AddPhoneEntry(absl::StrCat("+1212555000", i)));
    EXPECT_EQ(outcome.revision(), before + i + 1);
  }
  const auto outcomes =
      gateway_.Apply({AddPhoneEntry("+12125550100"), OptOutLead("none", {}),  // refused
                      AddPhoneEntry("+12125550101")});
  EXPECT_EQ(outcomes[0].revision(), before + 11);
  EXPECT_EQ(outcomes[1].revision(), before + 12);
  EXPECT_EQ(outcomes[2].revision(), before + 13);
  EXPECT_EQ(Revision(), before + 13);
  EXPECT_EQ(gateway_.Rows()[kAudit].size(), static_cast<size_t>(Revision()));
  EXPECT_EQ(gateway_.state().Read()->revision, Revision());
}

// Who reads the first record must not learn what every organization's key is made from.
TEST(AuditSecretTest, IsTheFirstMutationsAndOnNoRecord) {
  testing::Gateway gateway;
  const std::string seed = "32 bytes that nobody can guess..";
  Mutation first = testing::CreateAcme();
  first.set_audit_secret(seed);
  Mutation second = testing::ApplySales();
  second.set_audit_secret("another's, which came too late");
  for (const Outcome& outcome : gateway.Apply({first, second})) EXPECT_EQ(outcome.code(), 0);
  const Dump rows = gateway.Rows();
  StoreRecord store;
  ASSERT_TRUE(store.ParseFromString(rows[kMeta].at(keys::Store())));
  EXPECT_EQ(store.audit_chain().secret(), NextAuditSecret(FirstAuditSecret(), seed));
  for (const auto& [key, value] : rows[kAudit]) {
    AuditRecord record;
    ASSERT_TRUE(record.ParseFromString(value));
    EXPECT_EQ(record.mutation().audit_secret(), "");
  }
}

TEST_F(StateMachineTest, RepeatInTheSameBatchIsAppliedOnce) {
  const auto outcomes = gateway_.Apply(
      {OptOutLead("l", {"+12125550001"}, "id"), OptOutLead("l", {"+12125550001"}, "id")});
  EXPECT_EQ(outcomes[0].SerializeAsString(), outcomes[1].SerializeAsString());
  EXPECT_EQ(outcomes[0].code(), 0);
  EXPECT_EQ(gateway_.Rows()[kEntries].size(), 2u) << "the lead's and the phone's";
  EXPECT_EQ(AuditOf(Revision() - 1).disposition(), AuditRecord::DISPOSITION_APPLIED);
  EXPECT_EQ(AuditOf(Revision()).disposition(), AuditRecord::DISPOSITION_REPEATED);
}

TEST_F(StateMachineTest, RepeatAfterARestartGetsTheFirstAnswer) {
  const Outcome first = gateway_.Apply(OptOutLead("l", {"+12125550001"}, "id"));
  gateway_.Open();
  const Outcome again = gateway_.Apply(OptOutLead("l", {"+12125550001"}, "id"));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(gateway_.Rows()[kEntries].size(), 2u);
}

TEST_F(StateMachineTest, RequestIdOfAnotherRequestIsRefused) {
  Mutation other = AddPhoneEntry("+12125550002", "id");
  other.set_fingerprint("of another request");
  const auto outcomes = gateway_.Apply({AddPhoneEntry("+12125550001", "id"), other});
  EXPECT_EQ(outcomes[0].code(), 0);
  EXPECT_EQ(outcomes[1].error().reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(outcomes[1].revision(), Revision());
  EXPECT_EQ(gateway_.Rows()[kEntries].size(), 1u);
}

TEST_F(StateMachineTest, RefusedRequestMayBeTriedAgain) {
  EXPECT_EQ(gateway_.Apply(OptOutLead("l", {}, "id")).error().reason(), "LEAD_NOT_FOUND");
  EXPECT_EQ(gateway_.Rows()[kRequests].size(), 0u);
  EXPECT_EQ(gateway_.Apply(testing::UpsertLead("l", {"+12125550001"})).code(), 0);
  EXPECT_EQ(gateway_.Apply(OptOutLead("l", {}, "id")).code(), 0);
}

TEST_F(StateMachineTest, RefusalLeavesAnAuditRecordOnly) {
  const Dump before = gateway_.Rows();
  EXPECT_NE(gateway_.Apply(OptOutLead("nobody", {}, "id")).code(), 0);
  Dump after = gateway_.Rows();
  const AuditRecord audit = AuditOf(Revision());
  EXPECT_EQ(audit.disposition(), AuditRecord::DISPOSITION_REFUSED);
  EXPECT_EQ(audit.revision(), Revision());
  EXPECT_EQ(audit.mutation().apply_action().lead(), "organizations/acme/leads/nobody");
  EXPECT_EQ(audit.outcome().error().reason(), "LEAD_NOT_FOUND");
  EXPECT_EQ(after[kAudit].erase(keys::Audit(Revision())), 1u);
  after[kMeta][keys::Store()] = before[kMeta].at(keys::Store());  // the revision moved on
  EXPECT_EQ(after, before);
}

TEST_F(StateMachineTest, DryRunLeavesNothing) {
  const Dump before = gateway_.Rows();
  const std::string catalog = gateway_.CatalogText();
  for (const Mutation& mutation :
       {OptOutLead("l", {"+12125550001"}, "id"), testing::CreateRegistry("r"),
        AddPhoneEntry("+12125550002"), OptOutLead("nobody", {})}) {
    const Outcome outcome = gateway_.state().DryRun(mutation);
    EXPECT_EQ(outcome.revision(), 0);
    EXPECT_EQ(gateway_.Rows(), before);
    EXPECT_EQ(gateway_.CatalogText(), catalog);
  }
  const Outcome dry = gateway_.state().DryRun(OptOutLead("l", {"+12125550001"}));
  const Outcome real = gateway_.Apply(OptOutLead("l", {"+12125550001"}));
  EXPECT_EQ(dry.response(), real.response()) << "a dry run says what the real one does";
}

TEST_F(StateMachineTest, DryRunKnowsTheRequestId) {
  const Outcome first = gateway_.Apply(OptOutLead("l", {"+12125550001"}, "id"));
  const Dump before = gateway_.Rows();
  const Outcome repeat = gateway_.state().DryRun(OptOutLead("l", {"+12125550001"}, "id"));
  EXPECT_EQ(repeat.SerializeAsString(), first.SerializeAsString());
  Mutation other = AddPhoneEntry("+12125550002", "id");
  other.set_fingerprint("of another request");
  EXPECT_EQ(gateway_.state().DryRun(other).error().reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(gateway_.Rows(), before);
}

TEST_F(StateMachineTest, AnUnreadableRequestRecordRefusesItsOwnRequestOnly) {
  gateway_.Apply(AddPhoneEntry("+12125550001", "id"));
  WriteSet damage;
  damage.Put(Family::kRequests, keys::Request(kGlobalNumber + 1, "id"), "\xff");
  ASSERT_TRUE(gateway_.store().Commit(damage, Durability::kSynced).ok());
  const auto outcomes =
      gateway_.Apply({AddPhoneEntry("+12125550002"), AddPhoneEntry("+12125550001", "id"),
                      AddPhoneEntry("+12125550003", "other")});
  EXPECT_EQ(outcomes[0].code(), 0);
  EXPECT_EQ(outcomes[1].error().reason(), "CORRUPT_RECORD");
  EXPECT_EQ(outcomes[1].revision(), outcomes[0].revision() + 1);
  EXPECT_EQ(outcomes[2].code(), 0);
  EXPECT_EQ(AuditOf(outcomes[1].revision()).disposition(), AuditRecord::DISPOSITION_REFUSED);
  EXPECT_EQ(gateway_.Rows()[kEntries].size(), 3u);
  gateway_.Open();
  EXPECT_EQ(Revision(), outcomes[2].revision());
}

TEST_F(StateMachineTest, LaterMutationOfABatchSeesTheEarlier) {
  const auto outcomes = gateway_.Apply(
      {testing::UpsertLead("l", {"+12125550001"}), OptOutLead("l", {}), OptOutLead("l", {})});
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.code(), 0) << outcome.message();
  v1::ApplyActionResponse second;
  ASSERT_TRUE(second.ParseFromString(outcomes[2].response()));
  EXPECT_EQ(second.entries_size(), 0) << "it is blocked already";
}

TEST_F(StateMachineTest, ViewStandsStillWhileItIsRead) {
  const StateMachine::ViewGuard before = gateway_.state().Read();
  const int64_t revision = before->revision;
  gateway_.Apply(AddPhoneEntry("+12125550001"));
  EXPECT_EQ(before->revision, revision);
  int entries = 0;
  EXPECT_TRUE(before->reader
                  ->Scan(Family::kEntries, "", "",
                         [&](absl::string_view, absl::string_view) { return ++entries > 0; })
                  .ok());
  EXPECT_EQ(entries, 0);
  EXPECT_EQ(gateway_.state().Read()->revision, revision + 1);
}

TEST_F(StateMachineTest, RestartBringsBackWhatWasHeldInMemory) {
  gateway_.Apply({testing::CreateRegistry("r"), OptOutLead("l", {"+12125550001", "+12125550002"}),
                  AddPhoneEntry("+12125550003")});
  const std::string catalog = gateway_.CatalogText();
  const Dump rows = gateway_.Rows();
  EXPECT_TRUE(gateway_.FilterIsComplete());
  gateway_.Open();
  EXPECT_EQ(gateway_.CatalogText(), catalog);
  EXPECT_EQ(gateway_.Rows(), rows) << "a start changes nothing";
  EXPECT_TRUE(gateway_.FilterIsComplete());
}

// Damage that a start must recognise.
class DamagedStateTest : public StateMachineTest {
 protected:
  void SetUp() override {
    StateMachineTest::SetUp();
    for (int i = 0; i < 5; ++i) gateway_.Apply(AddPhoneEntry(absl::StrCat("+1212555000", i)));
    gateway_.CloseState();
  }
  void Change(Family family, const std::string& key, std::optional<std::string> value) {
    WriteSet writes;
    if (value.has_value()) {
      writes.Put(family, key, *value);
    } else {
      writes.Delete(family, key);
    }
    ASSERT_TRUE(gateway_.store().Commit(writes, Durability::kSynced).ok());
  }
  StoreRecord ReadStoreRecord() {
    StoreRecord record;
    EXPECT_TRUE(record.ParseFromString(gateway_.Rows()[kMeta].at(keys::Store())));
    return record;
  }
  void ExpectRefused(absl::StatusCode code, const std::string& because) {
    const absl::Status status = gateway_.OpenState();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_NE(std::string(status.message()).find(because), std::string::npos) << status;
  }
};

TEST_F(DamagedStateTest, UnknownSchemaVersionIsRefused) {
  StoreRecord record = ReadStoreRecord();
  record.set_schema_version(kSchemaVersion + 1);
  Change(Family::kMeta, keys::Store(), record.SerializeAsString());
  ExpectRefused(absl::StatusCode::kFailedPrecondition,
                absl::StrCat("schema version ", kSchemaVersion + 1));
}

TEST_F(DamagedStateTest, MissingRevisionIsRefused) {
  Change(Family::kAudit, keys::Audit(4), std::nullopt);
  ExpectRefused(absl::StatusCode::kDataLoss, "revision 4 is missing");
}

TEST_F(DamagedStateTest, MissingLastRevisionIsRefused) {
  Change(Family::kAudit, keys::Audit(7), std::nullopt);
  ExpectRefused(absl::StatusCode::kDataLoss, "revision 7 was applied, but its records end at 6");
}

TEST_F(DamagedStateTest, RevisionBeyondTheAppliedIsRefused) {
  StoreRecord record = ReadStoreRecord();
  record.set_applied_revision(6);
  Change(Family::kMeta, keys::Store(), record.SerializeAsString());
  ExpectRefused(absl::StatusCode::kDataLoss, "6");
}

TEST_F(DamagedStateTest, UnreadableRecordsAreRefused) {
  Change(Family::kConfig, keys::Organization("acme"), "\xff\xff garbage");
  ExpectRefused(absl::StatusCode::kDataLoss, "family config");
}

// What is left shows that the store is not a new one.
TEST_F(DamagedStateTest, LostStoreRecordIsRefused) {
  Change(Family::kMeta, keys::Store(), std::nullopt);
  const testing::Dump before = gateway_.Rows();
  ExpectRefused(absl::StatusCode::kDataLoss, "restore the directory");
  EXPECT_EQ(gateway_.Rows(), before) << "nothing was begun anew";
}

TEST_F(DamagedStateTest, OneRowWithoutAStoreRecordIsRefused) {
  const testing::Dump rows = gateway_.Rows();
  const auto& [key, value] = *rows[static_cast<size_t>(Family::kSubjects)].begin();
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const auto& row : rows[i]) Change(static_cast<Family>(i), row.first, std::nullopt);
  }
  Change(Family::kSubjects, key, value);
  ExpectRefused(absl::StatusCode::kDataLoss, "family subjects");
  Change(Family::kSubjects, key, std::nullopt);
  EXPECT_EQ(gateway_.OpenState(), absl::OkStatus()) << "empty, so it is a new one";
}

TEST_F(DamagedStateTest, LostOrganizationIsRefused) {
  Change(Family::kConfig, keys::Organization("acme"), std::nullopt);
  ExpectRefused(absl::StatusCode::kDataLoss, "family config");
}

TEST_F(DamagedStateTest, OrganizationBeyondTheNextIsRefused) {
  StoreRecord record = ReadStoreRecord();
  record.set_next_organization(record.next_organization() - 1);
  Change(Family::kMeta, keys::Store(), record.SerializeAsString());
  ExpectRefused(absl::StatusCode::kDataLoss, "family config");
}

TEST_F(DamagedStateTest, UnreadableStoreRecordIsRefused) {
  Change(Family::kMeta, keys::Store(), "\xff");
  ExpectRefused(absl::StatusCode::kDataLoss, "family meta");
}

}  // namespace
}  // namespace dnc
