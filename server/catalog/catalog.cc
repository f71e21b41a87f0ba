#include "server/catalog/catalog.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "google/protobuf/util/time_util.h"
#include "server/contact/phone.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr uint32_t kRegistryChannels =
    Bit(v1::CHANNEL_VOICE) | Bit(v1::CHANNEL_SMS) | Bit(v1::CHANNEL_FAX);

template <typename Map>
auto FindIn(const Map& map, absl::string_view id) -> decltype(map.begin()->second.get()) {
  const auto it = map.find(id);
  return it == map.end() ? nullptr : it->second.get();
}

template <typename T>
void PutAt(uint32_t number, std::shared_ptr<const T> value,
           std::vector<std::shared_ptr<const T>>* by_number) {
  if (by_number->size() <= number) by_number->resize(number + 1);
  (*by_number)[number] = std::move(value);
}

std::vector<bool> AreaCodeFlags(const v1::ListVersion& version) {
  if (version.area_codes().empty()) return {};
  std::vector<bool> flags(1000);
  for (const std::string& text : version.area_codes()) {
    uint32_t code = 0;
    if (absl::SimpleAtoi(text, &code) && code < flags.size()) flags[code] = true;
  }
  return flags;
}

}  // namespace

CatalogList::CatalogList(storage::v1::ListRecord list_record) : record(std::move(list_record)) {
  const v1::DncList& list = record.list();
  id = std::string(LastPart(list.name()));
  channels = list.channels().empty() ? kRegistryChannels : MaskOf(list.channels());
  classes = list.message_classes().empty() ? Bit(v1::MESSAGE_CLASS_MARKETING)
                                           : MaskOf(list.message_classes());
  max_age = TimeUtil::DurationToMicroseconds(list.max_age());
  if (has_version()) {
    as_of = TimeUtil::TimestampToMicroseconds(list.active_version().as_of_time());
    undated = list.active_version().undated();
    area_codes = AreaCodeFlags(list.active_version());
  }
}

UnixMicros CatalogList::StaleTime() const {
  if (max_age == 0) return 0;
  return undated ? as_of : as_of + max_age;
}

bool CatalogList::IsFresh(UnixMicros now) const {
  constexpr UnixMicros kMostAhead = 24 * 3600 * int64_t{1'000'000};
  if (max_age == 0) return true;
  return !undated && now < StaleTime() && as_of <= now + kMostAhead;
}

bool CatalogList::Covers(uint64_t phone) const {
  if (area_codes.empty() || !IsNanp(phone)) return true;
  return area_codes[phone / 10'000'000 % 1000];
}

CatalogStatus::CatalogStatus(storage::v1::StatusRecord status_record,
                             std::string record_type_of_workflow)
    : record(std::move(status_record)), record_type(std::move(record_type_of_workflow)) {
  restricts = proto().has_restriction();
  restricted_channels = MaskOf(proto().restriction().channels());
  restriction_micros = TimeUtil::DurationToMicroseconds(proto().restriction().duration());
  if (proto().restriction().has_until_time()) {
    restriction_until = TimeUtil::TimestampToMicroseconds(proto().restriction().until_time());
  }
}

UnixMicros CatalogStatus::RestrictionEnd(UnixMicros since) const {
  if (restriction_until.has_value()) return *restriction_until;
  return restriction_micros == 0 ? 0 : SaturatingAdd(since, restriction_micros);
}

const v1::Action* CatalogStatus::FindAction(absl::string_view id) const {
  for (const v1::Action& action : proto().actions()) {
    if (LastPart(action.name()) == id) return &action;
  }
  return nullptr;
}

const CatalogStatus* CatalogWorkflow::FindStatus(absl::string_view id) const {
  return FindIn(statuses, id);
}

v1::Workflow CatalogWorkflow::ToProto() const {
  v1::Workflow workflow = record.workflow();
  for (const std::string& id : record.status_order()) {
    *workflow.add_statuses() = statuses.at(id)->proto();
  }
  return workflow;
}

const CatalogWorkflow* CatalogOrganization::FindWorkflow(absl::string_view workflow_id) const {
  return FindIn(workflows, workflow_id);
}

const CatalogStatus* CatalogOrganization::FindStatus(absl::string_view workflow_id,
                                                     absl::string_view status_id) const {
  const CatalogWorkflow* workflow = FindWorkflow(workflow_id);
  return workflow == nullptr ? nullptr : workflow->FindStatus(status_id);
}

const CatalogList* CatalogOrganization::FindList(absl::string_view list_id) const {
  return FindIn(lists, list_id);
}

const storage::v1::TemplateRecord* CatalogOrganization::FindTemplate(
    absl::string_view template_id) const {
  return FindIn(templates, template_id);
}

const CatalogList* CatalogOrganization::ListByNumber(uint32_t list_number) const {
  return list_number < lists_by_number.size() ? lists_by_number[list_number].get() : nullptr;
}

const CatalogStatus* CatalogOrganization::StatusByNumber(uint32_t status_number) const {
  return status_number < statuses_by_number.size() ? statuses_by_number[status_number].get()
                                                   : nullptr;
}

void CatalogOrganization::PutList(std::shared_ptr<const CatalogList> list) {
  PutAt(list->record.number(), list, &lists_by_number);
  lists[list->id] = std::move(list);
}

void CatalogOrganization::PutStatus(const CatalogWorkflow& parent,
                                    std::shared_ptr<const CatalogStatus> status) {
  auto workflow = std::make_shared<CatalogWorkflow>(parent);
  PutStatus(workflow.get(), std::move(status));
  workflows[std::string(LastPart(workflow->record.workflow().name()))] = std::move(workflow);
}

void CatalogOrganization::PutStatus(CatalogWorkflow* parent,
                                    std::shared_ptr<const CatalogStatus> status) {
  PutAt(status->record.number(), status, &statuses_by_number);
  const std::string status_id(LastPart(status->proto().name()));
  parent->statuses[status_id] = std::move(status);
}

const CatalogOrganization* Catalog::Find(absl::string_view id) const {
  return FindIn(organizations, id);
}

}  // namespace dnc
