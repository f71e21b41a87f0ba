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

Catalog& Txn::OwnCatalog() {
  if (own_catalog_ == nullptr) {
    own_catalog_ = std::make_shared<Catalog>(*catalog_);
    catalog_ = own_catalog_;
  }
  return *own_catalog_;
}

CatalogOrganization& Txn::OwnOrganization() {
  if (own_organization_ == nullptr) {
    own_organization_ =
        std::make_shared<CatalogOrganization>(*catalog_->Find(mutation_.organization()));
    OwnCatalog().organizations[own_organization_->id] = own_organization_;
  }
  return *own_organization_;
}

CatalogWorkflow& Txn::OwnWorkflow(const std::string& id) {
  std::shared_ptr<CatalogWorkflow>& own = own_workflows_[id];
  if (own == nullptr) {
    CatalogOrganization& organization = OwnOrganization();
    const CatalogWorkflow* held = organization.FindWorkflow(id);
    own = held == nullptr ? std::make_shared<CatalogWorkflow>()
                          : std::make_shared<CatalogWorkflow>(*held);
    organization.workflows[id] = own;
  }
  return *own;
}

std::shared_ptr<const Catalog> Txn::ShareCatalog() {
  own_workflows_.clear();
  own_access_.reset();
  own_organization_.reset();
  own_catalog_.reset();
  return catalog_;
}

CatalogOrganization& Txn::EditOrganization() {
  organization_edited_ = true;
  return OwnOrganization();
}

CatalogWorkflow& Txn::EditWorkflow(const std::string& id) {
  workflows_edited_.insert(id);
  return OwnWorkflow(id);
}

CatalogAccess& Txn::EditAccess() {
  if (own_access_ == nullptr) {
    CatalogOrganization& organization = OwnOrganization();
    own_access_ = std::make_shared<CatalogAccess>(*organization.access);
    organization.access = own_access_;
  }
  return *own_access_;
}

void Txn::PutOrganization(const CatalogOrganization& organization) {
  Write(Family::kConfig, keys::Organization(organization.id), organization.record);
  OwnCatalog().organizations[organization.id] = std::make_shared<CatalogOrganization>(organization);
}

void Txn::PutList(std::shared_ptr<const CatalogList> list) {
  CatalogOrganization& organization = OwnOrganization();
  Write(Family::kConfig, keys::List(organization.number(), list->id), list->record);
  organization.PutList(std::move(list));
}

void Txn::PutTemplate(const std::string& id, storage::v1::TemplateRecord record) {
  CatalogOrganization& organization = OwnOrganization();
  Write(Family::kConfig, keys::Template(organization.number(), id), record);
  organization.templates[id] =
      std::make_shared<const storage::v1::TemplateRecord>(std::move(record));
}

void Txn::PutStatus(const std::string& workflow_id, std::shared_ptr<const CatalogStatus> status) {
  CatalogWorkflow& workflow = OwnWorkflow(workflow_id);
  CatalogOrganization& organization = OwnOrganization();
  const std::string key =
      keys::Status(organization.number(), workflow_id, LastPart(status->proto().name()));
  Write(Family::kConfig, key, status->record);
  organization.PutStatus(&workflow, std::move(status));
}

absl::StatusOr<SubjectEdit*> Txn::EditSubject(const std::string& key) {
  std::unique_ptr<SubjectEdit>& edit = subjects_[key];
  if (edit != nullptr) return edit.get();
  auto read = std::make_unique<SubjectEdit>();
  DNC_RETURN_IF_ERROR(overlay_
                          .Read(Family::kSubjects, key,
                                [&](absl::string_view bytes) {
                                  const auto size = static_cast<int>(bytes.size());
                                  return read->record.ParseFromArray(bytes.data(), size)
                                             ? absl::OkStatus()
                                             : CorruptRecord(Family::kSubjects);
                                })
                          .status());
  edit = std::move(read);
  return edit.get();
}

void Txn::WriteSubjects() {
  for (const auto& [key, edit] : subjects_) {
    if (edit != nullptr && edit->changed) Write(Family::kSubjects, key, edit->record);
  }
  subjects_.clear();
}

Overlay Txn::TakeChanges() && {
  WriteSubjects();
  const CatalogOrganization* organization = catalog_->Find(mutation_.organization());
  if (organization_edited_) {
    Write(Family::kConfig, keys::Organization(organization->id), organization->record);
  }
  for (const std::string& id : workflows_edited_) {
    Write(Family::kConfig, keys::Workflow(organization->number(), id),
          organization->FindWorkflow(id)->record);
  }
  return std::move(overlay_);
}

std::string EncodeCount(int64_t count) {
  std::string bytes(sizeof(count), '\0');
  std::memcpy(bytes.data(), &count, sizeof(count));
  return bytes;
}

absl::StatusOr<int64_t> Txn::Count(absl::string_view key) const {
  int64_t count = 0;
  DNC_RETURN_IF_ERROR(overlay_
                          .Read(Family::kMeta, key,
                                [&](absl::string_view bytes) {
                                  count = DecodeCount(bytes);
                                  return absl::OkStatus();
                                })
                          .status());
  return count;
}

absl::Status Txn::AddToCount(absl::string_view key, int64_t delta) {
  DNC_ASSIGN_OR_RETURN(const int64_t count, Count(key));
  overlay_.Put(Family::kMeta, key, EncodeCount(count + delta));
  return absl::OkStatus();
}

absl::Status Txn::AddToEntryCount(uint32_t organization, uint32_t list, int64_t delta) {
  return AddToCount(keys::EntryCount(organization, list), delta);
}

absl::Status Txn::AddToLeadCount(uint32_t organization, uint32_t status, int64_t delta) {
  return AddToCount(keys::LeadCount(organization, status), delta);
}

absl::StatusOr<int64_t> Txn::EntryCount(uint32_t organization, uint32_t list) const {
  return Count(keys::EntryCount(organization, list));
}

absl::StatusOr<int64_t> Txn::LeadCount(uint32_t organization, uint32_t status) const {
  return Count(keys::LeadCount(organization, status));
}

}  // namespace dnc
