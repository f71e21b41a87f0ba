// Gaps in what an organization does about Do Not Contact: which there are, and how they are told.
// Pure.
#ifndef DNC_SERVER_REPORT_COVERAGE_H_
#define DNC_SERVER_REPORT_COVERAGE_H_

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "dnc/v1/report.pb.h"
#include "server/catalog/catalog.h"

namespace dnc {

// Counts findings, and keeps the first of each kind until they are taken.
class CoverageFindings {
 public:
  // INVALID_FIELD: a kind twice or of none, or max_findings out of range.
  static absl::StatusOr<CoverageFindings> Create(const v1::GetCoverageRequest& request);

  bool wants(v1::CoverageFinding::Kind kind) const { return wanted_[static_cast<size_t>(kind)]; }
  // Whether a finding of the kind would be kept, and is worth a message.
  bool keeps(v1::CoverageFinding::Kind kind) const {
    return wants(kind) && counts_[static_cast<size_t>(kind)] < most_;
  }
  // `make` is called only where the finding is kept.
  void Add(v1::CoverageFinding::Kind kind, const std::function<v1::CoverageFinding()>& make);

  // The oldest that was not taken. False: there is none.
  bool Pop(v1::CoverageFinding* finding);
  // One count for each kind that is wanted.
  void FillCounts(v1::CoverageSummary* summary) const;

 private:
  static constexpr size_t kKinds = v1::CoverageFinding::Kind_ARRAYSIZE;

  std::array<bool, kKinds> wanted_{};
  std::array<int64_t, kKinds> counts_{};
  int64_t most_ = 0;
  std::deque<v1::CoverageFinding> kept_;
};

// Which of an organization's statuses a caller may see.
using StatusFilter = std::function<bool(const CatalogStatus&)>;

// Statuses without a DNC action, and DNC actions that leave the lead alive; counts both in
// `summary`.
void FindWorkflowGaps(const CatalogOrganization& organization, const StatusFilter& sees,
                      CoverageFindings* findings, v1::CoverageSummary* summary);

// Groups that are outdated.
void FindGroupGaps(const CatalogOrganization& organization, CoverageFindings* findings);

// Phone numbers of leads by area code of the North American plan.
using AreaCodeCounts = std::array<int64_t, 1000>;

// Registries that vouch for nothing or not for all of `numbers`; counts them in `summary`.
void FindRegistryGaps(const CatalogOrganization& organization, const CatalogOrganization& global,
                      const AreaCodeCounts& numbers, UnixMicros now, CoverageFindings* findings,
                      v1::CoverageSummary* summary);

// A lead whose flag and status contradict each other. `status` may be null: one that is not known.
void FindLeadGap(const std::string& lead, bool flagged, const CatalogStatus* status,
                 CoverageFindings* findings);

// Whether a lead in it is closed for good.
inline bool IsDead(const CatalogStatus& status) {
  return status.proto().system_status() == v1::SYSTEM_STATUS_DEAD;
}

}  // namespace dnc

#endif  // DNC_SERVER_REPORT_COVERAGE_H_
