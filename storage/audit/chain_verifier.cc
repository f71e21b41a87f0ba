#include "storage/audit/chain_verifier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/audit/chain.h"

namespace dnc {

using v1::AuditProblem;

ChainVerifier::ChainVerifier(ChainRange range, Report report)
    : range_(std::move(range)),
      report_(std::move(report)),
      next_(range_.first_revision),
      previous_(range_.previous) {}

void ChainVerifier::Tell(int64_t revision, AuditProblem::Kind kind, std::string message) const {
  AuditProblem problem;
  problem.set_revision(revision);
  problem.set_kind(kind);
  problem.set_message(std::move(message));
  report_(std::move(problem));
}

bool ChainVerifier::Advance(int64_t revision) {
  if (revision < next_ || revision > range_.last_revision) {
    Tell(revision, AuditProblem::KIND_INSERTED,
         absl::StrCat("a record of revision ", revision, " stands where ",
                      next_ > range_.last_revision ? "the trail has ended"
                                                   : absl::StrCat("revision ", next_, " belongs"),
                      ": it is a second one, or out of its order"));
    return false;
  }
  if (revision > next_) {
    const int64_t last = revision - 1;
    Tell(next_, AuditProblem::KIND_MISSING,
         next_ == last ? absl::StrCat("revision ", next_, " is missing")
                       : absl::StrCat("revisions ", next_, " to ", last, " are missing"));
    // What the one after the gap follows is known only where that is the anchor.
    previous_ = revision == range_.first_chained_revision ? range_.anchor : "";
    alternative_.clear();
  }
  next_ = revision + 1;
  return true;
}

void ChainVerifier::Add(int64_t revision, absl::string_view tag, absl::string_view digest,
                        absl::string_view hash) {
  // Of other lengths the same bytes could be divided into them otherwise.
  if (tag.size() != kAuditHashBytes || digest.size() != kAuditHashBytes) {
    return AddUnreadable(revision, "its tag or its digest is missing");
  }
  if (!Advance(revision)) return;
  ++records_;
  if (chained(revision)) {
    AddChained(revision, tag, digest, hash);
  } else {
    AddUnchained(revision, tag, digest);
  }
}

void ChainVerifier::AddUnchained(int64_t revision, absl::string_view tag,
                                 absl::string_view digest) {
  if (!previous_.empty()) previous_ = AuditHash(previous_, revision, tag, digest);
  if (chained(revision + 1)) {
    if (!previous_.empty() && previous_ != range_.anchor) {
      Tell(revision, AuditProblem::KIND_ANCHOR_MISMATCH,
           absl::StrCat("one of the revisions ", range_.first_revision, " to ", revision,
                        ", which are older than the chain, was altered since it was anchored"));
    }
    previous_ = range_.anchor;
  }
}

void ChainVerifier::AddChained(int64_t revision, absl::string_view tag, absl::string_view digest,
                               absl::string_view hash) {
  std::string before = std::exchange(previous_, std::string(hash));
  const std::string otherwise = std::exchange(alternative_, "");
  if (hash.size() != kAuditHashBytes) {
    Tell(revision, AuditProblem::KIND_UNREADABLE,
         absl::StrCat("the record of revision ", revision, " carries no hash"));
    previous_.clear();
    return;
  }
  if (before.empty()) return;  // it follows what is missing, and begins anew
  const std::string expected = AuditHash(before, revision, tag, digest);
  if (expected == hash) return;
  // Where only the hash of the record before was written over, that one was told already.
  if (!otherwise.empty() && AuditHash(otherwise, revision, tag, digest) == hash) return;
  alternative_ = expected;
  Tell(revision, AuditProblem::KIND_ALTERED,
       absl::StrCat("revision ", revision,
                    " is not what was recorded: its content or its hash was "
                    "altered, or the record before it was replaced"));
}

void ChainVerifier::AddUnreadable(int64_t revision, absl::string_view why) {
  if (!Advance(revision)) return;
  ++records_;
  previous_ = chained(revision + 1) && !chained(revision) ? range_.anchor : "";
  alternative_.clear();
  Tell(revision, AuditProblem::KIND_UNREADABLE,
       absl::StrCat("the record of revision ", revision, " cannot be read: ", why));
}

void ChainVerifier::Finish(absl::string_view expected) {
  if (next_ <= range_.last_revision) {
    Tell(next_, AuditProblem::KIND_MISSING,
         next_ == range_.last_revision
             ? absl::StrCat("revision ", next_, ", the last one, is missing")
             : absl::StrCat("revisions ", next_, " to ", range_.last_revision,
                            ", the last ones, are missing"));
  }
  if (expected.empty() || expected == previous_) return;
  Tell(std::max(next_ - 1, range_.first_revision), AuditProblem::KIND_HEAD_MISMATCH,
       absl::StrCat("the chain ends with the hash ",
                    previous_.empty() ? "of no record" : AuditHashText(previous_), ", not with ",
                    AuditHashText(expected), ": it was cut short, or written anew"));
}

}  // namespace dnc
