// Sends many leads in batches, several at a time.
#ifndef DNC_CLIENT_CLI_LEAD_UPLOAD_H_
#define DNC_CLIENT_CLI_LEAD_UPLOAD_H_

#include <cstdint>
#include <deque>
#include <future>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/judged_leads.h"
#include "client/cli/reject_log.h"
#include "client/cli/session.h"
#include "dnc/v1/lead.pb.h"

namespace dnc::cli {

// Rows of the same lead take effect in their order, and are judged as if they did: a row of a lead
// that an earlier one would create counts as its update. Not thread-safe.
class LeadUpload {
 public:
  static constexpr size_t kBatch = 500;
  static constexpr size_t kInFlight = 4;

  struct Counts {
    int64_t created = 0;
    int64_t updated = 0;
    int64_t unchanged = 0;
    int64_t refused = 0;
    int64_t revision = 0;

    int64_t rows() const { return created + updated + unchanged + refused; }
  };

  // Session and log must outlive the upload. `validate_only`: judge, and change nothing; otherwise
  // Session::BeginWrite comes first.
  LeadUpload(Session& session, RejectLog& rejects, bool validate_only);

  // Whether rows may move a lead to a status that restricts contact less than its own.
  void AllowLiftingRestriction(bool allow) { allow_lifting_restriction_ = allow; }

  // Takes the lead of the row at `line`. Errors are those of the gateway for a whole batch.
  absl::Status Add(v1::Lead lead, uint64_t line);

  // Counts a row that could not be read; `lead` is the name of its lead, where that is known.
  void Refuse(uint64_t line, const absl::Status& why, const std::string& lead = "");

  // Sends the rest and waits for all answers. Call once, last.
  absl::Status Finish();

  const Counts& counts() const { return counts_; }
  bool validate_only() const { return validate_only_; }

 private:
  using Response = v1::BatchUpsertLeadsResponse;
  struct Flight {
    std::vector<uint64_t> lines;
    std::vector<v1::Lead> leads;  // name, record type and status only
    std::future<absl::StatusOr<Response>> answer;
  };

  absl::Status Send();
  absl::Status Land();
  void Count(const v1::LeadResult& result, const v1::Lead& lead, uint64_t line);

  Session& session_;
  RejectLog& rejects_;
  const bool validate_only_;
  bool allow_lifting_restriction_ = false;
  std::vector<uint64_t> lines_;
  v1::BatchUpsertLeadsRequest batch_;
  std::deque<Flight> flights_;
  absl::flat_hash_set<std::string> flying_;  // names of the leads in flights_
  JudgedLeads judged_;                       // where nothing is written
  int64_t batches_ = 0;
  Counts counts_;
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_LEAD_UPLOAD_H_
