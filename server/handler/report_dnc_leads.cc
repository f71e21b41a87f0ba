// ListDncLeads: the leads that are not to be contacted, as a segment.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/handler/page.h"
#include "server/handler/report_entries.h"
#include "server/name/resource_name.h"
#include "server/state/entries.h"
#include "server/state/txn.h"
#include "server/workflow/shape.h"
#include "storage/schema/keys.h"

namespace dnc {
namespace {

using storage::v1::EntryRecord;
using storage::v1::LeadRecord;

constexpr int kMostFilters = 100;
constexpr size_t kMostReasonBytes = 512;
constexpr int kMostEntriesOfLead = 100;
constexpr size_t kMostReasonsCounted = 10'000;
constexpr size_t kMostReasonsShown = 100;

// Which entries are asked for.
struct WantedDnc {
  std::set<uint32_t> statuses;                    // empty: all
  std::set<std::string> reasons;                  // in lower case; empty: all
  std::set<std::pair<uint32_t, uint32_t>> lists;  // organization and list; empty: all
  uint32_t channels = 0;                          // 0: all
  ReportPeriod added;
  bool flagged_only = false;

  // What can be told without reading the entry.
  bool Fits(const ConcernedEntry& concerned) const {
    const EntryFacts& entry = *concerned.entry;
    if (flagged_only && concerned.point != nullptr) return false;
    if (!lists.empty() && lists.count({concerned.owner->number(), entry.list}) == 0) return false;
    return channels == 0 || entry.channels == 0 || (entry.channels & channels) != 0;
  }
  bool Fits(const v1::Entry& entry, UnixMicros create_time) const {
    if (!added.Contains(create_time)) return false;
    return reasons.empty() || reasons.count(absl::AsciiStrToLower(entry.reason())) != 0;
  }
};

// Leads by something, of which there may be very many.
class Tally {
 public:
  void Add(const std::string& value) {
    const bool known = counts_.count(value) != 0;
    ++counts_[known || counts_.size() < kMostReasonsCounted ? value : ""];
  }
  // The most frequent ones; what is left out under "".
  void Fill(size_t most, google::protobuf::RepeatedPtrField<v1::DncLeadCount>* rows) const {
    std::vector<std::pair<std::string, int64_t>> sorted;
    int64_t others = 0;
    for (const auto& [value, count] : counts_) {
      if (value.empty()) {
        others += count;
      } else {
        sorted.emplace_back(value, count);
      }
    }
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    for (size_t i = most; i < sorted.size(); ++i) others += sorted[i].second;
    sorted.resize(std::min(most, sorted.size()));
    if (others > 0) sorted.emplace_back("", others);
    for (const auto& [value, count] : sorted) {
      v1::DncLeadCount* row = rows->Add();
      row->set_value(value);
      row->set_leads(count);
    }
  }

 private:
  std::map<std::string, int64_t> counts_;
};

absl::StatusOr<EntryRecord> ReadEntryRecord(const ReportState& state,
                                            const ConcernedEntry& concerned) {
  EntryRecord record;
  DNC_ASSIGN_OR_RETURN(
      const bool found,
      state.reader->Get(Family::kEntries,
                        keys::Entry(concerned.owner->number(), concerned.entry->id),
                        [&](absl::string_view bytes) {
                          return record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                                     ? absl::OkStatus()
                                     : CorruptRecord(Family::kEntries);
                        }));
  if (!found) return CorruptRecord(Family::kEntries);
  return record;
}

void FillEntry(const ConcernedEntry& concerned, EntryRecord record, v1::DncLeadEntry* row) {
  v1::Entry& entry = *record.mutable_entry();
  row->set_entry(std::move(*entry.mutable_name()));
  row->set_list(std::move(*entry.mutable_list()));
  row->set_reason(std::move(*entry.mutable_reason()));
  *row->mutable_channels() = entry.channels();
  *row->mutable_create_time() = entry.create_time();
  if (entry.has_expire_time()) *row->mutable_expire_time() = entry.expire_time();
  if (concerned.point != nullptr) *row->mutable_contact_point() = *concerned.point;
  row->set_user(entry.actor().id());
}

class DncLeadsReport : public PiecewiseReport<v1::ListDncLeadsResponse> {
 public:
  DncLeadsReport(ReportState read, WantedDnc wanted, const v1::ListDncLeadsRequest& request,
                 std::string start)
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
    if (!wanted_.statuses.empty() && wanted_.statuses.count(lead.state().status()) == 0) {
      return Take::kNext;
    }
    v1::DncLead row;
    DNC_RETURN_IF_ERROR(ForEachEntry(
        state(), lead, [&](const ConcernedEntry& entry) { return AddEntry(entry, &row); }));
    if (row.entries().empty()) return Take::kNext;
    // Of those beyond the page the first is where the next page begins.
    const bool beyond = page_size_ != 0 && listed_ == page_size_;
    if (beyond && next_page_.empty()) next_page_ = KeyOfLead(state(), lead);
    if (beyond && !counts_all_) {
      page_full_ = true;
      return Take::kStopBefore;
    }
    FillLead(lead, &row);
    Count(row);
    if (beyond) return Take::kNext;
    ++listed_;
    CountRow(row);
    *response().add_leads() = std::move(row);
    return full() ? Take::kStopAfter : Take::kNext;
  }

  // Answers whether there may be more.
  absl::StatusOr<bool> AddEntry(const ConcernedEntry& concerned, v1::DncLead* row) const {
    if (concerned.point == nullptr) row->set_flagged(true);
    if (!wanted_.Fits(concerned)) return true;
    DNC_ASSIGN_OR_RETURN(EntryRecord record, ReadEntryRecord(state(), concerned));
    const UnixMicros added =
        google::protobuf::util::TimeUtil::TimestampToMicroseconds(record.entry().create_time());
    if (!wanted_.Fits(record.entry(), added)) return true;
    FillEntry(concerned, std::move(record), row->add_entries());
    return row->entries_size() < kMostEntriesOfLead;
  }

  void FillLead(const LeadRecord& lead, v1::DncLead* row) const {
    row->set_lead(lead.lead().name());
    row->set_display_name(lead.lead().display_name());
    row->set_record_type(lead.lead().record_type());
    const CatalogStatus* status = state().organization->StatusByNumber(lead.state().status());
    if (status != nullptr) row->set_status(status->proto().name());
  }

  void Count(const v1::DncLead& row) {
    ++leads_;
    if (row.flagged()) ++flagged_;
    by_status_.Add(row.status());
    std::set<std::string> lists;
    std::set<std::string> reasons;
    for (const v1::DncLeadEntry& entry : row.entries()) {
      lists.insert(entry.list());
      reasons.insert(entry.reason());
    }
    for (const std::string& list : lists) by_list_.Add(list);
    for (const std::string& reason : reasons) by_reason_.Add(reason);
  }

  int64_t rows_read() const override { return scan_.leads_read(); }
  void FillSummary(v1::DncLeadSummary* summary) override {
    summary->set_leads(leads_);
    summary->set_flagged(flagged_);
    by_status_.Fill(SIZE_MAX, summary->mutable_by_status());
    by_list_.Fill(SIZE_MAX, summary->mutable_by_list());
    by_reason_.Fill(kMostReasonsShown, summary->mutable_by_reason());
    if (!next_page_.empty()) summary->set_next_page_token(MakePageToken(next_page_, filter_));
  }

  const WantedDnc wanted_;
  const int32_t page_size_;
  const bool counts_all_;
  const std::string filter_;
  LeadScan scan_;
  int32_t listed_ = 0;
  bool page_full_ = false;
  std::string next_page_;
  int64_t leads_ = 0;
  int64_t flagged_ = 0;
  Tally by_status_;
  Tally by_list_;
  Tally by_reason_;
};

absl::Status WantLists(const ReportState& state, const v1::ListDncLeadsRequest& request,
                       WantedDnc* wanted) {
  DNC_RETURN_IF_ERROR(CheckCount("lists", request.lists_size(), kMostFilters));
  for (int i = 0; i < request.lists_size(); ++i) {
    const std::string field = absl::StrCat("lists[", i, "]");
    DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseListName(request.lists(i), field));
    const CatalogOrganization* owner = nullptr;
    if (name.organization == state.organization->id) owner = state.organization;
    if (name.organization == kGlobalOrganization) owner = &state.global();
    const CatalogList* list = owner == nullptr ? nullptr : owner->FindList(name.list);
    if (list == nullptr) {
      return MakeError(v1::ERROR_REASON_LIST_NOT_FOUND,
                       absl::StrCat(field, ": ", request.lists(i), " does not exist"),
                       {{"list", request.lists(i)}});
    }
    wanted->lists.insert({owner->number(), list->record.number()});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::ListDncLeadsRequest& request,
                                                   const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(ReportState state, OpenReportState(context, request.parent(), caller));
  WantedDnc wanted;
  DNC_ASSIGN_OR_RETURN(wanted.statuses, StatusNumbers(state, request.statuses()));
  DNC_RETURN_IF_ERROR(CheckTexts("reasons", request.reasons(), kMostFilters, kMostReasonBytes));
  for (const std::string& reason : request.reasons()) {
    wanted.reasons.insert(absl::AsciiStrToLower(reason));
  }
  DNC_RETURN_IF_ERROR(WantLists(state, request, &wanted));
  DNC_ASSIGN_OR_RETURN(wanted.channels, ChannelMask(request.channels()));
  DNC_ASSIGN_OR_RETURN(wanted.added, ReportPeriodOf(request.period()));
  wanted.flagged_only = request.flagged_only();
  DNC_ASSIGN_OR_RETURN(std::string start, StartOfPage(state, request));
  return std::make_unique<DncLeadsReport>(std::move(state), std::move(wanted), request,
                                          std::move(start));
}

}  // namespace dnc
