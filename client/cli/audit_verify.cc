#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/cli/audit_check.h"
#include "client/cli/audit_file.h"
#include "client/cli/audit_options.h"
#include "client/cli/commands.h"
#include "client/cli/exit_code.h"
#include "client/cli/input.h"
#include "client/cli/options.h"
#include "client/cli/progress.h"
#include "client/cli/utf8.h"
#include "storage/audit/chain.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct VerifyOptions {
  bool all = false;
  bool on_server = false;
  std::string file;
  std::string expected;
  int64_t first = 0;
  int64_t last = 0;
};

std::string KindText(v1::AuditProblem::Kind kind) {
  absl::string_view name = v1::AuditProblem::Kind_Name(kind);
  absl::ConsumePrefix(&name, "KIND_");
  return absl::AsciiStrToLower(name);
}

// What was verified, and against what.
struct Verified {
  int64_t first_revision = 1;
  bool has_noted_head = false;
  std::string parent;
  int64_t stubs = 0;
};

// What it proves that nothing was found, and no more than that.
void PrintProof(std::ostream& out, const v1::VerifyAuditResponse& result,
                const Verified& verified) {
  out << "nothing was altered, removed or inserted from revision " << verified.first_revision
      << " to " << result.last_revision() << '\n';
  if (verified.stubs != 0 && verified.stubs == result.records()) {
    out << "no record is of " << Printable(verified.parent)
        << " itself: that none was taken out, only an export with one of them proves\n";
  }
  if (!verified.has_noted_head) {
    out << "whether the trail went on after that, or was written anew, only --expect-head tells\n";
  }
}

int Print(Session& session, const v1::VerifyAuditResponse& result, const Verified& verified) {
  if (session.json()) {
    session.PrintJson(result);
  } else {
    for (const v1::AuditProblem& problem : result.problems()) {
      session.out() << KindText(problem.kind()) << ": " << Printable(problem.message()) << '\n';
    }
    session.out() << Counted(result.records(), "record", "records") << " verified";
    if (verified.stubs != 0) {
      session.out() << ", " << Grouped(verified.stubs)
                    << (verified.stubs == 1 ? " of another organization by its digest"
                                            : " of other organizations by their digest");
    }
    session.out() << "; the trail ends with " << result.last_revision() << ':' << result.hash()
                  << '\n';
    if (result.problem_count() == 0) {
      PrintProof(session.out(), result, verified);
    } else {
      session.out() << Counted(result.problem_count(), "problem", "problems") << '\n';
    }
  }
  return result.problem_count() == 0 ? kExitOk : kExitAltered;
}

Verified VerifiedBy(const AuditCheck& check, bool has_noted_head) {
  return {check.first_revision(), has_noted_head, check.parent(), check.stubs()};
}

absl::StatusOr<int> VerifyFile(Session& session, const VerifyOptions& options,
                               std::optional<NotedHead> noted) {
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenInput(options.file));
  const bool has_noted_head = noted.has_value();
  DNC_ASSIGN_OR_RETURN(const auto check, CheckAuditFile(*input, std::move(noted)));
  return Print(session, check->result(), VerifiedBy(*check, has_noted_head));
}

// Recomputes the chain here, from what the gateway exports.
absl::StatusOr<int> VerifyLive(Session& session, const VerifyOptions& options,
                               const std::optional<NotedHead>& noted) {
  v1::ExportAuditRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), AuditParent(session, options.all));
  request.set_first_revision(options.first);
  request.set_last_revision(options.last);
  std::optional<AuditCheck> check;
  DNC_RETURN_IF_ERROR(
      session.gateway().Read(request, [&](const v1::ExportAuditResponse& piece) -> absl::Status {
        if (piece.has_header()) check.emplace(piece.header(), noted);
        if (!check.has_value()) {
          return absl::InternalError("the gateway's export does not begin with its header");
        }
        for (const v1::ExportedAuditRecord& record : piece.records()) check->Add(record);
        return absl::OkStatus();
      }));
  if (!check.has_value()) return absl::InternalError("the gateway exported nothing");
  check->Finish();
  return Print(session, check->result(), VerifiedBy(*check, noted.has_value()));
}

absl::StatusOr<int> VerifyOnServer(Session& session, const VerifyOptions& options,
                                   const std::optional<NotedHead>& noted) {
  v1::VerifyAuditRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), AuditParent(session, options.all));
  request.set_first_revision(options.first);
  request.set_last_revision(options.last);
  if (noted.has_value()) {
    request.set_expected_hash(AuditHashText(noted->hash));
    if (noted->revision != 0) request.set_last_revision(noted->revision);
  }
  v1::VerifyAuditResponse all;
  DNC_RETURN_IF_ERROR(session.gateway().Read(request, [&](const v1::VerifyAuditResponse& piece) {
    all.MergeFrom(piece);  // problems add up, the rest is the newest
    return absl::OkStatus();
  }));
  if (!all.complete()) return absl::InternalError("the gateway ended the verification early");
  Verified verified{std::max<int64_t>(options.first, 1), noted.has_value(), request.parent(), 0};
  return Print(session, all, verified);
}

absl::StatusOr<int> Verify(Session& session, const VerifyOptions& options) {
  std::optional<NotedHead> noted;
  if (!options.expected.empty()) {
    DNC_ASSIGN_OR_RETURN(noted, ParseNotedHead(options.expected));
  }
  if (!options.file.empty()) {
    if (options.first != 0 || options.last != 0 || options.all || options.on_server) {
      return absl::InvalidArgumentError(
          "--file verifies all that is in the file; leave out --from, --to, --all-orgs and "
          "--on-server");
    }
    return VerifyFile(session, options, std::move(noted));
  }
  if (options.on_server) return VerifyOnServer(session, options, noted);
  return VerifyLive(session, options, noted);
}

}  // namespace

void AddAuditVerifyCommand(CLI::App& audit, Command& chosen) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = AddCommand(
      audit, "verify",
      "Prove that nothing in the trail was altered, removed or inserted; exits 12 where it was",
      "dncctl audit verify\n"
      "dncctl audit verify --expect-head 4711:9f86d081884c7d659a2feaa0c55ad015…\n"
      "dncctl audit verify --file trail.jsonl\n"
      "dncctl audit verify --on-server --all-orgs");
  AddAuditScope(*command, options->all);
  command->add_option("--file", options->file, "An export; without it the gateway's own trail")
      ->type_name("FILE");
  command
      ->add_option("--expect-head", options->expected,
                   "What `dncctl audit head` showed earlier: finds a trail that was cut short "
                   "or written anew")
      ->type_name("REVISION:HASH");
  command->add_flag("--on-server", options->on_server,
                    "Have the gateway recompute it, with the records of other organizations");
  AddRevision(*command, "--from", "From this revision on",
              [options](int64_t value) { options->first = value; });
  AddRevision(*command, "--to", "Up to this revision",
              [options](int64_t value) { options->last = value; });
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Verify(s, *options); }; });
}

}  // namespace dnc::cli
