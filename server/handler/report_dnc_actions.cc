// CountDncActions: what the audit trail says of DNC actions.
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/handler/report_parts.h"
#include "server/name/resource_name.h"
#include "server/report/dnc_action_tally.h"
#include "server/workflow/shape.h"

namespace dnc {
namespace {

constexpr int kMostFiltered = 1000;
constexpr size_t kMostUserBytes = 256;

struct WantedActions {
  std::set<uint32_t> statuses;    // empty: all
  std::set<std::string> actions;  // names; empty: all
  std::set<std::string> users;    // empty: all
  ReportPeriod performed;
};

class DncActionsReport : public PiecewiseReport<v1::CountDncActionsResponse> {
 public:
  DncActionsReport(ReportState read, WantedActions wanted, const DncActionGrouping& grouping)
      : PiecewiseReport(std::move(read)),
        wanted_(std::move(wanted)),
        scan_(wanted_.performed),
        tally_(grouping) {}

 private:
  absl::StatusOr<bool> Slice() override {
    if (!scan_.done()) {
      DNC_RETURN_IF_ERROR(scan_.Slice(state(), [this](const AuditRow& row) { return Count(row); }));
      return true;
    }
    v1::DncActionCount count;
    while (!full() && tally_.Pop(&count)) {
      count.set_action_display_name(DisplayName(count));
      CountRow(count);
      *response().add_counts() = std::move(count);
      count.Clear();
    }
    return full();
  }

  absl::Status Count(const AuditRow& row) {
    DNC_ASSIGN_OR_RETURN(const std::optional<PerformedDncAction> action, DncActionOf(row));
    if (!action.has_value()) return absl::OkStatus();
    const CatalogStatus* status = StatusOfAction(state(), action->action);
    if (status != nullptr && !state().Sees(status->record.number())) return absl::OkStatus();
    const bool fits =
        (wanted_.statuses.empty() ||
         (status != nullptr && wanted_.statuses.count(status->record.number()) != 0)) &&
        (wanted_.actions.empty() || wanted_.actions.count(action->action) != 0) &&
        (wanted_.users.empty() || wanted_.users.count(std::string(row.user)) != 0);
    return fits ? tally_.Add(*action, row.user, row.time) : absl::OkStatus();
  }

  std::string DisplayName(const v1::DncActionCount& count) const {
    const CatalogStatus* status = StatusOfAction(state(), count.action());
    const v1::Action* action =
        status == nullptr ? nullptr : status->FindAction(LastPart(count.action()));
    return action == nullptr ? "" : action->display_name();
  }

  int64_t rows_read() const override { return scan_.rows_read(); }
  void FillSummary(v1::DncActionSummary* summary) override { *summary = tally_.summary(); }

  const WantedActions wanted_;
  AuditScan scan_;
  DncActionTally tally_;
};

absl::StatusOr<std::set<std::string>> ActionNames(const ReportState& state,
                                                  const ReportNames& names) {
  DNC_RETURN_IF_ERROR(CheckCount("actions", names.size(), kMostFiltered));
  for (int i = 0; i < names.size(); ++i) {
    const std::string field = absl::StrCat("actions[", i, "]");
    DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseActionName(names.Get(i), field));
    if (name.organization != state.organization->id) {
      return InvalidField(field, "must belong to the request's parent");
    }
  }
  return std::set<std::string>(names.begin(), names.end());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Report>> MakeReport(const ReportContext& context,
                                                   const v1::CountDncActionsRequest& request,
                                                   const Principal& caller) {
  DNC_ASSIGN_OR_RETURN(ReportState state, OpenReportState(context, request.parent(), caller));
  DNC_ASSIGN_OR_RETURN(const DncActionGrouping grouping, GroupingOf(request));
  WantedActions wanted;
  DNC_ASSIGN_OR_RETURN(wanted.performed, ReportPeriodOf(request.period()));
  DNC_ASSIGN_OR_RETURN(wanted.statuses, StatusNumbers(state, request.statuses()));
  DNC_ASSIGN_OR_RETURN(wanted.actions, ActionNames(state, request.actions()));
  DNC_RETURN_IF_ERROR(CheckTexts("users", request.users(), kMostFiltered, kMostUserBytes));
  wanted.users.insert(request.users().begin(), request.users().end());
  return std::make_unique<DncActionsReport>(std::move(state), std::move(wanted), grouping);
}

}  // namespace dnc
