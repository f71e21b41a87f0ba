// What one mutation sees and changes while it is applied: the state before it, plus its own
// changes. Everything in it is determined by the log.
#ifndef DNC_SERVER_STATE_TXN_H_
#define DNC_SERVER_STATE_TXN_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "absl/base/attributes.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dnc/storage/v1/mutation.pb.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/catalog/catalog.h"
#include "server/error/error.h"
#include "server/state/overlay.h"
#include "server/state/record_bytes.h"
#include "storage/base/status_macros.h"
#include "storage/schema/keys.h"

namespace dnc {

// CORRUPT_RECORD for a value that does not parse.
ABSL_ATTRIBUTE_COLD absl::Status CorruptRecord(Family family);

// A contact point's record, as a mutation changes it.
struct SubjectEdit {
  storage::v1::SubjectRecord record;
  bool changed = false;  // it is written with the mutation's changes
};

class Txn {
 public:
  Txn(const Overlay* batch, std::shared_ptr<const Catalog> catalog, int64_t revision,
      const storage::v1::Mutation& mutation)
      : overlay_(batch),
        before_(std::move(catalog)),
        catalog_(before_),
        revision_(revision),
        mutation_(mutation) {}

  int64_t revision() const { return revision_; }
  UnixMicros now() const { return mutation_.propose_time(); }
  const storage::v1::Mutation& mutation() const { return mutation_; }
  std::string etag() const { return std::to_string(revision_); }

  // As the mutation has changed it. What is found in it stays until the mutation replaces it; what
  // was there before the mutation stays as long as the transaction.
  const Catalog& catalog() const { return *catalog_; }
  // Hands the catalog out for others to read: later changes go into another one.
  std::shared_ptr<const Catalog> ShareCatalog();
  // The mutation's organization. ORGANIZATION_NOT_FOUND.
  absl::StatusOr<const CatalogOrganization*> Organization() const;

  // Configuration to be changed in place; its row is written with the mutation's changes. It is
  // copied when the mutation first changes it, since others read what was there before, and only
  // then: a mutation may change a thousand statuses of one workflow. Valid until ShareCatalog.
  //
  // The mutation's organization, which exists.
  CatalogOrganization& EditOrganization();
  // Its workflow of that id; an empty one where there is none.
  CatalogWorkflow& EditWorkflow(const std::string& id);
  // Its roles, bindings and groups, in the catalog only: their rows are written by whoever changes
  // them, who also calls Index().
  CatalogAccess& EditAccess();

  // An organization that is new.
  void PutOrganization(const CatalogOrganization& organization);
  // Replace configuration of the mutation's organization, in the catalog and in the store.
  void PutList(std::shared_ptr<const CatalogList> list);
  void PutTemplate(const std::string& id, storage::v1::TemplateRecord record);
  // `status_order` of the workflow record must name each status put.
  void PutStatus(const std::string& workflow_id, std::shared_ptr<const CatalogStatus> status);

  EntryId NextEntryId() { return {static_cast<uint64_t>(revision_), next_ordinal_++}; }

  template <typename Record>
  absl::StatusOr<std::optional<Record>> Read(Family family, absl::string_view key) const {
    std::optional<Record> record;
    DNC_RETURN_IF_ERROR(overlay_
                            .Read(family, key,
                                  [&](absl::string_view bytes) {
                                    const auto size = static_cast<int>(bytes.size());
                                    return record.emplace().ParseFromArray(bytes.data(), size)
                                               ? absl::OkStatus()
                                               : CorruptRecord(family);
                                  })
                            .status());
    return record;
  }
  template <typename Record>
  void Write(Family family, absl::string_view key, const Record& record) {
    const size_t bytes = record.ByteSizeLong();
    WriteSizedRecord(record, bytes, overlay_.PutBytes(family, key, bytes));
  }
  // The record of a contact point, by its key in the family subjects; an empty one where there is
  // none. It is parsed once, and written once, however many parts of the mutation change it: nobody
  // reads or writes the row in another way. Valid until Nested, Join or TakeChanges.
  // CORRUPT_RECORD.
  absl::StatusOr<SubjectEdit*> EditSubject(const std::string& key);
  void WriteEmpty(Family family, absl::string_view key) { overlay_.Put(family, key, ""); }
  void Delete(Family family, absl::string_view key) { overlay_.Delete(family, key); }
  absl::Status AddToEntryCount(uint32_t organization, uint32_t list, int64_t delta);
  absl::Status AddToLeadCount(uint32_t organization, uint32_t status, int64_t delta);
  // How many entries of the list are not revoked, as the mutation has changed it.
  absl::StatusOr<int64_t> EntryCount(uint32_t organization, uint32_t list) const;
  // The same of the leads in a status.
  absl::StatusOr<int64_t> LeadCount(uint32_t organization, uint32_t status) const;

  Overlay TakeChanges() &&;

  // A part of this mutation that may fail alone: sees its changes, and adds to them by Join. Only
  // one at a time, and only for changes of rows, not of the catalog.
  Txn Nested() {
    WriteSubjects();
    Txn nested(&overlay_, catalog_, revision_, mutation_);
    nested.next_ordinal_ = next_ordinal_;
    return nested;
  }
  void Join(Txn nested) {
    nested.WriteSubjects();
    WriteSubjects();
    next_ordinal_ = nested.next_ordinal_;
    std::move(nested.overlay_).MergeInto(&overlay_);
  }

 private:
  absl::StatusOr<int64_t> Count(absl::string_view key) const;
  absl::Status AddToCount(absl::string_view key, int64_t delta);

  // Into the rows.
  void WriteSubjects();

  // Those that this transaction has made and nobody else reads; made from the catalog's where there
  // is none yet.
  Catalog& OwnCatalog();
  CatalogOrganization& OwnOrganization();
  CatalogWorkflow& OwnWorkflow(const std::string& id);

  Overlay overlay_;
  absl::flat_hash_map<std::string, std::unique_ptr<SubjectEdit>> subjects_;
  const std::shared_ptr<const Catalog> before_;
  std::shared_ptr<const Catalog> catalog_;
  std::shared_ptr<Catalog> own_catalog_;
  std::shared_ptr<CatalogOrganization> own_organization_;
  std::map<std::string, std::shared_ptr<CatalogWorkflow>> own_workflows_;
  std::shared_ptr<CatalogAccess> own_access_;
  // Whose rows TakeChanges writes.
  bool organization_edited_ = false;
  std::set<std::string> workflows_edited_;
  const int64_t revision_;
  const storage::v1::Mutation& mutation_;
  uint32_t next_ordinal_ = 0;
};

// The number in a counter's value; 0 for an empty one. And back.
int64_t DecodeCount(absl::string_view bytes);
std::string EncodeCount(int64_t count);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_TXN_H_
