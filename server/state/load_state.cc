#include "server/state/load_state.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"
#include "server/state/apply.h"
#include "server/state/load_numbers.h"
#include "server/state/migrate.h"
#include "storage/audit/chain.h"

namespace dnc {
namespace {

using storage::v1::ListRecord;
using storage::v1::OrganizationRecord;
using storage::v1::StatusRecord;
using storage::v1::StoreRecord;
using storage::v1::TemplateRecord;
using storage::v1::WorkflowRecord;

// How many of the newest audit records are checked for gaps at every start.
constexpr int64_t kRevisionsChecked = 10'000;
constexpr int64_t kRevisionsAtOnce = 100;
constexpr uint64_t kAuditBytesChecked = uint64_t{64} << 20;

template <typename Record>
absl::Status ScanRecords(const StoreReader& reader, Family family, const std::string& prefix,
                         absl::FunctionRef<absl::Status(absl::string_view, Record)> on_record) {
  absl::Status result;
  DNC_RETURN_IF_ERROR(reader.Scan(
      family, prefix, keys::PrefixEnd(prefix), [&](absl::string_view key, absl::string_view value) {
        Record record;
        const bool parsed = record.ParseFromArray(value.data(), static_cast<int>(value.size()));
        result = parsed ? on_record(key, std::move(record)) : CorruptRecord(family);
        return result.ok();
      }));
  return result;
}

absl::StatusOr<std::optional<StoreRecord>> ReadStoreRecord(const StoreReader& reader) {
  StoreRecord record;
  DNC_ASSIGN_OR_RETURN(
      const bool found, reader.Get(Family::kMeta, keys::Store(), [&](absl::string_view bytes) {
        return record.ParseFromString(std::string(bytes)) ? absl::OkStatus()
                                                          : CorruptRecord(Family::kMeta);
      }));
  if (!found) return std::optional<StoreRecord>();
  return std::optional<StoreRecord>(std::move(record));
}

// That audit records are dense from revision `first` to the end, which is at `last` or, where
// `last` is the newest, at the store's. Adds up their bytes.
absl::Status CheckRevisions(const StoreReader& reader, int64_t first, int64_t last, bool newest,
                            uint64_t* bytes) {
  const auto missing = [](int64_t revision) {
    return absl::DataLossError(absl::StrCat("revision ", revision,
                                            " is missing from the store, and later ones are "
                                            "there; restore the directory from a backup"));
  };
  int64_t expected = first;
  absl::Status result;
  DNC_RETURN_IF_ERROR(reader.Scan(Family::kAudit, keys::Audit(first),
                                  newest ? "" : keys::Audit(last + 1),
                                  [&](absl::string_view key, absl::string_view value) {
                                    if (keys::RevisionOfAuditKey(key) != expected) {
                                      result = missing(expected);
                                    }
                                    ++expected;
                                    *bytes += value.size();
                                    return result.ok();
                                  }));
  if (!result.ok() || expected == last + 1) return result;
  if (!newest) return missing(expected);
  return absl::DataLossError(absl::StrCat("the store says that revision ", last,
                                          " was applied, but its records end at ", expected - 1,
                                          "; restore the directory from a backup"));
}

// The newest audit records must be dense and end at the applied revision. Newest first, and no more
// of them than a start has time for: those of bulk imports are large.
absl::Status CheckNewestRevisions(const StoreReader& reader, int64_t applied) {
  uint64_t bytes = 0;
  int64_t last = applied;
  const int64_t oldest = std::max<int64_t>(0, applied - kRevisionsChecked);
  do {
    const int64_t first = std::max(last - kRevisionsAtOnce, oldest) + 1;
    DNC_RETURN_IF_ERROR(CheckRevisions(reader, first, last, last == applied, &bytes));
    last = first - 1;
  } while (last > oldest && bytes < kAuditBytesChecked);
  return absl::OkStatus();
}

absl::Status LoadLists(const StoreReader& reader, CatalogOrganization* organization) {
  return ScanRecords<ListRecord>(reader, Family::kConfig, keys::List(organization->number(), ""),
                                 [&](absl::string_view key, ListRecord record) -> absl::Status {
                                   const std::string name = record.list().name();
                                   if (record.number() >= organization->record.next_list() ||
                                       key != keys::List(organization->number(), LastPart(name))) {
                                     return CorruptRecord(Family::kConfig);
                                   }
                                   auto list = std::make_shared<CatalogList>(std::move(record));
                                   if (list->has_version())
                                     LoadNumbersInto(reader, organization->number(), list.get());
                                   organization->PutList(std::move(list));
                                   return absl::OkStatus();
                                 });
}

absl::Status LoadTemplates(const StoreReader& reader, CatalogOrganization* organization) {
  return ScanRecords<TemplateRecord>(
      reader, Family::kConfig, keys::Template(organization->number(), ""),
      [&](absl::string_view key, TemplateRecord record) -> absl::Status {
        const std::string id(LastPart(record.template_().name()));
        if (key != keys::Template(organization->number(), id)) {
          return CorruptRecord(Family::kConfig);
        }
        organization->templates[id] = std::make_shared<const TemplateRecord>(std::move(record));
        return absl::OkStatus();
      });
}

absl::Status LoadWorkflows(const StoreReader& reader, CatalogOrganization* organization) {
  DNC_RETURN_IF_ERROR(ScanRecords<WorkflowRecord>(
      reader, Family::kConfig, keys::Workflow(organization->number(), ""),
      [&](absl::string_view, WorkflowRecord record) {
        auto workflow = std::make_shared<CatalogWorkflow>();
        const std::string id(LastPart(record.workflow().name()));
        workflow->record = std::move(record);
        organization->workflows[id] = std::move(workflow);
        return absl::OkStatus();
      }));
  return ScanRecords<StatusRecord>(
      reader, Family::kConfig, keys::Status(organization->number(), "", "").substr(0, 5),
      [&](absl::string_view, StatusRecord record) -> absl::Status {
        DNC_ASSIGN_OR_RETURN(const ResourceName name,
                             ParseStatusName(record.status().name(), "status.name"));
        const auto parent = organization->workflows.find(name.workflow);
        if (parent == organization->workflows.end() ||
            record.number() >= organization->record.next_status()) {
          return CorruptRecord(Family::kConfig);
        }
        const std::shared_ptr<const CatalogWorkflow> workflow = parent->second;
        organization->PutStatus(
            *workflow, std::make_shared<CatalogStatus>(std::move(record),
                                                       workflow->record.workflow().record_type()));
        return absl::OkStatus();
      });
}

// Roles, bindings and groups. What a binding names must be there: a group that is missing may have
// been someone's, and a role more than nothing.
absl::Status LoadAccess(const StoreReader& reader, CatalogOrganization* organization) {
  const uint32_t number = organization->number();
  auto access = std::make_shared<CatalogAccess>();
  DNC_RETURN_IF_ERROR(ScanRecords<storage::v1::RoleRecord>(
      reader, Family::kConfig, keys::Role(number, ""),
      [&](absl::string_view, const storage::v1::RoleRecord& record) {
        const std::string id(LastPart(record.role().name()));
        access->roles[id] = std::make_shared<const v1::Role>(record.role());
        return absl::OkStatus();
      }));
  DNC_RETURN_IF_ERROR(ScanRecords<storage::v1::GroupRecord>(
      reader, Family::kConfig, keys::Group(number, ""),
      [&](absl::string_view, const storage::v1::GroupRecord& record) {
        const std::string id(LastPart(record.group().name()));
        access->groups[id] = std::make_shared<const v1::Group>(record.group());
        return absl::OkStatus();
      }));
  DNC_RETURN_IF_ERROR(ScanRecords<storage::v1::BindingRecord>(
      reader, Family::kConfig, keys::Binding(number, ""),
      [&](absl::string_view, const storage::v1::BindingRecord& record) {
        const v1::RoleBinding& binding = record.binding();
        const absl::string_view role = LastPart(binding.role());
        const bool complete =
            (FindPredefinedRole(role) != nullptr || access->FindRole(role) != nullptr) &&
            (!binding.has_group() || access->FindGroup(LastPart(binding.group())) != nullptr);
        if (!complete) return CorruptRecord(Family::kConfig);
        access->bindings[std::string(LastPart(binding.name()))] =
            std::make_shared<const v1::RoleBinding>(binding);
        return absl::OkStatus();
      }));
  access->Index();
  organization->access = std::move(access);
  return absl::OkStatus();
}

// Whether each number that was given out is there: nothing is ever deleted.
template <typename Object>
bool IsComplete(const std::vector<std::shared_ptr<const Object>>& by_number, uint32_t next) {
  return by_number.size() == next &&
         std::all_of(by_number.begin(), by_number.end(),
                     [](const auto& object) { return object != nullptr; });
}

// Every list and status that was made, and no other: one that is missing may block or restrict.
absl::Status CheckComplete(const CatalogOrganization& organization) {
  if (!IsComplete(organization.lists_by_number, organization.record.next_list()) ||
      !IsComplete(organization.statuses_by_number, organization.record.next_status())) {
    return CorruptRecord(Family::kConfig);
  }
  for (const auto& [id, shared] : organization.workflows) {
    const CatalogWorkflow& workflow = *shared;
    const auto& order = workflow.record.status_order();
    const bool all = std::all_of(order.begin(), order.end(), [&](const std::string& status) {
      return workflow.FindStatus(status) != nullptr;
    });
    if (!all || workflow.statuses.size() != static_cast<size_t>(order.size())) {
      return CorruptRecord(Family::kConfig);
    }
  }
  return absl::OkStatus();
}

// Every organization that was made, and no other.
absl::Status CheckOrganizations(const Catalog& catalog, uint32_t next_organization) {
  const CatalogOrganization* global = catalog.Find(kGlobalOrganization);
  std::set<uint32_t> numbers;
  for (const auto& [id, organization] : catalog.organizations) {
    if (organization->number() < next_organization) numbers.insert(organization->number());
  }
  const bool complete =
      numbers.size() == next_organization && catalog.organizations.size() == next_organization;
  if (complete && global != nullptr && global->number() == kGlobalNumber) return absl::OkStatus();
  return CorruptRecord(Family::kConfig);
}

absl::StatusOr<std::shared_ptr<const Catalog>> LoadCatalog(const StoreReader& reader,
                                                           uint32_t next_organization) {
  auto catalog = std::make_shared<Catalog>();
  DNC_RETURN_IF_ERROR(ScanRecords<OrganizationRecord>(
      reader, Family::kConfig, keys::Organization(""),
      [&](absl::string_view key, OrganizationRecord record) -> absl::Status {
        auto organization = std::make_shared<CatalogOrganization>();
        organization->id = std::string(key.substr(1));
        organization->record = std::move(record);
        DNC_RETURN_IF_ERROR(LoadLists(reader, organization.get()));
        DNC_RETURN_IF_ERROR(LoadWorkflows(reader, organization.get()));
        DNC_RETURN_IF_ERROR(LoadTemplates(reader, organization.get()));
        DNC_RETURN_IF_ERROR(LoadAccess(reader, organization.get()));
        DNC_RETURN_IF_ERROR(CheckComplete(*organization));
        catalog->organizations[organization->id] = std::move(organization);
        return absl::OkStatus();
      }));
  DNC_RETURN_IF_ERROR(CheckOrganizations(*catalog, next_organization));
  return catalog;
}

// Begins to fill the filters with every contact point, and the cache with what it takes: of contact
// points first, since a check asks for those.
absl::Status BeginFill(const Store& store, const StateOptions& options, LoadedState* state) {
  state->cache = std::make_unique<RecordCache>(options.record_cache_bytes);
  state->filter = std::make_unique<SubjectFilter>(/*complete=*/false);
  state->global_filter = std::make_unique<SubjectFilter>(/*complete=*/false);
  state->fill =
      std::make_unique<StartFill>(store.Snapshot(), state->revision,
                                  SubjectFilters{state->filter.get(), state->global_filter.get()},
                                  state->cache.get(), options.fill);
  return state->fill->Begin();
}

// A store without its StoreRecord is a new one only where nothing else is in it either.
absl::Status CheckNew(const StoreReader& reader) {
  for (size_t i = 0; i < kFamilyNames.size(); ++i) {
    bool empty = true;
    DNC_RETURN_IF_ERROR(
        reader.Scan(static_cast<Family>(i), "", "", [&](absl::string_view, absl::string_view) {
          empty = false;
          return false;
        }));
    if (!empty) {
      return absl::DataLossError(
          absl::StrCat("the store has lost the record of its version and revision, and family ",
                       kFamilyNames[i], " is not empty; restore the directory from a backup"));
    }
  }
  return absl::OkStatus();
}

absl::Status Bootstrap(Store* store) {
  DNC_RETURN_IF_ERROR(CheckNew(store->Latest()));
  DNC_RETURN_IF_ERROR(store->CreateMissingFamilies());  // a kill may have come between them
  const storage::v1::Mutation mutation;
  Overlay batch(&store->Latest());
  Txn txn(&batch, std::make_shared<Catalog>(), 0, mutation);
  ApplyBootstrap(txn);
  const Overlay changes = std::move(txn).TakeChanges();
  WriteSet writes;
  changes.AppendTo(&writes);
  return store->Commit(writes, Durability::kSynced);
}

}  // namespace

absl::StatusOr<LoadedState> LoadState(Store* store, const StateOptions& options) {
  DNC_ASSIGN_OR_RETURN(std::optional<StoreRecord> record, ReadStoreRecord(store->Latest()));
  if (!record.has_value()) {
    DNC_RETURN_IF_ERROR(Bootstrap(store));
    DNC_ASSIGN_OR_RETURN(record, ReadStoreRecord(store->Latest()));
  }
  DNC_RETURN_IF_ERROR(Migrate(store, &*record));
  LoadedState state;
  state.revision = record->applied_revision();
  state.audit_chain = record->audit_chain();
  const bool has_secret = state.audit_chain.secret().size() == kAuditHashBytes;
  if (state.audit_chain.head().size() != kAuditHashBytes || (state.revision > 0 && !has_secret)) {
    return CorruptRecord(Family::kMeta);
  }
  DNC_RETURN_IF_ERROR(CheckNewestRevisions(store->Latest(), state.revision));
  DNC_ASSIGN_OR_RETURN(state.catalog, LoadCatalog(store->Latest(), record->next_organization()));
  DNC_RETURN_IF_ERROR(BeginFill(*store, options, &state));
  return state;
}

}  // namespace dnc
