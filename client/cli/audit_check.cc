#include "client/cli/audit_check.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/audit/chain.h"

namespace dnc::cli {
namespace {

using v1::AuditProblem;

constexpr int kMostProblemsTold = 1000;
constexpr absl::string_view kEverybody = "organizations/-";

// What the range begins with. Where it begins with the first revision of all, no header is asked.
ChainRange RangeOf(const v1::AuditExportHeader& header) {
  ChainRange range;
  range.first_revision = header.first_revision();
  range.last_revision = header.last_revision();
  range.first_chained_revision = header.head().first_chained_revision();
  range.anchor = ParseAuditHash(header.head().anchor_hash()).value_or("");
  range.previous = header.first_revision() == 1 ? FirstAuditHash() : header.previous_hash();
  return range;
}

bool IsOf(absl::string_view organization, absl::string_view content) {
  return absl::ConsumePrefix(&organization, "organizations/") &&
         organization == OrganizationOfAudit(content);
}

AuditProblem Problem(int64_t revision, AuditProblem::Kind kind, std::string message) {
  AuditProblem problem;
  problem.set_revision(revision);
  problem.set_kind(kind);
  problem.set_message(std::move(message));
  return problem;
}

}  // namespace

absl::StatusOr<NotedHead> ParseNotedHead(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits(':', 1));
  const bool has_revision = !parts.second.empty();
  NotedHead noted;
  const std::optional<std::string> hash = ParseAuditHash(has_revision ? parts.second : parts.first);
  if (!hash.has_value() ||
      (has_revision && (!absl::SimpleAtoi(parts.first, &noted.revision) || noted.revision < 1))) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", text, "\" is no head: write REVISION:HASH or HASH, as `dncctl audit head` shows it"));
  }
  noted.hash = *hash;
  return noted;
}

AuditCheck::AuditCheck(const v1::AuditExportHeader& header, std::optional<NotedHead> noted)
    : header_(header),
      noted_(std::move(noted)),
      verifier_(RangeOf(header), [this](AuditProblem p) { Tell(std::move(p)); }) {
  result_.set_last_revision(header.last_revision());
}

void AuditCheck::Tell(AuditProblem problem) {
  result_.set_problem_count(result_.problem_count() + 1);
  if (result_.problems_size() < kMostProblemsTold) *result_.add_problems() = std::move(problem);
}

void AuditCheck::Add(const v1::ExportedAuditRecord& record) {
  const bool stub = record.content().empty();
  const std::string digest = stub ? record.content_digest() : AuditDigest(record.content());
  if (record.revision() == verifier_.next()) CompareNoted(record.revision(), record.hash());
  JudgeOwner(record);
  verifier_.Add(record.revision(), record.organization_tag(), digest, record.hash());
}

// The tag is a part of what is hashed, and nobody finds another key that makes those of the records
// that are there in full. So whatever is left out and has a tag of the same key is known.
void AuditCheck::JudgeOwner(const v1::ExportedAuditRecord& record) {
  const int64_t revision = record.revision();
  const bool all = header_.parent() == kEverybody;
  const bool own =
      all || record.organization_tag() == AuditTag(header_.organization_key(), revision);
  if (record.content().empty()) {
    if (!own) {
      ++stubs_;
      return;
    }
    Tell(Problem(revision, AuditProblem::KIND_WITHHELD,
                 absl::StrCat("revision ", revision, " is one of ", header_.parent(),
                              ", and its content was taken out")));
  } else if (!own || (!all && !IsOf(header_.parent(), record.content()))) {
    Tell(Problem(revision, AuditProblem::KIND_FOREIGN,
                 absl::StrCat("revision ", revision, " is not one of ", header_.parent(),
                              ", whose records and key the export says that it has")));
  }
}

void AuditCheck::AddUnreadable(absl::string_view why) {
  verifier_.AddUnreadable(verifier_.next(), why);
}

void AuditCheck::AddContradiction(int64_t revision) {
  Tell(Problem(revision, AuditProblem::KIND_ALTERED,
               absl::StrCat("the readable part of revision ", revision,
                            " does not say what the recorded content says")));
}

void AuditCheck::AddCut() {
  Tell(Problem(verifier_.next(), AuditProblem::KIND_MISSING,
               "the file has no last line: it broke off, or was cut"));
}

void AuditCheck::CompareNoted(int64_t revision, absl::string_view hash) {
  if (!noted_.has_value() || noted_->revision != revision) return;
  noted_found_ = true;
  if (noted_->hash == hash) return;
  Tell(Problem(revision, AuditProblem::KIND_HEAD_MISMATCH,
               absl::StrCat("revision ", revision, " has the hash ", AuditHashText(hash),
                            ", and the one noted is ", AuditHashText(noted_->hash),
                            ": the trail was written anew")));
}

void AuditCheck::Finish() {
  std::string expected;
  if (noted_.has_value() && noted_->revision == 0) {
    expected = noted_->hash;
  } else if (header_.last_revision() == header_.head().revision()) {
    expected = ParseAuditHash(header_.head().hash()).value_or("");
  }
  verifier_.Finish(expected);
  if (noted_.has_value() && noted_->revision != 0 && !noted_found_) {
    Tell(Problem(noted_->revision, AuditProblem::KIND_HEAD_MISMATCH,
                 absl::StrCat("revision ", noted_->revision,
                              ", whose hash was noted, is not among the revisions ",
                              header_.first_revision(), " to ", header_.last_revision(),
                              ": the trail was cut short, or another range is needed")));
  }
  result_.set_revision(header_.last_revision());
  result_.set_records(verifier_.records());
  result_.set_hash(AuditHashText(verifier_.head()));
  result_.set_complete(true);
}

}  // namespace dnc::cli
