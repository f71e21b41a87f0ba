// What happened to a lead, in the order of time. Pure.
#ifndef DNC_SERVER_DIAGNOSE_TIMELINE_H_
#define DNC_SERVER_DIAGNOSE_TIMELINE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dnc/storage/v1/record.pb.h"
#include "dnc/v1/contact_report.pb.h"
#include "dnc/v1/decision.pb.h"
#include "dnc/v1/diagnose.pb.h"
#include "storage/base/clock.h"

namespace dnc {

// Gathers events in any order. Not thread-safe.
class Timeline {
 public:
  // Only events of [start, end) are kept; expiries only up to `now`.
  Timeline(UnixMicros start, UnixMicros end, UnixMicros now)
      : start_(start), end_(end), now_(now) {}

  // What a mutation did to the lead of that name, or that it was refused.
  void AddLeadChange(const storage::v1::AuditRecord& record, const std::string& lead);
  // What it did to configuration that the lead stands under.
  void AddConfigurationChange(const storage::v1::AuditRecord& record);
  // `holder`: the lead that had it before, and was merged into this one; empty: it was always its.
  void AddEntry(const v1::Entry& entry, absl::string_view holder = "");
  void AddCheck(const v1::DecisionRecord& decision);
  void AddContact(const v1::JudgedContact& contact);
  // What was read of a source begins only at `time`.
  void CutBefore(UnixMicros time);

  // The events in their order, the newest `most` of them.
  void Write(size_t most, v1::DiagnoseContactedLeadResponse* response) &&;

 private:
  v1::TimelineEvent* Add(UnixMicros time, v1::TimelineEvent::Kind kind, std::string object,
                         std::string message);
  void AddFromRecord(const storage::v1::AuditRecord& record, v1::TimelineEvent::Kind kind,
                     std::string object, std::string message);
  void AddLeadDifference(const storage::v1::AuditRecord& record, const v1::Lead& before,
                         const v1::Lead& after, bool existed);

  const UnixMicros start_;
  const UnixMicros end_;
  const UnixMicros now_;
  UnixMicros cut_before_ = std::numeric_limits<UnixMicros>::min();
  std::vector<v1::TimelineEvent> events_;
  v1::TimelineEvent dropped_;  // what is outside of the period goes here
};

}  // namespace dnc

#endif  // DNC_SERVER_DIAGNOSE_TIMELINE_H_
