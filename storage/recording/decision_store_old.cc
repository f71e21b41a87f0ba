// What DecisionStore reads of buckets that a release with schema 1 wrote.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/recording/decision_store.h"

namespace dnc {
namespace {

std::string OldKey(uint64_t bucket, uint32_t org, const DecisionId& id) {
  return absl::StrCat(recording_keys::Bucket(bucket), recording_keys::DecisionPrefix(org),
                      recording_keys::Decision(id));
}

absl::Status CorruptOldDecision() {
  return absl::DataLossError(
      "a record of a check cannot be read; restore the directory `recording`");
}

// What stands in front of the decision in the keys that the range wants.
std::string OldPrefix(uint32_t org, const DecisionRange& range) {
  switch (range.of) {
    case DecisionRange::Of::kContact:
      return recording_keys::HashPrefix(org, range.contact.digest);
    case DecisionRange::Of::kLead:
      return recording_keys::LeadPrefix(org, range.lead);
    case DecisionRange::Of::kIncomplete:
      return recording_keys::BlockPrefix(org, static_cast<uint8_t>(range.channel));
    case DecisionRange::Of::kOrganization:
      break;
  }
  return recording_keys::DecisionPrefix(org);
}

}  // namespace

absl::StatusOr<std::optional<DecisionRow>> DecisionStore::GetInOld(uint64_t bucket, uint32_t org,
                                                                   const DecisionId& id) const {
  DNC_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                       store_->Get(RecordingFamily::kDecisions, OldKey(bucket, org, id)));
  if (!bytes.has_value()) return std::optional<DecisionRow>();
  DecisionRow row{org, id, {}};
  if (!row.record.ParseFromString(*bytes)) return CorruptOldDecision();
  return std::optional<DecisionRow>(std::move(row));
}

absl::StatusOr<std::string> DecisionStore::ScanOldBucket(uint64_t bucket, uint32_t org,
                                                         const DecisionRange& range,
                                                         absl::string_view below, int* budget,
                                                         OnRow on_row) const {
  const bool is_index = range.of != DecisionRange::Of::kOrganization;
  const std::string prefix = absl::StrCat(recording_keys::Bucket(bucket), OldPrefix(org, range));
  const std::string lower = absl::StrCat(prefix, recording_keys::Number64(range.start_time));
  std::string upper = absl::StrCat(prefix, recording_keys::Number64(range.end_time));
  if (!below.empty()) upper = std::min(upper, std::string(below));
  if (upper <= lower) return std::string();
  std::string next;
  absl::Status error;
  DNC_RETURN_IF_ERROR(store_->ScanDown(
      RecordingFamily::kDecisions, lower, upper,
      [&](absl::string_view key, absl::string_view value) {
        DecisionRow row{org, recording_keys::DecisionOf(key), {}};
        if (is_index) {
          absl::StatusOr<std::optional<DecisionRow>> found = GetInOld(bucket, org, row.id);
          if (!found.ok()) error = found.status();
          if (!found.ok() || !found->has_value()) return found.ok();  // retired meanwhile
          row = *std::move(*found);
        } else if (!row.record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
          error = CorruptOldDecision();
          return false;
        }
        const bool go_on = on_row(row);
        if (go_on && --*budget > 0) return true;
        next = std::string(key);
        return false;
      }));
  if (!error.ok()) return error;
  return next;
}

}  // namespace dnc
