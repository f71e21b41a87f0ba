#include "server/report/audit_row.h"

#include <utility>

#include "dnc/storage/v1/record.pb.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "storage/base/status_macros.h"
#include "storage/base/wire.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::AuditRecord;
using storage::v1::Mutation;
using storage::v1::Outcome;

absl::Status Malformed() {
  return MakeError(v1::ERROR_REASON_CORRUPT_RECORD,
                   "a record of the audit trail cannot be read; restore the store from a backup");
}

// Field numbers of the bodies; those before and after are other things.
constexpr int kFirstBody = 16;

bool ReadActor(absl::string_view actor, absl::string_view* id) {
  WireReader reader(actor);
  while (reader.Next()) {
    if (reader.tag() == BytesTag(v1::Actor::kIdFieldNumber)) *id = reader.bytes();
  }
  return reader.ok();
}

bool ReadMutation(absl::string_view mutation, AuditRow* row) {
  absl::string_view principal;
  WireReader reader(mutation);
  while (reader.Next()) {
    const int field = static_cast<int>(reader.tag() >> 3);
    if (field == Mutation::kOrganizationFieldNumber) {
      row->organization = reader.bytes();
    } else if (field == Mutation::kActorFieldNumber) {
      if (!ReadActor(reader.bytes(), &row->user)) return false;
    } else if (field == Mutation::kPrincipalFieldNumber) {
      principal = reader.bytes();
    } else if (field == Mutation::kProposeTimeFieldNumber) {
      row->time = reader.int64();
    } else if (field >= kFirstBody) {
      row->body = field;
      row->request = reader.bytes();
    }
  }
  if (row->user.empty()) row->user = principal;
  return reader.ok();
}

bool ReadOutcome(absl::string_view outcome, AuditRow* row) {
  WireReader reader(outcome);
  while (reader.Next()) {
    if (reader.tag() == BytesTag(Outcome::kResponseFieldNumber)) row->response = reader.bytes();
  }
  return reader.ok();
}

template <typename Message>
absl::StatusOr<Message> ParseMessage(absl::string_view bytes) {
  Message message;
  if (message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return message;
  return Malformed();
}

absl::StatusOr<std::vector<OptOutRequest>> OfAction(const AuditRow& row) {
  DNC_ASSIGN_OR_RETURN(std::optional<PerformedDncAction> action, DncActionOf(row));
  if (!action.has_value()) return std::vector<OptOutRequest>();
  OptOutRequest found;
  found.path = v1::OPT_OUT_PATH_ACTION;
  found.subject = std::move(action->lead);
  found.request_time = action->request_time;
  found.action = std::move(action->action);
  return std::vector<OptOutRequest>{std::move(found)};
}

// An entry that begins later than it was added was not asked for earlier.
OptOutRequest RequestOf(const v1::Entry& entry, UnixMicros added, v1::OptOutPath path,
                        std::string subject) {
  OptOutRequest request;
  request.path = path;
  request.subject = std::move(subject);
  request.is_email = entry.contact_point().has_email();
  if (!entry.has_effective_time()) return request;
  const UnixMicros time = TimeUtil::TimestampToMicroseconds(entry.effective_time());
  if (time <= added) request.request_time = time;
  return request;
}

absl::StatusOr<std::vector<OptOutRequest>> OfEntry(const AuditRow& row) {
  DNC_ASSIGN_OR_RETURN(const auto request, ParseMessage<v1::AddEntryRequest>(row.request));
  DNC_ASSIGN_OR_RETURN(const auto response, ParseMessage<v1::AddEntryResponse>(row.response));
  return std::vector<OptOutRequest>{
      RequestOf(request.entry(), row.time, v1::OPT_OUT_PATH_ENTRY, response.entry().name())};
}

absl::StatusOr<std::vector<OptOutRequest>> OfImport(const AuditRow& row) {
  DNC_ASSIGN_OR_RETURN(const auto request, ParseMessage<storage::v1::ImportEntries>(row.request));
  std::vector<OptOutRequest> found;
  for (const v1::Entry& entry : request.entries()) {
    found.push_back(RequestOf(entry, row.time, v1::OPT_OUT_PATH_IMPORT, request.list()));
  }
  return found;
}

std::vector<OptOutRequest> Recorded(const v1::OptOut& opt_out) {
  OptOutRequest request;
  request.path = v1::OPT_OUT_PATH_RECORDED;
  request.subject = opt_out.name();
  request.request_time = TimeUtil::TimestampToMicroseconds(opt_out.received_time());
  request.is_email = opt_out.contact_point().has_email();
  return {std::move(request)};
}

// A reply that may be an opt-out counts here where it blocks until somebody has looked at it.
absl::StatusOr<std::vector<OptOutRequest>> OfRecorded(const AuditRow& row) {
  DNC_ASSIGN_OR_RETURN(const auto response, ParseMessage<v1::RecordOptOutResponse>(row.response));
  const v1::OptOut& opt_out = response.opt_out();
  const bool took_effect = opt_out.outcome() == v1::OPT_OUT_OUTCOME_OPTED_OUT ||
                           opt_out.outcome() == v1::OPT_OUT_OUTCOME_REVIEW;
  if (!took_effect || !opt_out.blocks() || response.repeated_message())
    return std::vector<OptOutRequest>();
  return Recorded(opt_out);
}

// One that did not block takes effect when it is confirmed.
absl::StatusOr<std::vector<OptOutRequest>> OfReview(const AuditRow& row) {
  DNC_ASSIGN_OR_RETURN(const auto response, ParseMessage<v1::ResolveReviewResponse>(row.response));
  const v1::Review& review = response.review();
  if (review.kind() != v1::REVIEW_KIND_NEAR_MISS || !review.pending_entries().empty() ||
      review.state() != v1::REVIEW_STATE_CONFIRMED) {
    return std::vector<OptOutRequest>();
  }
  return Recorded(review.opt_out());
}

}  // namespace

absl::StatusOr<std::optional<AuditRow>> ReadAuditRow(absl::string_view record) {
  AuditRow row;
  bool applied = false;
  absl::string_view mutation;
  absl::string_view outcome;
  WireReader reader(record);
  while (reader.Next()) {
    switch (reader.tag() >> 3) {
      case AuditRecord::kRevisionFieldNumber:
        row.revision = reader.int64();
        break;
      case AuditRecord::kDispositionFieldNumber:
        applied = reader.uint32() == AuditRecord::DISPOSITION_APPLIED;
        break;
      case AuditRecord::kMutationFieldNumber:
        mutation = reader.bytes();
        break;
      case AuditRecord::kOutcomeFieldNumber:
        outcome = reader.bytes();
        break;
      default:
        break;
    }
  }
  if (!reader.ok() || !ReadMutation(mutation, &row) || !ReadOutcome(outcome, &row)) {
    return Malformed();
  }
  if (!applied) return std::optional<AuditRow>();
  return std::optional<AuditRow>(row);
}

absl::string_view PerformedDncAction::status() const {
  const absl::string_view name = action;
  return name.substr(0, name.rfind("/actions/"));
}

absl::StatusOr<std::optional<PerformedDncAction>> DncActionOf(const AuditRow& row) {
  if (row.body != Mutation::kApplyActionFieldNumber) return std::optional<PerformedDncAction>();
  DNC_ASSIGN_OR_RETURN(const auto response, ParseMessage<v1::ApplyActionResponse>(row.response));
  PerformedDncAction performed;
  bool dnc = false;
  performed.already_blocked = true;
  for (const v1::OperationResult& result : response.results()) {
    // What remains of entries that were revoked in part is no opt-out.
    if (!result.revoked_entries().empty()) continue;
    if (result.entries().empty() && result.covering_entries().empty()) continue;
    dnc = true;
    if (!result.entries().empty()) performed.already_blocked = false;
  }
  if (!dnc) return std::optional<PerformedDncAction>();
  DNC_ASSIGN_OR_RETURN(auto request, ParseMessage<v1::ApplyActionRequest>(row.request));
  performed.action = std::move(*request.mutable_action());
  performed.lead = std::move(*request.mutable_lead());
  if (request.has_request_time()) {
    performed.request_time = TimeUtil::TimestampToMicroseconds(request.request_time());
  }
  return std::optional<PerformedDncAction>(std::move(performed));
}

absl::StatusOr<std::vector<OptOutRequest>> OptOutRequestsOf(const AuditRow& row) {
  switch (row.body) {
    case Mutation::kApplyActionFieldNumber:
      return OfAction(row);
    case Mutation::kAddEntryFieldNumber:
      return OfEntry(row);
    case Mutation::kImportEntriesFieldNumber:
      return OfImport(row);
    case Mutation::kRecordOptOutFieldNumber:
      return OfRecorded(row);
    case Mutation::kResolveReviewFieldNumber:
      return OfReview(row);
    default:
      return std::vector<OptOutRequest>();
  }
}

}  // namespace dnc
