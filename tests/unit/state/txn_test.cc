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

}  // namespace
}  // namespace dnc
