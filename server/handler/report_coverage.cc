// GetCoverage: gaps in workflows, leads, user groups and registries.
#include <string>
#include <utility>

#include "server/contact/phone.h"
#include "server/handler/report_entries.h"
#include "server/report/coverage.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using storage::v1::LeadRecord;

class CoverageReport : public PiecewiseReport<v1::GetCoverageResponse> {
 public:
  CoverageReport(ReportState read, CoverageFindings findings)
      : PiecewiseReport(std::move(read)), findings_(std::move(findings)), scan_(state(), "") {
    FindWorkflowGaps(
        *state().organization,
        [this](const CatalogStatus& status) { return state().Sees(status.record.number()); },
        &findings_, &summary_);
    FindGroupGaps(*state().organization, &findings_);
  }

 private:
  absl::StatusOr<bool> Slice() override {
    if (SendFindings()) return true;
    if (!scan_.done()) {
      DNC_RETURN_IF_ERROR(
          scan_.Slice(state(), [this](const LeadRecord& lead) { return Judge(lead); }));
      // What registries lack depends on the phone numbers of all leads.
      if (scan_.done()) {
        FindRegistryGaps(*state().organization, state().global(), numbers_, state().now, &findings_,
                         &summary_);
      }
      return true;
    }
    return false;
  }

  // Answers whether there was one.
  bool SendFindings() {
    bool any = false;
    v1::CoverageFinding finding;
    while (!full() && findings_.Pop(&finding)) {
      CountRow(finding);
      *response().add_findings() = std::move(finding);
      finding.Clear();
      any = true;
    }
    return any;
  }

  Take Judge(const LeadRecord& lead) {
    FindLeadGap(lead.lead().name(), IsFlagged(lead, state().now),
                state().organization->StatusByNumber(lead.state().status()), &findings_);
    for (const v1::ContactPoint& point : lead.lead().contact_points()) {
      if (!point.has_phone()) continue;
      const uint64_t phone = FromCanonical(point).phone;
      if (IsNanp(phone)) ++numbers_[phone / 10'000'000 % 1000];
    }
    return Take::kNext;
  }

  int64_t rows_read() const override { return scan_.leads_read(); }
  void FillSummary(v1::CoverageSummary* summary) override {
    summary_.set_leads(scan_.leads_read());
    findings_.FillCounts(&summary_);
    *summary = summary_;
  }

  CoverageFindings findings_;
  LeadScan scan_;
  AreaCodeCounts numbers_{};
  v1::CoverageSummary summary_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::GetCoverageRequest& request,
                                                   const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(ReportState state, OpenReportState(context, request.parent(), caller));
  DNC_ASSIGN_OR_RETURN(CoverageFindings findings, CoverageFindings::Create(request));
  return std::make_unique<CoverageReport>(std::move(state), std::move(findings));
}

}  // namespace dnc
