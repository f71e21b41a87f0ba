#include "server/handler/audit_stream.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

// What one message has, or reads.
constexpr size_t kExportBytes = size_t{1} << 20;
constexpr int64_t kVerifyRecords = 20'000;
constexpr size_t kVerifyBytes = size_t{16} << 20;

constexpr int64_t kMostProblemsTold = 1000;

}  // namespace

absl::StatusOr<std::unique_ptr<AuditExport>> AuditExport::Create(
    const StateMachine* state, const v1::ExportAuditRequest& request) {
  const StateMachine::ViewGuard view = state->Read();
  auto result = absl::WrapUnique(new AuditExport);
  DNC_ASSIGN_OR_RETURN(result->scope_, ParseAuditScope(*view, request.parent()));
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  DNC_ASSIGN_OR_RETURN(const RevisionRange range,
                       ReadRange(request.first_revision(), request.last_revision(), log.newest()));
  v1::AuditExportHeader& header = result->header_.emplace();
  header.set_parent(request.parent());
  header.set_first_revision(range.first);
  header.set_last_revision(range.last);
  DNC_ASSIGN_OR_RETURN(*header.mutable_previous_hash(), log.HashBefore(range.first));
  *header.mutable_head() = HeadOf(log);
  if (!result->scope_.all) header.set_organization_key(log.KeyOf(result->scope_.organization));
  result->state_ = state;
  result->next_ = range.first;
  result->last_ = range.last;
  return result;
}

absl::StatusOr<bool> AuditExport::Next(v1::ExportAuditResponse* response) {
  const bool first = header_.has_value();
  if (first) *response->mutable_header() = *std::exchange(header_, std::nullopt);
  if (next_ > last_) return first;
  // Records never change, so every message may read a newer state of the store.
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  size_t bytes = 0;
  DNC_RETURN_IF_ERROR(log.Scan(next_, last_, [&](int64_t revision, const StoredAudit& stored) {
    if (bytes >= kExportBytes) return false;
    v1::ExportedAuditRecord* record = response->add_records();
    record->set_revision(revision);
    record->set_hash(std::string(stored.hash));
    record->set_organization_tag(log.TagOf(revision, stored.content));
    if (scope_.Holds(OrganizationOfAudit(stored.content))) {
      record->set_content(std::string(stored.content));
    } else {
      record->set_content_digest(AuditDigest(stored.content));
    }
    bytes += record->ByteSizeLong();
    next_ = std::max(next_, revision + 1);
    return true;
  }));
  if (bytes < kExportBytes) next_ = last_ + 1;
  return true;
}

absl::StatusOr<std::unique_ptr<AuditVerification>> AuditVerification::Create(
    const StateMachine* state, const v1::VerifyAuditRequest& request) {
  const StateMachine::ViewGuard view = state->Read();
  DNC_RETURN_IF_ERROR(ParseAuditScope(*view, request.parent()).status());
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  DNC_ASSIGN_OR_RETURN(const RevisionRange range,
                       ReadRange(request.first_revision(), request.last_revision(), log.newest()));
  std::string expected;
  if (!request.expected_hash().empty()) {
    const std::optional<std::string> hash = ParseAuditHash(request.expected_hash());
    if (!hash.has_value()) {
      return InvalidField("expected_hash",
                          "is 64 hexadecimal digits, as GetAuditHead answers them");
    }
    expected = *hash;
  } else if (range.last == log.newest()) {
    expected = log.chain().head();
  }
  DNC_ASSIGN_OR_RETURN(ChainRange chain, ChainRangeOf(log, range));
  return absl::WrapUnique(new AuditVerification(state, std::move(chain), std::move(expected)));
}

AuditVerification::AuditVerification(const StateMachine* state, ChainRange range,
                                     std::string expected)
    : state_(state),
      expected_(std::move(expected)),
      last_(range.last_revision),
      verifier_(range,
                [this](v1::AuditProblem problem) {
                  if (++problems_ <= kMostProblemsTold) {
                    *found_.add_problems() = std::move(problem);
                  }
                }),
      next_(range.first_revision) {}

absl::StatusOr<bool> AuditVerification::Advance() {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const AuditLog log, AuditLog::Open(*view));
  int64_t records = 0;
  size_t bytes = 0;
  bool ended = true;
  DNC_RETURN_IF_ERROR(log.Scan(next_, last_, [&](int64_t revision, const StoredAudit& stored) {
    if (records >= kVerifyRecords || bytes >= kVerifyBytes) {
      ended = false;
      return false;
    }
    verifier_.Add(revision, log.TagOf(revision, stored.content), AuditDigest(stored.content),
                  stored.hash);
    ++records;
    bytes += stored.content.size();
    next_ = std::max(next_, revision + 1);
    return true;
  }));
  return ended;
}

absl::StatusOr<bool> AuditVerification::Next(v1::VerifyAuditResponse* response) {
  if (complete_) return false;
  DNC_ASSIGN_OR_RETURN(complete_, Advance());
  if (complete_) verifier_.Finish(expected_);
  response->Swap(&found_);
  found_.Clear();
  response->set_revision(complete_ ? last_ : verifier_.next() - 1);
  response->set_last_revision(last_);
  response->set_records(verifier_.records());
  response->set_problem_count(problems_);
  response->set_complete(complete_);
  if (complete_) response->set_hash(AuditHashText(verifier_.head()));
  return true;
}

}  // namespace dnc
