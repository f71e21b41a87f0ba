#include "tests/unit/catalog/catalog_builder.h"

#include <algorithm>
#include <utility>

#include "server/name/resource_name.h"

namespace dnc {
namespace {

template <typename Object>
void EnableByDefault(Object* object) {
  if (object->state() == v1::OBJECT_STATE_UNSPECIFIED) {
    object->set_state(v1::OBJECT_STATE_ENABLED);
  }
}

}  // namespace

CatalogOrganization MakeOrganization(const std::string& id, uint32_t number) {
  CatalogOrganization organization;
  organization.id = id;
  organization.record.set_number(number);
  organization.record.mutable_organization()->set_name(OrganizationName(id));
  return organization;
}

void AddList(const std::string& list, CatalogOrganization* organization) {
  storage::v1::ListRecord record;
  *record.mutable_list() = FromText<v1::DncList>(list);
  record.mutable_list()->set_name(ListName(organization->id, record.list().name()));
  record.set_number(static_cast<uint32_t>(organization->lists.size() + 1));
  auto added = std::make_shared<CatalogList>(std::move(record));
  if (added->has_version()) added->numbers = NumberSet::Builder().Build();
  organization->PutList(std::move(added));
}

void AddWorkflow(const std::string& workflow, CatalogOrganization* organization) {
  v1::Workflow content = FromText<v1::Workflow>(workflow);
  const std::string id = content.name();
  EnableByDefault(&content);
  content.set_name(WorkflowName(organization->id, id));
  const std::vector<v1::Status> statuses(content.statuses().begin(), content.statuses().end());
  content.clear_statuses();
  auto added = std::make_shared<CatalogWorkflow>();
  *added->record.mutable_workflow() = content;
  for (const v1::Status& status : statuses) added->record.add_status_order(status.name());
  organization->workflows[id] = added;
  for (v1::Status status : statuses) {
    EnableByDefault(&status);
    status.set_name(StatusName(organization->id, id, status.name()));
    for (v1::Action& action : *status.mutable_actions()) {
      EnableByDefault(&action);
      action.set_name(ActionName(status.name(), action.name()));
    }
    storage::v1::StatusRecord record;
    record.set_number(static_cast<uint32_t>(organization->statuses_by_number.size()));
    *record.mutable_status() = std::move(status);
    organization->PutStatus(
        *organization->FindWorkflow(id),
        std::make_shared<CatalogStatus>(std::move(record), content.record_type()));
  }
}

}  // namespace dnc
