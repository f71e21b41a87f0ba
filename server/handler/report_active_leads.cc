// ListActiveLeads: what ListDncLeads leaves over of the leads that are being worked.
#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/handler/page.h"
#include "server/handler/report_entries.h"
#include "server/state/leads.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

using storage::v1::LeadRecord;

constexpr size_t kMostIdBytes = 63;
constexpr uint32_t kWorked =
    Bit(v1::SYSTEM_STATUS_NEW) | Bit(v1::SYSTEM_STATUS_WORKING) | Bit(v1::SYSTEM_STATUS_NURTURE);

struct WantedActive {
  std::set<uint32_t> statuses;  // empty: all
  uint32_t system_statuses = 0;
  std::string record_type;  // empty: all
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;

  bool Fits(const LeadRecord& lead, const CatalogOrganization& organization) const {
    const uint32_t number = lead.state().status();
    if (!statuses.empty() && statuses.count(number) == 0) return false;
    const CatalogStatus* status = organization.StatusByNumber(number);
    const bool means =
        status != nullptr && (system_statuses & Bit(status->proto().system_status())) != 0;
    return means && (record_type.empty() || lead.lead().record_type() == record_type);
  }
};

absl::StatusOr<uint32_t> SystemStatusMask(const v1::ListActiveLeadsRequest& request) {
  uint32_t mask = 0;
  for (int i = 0; i < request.system_statuses_size(); ++i) {
    const int value = request.system_statuses(i);
    if (value == v1::SYSTEM_STATUS_UNSPECIFIED || !v1::SystemStatus_IsValid(value)) {
      return InvalidField(absl::StrCat("system_statuses[", i, "]"),
                          "no system status that this server knows");
    }
    const uint32_t bit = 1u << static_cast<uint32_t>(value);
    if ((mask & bit) != 0) {
      return InvalidField(absl::StrCat("system_statuses[", i, "]"), "named before; leave it out");
    }
    mask |= bit;
  }
  if (mask != 0) return mask;
  return request.statuses().empty() ? kWorked : ~0u;
}

class ActiveLeadsReport : public PiecewiseReport<v1::ListActiveLeadsResponse> {
 public:
  ActiveLeadsReport(ReportState read, WantedActive wanted,
                    const v1::ListActiveLeadsRequest& request, std::string start)
      : PiecewiseReport(std::move(read)),
        wanted_(std::move(wanted)),
        page_size_(request.page_size()),
        counts_all_(request.page_token().empty()),
        filter_(FilterOf(request)),
        scan_(state(), std::move(start)) {}

 private:
  absl::StatusOr<bool> Slice() override {
    DNC_RETURN_IF_ERROR(
        scan_.Slice(state(), [this](const LeadRecord& lead) { return Judge(lead); }));
    return !scan_.done() && !page_full_;
  }

  absl::StatusOr<Take> Judge(const LeadRecord& lead) {
    if (!wanted_.Fits(lead, *state().organization)) {
      summary_.set_other(summary_.other() + 1);
      return Take::kNext;
    }
    bool flagged = false;
    bool blocked = false;
    DNC_RETURN_IF_ERROR(ForEachEntry(state(), lead, [&](const ConcernedEntry& entry) {
      const bool counts = wanted_.channel == v1::CHANNEL_UNSPECIFIED ||
                          ChannelBlocked(entry.entry->channels, wanted_.channel);
      if (counts) (entry.point == nullptr ? flagged : blocked) = true;
      return !counts;
    }));
    if (flagged) {
      summary_.set_excluded_flagged(summary_.excluded_flagged() + 1);
    } else if (blocked) {
      summary_.set_excluded_contact_point(summary_.excluded_contact_point() + 1);
    } else {
      return List(lead);
    }
    return Take::kNext;
  }

  // Of those beyond the page the first is where the next page begins.
  Take List(const LeadRecord& lead) {
    const bool beyond = page_size_ != 0 && listed_ == page_size_;
    if (beyond && next_page_.empty()) next_page_ = KeyOfLead(state(), lead);
    if (beyond && !counts_all_) {
      page_full_ = true;
      return Take::kStopBefore;
    }
    summary_.set_active(summary_.active() + 1);
    if (beyond) return Take::kNext;
    ++listed_;
    v1::Lead* row = response().add_leads();
    *row = LeadToProto(lead, *state().organization, state().now);
    CountRow(*row);
    return full() ? Take::kStopAfter : Take::kNext;
  }

  int64_t rows_read() const override { return scan_.leads_read(); }
  void FillSummary(v1::ActiveLeadSummary* summary) override {
    *summary = summary_;
    if (!next_page_.empty()) summary->set_next_page_token(MakePageToken(next_page_, filter_));
  }

  const WantedActive wanted_;
  const int32_t page_size_;
  const bool counts_all_;
  const std::string filter_;
  LeadScan scan_;
  int32_t listed_ = 0;
  bool page_full_ = false;
  std::string next_page_;
  v1::ActiveLeadSummary summary_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::ListActiveLeadsRequest& request,
                                                   const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(ReportState state, OpenReportState(context, request.parent(), caller));
  WantedActive wanted;
  DNC_ASSIGN_OR_RETURN(wanted.statuses, StatusNumbers(state, request.statuses()));
  DNC_ASSIGN_OR_RETURN(wanted.system_statuses, SystemStatusMask(request));
  DNC_RETURN_IF_ERROR(CheckText(request.record_type(), kMostIdBytes, "record_type"));
  wanted.record_type = request.record_type();
  if (!v1::Channel_IsValid(request.channel())) {
    return InvalidField("channel", "no channel that this server knows");
  }
  wanted.channel = request.channel();
  DNC_ASSIGN_OR_RETURN(std::string start, StartOfPage(state, request));
  return std::make_unique<ActiveLeadsReport>(std::move(state), std::move(wanted), request,
                                             std::move(start));
}

}  // namespace dnc
