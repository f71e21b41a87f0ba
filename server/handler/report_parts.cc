#include "server/handler/report_parts.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/handler/page.h"
#include "server/handler/period.h"
#include "server/handler/read_handler.h"
#include "server/handler/visibility.h"
#include "server/name/resource_name.h"
#include "server/state/txn.h"
#include "server/workflow/shape.h"
#include "storage/schema/keys.h"

namespace dnc {

using google::protobuf::util::TimeUtil;

absl::StatusOr<ReportState> OpenReportState(const ReportContext& context, const std::string& parent,
                                            const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseOrganizationName(parent, "parent"));
  ReportState state;
  const StateMachine::ViewGuard view = context.state->Read();
  state.revision = view->revision;
  state.now = context.clock->Now();
  state.catalog = view->catalog;
  state.reader = view->reader->ForScans();
  DNC_ASSIGN_OR_RETURN(state.organization, FindOrganization(*view, name.organization));
  for (const auto& status : state.organization->statuses_by_number) {
    state.hidden.push_back(status != nullptr && !SeesStatus(*view, caller, status->proto()));
  }
  return state;
}

const CatalogStatus* StatusOfAction(const ReportState& state, absl::string_view action) {
  const absl::StatusOr<ResourceName> name = ParseActionName(action, "action");
  if (!name.ok() || name->organization != state.organization->id) return nullptr;
  return state.organization->FindStatus(name->workflow, name->status);
}

absl::StatusOr<uint32_t> ChannelMask(const google::protobuf::RepeatedField<int>& channels) {
  DNC_RETURN_IF_ERROR(CheckChannels(channels, "channels"));
  return MaskOf(channels);
}

absl::Status CheckTexts(absl::string_view field, const ReportNames& texts, int most,
                        size_t most_bytes) {
  DNC_RETURN_IF_ERROR(CheckCount(field, texts.size(), most));
  for (int i = 0; i < texts.size(); ++i) {
    DNC_RETURN_IF_ERROR(CheckText(texts.Get(i), most_bytes, absl::StrCat(field, "[", i, "]")));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::set<uint32_t>> StatusNumbers(const ReportState& state,
                                                 const ReportNames& names) {
  constexpr int kMostStatuses = 1000;
  DNC_RETURN_IF_ERROR(CheckCount("statuses", names.size(), kMostStatuses));
  std::set<uint32_t> numbers;
  for (int i = 0; i < names.size(); ++i) {
    const std::string field = absl::StrCat("statuses[", i, "]");
    DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseStatusName(names.Get(i), field));
    const CatalogStatus* status = name.organization == state.organization->id
                                      ? state.organization->FindStatus(name.workflow, name.status)
                                      : nullptr;
    if (status == nullptr || !state.Sees(status->record.number())) {
      return MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND,
                       absl::StrCat(field, ": ", names.Get(i), " does not exist"),
                       {{"status", names.Get(i)}});
    }
    numbers.insert(status->record.number());
  }
  return numbers;
}

absl::StatusOr<ReportPeriod> ReportPeriodOf(const v1::Period& period) {
  DNC_RETURN_IF_ERROR(CheckPeriod(period, "period"));
  ReportPeriod range;
  if (period.has_start_time()) {
    range.start = TimeUtil::TimestampToMicroseconds(period.start_time());
  }
  if (period.has_end_time()) {
    range.end = TimeUtil::TimestampToMicroseconds(period.end_time());
  }
  return range;
}

SliceScan::SliceScan(Family family, std::string prefix, std::string start)
    : family_(family),
      end_(keys::PrefixEnd(prefix)),
      next_(start.empty() ? std::move(prefix) : std::move(start)) {}

absl::Status SliceScan::Read(
    const StoreReader& reader, int most,
    absl::FunctionRef<absl::StatusOr<Take>(absl::string_view, absl::string_view)> on_row) {
  absl::Status error;
  bool stopped = false;
  int rows = 0;
  const auto stop_at = [&](absl::string_view key, absl::string_view after) {
    next_ = absl::StrCat(key, after);
    stopped = true;
    return false;
  };
  DNC_RETURN_IF_ERROR(
      reader.Scan(family_, next_, end_, [&](absl::string_view key, absl::string_view value) {
        const absl::StatusOr<Take> take = on_row(key, value);
        if (!take.ok()) error = take.status();
        if (!take.ok() || *take == Take::kStopBefore) return stop_at(key, "");
        ++rows_read_;
        if (*take == Take::kNext && ++rows < most) return true;
        return stop_at(key, absl::string_view("\0", 1));
      }));
  DNC_RETURN_IF_ERROR(error);
  done_ = !stopped;
  return absl::OkStatus();
}

LeadScan::LeadScan(const ReportState& state, std::string start)
    : scan_(Family::kLeads, keys::OrgPrefix(state.organization->number()), std::move(start)) {}

absl::Status LeadScan::Slice(
    const ReportState& state,
    absl::FunctionRef<absl::StatusOr<Take>(const storage::v1::LeadRecord&)> on_lead) {
  storage::v1::LeadRecord lead;
  return scan_.Read(*state.reader, kRows,
                    [&](absl::string_view, absl::string_view value) -> absl::StatusOr<Take> {
                      // A lead without a state would pass for one that nothing restricts.
                      if (!lead.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
                          !lead.has_state()) {
                        return CorruptRecord(Family::kLeads);
                      }
                      if (lead.delete_time() != 0 || !state.Sees(lead.state().status()))
                        return Take::kNext;
                      DNC_ASSIGN_OR_RETURN(const Take take, on_lead(lead));
                      if (take != Take::kStopBefore) ++leads_read_;
                      return take;
                    });
}

std::string KeyOfLead(const ReportState& state, const storage::v1::LeadRecord& lead) {
  return keys::Lead(state.organization->number(), LastPart(lead.lead().name()));
}

absl::StatusOr<std::string> StartOfLeads(const ReportState& state, int page_size,
                                         const std::string& page_token, absl::string_view filter) {
  DNC_ASSIGN_OR_RETURN(Page page, ReadPage(page_size, page_token, filter));
  if (page.start.empty() ||
      absl::StartsWith(page.start, keys::OrgPrefix(state.organization->number()))) {
    return std::move(page.start);
  }
  return InvalidField("page_token", "not a token of this request; begin again without it");
}

AuditScan::AuditScan(const ReportPeriod& range) : range_(range), scan_(Family::kAudit, "", "") {}

absl::Status AuditScan::Slice(const ReportState& state,
                              absl::FunctionRef<absl::Status(const AuditRow&)> on_row) {
  size_t bytes = 0;
  return scan_.Read(*state.reader, kRows,
                    [&](absl::string_view, absl::string_view value) -> absl::StatusOr<Take> {
                      DNC_ASSIGN_OR_RETURN(const std::optional<AuditRow> row, ReadAuditRow(value));
                      const bool wanted = row.has_value() &&
                                          row->organization == state.organization->id &&
                                          range_.Contains(row->time);
                      if (wanted) DNC_RETURN_IF_ERROR(on_row(*row));
                      bytes += value.size();
                      return bytes < kBytes ? Take::kNext : Take::kStopAfter;
                    });
}

}  // namespace dnc
