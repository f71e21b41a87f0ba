// Recomputes the chain over the audit trail, record after record, and says what is wrong with it.
#ifndef DNC_STORAGE_AUDIT_CHAIN_VERIFIER_H_
#define DNC_STORAGE_AUDIT_CHAIN_VERIFIER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "dnc/v1/audit.pb.h"

namespace dnc {

// What is to be verified, and what is known of it beforehand.
struct ChainRange {
  int64_t first_revision = 1;
  int64_t last_revision = 0;
  int64_t first_chained_revision = 1;
  std::string anchor;  // the hash that the first chained revision follows
  // The hash that the first record follows. Empty: not known, which is so only before the chain.
  std::string previous;
};

// Not thread-safe.
class ChainVerifier {
 public:
  using Report = std::function<void(v1::AuditProblem)>;

  ChainVerifier(ChainRange range, Report report);

  // The next record as it was found: its organization's tag, its content's digest, and its hash,
  // empty where it has none.
  void Add(int64_t revision, absl::string_view tag, absl::string_view digest,
           absl::string_view hash);
  // There is a record, and it cannot be read: `why`, a clause.
  void AddUnreadable(int64_t revision, absl::string_view why);
  // No more records. `expected`: the hash that the last one must have; empty: any.
  void Finish(absl::string_view expected);

  // Records that were added in their place.
  int64_t records() const { return records_; }
  // The next revision that is to come.
  int64_t next() const { return next_; }
  // The hash of the last record; empty where it is not known.
  const std::string& head() const { return previous_; }

 private:
  // Whether the record is the one that comes now; reports those that are missing before it.
  bool Advance(int64_t revision);
  void AddUnchained(int64_t revision, absl::string_view tag, absl::string_view digest);
  void AddChained(int64_t revision, absl::string_view tag, absl::string_view digest,
                  absl::string_view hash);
  void Tell(int64_t revision, v1::AuditProblem::Kind kind, std::string message) const;
  bool chained(int64_t revision) const { return revision >= range_.first_chained_revision; }

  const ChainRange range_;
  const Report report_;
  int64_t next_;
  int64_t records_ = 0;
  std::string previous_;     // the hash that the next record follows; empty: not known
  std::string alternative_;  // what the last record's hash should have been, where it was wrong
};

}  // namespace dnc

#endif  // DNC_STORAGE_AUDIT_CHAIN_VERIFIER_H_
