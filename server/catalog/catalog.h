// The catalog: all configuration (organizations, workflows, statuses, actions, lists) as one
// immutable object that checks read without a lock. The state machine makes a new one for each
// change and shares what did not change.
#ifndef DNC_SERVER_CATALOG_CATALOG_H_
#define DNC_SERVER_CATALOG_CATALOG_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/workflow.pb.h"
#include "server/catalog/access.h"
#include "server/catalog/masks.h"
#include "storage/base/clock.h"
#include "storage/registry/number_set.h"

namespace dnc {

inline constexpr char kGlobalOrganization[] = "global";
inline constexpr uint32_t kGlobalNumber = 0;
inline constexpr char kInternalList[] = "internal";

// A DNC list as checks see it.
struct CatalogList {
  explicit CatalogList(storage::v1::ListRecord list_record);

  bool is_registry() const { return record.list().kind() == v1::LIST_KIND_REGISTRY; }
  bool has_version() const { return record.list().has_active_version(); }
  // Whether a registry applies to that channel and class at all.
  bool Blocks(v1::Channel channel, v1::MessageClass message_class) const {
    return (channels & Bit(channel)) != 0 && (classes & Bit(EffectiveClass(message_class))) != 0;
  }
  // When an allowance of the registry runs out; 0: never.
  UnixMicros StaleTime() const;
  // Whether it may vouch for anything at `now`. A registry with a max_age may not where its date is
  // not known, or lies more than a day ahead: then the clock has been set back. Either way its age
  // cannot be told.
  bool IsFresh(UnixMicros now) const;
  // Whether the subscription covers the number's area code.
  bool Covers(uint64_t phone) const;

  storage::v1::ListRecord record;
  std::string id;
  uint32_t channels = 0;  // registries: masks with the defaults filled in
  uint32_t classes = 0;
  UnixMicros as_of = 0;
  bool undated = false;                      // as_of is only the time of the import
  UnixMicros max_age = 0;                    // 0: none
  std::vector<bool> area_codes;              // 1,000 flags; empty: all
  std::shared_ptr<const NumberSet> numbers;  // registries with a version
  std::string problem;                       // why there are no numbers of the version; or empty
};

struct CatalogStatus {
  CatalogStatus(storage::v1::StatusRecord status_record, std::string record_type_of_workflow);

  const v1::Status& proto() const { return record.status(); }
  bool enabled() const { return proto().state() == v1::OBJECT_STATE_ENABLED; }
  const v1::Action* FindAction(absl::string_view id) const;
  // When the restriction of a lead that entered at `since` ends; 0: not before it leaves.
  UnixMicros RestrictionEnd(UnixMicros since) const;

  storage::v1::StatusRecord record;
  std::string record_type;
  bool restricts = false;
  uint32_t restricted_channels = 0;  // 0: all
  // At most one of them; neither: as long as the lead stays.
  int64_t restriction_micros = 0;
  std::optional<UnixMicros> restriction_until;
};

struct CatalogWorkflow {
  storage::v1::WorkflowRecord record;
  std::map<std::string, std::shared_ptr<const CatalogStatus>, std::less<>> statuses;

  const CatalogStatus* FindStatus(absl::string_view id) const;
  // With its statuses, in their order.
  v1::Workflow ToProto() const;
};

struct CatalogOrganization {
  storage::v1::OrganizationRecord record;
  std::string id;
  std::map<std::string, std::shared_ptr<const CatalogWorkflow>, std::less<>> workflows;
  std::map<std::string, std::shared_ptr<const CatalogList>, std::less<>> lists;
  std::map<std::string, std::shared_ptr<const storage::v1::TemplateRecord>, std::less<>> templates;
  std::vector<std::shared_ptr<const CatalogList>> lists_by_number;
  std::vector<std::shared_ptr<const CatalogStatus>> statuses_by_number;
  std::shared_ptr<const CatalogAccess> access = std::make_shared<CatalogAccess>();  // never null

  uint32_t number() const { return record.number(); }
  const CatalogWorkflow* FindWorkflow(absl::string_view workflow_id) const;
  const CatalogStatus* FindStatus(absl::string_view workflow_id, absl::string_view status_id) const;
  const CatalogList* FindList(absl::string_view list_id) const;
  // Null where there is none; one that was deleted is found.
  const storage::v1::TemplateRecord* FindTemplate(absl::string_view template_id) const;
  const CatalogList* ListByNumber(uint32_t list_number) const;
  const CatalogStatus* StatusByNumber(uint32_t status_number) const;

  void PutList(std::shared_ptr<const CatalogList> list);
  // Into a copy of `parent` that takes its place.
  void PutStatus(const CatalogWorkflow& parent, std::shared_ptr<const CatalogStatus> status);
  // Into `parent` itself, one of the workflows, which nobody else may be reading.
  void PutStatus(CatalogWorkflow* parent, std::shared_ptr<const CatalogStatus> status);
};

struct Catalog {
  std::map<std::string, std::shared_ptr<const CatalogOrganization>, std::less<>> organizations;

  const CatalogOrganization* Find(absl::string_view id) const;
  const CatalogOrganization& global() const { return *organizations.at(kGlobalOrganization); }
};

}  // namespace dnc

#endif  // DNC_SERVER_CATALOG_CATALOG_H_
