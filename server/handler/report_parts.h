// What the reports share: the state that they read, pieces, and scans a slice at a time.
#ifndef DNC_SERVER_HANDLER_REPORT_PARTS_H_
#define DNC_SERVER_HANDLER_REPORT_PARTS_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "server/decision/facts.h"
#include "server/handler/page.h"
#include "server/handler/report.h"
#include "server/report/audit_row.h"
#include "server/state/view.h"

namespace dnc {

// One state of the store, held for as long as a report takes: its own snapshot, and no view, which
// would keep memory of the state machine's.
struct ReportState {
  int64_t revision = 0;
  UnixMicros now = 0;
  std::shared_ptr<const Catalog> catalog;
  std::shared_ptr<const StoreReader> reader;
  const CatalogOrganization* organization = nullptr;  // of `catalog`
  std::vector<bool> hidden;  // statuses that the caller may not see, by number

  const CatalogOrganization& global() const { return catalog->global(); }
  bool Sees(uint32_t status) const { return status >= hidden.size() || !hidden[status]; }
};

// The newest state of the organization `parent`. ORGANIZATION_NOT_FOUND, INVALID_FIELD.
absl::StatusOr<ReportState> OpenReportState(const ReportContext& context, const std::string& parent,
                                            const Principal& caller);

// The numbers of the statuses that a request names in `field`. STATUS_NOT_FOUND, also for one that
// the caller may not see; LIMIT_EXCEEDED.
using ReportNames = google::protobuf::RepeatedPtrField<std::string>;
absl::StatusOr<std::set<uint32_t>> StatusNumbers(const ReportState& state,
                                                 const ReportNames& names);

// The status that offers or offered the action of that name; null where it is not known.
const CatalogStatus* StatusOfAction(const ReportState& state, absl::string_view action);

// The mask of channels that a request names. INVALID_FIELD: repeats, or ones that nobody knows.
absl::StatusOr<uint32_t> ChannelMask(const google::protobuf::RepeatedField<int>& channels);

// LIMIT_EXCEEDED, INVALID_FIELD: more than `most` texts in `field`, or one of more than
// `most_bytes`.
absl::Status CheckTexts(absl::string_view field, const ReportNames& texts, int most,
                        size_t most_bytes);

// Half-open.
struct ReportPeriod {
  UnixMicros start = std::numeric_limits<UnixMicros>::min();
  UnixMicros end = std::numeric_limits<UnixMicros>::max();

  bool Contains(UnixMicros time) const { return start <= time && time < end; }
};
// INVALID_FIELD: no times, or it ends before it begins.
absl::StatusOr<ReportPeriod> ReportPeriodOf(const v1::Period& period);

// A report whose pieces are messages of one type, each with revision, rows_read, rows and, the last
// one, a summary.
template <typename Response>
class PiecewiseReport : public Report {
 public:
  absl::StatusOr<Step> Advance() final {
    if (std::exchange(sent_, false)) {
      piece_.Clear();
      piece_rows_ = 0;
      piece_bytes_ = 0;
      slices_ = 0;
    }
    DNC_ASSIGN_OR_RETURN(const bool more, Slice());
    ++slices_;
    if (more && !full() && slices_ < kSlicesPerPiece) return Step::kMore;
    piece_.set_revision(state_.revision);
    piece_.set_rows_read(rows_read());
    if (!more) FillSummary(piece_.mutable_summary());
    sent_ = true;
    return more ? Step::kPiece : Step::kEnd;
  }
  const google::protobuf::Message& piece() const final { return piece_; }

 protected:
  explicit PiecewiseReport(ReportState state) : state_(std::move(state)) {}

  const ReportState& state() const { return state_; }
  Response& response() { return piece_; }
  // After a row was added to the piece.
  void CountRow(const google::protobuf::Message& row) {
    ++piece_rows_;
    piece_bytes_ += row.ByteSizeLong();
  }
  // Whether the piece takes no more rows. One row is at most some 100 KiB.
  bool full() const { return piece_rows_ >= kMostRows || piece_bytes_ >= kMostBytes; }

 private:
  static constexpr int kMostRows = 1000;
  static constexpr size_t kMostBytes = size_t{256} << 10;
  static constexpr int kSlicesPerPiece = 20;  // then one tells how far it is

  // Adds rows to response() until it is full or some milliseconds have passed. False: that was all.
  virtual absl::StatusOr<bool> Slice() = 0;
  virtual int64_t rows_read() const = 0;
  virtual void FillSummary(
      std::remove_pointer_t<decltype(std::declval<Response>().mutable_summary())>* summary) = 0;

  const ReportState state_;
  Response piece_;
  bool sent_ = false;
  int slices_ = 0;
  int piece_rows_ = 0;
  size_t piece_bytes_ = 0;
};

// What becomes of a row that a scan has read.
enum class Take {
  kNext,        // it is done with; go on
  kStopAfter,   // it is done with, and the slice ends
  kStopBefore,  // it is not done with: a later slice begins with it
};

// The rows of a family whose keys begin with `prefix`, ascending.
class SliceScan {
 public:
  // `start`: the key to begin with; empty: the first.
  SliceScan(Family family, std::string prefix, std::string start);

  // Up to `most` rows.
  absl::Status Read(
      const StoreReader& reader, int most,
      absl::FunctionRef<absl::StatusOr<Take>(absl::string_view key, absl::string_view value)>
          on_row);

  bool done() const { return done_; }
  int64_t rows_read() const { return rows_read_; }

 private:
  const Family family_;
  const std::string end_;
  std::string next_;  // where the next slice begins
  bool done_ = false;
  int64_t rows_read_ = 0;
};

// The leads of the organization that are in reports: those that were not deleted or merged, in
// statuses that the caller may see.
class LeadScan {
 public:
  LeadScan(const ReportState& state, std::string start);

  absl::Status Slice(
      const ReportState& state,
      absl::FunctionRef<absl::StatusOr<Take>(const storage::v1::LeadRecord& lead)> on_lead);

  bool done() const { return scan_.done(); }
  int64_t leads_read() const { return leads_read_; }

 private:
  static constexpr int kRows = 1000;

  SliceScan scan_;
  int64_t leads_read_ = 0;
};

// A lead's key in the family leads.
std::string KeyOfLead(const ReportState& state, const storage::v1::LeadRecord& lead);
// Where a page of leads begins: such a key; empty: the first. INVALID_FIELD.
absl::StatusOr<std::string> StartOfLeads(const ReportState& state, int page_size,
                                         const std::string& page_token, absl::string_view filter);
template <typename Request>
absl::StatusOr<std::string> StartOfPage(const ReportState& state, const Request& request) {
  return StartOfLeads(state, request.page_size(), request.page_token(), FilterOf(request));
}

// The mutations of the organization that were carried out in a range of time.
class AuditScan {
 public:
  explicit AuditScan(const ReportPeriod& range);

  absl::Status Slice(const ReportState& state,
                     absl::FunctionRef<absl::Status(const AuditRow& row)> on_row);

  bool done() const { return scan_.done(); }
  int64_t rows_read() const { return scan_.rows_read(); }

 private:
  static constexpr int kRows = 2000;
  static constexpr size_t kBytes = size_t{4} << 20;  // a row of an import may have a megabyte

  const ReportPeriod range_;
  SliceScan scan_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_REPORT_PARTS_H_
