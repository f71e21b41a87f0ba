// DiagnoseActiveReports: workflows first, then the leads that a report by status shows.
#include "server/handler/diagnose_report.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/decision/record_facts.h"
#include "server/diagnose/findings.h"
#include "server/diagnose/lead_findings.h"
#include "server/diagnose/remedies.h"
#include "server/error/error.h"
#include "server/handler/diagnose_parts.h"
#include "server/handler/report_entries.h"
#include "server/handler/report_parts.h"
#include "server/name/resource_name.h"
#include "server/report/coverage.h"
#include "server/state/entries.h"
#include "server/state/entry_ids.h"
#include "server/state/txn.h"
#include "server/subject/subject.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::LeadRecord;
using v1::Finding;

constexpr int kMostLeadsNamed = 1000;
constexpr int64_t kDefaultSuspects = 100;
constexpr int64_t kMostSuspects = 100'000;
// Named leads are read one by one: so many a slice.
constexpr size_t kLeadsPerSlice = 50;

// Counts findings by kind and keeps the first ones until they are sent.
class FindingCounter {
 public:
  explicit FindingCounter(int64_t most) : most_(most) {}

  void Add(Finding finding) {
    ++counts_[static_cast<size_t>(finding.kind())];
    if (finding.severity() == Finding::SEVERITY_CAUSE && causes_++ == 0) {
      first_cause_ = finding.message();
    }
    if (finding.severity() == Finding::SEVERITY_WARNING) ++warnings_;
    if (kept_count_ == most_) {
      ++omitted_;
      return;
    }
    ++kept_count_;
    kept_.push_back(std::move(finding));
  }

  std::vector<Finding> Take() { return std::exchange(kept_, {}); }

  void Fill(v1::ActiveReportsSummary* summary) const {
    v1::Diagnosis* diagnosis = summary->mutable_diagnosis();
    diagnosis->set_causes(causes_);
    diagnosis->set_warnings(warnings_);
    diagnosis->set_omitted(omitted_);
    diagnosis->set_message(DiagnosisText(
        *diagnosis, first_cause_, "no DNC lead appears among the leads that are being worked"));
    for (size_t kind = 1; kind < counts_.size(); ++kind) {
      if (counts_[kind] == 0) continue;
      v1::FindingCount* count = summary->add_counts();
      count->set_kind(static_cast<Finding::Kind>(kind));
      count->set_count(counts_[kind]);
    }
  }

 private:
  const int64_t most_;
  int64_t kept_count_ = 0;
  int32_t causes_ = 0;
  int32_t warnings_ = 0;
  int32_t omitted_ = 0;
  std::string first_cause_;
  std::array<int64_t, Finding::Kind_ARRAYSIZE> counts_{};
  std::vector<Finding> kept_;
};

struct SuspectLeads {
  std::vector<std::string> leads;  // ids; empty: all
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
};

class ActiveReportsDiagnosis : public PiecewiseReport<v1::DiagnoseActiveReportsResponse> {
 public:
  ActiveReportsDiagnosis(ReportState read, SuspectLeads wanted, int64_t most_findings)
      : PiecewiseReport(std::move(read)),
        wanted_(std::move(wanted)),
        findings_(most_findings),
        scan_(state(), "") {
    FindActions();
  }

 private:
  // DNC actions after which the lead stays among those that are worked.
  void FindActions() {
    v1::GetCoverageRequest request;
    request.add_kinds(v1::CoverageFinding::KIND_DNC_ACTION_LEAVES_ALIVE);
    request.set_max_findings(kMostSuspects);
    absl::StatusOr<CoverageFindings> gaps = CoverageFindings::Create(request);
    if (!gaps.ok()) return;
    v1::CoverageSummary counted;
    FindWorkflowGaps(
        *state().organization,
        [this](const CatalogStatus& status) { return state().Sees(status.record.number()); },
        &*gaps, &counted);
    for (v1::CoverageFinding gap; gaps->Pop(&gap); gap.Clear()) {
      Finding finding = MakeFinding(Finding::KIND_DNC_ACTION_LEAVES_ALIVE, Finding::SEVERITY_CAUSE,
                                    gap.subject(), gap.related(), gap.message());
      *finding.mutable_remedy() = MoveToDead(gap.subject());
      findings_.Add(std::move(finding));
    }
  }

  absl::StatusOr<bool> Slice() override {
    if (wanted_.leads.empty()) {
      DNC_RETURN_IF_ERROR(
          scan_.Slice(state(), [this](const LeadRecord& lead) { return JudgeScanned(lead); }));
    } else {
      DNC_RETURN_IF_ERROR(JudgeNamed());
    }
    Send();
    return wanted_.leads.empty() ? !scan_.done() : next_ < wanted_.leads.size();
  }

  void Send() {
    for (Finding& finding : findings_.Take()) {
      CountRow(finding);
      *response().add_findings() = std::move(finding);
    }
  }

  absl::StatusOr<Take> JudgeScanned(const LeadRecord& lead) {
    DNC_RETURN_IF_ERROR(Judge(lead));
    // What findings take goes with the slice: some hundred bytes for each of its leads.
    return Take::kNext;
  }

  absl::Status JudgeNamed() {
    const size_t end = std::min(next_ + kLeadsPerSlice, wanted_.leads.size());
    for (; next_ < end; ++next_) {
      const std::string& id = wanted_.leads[next_];
      DNC_ASSIGN_OR_RETURN(const std::optional<LeadRecord> lead,
                           FindLead(*state().reader, state().organization->number(), id));
      if (!lead.has_value() || !state().Sees(lead->state().status())) {
        findings_.Add(LeadUnknown(LeadName(state().organization->id, id)));
      } else if (lead->delete_time() != 0) {
        findings_.Add(LeadGone(*lead, state().organization->id));
      } else {
        DNC_RETURN_IF_ERROR(Judge(*lead));
      }
    }
    return absl::OkStatus();
  }

  bool named() const { return !wanted_.leads.empty(); }

  absl::Status Judge(const LeadRecord& lead) {
    summary_.set_leads(summary_.leads() + 1);
    const CatalogStatus* status = state().organization->StatusByNumber(lead.state().status());
    if (status == nullptr || !IsWorked(*status)) {
      if (named() && status != nullptr) findings_.Add(NotWorked(lead, *status));
      return absl::OkStatus();
    }
    summary_.set_worked(summary_.worked() + 1);
    OwnEntries own = JudgeOwnEntries(lead, state().organization->id, status->proto().name(),
                                     wanted_.channel, state().now);
    const bool has_own = !own.findings.empty();
    for (Finding& finding : own.findings) findings_.Add(std::move(finding));
    if (own.flagged) {
      summary_.set_excluded_flagged(summary_.excluded_flagged() + 1);
      return absl::OkStatus();
    }
    DNC_ASSIGN_OR_RETURN(const bool blocked, JudgePoints(lead));
    if (blocked) {
      summary_.set_excluded_contact_point(summary_.excluded_contact_point() + 1);
      return absl::OkStatus();
    }
    summary_.set_active(summary_.active() + 1);
    if (!named()) return absl::OkStatus();
    DNC_ASSIGN_OR_RETURN(const bool revoked, FindRevoked(lead));
    if (!has_own && !revoked) findings_.Add(NoEntry(lead.lead().name()));
    return absl::OkStatus();
  }

  Finding NotWorked(const LeadRecord& lead, const CatalogStatus& status) const {
    return MakeFinding(
        Finding::KIND_NOTHING_FOUND, Finding::SEVERITY_INFO, lead.lead().name(),
        status.proto().name(),
        absl::StrCat(lead.lead().name(), " stands in ", CommandName(status.proto().name()),
                     ", which is not worked: a report that shows it selects by "
                     "something else than what statuses mean"));
  }

  // Whether a contact point of the lead has an entry in force, as ListActiveLeads judges it.
  absl::StatusOr<bool> JudgePoints(const LeadRecord& lead) {
    std::optional<Finding> found;
    DNC_RETURN_IF_ERROR(
        ForEachEntry(state(), lead, [&](const ConcernedEntry& entry) -> absl::StatusOr<bool> {
          const bool counts = wanted_.channel == v1::CHANNEL_UNSPECIFIED ||
                              ChannelBlocked(entry.entry->channels, wanted_.channel);
          if (!counts || entry.point == nullptr) return true;
          DNC_ASSIGN_OR_RETURN(const std::string other, OtherLead(lead, *entry.point));
          found = ContactPointFlagged(lead.lead().name(), other,
                                      EntryNameOf(entry.owner->id, entry.entry->id));
          return false;
        }));
    if (!found.has_value()) return false;
    findings_.Add(*std::move(found));
    return true;
  }

  // Another lead with the contact point that has an entry in force of its own; empty: none has.
  absl::StatusOr<std::string> OtherLead(const LeadRecord& lead, const v1::ContactPoint& point) {
    const absl::string_view id = LastPart(lead.lead().name());
    std::string other;
    const std::string key = SubjectKey(state().organization->number(), FromCanonical(point));
    DNC_RETURN_IF_ERROR(state()
                            .reader
                            ->Get(Family::kSubjects, key,
                                  [&](absl::string_view record) {
                                    SubjectFacts facts;
                                    if (!ReadSubjectFacts(record, &facts))
                                      return CorruptRecord(Family::kSubjects);
                                    for (const LeadOfPoint& reference : facts.leads) {
                                      if (reference.lead != id && other.empty() &&
                                          IsInForce(reference.state)) {
                                        other = LeadName(state().organization->id, reference.lead);
                                      }
                                    }
                                    return absl::OkStatus();
                                  })
                            .status());
    return other;
  }

  bool IsInForce(const LeadStateFacts& lead) const {
    return std::any_of(lead.entries.begin(), lead.entries.end(),
                       [this](const EntryFacts& entry) { return InForce(entry, state().now); });
  }

  // Entries of the lead that were revoked, the newest of them; they are in its history only.
  absl::StatusOr<bool> FindRevoked(const LeadRecord& lead) {
    const uint32_t organization = state().organization->number();
    const EntryOwner owner = EntryOwner::Lead(organization, LastPart(lead.lead().name()));
    std::vector<EntryId> ids;
    DNC_RETURN_IF_ERROR(owner.ForEachEntry(*state().reader, EntryId{}, [&](EntryId id) {
      ids.push_back(id);
      return ids.size() < kMostFindings;
    }));
    bool found = false;
    for (auto id = ids.rbegin(); id != ids.rend() && !found; ++id) {
      DNC_ASSIGN_OR_RETURN(const std::optional<storage::v1::EntryRecord> entry,
                           FindEntry(*state().reader, organization, *id));
      if (!entry.has_value()) return CorruptRecord(Family::kIndex);
      if (!entry->entry().has_revoke_time()) continue;
      found = true;
      findings_.Add(EntryRevoked(lead.lead().name(), entry->entry().name(),
                                 TimeUtil::TimestampToMicroseconds(entry->entry().revoke_time())));
    }
    return found;
  }

  int64_t rows_read() const override {
    return named() ? static_cast<int64_t>(next_) : scan_.leads_read();
  }

  void FillSummary(v1::ActiveReportsSummary* summary) override {
    *summary = summary_;
    findings_.Fill(summary);
  }

  const SuspectLeads wanted_;
  FindingCounter findings_;
  LeadScan scan_;
  size_t next_ = 0;  // of wanted_.leads
  v1::ActiveReportsSummary summary_;
};

absl::StatusOr<int64_t> MostSuspects(int32_t asked) {
  if (asked < 0 || asked > kMostSuspects) {
    return InvalidField("max_findings",
                        absl::StrCat("must be 1 to ", kMostSuspects, ", or 0 for the default"));
  }
  return asked == 0 ? kDefaultSuspects : asked;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::DiagnoseActiveReportsRequest& request,
                                                   const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(ReportState state, OpenReportState(context, request.parent(), caller));
  DNC_RETURN_IF_ERROR(CheckCount("leads", request.leads_size(), kMostLeadsNamed));
  SuspectLeads wanted;
  std::set<std::string> seen;
  for (int i = 0; i < request.leads_size(); ++i) {
    const std::string field = absl::StrCat("leads[", i, "]");
    DNC_ASSIGN_OR_RETURN(std::string id, LeadIdOf(*state.organization, request.leads(i), field));
    if (!seen.insert(id).second) return InvalidField(field, "named before; leave it out");
    wanted.leads.push_back(std::move(id));
  }
  if (!v1::Channel_IsValid(request.channel())) {
    return InvalidField("channel", "no channel that this server knows");
  }
  wanted.channel = request.channel();
  DNC_ASSIGN_OR_RETURN(const int64_t most, MostSuspects(request.max_findings()));
  return std::make_unique<ActiveReportsDiagnosis>(std::move(state), std::move(wanted), most);
}

}  // namespace dnc
