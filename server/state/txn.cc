#include "server/state/txn.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"

namespace dnc {

absl::Status CorruptRecord(Family family) {
  return MakeError(v1::ERROR_REASON_CORRUPT_RECORD,
                   absl::StrCat("a record of family ", kFamilyNames[static_cast<size_t>(family)],
                                " cannot be read; restore the store from a backup"));
}

int64_t DecodeCount(absl::string_view bytes) {
  int64_t count = 0;
  if (bytes.size() == sizeof(count)) std::memcpy(&count, bytes.data(), sizeof(count));
  return count;
}

absl::StatusOr<const CatalogOrganization*> Txn::Organization() const {
  const CatalogOrganization* organization = catalog_->Find(mutation_.organization());
  if (organization != nullptr) return organization;
  const std::string name = OrganizationName(mutation_.organization());
  return MakeError(v1::ERROR_REASON_ORGANIZATION_NOT_FOUND,
                   absl::StrCat(name, " does not exist; create it first"),
                   {{"organization", name}});
}

void Txn::Replace(std::shared_ptr<const CatalogOrganization> organization) {
  auto catalog = std::make_shared<Catalog>(*catalog_);
  const std::string id = organization->id;
  catalog->organizations[id] = std::move(organization);
  catalog_ = std::move(catalog);
}

void Txn::PutOrganization(const CatalogOrganization& organization) {
  Write(Family::kConfig, keys::Organization(organization.id), organization.record);
  Replace(std::make_shared<CatalogOrganization>(organization));
}

void Txn::PutList(std::shared_ptr<const CatalogList> list) {
  auto organization =
      std::make_shared<CatalogOrganization>(*catalog_->Find(mutation_.organization()));
  Write(Family::kConfig, keys::List(organization->number(), list->id), list->record);
  organization->PutList(std::move(list));
  Replace(std::move(organization));
}

void Txn::PutWorkflow(const CatalogWorkflow& workflow) {
  auto organization =
      std::make_shared<CatalogOrganization>(*catalog_->Find(mutation_.organization()));
  const std::string id(LastPart(workflow.record.workflow().name()));
  Write(Family::kConfig, keys::Workflow(organization->number(), id), workflow.record);
  organization->workflows[id] = std::make_shared<CatalogWorkflow>(workflow);
  Replace(std::move(organization));
}

void Txn::PutStatus(const std::string& workflow_id, std::shared_ptr<const CatalogStatus> status) {
  auto organization =
      std::make_shared<CatalogOrganization>(*catalog_->Find(mutation_.organization()));
  const std::string key =
      keys::Status(organization->number(), workflow_id, LastPart(status->proto().name()));
  Write(Family::kConfig, key, status->record);
  const std::shared_ptr<const CatalogWorkflow> parent = organization->workflows.at(workflow_id);
  organization->PutStatus(*parent, std::move(status));
  Replace(std::move(organization));
}

absl::Status Txn::AddToEntryCount(uint32_t organization, uint32_t list, int64_t delta) {
  std::string key = keys::EntryCount(organization, list);
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> bytes, overlay_.Get(Family::kMeta, key));
  const int64_t count = DecodeCount(bytes.value_or("")) + delta;
  std::string value(sizeof(count), '\0');
  std::memcpy(value.data(), &count, sizeof(count));
  overlay_.Put(Family::kMeta, std::move(key), std::move(value));
  return absl::OkStatus();
}

}  // namespace dnc
