// Stores of older versions, brought forward.
#include "server/state/migrate.h"

#include <gtest/gtest.h>

#include <string>

#include "server/name/resource_name.h"
#include "server/subject/subject.h"
#include "storage/audit/chain.h"
#include "storage/rocksdb/store.h"
#include "tests/contract/version1.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

using storage::v1::StoreRecord;
using testing::Dump;

constexpr auto kMetaFamily = static_cast<size_t>(Family::kMeta);

StoreRecord RecordOf(const testing::Gateway& gateway) {
  StoreRecord record;
  EXPECT_TRUE(record.ParseFromString(gateway.Rows()[kMetaFamily].at(keys::Store())));
  return record;
}

// The state machine is closed then.
void TakeBackToVersion1(testing::Gateway* gateway) {
  gateway->Close();
  version1::TakeBack(gateway->store_dir());
  gateway->OpenStore();
}

class MigrateTest : public ::testing::Test {
 protected:
  MigrateTest() {
    testing::SetUpAcme(&gateway_);
    for (const char* lead : {"a", "b", "c"}) {
      EXPECT_EQ(gateway_.Apply(testing::UpsertLead(lead, {"+12125550101"})).code(), 0);
    }
    EXPECT_EQ(gateway_.Apply(testing::OptOutLead("c", {})).code(), 0);
  }

  std::map<std::string, std::string> Counts() const {
    std::map<std::string, std::string> counts;
    const Dump rows = gateway_.Rows();
    for (const auto& [key, value] : rows[kMetaFamily]) {
      // A status that leads have left and one that never had any are the same.
      if (key[0] == 'M' && DecodeCount(value) != 0) counts[key] = value;
    }
    return counts;
  }

  testing::Gateway gateway_;
};

TEST_F(MigrateTest, Version1GetsTheCountsThatItWouldHave) {
  const auto before = Counts();
  ASSERT_FALSE(before.empty());
  const StoreRecord record = RecordOf(gateway_);
  TakeBackToVersion1(&gateway_);
  ASSERT_TRUE(Counts().empty());
  ASSERT_FALSE(version1::HasNewFamily(gateway_.store_dir()));
  ASSERT_TRUE(gateway_.OpenState().ok());
  EXPECT_EQ(Counts(), before);
  EXPECT_TRUE(version1::HasNewFamily(gateway_.store_dir()));
  EXPECT_EQ(RecordOf(gateway_).schema_version(), kSchemaVersion);
  EXPECT_EQ(RecordOf(gateway_).applied_revision(), record.applied_revision());
  EXPECT_EQ(RecordOf(gateway_).next_organization(), record.next_organization());
  // It is one of this version now: it opens as it is, and goes on.
  const Dump migrated = gateway_.Rows();
  gateway_.Open();
  EXPECT_EQ(gateway_.Rows(), migrated);
  EXPECT_EQ(gateway_.Apply(testing::UpsertLead("d", {})).code(), 0);
  EXPECT_NE(Counts(), before);
}

// As docs/audit.md and storage/audit/chain.h say, step by step.
TEST_F(MigrateTest, TheAnchorAndTheSecretAreMadeOfEveryRecord) {
  TakeBackToVersion1(&gateway_);
  const Dump old = gateway_.Rows();
  const auto& audit = old[static_cast<size_t>(Family::kAudit)];
  std::string secret = FirstAuditSecret();
  for (const auto& [key, content] : audit) secret = NextAuditSecret(secret, content);
  std::string hash = FirstAuditHash();
  for (const auto& [key, content] : audit) {
    const int64_t revision = keys::RevisionOfAuditKey(key);
    const std::string organization = revision == 1 ? "global" : "acme";
    hash = AuditHash(hash, revision, AuditTag(AuditKey(secret, organization), revision),
                     AuditDigest(content));
  }
  ASSERT_TRUE(gateway_.OpenState().ok());
  const storage::v1::AuditChain chain = RecordOf(gateway_).audit_chain();
  EXPECT_EQ(chain.secret(), secret);
  EXPECT_EQ(chain.anchor(), hash);
  EXPECT_EQ(chain.head(), hash);
  EXPECT_EQ(chain.first_revision(), static_cast<int64_t>(audit.size()) + 1);
  EXPECT_EQ(gateway_.Rows()[static_cast<size_t>(Family::kAudit)], audit) << "they stay as they are";
  // What follows is tagged with the same secret.
  EXPECT_EQ(gateway_.Apply(testing::UpsertLead("d", {})).code(), 0);
  EXPECT_EQ(RecordOf(gateway_).audit_chain().secret(), secret);
}

TEST_F(MigrateTest, ALeadThatCannotBeReadStopsItAndChangesNothing) {
  TakeBackToVersion1(&gateway_);
  const Dump rows = gateway_.Rows();
  const auto& leads = rows[static_cast<size_t>(Family::kLeads)];
  WriteSet writes;
  writes.Put(Family::kLeads, leads.begin()->first, "\xff\xff garbage");
  ASSERT_TRUE(gateway_.store().Commit(writes, Durability::kSynced).ok());
  const Dump damaged = gateway_.Rows();
  EXPECT_EQ(gateway_.OpenState().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(gateway_.Rows(), damaged);
  EXPECT_FALSE(version1::HasNewFamily(gateway_.store_dir())) << "the older release opens it";
}

TEST_F(MigrateTest, Version2BecomesThisOneAndStaysAsItIs) {
  gateway_.CloseState();
  StoreRecord record = RecordOf(gateway_);
  record.set_schema_version(2);
  WriteSet writes;
  writes.Put(Family::kMeta, keys::Store(), record.SerializeAsString());
  // Version 2 had a row for every entry of a contact point or lead.
  const Dump rows = gateway_.Rows();
  for (const auto& [key, value] : rows[static_cast<size_t>(Family::kEntries)]) {
    storage::v1::EntryRecord entry;
    ASSERT_TRUE(entry.ParseFromString(value));
    const uint32_t organization = keys::OrgOfKey(key);
    const std::string prefix =
        entry.entry().has_lead()
            ? keys::LeadIndexPrefix(organization, LastPart(entry.entry().lead()))
            : keys::SubjectIndexPrefix(
                  SubjectKey(organization, FromCanonical(entry.entry().contact_point())));
    writes.Put(Family::kIndex, keys::WithEntryId(prefix, keys::EntryIdOfKey(key)), "");
  }
  ASSERT_TRUE(gateway_.store().Commit(writes, Durability::kSynced).ok());
  Dump wanted = gateway_.Rows();
  ASSERT_NE(wanted[static_cast<size_t>(Family::kIndex)], rows[static_cast<size_t>(Family::kIndex)]);
  ASSERT_TRUE(gateway_.OpenState().ok());
  record.set_schema_version(kSchemaVersion);
  wanted[kMetaFamily][keys::Store()] = record.SerializeAsString();
  EXPECT_EQ(gateway_.Rows(), wanted);
}

TEST_F(MigrateTest, AVersionBeforeTheFirstIsRefused) {
  TakeBackToVersion1(&gateway_);
  StoreRecord record = RecordOf(gateway_);
  record.set_schema_version(0);
  WriteSet writes;
  writes.Put(Family::kMeta, keys::Store(), record.SerializeAsString());
  ASSERT_TRUE(gateway_.store().Commit(writes, Durability::kSynced).ok());
  EXPECT_EQ(gateway_.OpenState().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace dnc
