// The audit trail in one state of the store.
#ifndef DNC_SERVER_HANDLER_AUDIT_LOG_H_
#define DNC_SERVER_HANDLER_AUDIT_LOG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "server/state/state_machine.h"
#include "storage/audit/chain.h"
#include "storage/audit/chain_verifier.h"

namespace dnc {

// Whose records are wanted.
struct AuditScope {
  bool all = false;          // `organizations/-`
  std::string organization;  // the id, unless all

  bool Holds(absl::string_view id) const { return all || id == organization; }
};
// INVALID_FIELD, ORGANIZATION_NOT_FOUND.
absl::StatusOr<AuditScope> ParseAuditScope(const View& view, const std::string& parent);

// Not thread-safe. Outlives the view, but not the state machine.
class AuditLog {
 public:
  // CORRUPT_RECORD: the store's own record cannot be read.
  static absl::StatusOr<AuditLog> Open(const View& view);

  int64_t newest() const { return newest_; }
  const storage::v1::AuditChain& chain() const { return chain_; }
  bool chained(int64_t revision) const { return revision >= chain_.first_revision(); }

  // Hands a stored record's parts to `on_record`, for as long as it runs. Answers whether there is
  // one. CORRUPT_RECORD.
  absl::StatusOr<bool> Get(int64_t revision,
                           absl::FunctionRef<absl::Status(const StoredAudit&)> on_record) const;
  // The record, whole; nothing where there is none.
  absl::StatusOr<std::optional<storage::v1::AuditRecord>> Read(int64_t revision) const;

  // Hands each record of [first, last] to `on_record` until that answers false. A revision that is
  // missing is passed over; a key that is none of a revision is told as the revision 0.
  absl::Status Scan(
      int64_t first, int64_t last,
      absl::FunctionRef<bool(int64_t revision, const StoredAudit& record)> on_record) const;

  // The hash that the record of `revision` follows; empty: not known, since it is older than the
  // chain. CORRUPT_RECORD.
  absl::StatusOr<std::string> HashBefore(int64_t revision) const;

  // The key of an organization, by its id, and the tag of a record with that content.
  std::string KeyOf(absl::string_view organization) const;
  std::string TagOf(int64_t revision, absl::string_view content) const;

  const StoreReader& reader() const { return *reader_; }

 private:
  int64_t newest_ = 0;
  storage::v1::AuditChain chain_;
  std::shared_ptr<const StoreReader> reader_;
};

// The range of revisions that a request wants; `last` 0: up to the newest. Empty where it begins
// right after the newest. FUTURE_REVISION, INVALID_FIELD.
struct RevisionRange {
  int64_t first = 1;
  int64_t last = 0;
};
absl::StatusOr<RevisionRange> ReadRange(int64_t first, int64_t last, int64_t newest);

// What a verification of that range begins with. CORRUPT_RECORD.
absl::StatusOr<ChainRange> ChainRangeOf(const AuditLog& log, const RevisionRange& range);

v1::AuditHead HeadOf(const AuditLog& log);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_AUDIT_LOG_H_
