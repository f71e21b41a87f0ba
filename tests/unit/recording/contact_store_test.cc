// Contacts that were made, on disk: what a full disk leaves, and what is retired.
#include "storage/recording/contact_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/recording/recording_keys.h"
#include "tests/unit/recording/eventually.h"
#include "tests/unit/storage/faulty_disk.h"

namespace dnc {
namespace {

class ContactStoreTest : public ::testing::Test {
 protected:
  static constexpr int64_t kDay = int64_t{86'400} * 1'000'000;
  static constexpr UnixMicros kStart = int64_t{1'768'478'400} * 1'000'000;
  static constexpr uint32_t kOrg = 7;

  ContactStoreTest() : path_(absl::StrCat(::testing::TempDir(), "/dnc-contacts-XXXXXX")) {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
    auto store = RecordingStore::Open({path_, env_.get()});
    EXPECT_TRUE(store.ok()) << store.status();
    if (store.ok()) store_ = *std::move(store);
    contacts_ = std::make_unique<ContactStore>(store_.get(), 30 * kDay);
  }
  ~ContactStoreTest() override {
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  // One that has every key that there is.
  static ContactRow Row(const std::string& id, UnixMicros time, uint32_t org = kOrg) {
    ContactRow row;
    row.org = org;
    row.time = time;
    row.lead = "ann";
    row.record.set_contact_hash(std::string(16, 'h'));
    v1::JudgedContact* contact = row.record.mutable_contact();
    contact->set_contact_id(id);
    contact->set_lead("organizations/acme/leads/ann");
    contact->add_violations();
    return row;
  }
  bool Has(const std::string& id, uint32_t org = kOrg) {
    const auto found = contacts_->Find(org, id);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.ok() && found->has_value();
  }
  int CountKeys() {
    int keys = 0;
    EXPECT_EQ(store_->ScanUp(RecordingFamily::kContacts, "", std::string(1, '\xff'),
                             [&](absl::string_view, absl::string_view) {
                               ++keys;
                               return true;
                             }),
              absl::OkStatus());
    return keys;
  }

  std::string path_;
  const std::shared_ptr<dnc::testing::FaultyDisk> disk_ =
      std::make_shared<dnc::testing::FaultyDisk>();
  const std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
  std::unique_ptr<RecordingStore> store_;
  std::unique_ptr<ContactStore> contacts_;
};

// Although nobody else writes to the store, who would make it writable again.
TEST_F(ContactStoreTest, IsWrittenAgainOnceAFullDiskHasRoom) {
  ASSERT_EQ(contacts_->Add({Row("before", kStart)}), absl::OkStatus());
  disk_->faults.log_full = true;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(contacts_->Add({Row("refused", kStart)}).code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(contacts_->Retire(kStart + 31 * kDay).code(), absl::StatusCode::kUnavailable);
  }
  EXPECT_FALSE(Has("refused"));
  disk_->faults.log_full = false;
  EXPECT_TRUE(dnc::testing::Eventually(
      [&] { return contacts_->Add({Row("after", kStart + 30 * kDay)}).ok(); }));
  EXPECT_EQ(contacts_->Retire(kStart + 31 * kDay), absl::OkStatus());
  EXPECT_FALSE(Has("before"));
  EXPECT_TRUE(Has("after"));
}

TEST_F(ContactStoreTest, HoweverManyAreDueTheyAreRetiredOfEveryOrganization) {
  std::vector<ContactRow> rows;
  for (int i = 0; i < 3000; ++i) {
    rows.push_back(Row(absl::StrCat("old", i), kStart + i, i % 3 == 0 ? kOrg : kOrg + 1));
  }
  rows.push_back(Row("young", kStart + kDay));
  rows.push_back(Row("young", kStart + kDay, kOrg + 1));
  ASSERT_EQ(contacts_->Add(rows), absl::OkStatus());
  EXPECT_EQ(CountKeys(), 3002 * 5);
  ASSERT_EQ(contacts_->Retire(kStart + 30 * kDay + 5000), absl::OkStatus());
  EXPECT_TRUE(Has("young"));
  EXPECT_TRUE(Has("young", kOrg + 1));
  EXPECT_EQ(CountKeys(), 2 * 5);
}

// One damaged record does not keep all others for ever.
TEST_F(ContactStoreTest, OneThatCannotBeReadIsRetiredLikeOthers) {
  ASSERT_EQ(contacts_->Add({Row("bad", kStart), Row("good", kStart + 1)}), absl::OkStatus());
  RecordingBatch damage;
  damage.Add(
      RecordingFamily::kContacts,
      absl::StrCat(recording_keys::ContactPrefix(kOrg), recording_keys::ContactAt(kStart, "bad")),
      "\xff\xff");
  ASSERT_EQ(store_->Write(damage, true), absl::OkStatus());
  EXPECT_EQ(contacts_->Find(kOrg, "bad").status().code(), absl::StatusCode::kDataLoss);
  ASSERT_EQ(contacts_->Retire(kStart + 31 * kDay), absl::OkStatus());
  EXPECT_FALSE(Has("bad"));
  EXPECT_FALSE(Has("good"));
  // What is left of it finds nothing.
  int budget = 100;
  int seen = 0;
  const ContactRange all{recording_keys::ViolationPrefix(kOrg), 0, kStart + kDay};
  const auto next = contacts_->ScanDown(kOrg, all, "", &budget, [&](const auto&) {
    ++seen;
    return true;
  });
  EXPECT_TRUE(next.ok() && next->empty());
  EXPECT_EQ(seen, 0);
}

}  // namespace
}  // namespace dnc
