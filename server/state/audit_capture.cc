#include "server/state/audit_capture.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/arena.h"
#include "server/name/resource_name.h"
#include "server/state/entries.h"
#include "server/state/leads.h"
#include "server/state/record_bytes.h"
#include "server/state/txn.h"
#include "storage/audit/chain.h"
#include "storage/audit/render.h"
#include "storage/base/status_macros.h"
#include "storage/base/wire.h"

namespace dnc {
namespace {

using storage::v1::AuditedObject;
using storage::v1::AuditRecord;
using OptionalBytes = std::optional<absl::string_view>;

// A row that the mutation changed.
struct Changed {
  Family family;
  absl::string_view key;
  OptionalBytes after;

  friend bool operator<(const Changed& a, const Changed& b) {
    return a.family != b.family ? a.family < b.family : a.key < b.key;
  }
};

bool IsAudited(Family family) {
  return family == Family::kConfig || family == Family::kLeads || family == Family::kEntries ||
         family == Family::kReviews;
}

template <typename Record>
bool ParseBytes(absl::string_view bytes, Record* record) {
  return record->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// The organization id that a mutation is about, and how its objects are told.
class Capture {
 public:
  Capture(const Mutation& mutation, const Catalog& after, AuditRecord* record)
      : organization_(after.Find(mutation.organization())),
        now_(mutation.propose_time()),
        record_(record) {}

  absl::Status Add(const Changed& changed, const OptionalBytes& before);

 private:
  // The object of one record: its message is what `content` answers of the record, which it may
  // change for that.
  template <typename Record, typename Content>
  absl::Status AddRecord(AuditedObject::Kind kind, Family family, const OptionalBytes& before,
                         const OptionalBytes& after, Content content);
  absl::Status AddConfig(const Changed& changed, const OptionalBytes& before);
  v1::Workflow WithOrder(const storage::v1::WorkflowRecord& record) const;
  absl::Status AddStatus(const OptionalBytes& before, const OptionalBytes& after);
  absl::Status AddLead(const OptionalBytes& before, const OptionalBytes& after);
  absl::Status AddReview(const Changed& changed, const OptionalBytes& before);
  void Put(AuditedObject::Kind kind, const std::string& name, std::string before,
           std::string after);

  const CatalogOrganization* const organization_;
  const UnixMicros now_;
  AuditRecord* const record_;
};

void Capture::Put(AuditedObject::Kind kind, const std::string& name, std::string before,
                  std::string after) {
  AuditedObject* object = record_->add_objects();
  object->set_kind(kind);
  object->set_name(name);
  object->set_before(std::move(before));
  object->set_after(std::move(after));
}

template <typename Record>
absl::StatusOr<std::optional<Record>> ParseRow(Family family, const OptionalBytes& bytes) {
  if (!bytes.has_value()) return std::optional<Record>();
  Record record;
  if (!ParseBytes(*bytes, &record)) return CorruptRecord(family);
  return std::optional<Record>(std::move(record));
}

template <typename Record, typename Content>
absl::Status Capture::AddRecord(AuditedObject::Kind kind, Family family,
                                const OptionalBytes& before, const OptionalBytes& after,
                                Content content) {
  // Both live no longer than this.
  std::array<char, 4096> first_block;
  google::protobuf::Arena arena(first_block.data(), first_block.size());
  std::string name;
  const auto take = [&](const OptionalBytes& bytes) -> absl::StatusOr<std::string> {
    if (!bytes.has_value()) return std::string();
    auto* const record = google::protobuf::Arena::CreateMessage<Record>(&arena);
    if (!ParseBytes(*bytes, record)) return CorruptRecord(family);
    decltype(auto) message = content(record);
    name = message.name();
    return RecordBytes(message);
  };
  DNC_ASSIGN_OR_RETURN(std::string old_bytes, take(before));
  DNC_ASSIGN_OR_RETURN(std::string new_bytes, take(after));
  if (old_bytes == new_bytes) return absl::OkStatus();  // only what the gateway keeps beside it
  Put(kind, name, std::move(old_bytes), std::move(new_bytes));
  return absl::OkStatus();
}

// A status without its actions, and each action, apart. Those of which only the etag changed, since
// something else in the status did, are left out.
absl::Status Capture::AddStatus(const OptionalBytes& before, const OptionalBytes& after) {
  using storage::v1::StatusRecord;
  DNC_ASSIGN_OR_RETURN(const std::optional<StatusRecord> held,
                       ParseRow<StatusRecord>(Family::kConfig, before));
  DNC_ASSIGN_OR_RETURN(const std::optional<StatusRecord> wanted,
                       ParseRow<StatusRecord>(Family::kConfig, after));
  std::map<std::string, std::pair<std::string, std::string>> actions;
  const auto take = [&](const std::optional<StatusRecord>& record, bool is_after,
                        v1::Status* status) {
    if (!record.has_value()) return;
    for (const v1::Action& action : record->status().actions()) {
      std::pair<std::string, std::string>& sides = actions[action.name()];
      (is_after ? sides.second : sides.first) = RecordBytes(action);
    }
    *status = record->status();
    status->clear_actions();
  };
  v1::Status old_status;
  v1::Status new_status;
  take(held, false, &old_status);
  take(wanted, true, &new_status);
  const auto without_etag = [](v1::Status status) {
    status.clear_etag();
    return RecordBytes(status);
  };
  if (without_etag(old_status) != without_etag(new_status)) {
    Put(AuditedObject::KIND_STATUS, wanted.has_value() ? new_status.name() : old_status.name(),
        held.has_value() ? RecordBytes(old_status) : "",
        wanted.has_value() ? RecordBytes(new_status) : "");
  }
  for (auto& [name, sides] : actions) {
    if (sides.first == sides.second) continue;
    Put(AuditedObject::KIND_ACTION, name, std::move(sides.first), std::move(sides.second));
  }
  return absl::OkStatus();
}

// The workflow with its statuses' names, which tell their order.
v1::Workflow Capture::WithOrder(const storage::v1::WorkflowRecord& record) const {
  v1::Workflow workflow = record.workflow();
  const absl::string_view id = LastPart(workflow.name());
  for (const std::string& status : record.status_order()) {
    workflow.add_statuses()->set_name(StatusName(organization_->id, id, status));
  }
  return workflow;
}

absl::Status Capture::AddConfig(const Changed& changed, const OptionalBytes& before) {
  const OptionalBytes& after = changed.after;
  const Family family = Family::kConfig;
  switch (changed.key.front()) {
    case 'O':
      return AddRecord<storage::v1::OrganizationRecord>(
          AuditedObject::KIND_ORGANIZATION, family, before, after,
          [](const auto* record) -> const auto& { return record->organization(); });
    case 'L':
      return AddRecord<storage::v1::ListRecord>(
          AuditedObject::KIND_LIST, family, before, after,
          [](const auto* record) -> const auto& { return record->list(); });
    case 'W':
      return AddRecord<storage::v1::WorkflowRecord>(
          AuditedObject::KIND_WORKFLOW, family, before, after,
          [this](const auto* record) { return WithOrder(*record); });
    case 'S':
      return AddStatus(before, after);
    case 'R':
      return AddRecord<storage::v1::RoleRecord>(
          AuditedObject::KIND_ROLE, family, before, after,
          [](const auto* record) -> const auto& { return record->role(); });
    case 'B':
      return AddRecord<storage::v1::BindingRecord>(
          AuditedObject::KIND_ROLE_BINDING, family, before, after,
          [](const auto* record) -> const auto& { return record->binding(); });
    case 'G':
      return AddRecord<storage::v1::GroupRecord>(
          AuditedObject::KIND_GROUP, family, before, after,
          [](const auto* record) -> const auto& { return record->group(); });
    case 'P':
      return AddRecord<storage::v1::TemplateRecord>(
          AuditedObject::KIND_TEMPLATE, family, before, after,
          [](const auto* record) -> const auto& { return record->template_(); });
    default:
      return absl::OkStatus();
  }
}

absl::Status Capture::AddLead(const OptionalBytes& before, const OptionalBytes& after) {
  return AddRecord<storage::v1::LeadRecord>(
      AuditedObject::KIND_LEAD, Family::kLeads, before, after, [this](auto* record) -> const auto& {
        CompleteLead(*record, *organization_, now_, record->mutable_lead());
        return record->lead();
      });
}

absl::Status Capture::AddReview(const Changed& changed, const OptionalBytes& before) {
  const OptionalBytes& after = changed.after;
  switch (changed.key.front()) {
    case 'O':
      return AddRecord<storage::v1::OptOutRecord>(
          AuditedObject::KIND_OPT_OUT, Family::kReviews, before, after,
          [](const auto* record) -> const auto& { return record->opt_out(); });
    case 'R':
      return AddRecord<storage::v1::ReviewRecord>(
          AuditedObject::KIND_REVIEW, Family::kReviews, before, after,
          [](const auto* record) -> const auto& { return record->review(); });
    default:
      return absl::OkStatus();
  }
}

absl::Status Capture::Add(const Changed& changed, const OptionalBytes& before) {
  switch (changed.family) {
    case Family::kConfig:
      return AddConfig(changed, before);
    case Family::kLeads:
      return AddLead(before, changed.after);
    case Family::kEntries:
      return AddRecord<storage::v1::EntryRecord>(
          AuditedObject::KIND_ENTRY, Family::kEntries, before, changed.after,
          [](auto* record) -> const auto& {
            CompleteEntry(record->mutable_entry());
            return record->entry();
          });
    default:
      return AddReview(changed, before);
  }
}

bool IsAdded(const Changed& changed, int64_t revision) {
  return changed.family == Family::kEntries &&
         keys::EntryIdOfKey(changed.key).revision == static_cast<uint64_t>(revision);
}

}  // namespace

absl::Status CaptureObjects(const LogEntry& entry, const Overlay& changes, const Overlay& before,
                            const Catalog& after, AuditRecord* record) {
  const int64_t revision = entry.revision;
  std::vector<Changed> rows;
  int64_t added = 0;
  for (const auto& [key, value] : changes.changes()) {
    if (!IsAudited(key.first)) continue;
    rows.push_back({key.first, key.second, value.bytes()});
    if (IsAdded(rows.back(), revision)) ++added;
  }
  std::sort(rows.begin(), rows.end());  // every node writes the same record
  record->set_entries_added(added);
  Capture capture(entry.mutation, after, record);
  for (const Changed& changed : rows) {
    std::optional<std::string> read;
    OptionalBytes held;
    if (IsAdded(changed, revision)) {
      if (added > kMostEntriesAudited) continue;
    } else if (const Overlay::Value* seen = changes.FindSeen(changed.family, changed.key)) {
      held = seen->bytes();
    } else {
      DNC_ASSIGN_OR_RETURN(read, before.Get(changed.family, changed.key));
      held = read;
    }
    DNC_RETURN_IF_ERROR(capture.Add(changed, held));
  }
  return absl::OkStatus();
}

void IndexObjects(const LogEntry& entry, const AuditRecord& changed, uint32_t organization,
                  Overlay* batch) {
  const std::string prefix = OrganizationName(entry.mutation.organization()) + "/";
  for (const AuditedObject& object : changed.objects()) {
    absl::string_view path = object.name();
    if (!absl::ConsumePrefix(&path, prefix)) continue;  // the organization itself
    if (object.kind() == AuditedObject::KIND_ENTRY && object.before().empty()) {
      continue;  // its id says which revision added it
    }
    // "workflows/sales/statuses/new" is a part of "workflows/sales" as well.
    for (size_t end = path.find('/'); end != absl::string_view::npos;) {
      end = path.find('/', end + 1);
      const absl::string_view object_path = path.substr(0, end);
      batch->Put(Family::kIndex, keys::AuditIndex(organization, object_path, entry.revision), "");
      if (end == absl::string_view::npos) break;
      end = path.find('/', end + 1);
    }
  }
}

std::string AuditContent(const LogEntry& entry, AuditRecord::Disposition disposition,
                         absl::string_view outcome, const AuditRecord& changed) {
  std::string mutation = RecordBytes(entry.mutation);
  if (!entry.mutation.audit_secret().empty()) {
    Mutation shown = entry.mutation;
    shown.clear_audit_secret();
    mutation = RecordBytes(shown);
  }
  WireWriter writer;
  writer.Number(AuditRecord::kRevisionFieldNumber, static_cast<uint64_t>(entry.revision));
  writer.Number(AuditRecord::kDispositionFieldNumber, static_cast<uint64_t>(disposition));
  writer.Text(AuditRecord::kMutationFieldNumber, mutation);
  writer.Text(AuditRecord::kOutcomeFieldNumber, outcome);
  return absl::StrCat(writer.bytes(), RecordBytes(changed));
}

void PutAudit(const LogEntry& entry, absl::string_view content, storage::v1::AuditChain* chain,
              Overlay* batch) {
  const std::string key = AuditKey(chain->secret(), entry.mutation.organization());
  chain->set_head(AuditHash(chain->head(), entry.revision, AuditTag(key, entry.revision),
                            AuditDigest(content)));
  std::string suffix;
  AppendAuditHash(chain->head(), &suffix);
  char* const stored =
      batch->PutBytes(Family::kAudit, keys::Audit(entry.revision), content.size() + suffix.size());
  std::copy(suffix.begin(), suffix.end(), std::copy(content.begin(), content.end(), stored));
}

std::string RequestBytes(absl::string_view fingerprint, absl::string_view outcome) {
  WireWriter writer;
  writer.Text(storage::v1::RequestRecord::kFingerprintFieldNumber, fingerprint);
  writer.Text(storage::v1::RequestRecord::kOutcomeFieldNumber, outcome);
  return std::string(writer.bytes());
}

}  // namespace dnc
