// Configuration is copied once a mutation, and what others may read is never changed.
#include "server/state/txn.h"

#include <gtest/gtest.h>

#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

class TxnTest : public ::testing::Test {
 protected:
  TxnTest() {
    CatalogOrganization acme = MakeOrganization("acme", 1);
    AddWorkflow(
        "name: 'sales' record_type: 'contact' statuses { name: 'new' } "
        "statuses { name: 'won' }",
        &acme);
    auto catalog = std::make_shared<Catalog>();
    catalog->organizations["acme"] = std::make_shared<CatalogOrganization>(std::move(acme));
    before_ = std::move(catalog);
    mutation_.set_organization("acme");
  }

  static const CatalogStatus& StatusIn(const Catalog& catalog, const std::string& id) {
    return *catalog.Find("acme")->FindStatus("sales", id);
  }
  static void Rename(const std::string& id, const std::string& name, Txn* txn) {
    storage::v1::StatusRecord record = StatusIn(txn->catalog(), id).record;
    record.mutable_status()->set_display_name(name);
    txn->PutStatus("sales", std::make_shared<CatalogStatus>(std::move(record), "contact"));
  }
  static std::string NameIn(const Catalog& catalog, const std::string& id) {
    return StatusIn(catalog, id).proto().display_name();
  }

  const Overlay batch_{static_cast<const StoreReader*>(nullptr)};
  storage::v1::Mutation mutation_;
  std::shared_ptr<const Catalog> before_;
};

TEST_F(TxnTest, WhatWasThereBeforeIsNotChanged) {
  Txn txn(&batch_, before_, 7, mutation_);
  Rename("new", "fresh", &txn);
  txn.EditWorkflow("sales").record.mutable_workflow()->set_etag("7");
  txn.EditOrganization().record.set_next_status(9);
  EXPECT_EQ(NameIn(txn.catalog(), "new"), "fresh");
  EXPECT_EQ(NameIn(*before_, "new"), "");
  EXPECT_EQ(before_->Find("acme")->FindWorkflow("sales")->record.workflow().etag(), "");
  EXPECT_EQ(before_->Find("acme")->record.next_status(), 0u);
}

TEST_F(TxnTest, WhatWasHandedOutIsNotChangedLater) {
  Txn txn(&batch_, before_, 7, mutation_);
  Rename("new", "fresh", &txn);
  const std::shared_ptr<const Catalog> shared = txn.ShareCatalog();
  Rename("new", "stale", &txn);
  Rename("won", "lost", &txn);
  EXPECT_EQ(NameIn(*shared, "new"), "fresh");
  EXPECT_EQ(NameIn(*shared, "won"), "");
  EXPECT_EQ(NameIn(txn.catalog(), "new"), "stale");
  EXPECT_EQ(txn.catalog().Find("acme")->StatusByNumber(1)->proto().display_name(), "lost");
}

TEST_F(TxnTest, OneCopyServesAllChanges) {
  Txn txn(&batch_, before_, 7, mutation_);
  Rename("new", "fresh", &txn);
  const CatalogOrganization* organization = txn.catalog().Find("acme");
  const CatalogWorkflow* workflow = organization->FindWorkflow("sales");
  Rename("won", "lost", &txn);
  EXPECT_EQ(&txn.EditWorkflow("sales"), workflow);
  EXPECT_EQ(&txn.EditOrganization(), organization);
  EXPECT_EQ(txn.catalog().Find("acme"), organization);
}

TEST_F(TxnTest, EditedRowsAreWrittenAsTheyAreInTheEnd) {
  Txn txn(&batch_, before_, 7, mutation_);
  txn.EditWorkflow("sales").record.mutable_workflow()->set_etag("6");
  txn.EditWorkflow("sales").record.mutable_workflow()->set_etag("7");
  txn.EditOrganization().record.set_next_status(9);
  txn.ShareCatalog();
  const Overlay changes = std::move(txn).TakeChanges();
  ASSERT_EQ(changes.changes().size(), 2u);
  storage::v1::WorkflowRecord workflow;
  ASSERT_TRUE(workflow.ParseFromString(
      changes.Get(Family::kConfig, keys::Workflow(1, "sales"))->value_or("")));
  EXPECT_EQ(workflow.workflow().etag(), "7");
  storage::v1::OrganizationRecord organization;
  ASSERT_TRUE(organization.ParseFromString(
      changes.Get(Family::kConfig, keys::Organization("acme"))->value_or("")));
  EXPECT_EQ(organization.next_status(), 9u);
}

// A workflow's row is its own: statuses have rows of theirs.
TEST_F(TxnTest, AStatusAloneWritesItsRowAlone) {
  Txn txn(&batch_, before_, 7, mutation_);
  Rename("new", "fresh", &txn);
  EXPECT_EQ(std::move(txn).TakeChanges().changes().size(), 1u);
}

// A contact point's record, as parts of a mutation change it.
class SubjectEditTest : public TxnTest {
 protected:
  static constexpr char kKey[] = "subject";

  static size_t EntriesSeen(Txn* txn) {
    const absl::StatusOr<SubjectEdit*> edit = txn->EditSubject(kKey);
    EXPECT_TRUE(edit.ok()) << edit.status();
    return static_cast<size_t>((*edit)->record.entries_size());
  }
  static void AddEntry(Txn* txn, bool changed = true) {
    const absl::StatusOr<SubjectEdit*> edit = txn->EditSubject(kKey);
    ASSERT_TRUE(edit.ok()) << edit.status();
    (*edit)->record.add_entries();
    (*edit)->changed = changed;
  }
  Overlay empty_{&none_};
  Txn txn_{&empty_, before_, 7, mutation_};

 private:
  class NoRows : public StoreReader {
   public:
    absl::StatusOr<bool> Get(Family, absl::string_view,
                             absl::FunctionRef<absl::Status(absl::string_view)>) const override {
      return false;
    }
    absl::Status Scan(
        Family, absl::string_view, absl::string_view,
        absl::FunctionRef<bool(absl::string_view, absl::string_view)>) const override {
      return absl::OkStatus();
    }
    std::shared_ptr<const StoreReader> ForScans() const override { return nullptr; }
  };

  const NoRows none_{};
};

TEST_F(SubjectEditTest, EachSeesWhatWasEditedBeforeAndItIsWrittenOnce) {
  AddEntry(&txn_);
  AddEntry(&txn_);
  EXPECT_EQ(EntriesSeen(&txn_), 2u);
  const Overlay changes = std::move(txn_).TakeChanges();
  ASSERT_EQ(changes.changes().size(), 1u);
  const Overlay::Value* const row = changes.FindChange(Family::kSubjects, kKey);
  ASSERT_NE(row, nullptr);
  storage::v1::SubjectRecord record;
  ASSERT_TRUE(record.ParseFromString(std::string(*row->bytes())));
  EXPECT_EQ(record.entries_size(), 2);
}

TEST_F(SubjectEditTest, WhatWasOnlyReadIsNotWritten) {
  EXPECT_EQ(EntriesSeen(&txn_), 0u);
  EXPECT_TRUE(std::move(txn_).TakeChanges().changes().empty());
}

TEST_F(SubjectEditTest, APartSeesTheWholeAndLeavesNothingUnlessItJoins) {
  AddEntry(&txn_);
  {
    Txn dropped = txn_.Nested();
    EXPECT_EQ(EntriesSeen(&dropped), 1u);
    AddEntry(&dropped);
  }
  EXPECT_EQ(EntriesSeen(&txn_), 1u);
  Txn joined = txn_.Nested();
  AddEntry(&joined);
  txn_.Join(std::move(joined));
  EXPECT_EQ(EntriesSeen(&txn_), 2u);
  Txn next = txn_.Nested();
  EXPECT_EQ(EntriesSeen(&next), 2u);
}

TEST_F(SubjectEditTest, ARowThatCannotBeReadIsAnErrorEachTime) {
  empty_.Put(Family::kSubjects, kKey, "\xff\xff");
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(absl::IsDataLoss(txn_.EditSubject(kKey).status()));
  }
}

}  // namespace
}  // namespace dnc
