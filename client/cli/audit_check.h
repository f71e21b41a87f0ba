// Verifies exported audit records, from a gateway or from a file, by recomputing their chain here:
// nothing that says of itself that it is whole is believed.
#ifndef DNC_CLIENT_CLI_AUDIT_CHECK_H_
#define DNC_CLIENT_CLI_AUDIT_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/audit.pb.h"
#include "storage/audit/chain_verifier.h"

namespace dnc::cli {

// A revision and its hash, as somebody noted them earlier.
struct NotedHead {
  int64_t revision = 0;  // 0: whichever is the last
  std::string hash;      // 32 bytes
};
// "4711:9f86d0…" or "9f86d0…". INVALID_ARGUMENT.
absl::StatusOr<NotedHead> ParseNotedHead(absl::string_view text);

// Not thread-safe.
class AuditCheck {
 public:
  AuditCheck(const v1::AuditExportHeader& header, std::optional<NotedHead> noted);

  void Add(const v1::ExportedAuditRecord& record);
  // What stands where the next record belongs is none: `why`, a clause.
  void AddUnreadable(absl::string_view why);
  // The record's readable part does not say what its content says.
  void AddContradiction(int64_t revision);
  // The file's last line is missing.
  void AddCut();
  void Finish();

  // What was found; whole once Finish was called.
  const v1::VerifyAuditResponse& result() const { return result_; }
  // Records of other organizations: of their content only the digest was verified.
  int64_t stubs() const { return stubs_; }
  // Whose records the export has in full.
  const std::string& parent() const { return header_.parent(); }
  int64_t first_revision() const { return header_.first_revision(); }

 private:
  // Whether the record belongs where it is said to belong.
  void JudgeOwner(const v1::ExportedAuditRecord& record);
  void Tell(v1::AuditProblem problem);
  // Compares with what was noted.
  void CompareNoted(int64_t revision, absl::string_view hash);

  const v1::AuditExportHeader header_;
  const std::optional<NotedHead> noted_;
  bool noted_found_ = false;
  ChainVerifier verifier_;
  v1::VerifyAuditResponse result_;
  int64_t stubs_ = 0;
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_AUDIT_CHECK_H_
