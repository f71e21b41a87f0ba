#include "client/cli/remedies.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/error.h"

namespace dnc::cli {
namespace {

constexpr char kRemedyPayload[] = "dncctl/remedy";

// By ErrorReason. `where` is an option that the command has ("--on-conflict"), or how the command
// begins ("templates"); empty: any. The first that fits is shown.
struct Remedy {
  absl::string_view reason;
  absl::string_view where;
  absl::string_view text;
};

constexpr Remedy kRemedies[] = {
    {"ORGANIZATION_NOT_FOUND", "",
     "create it with `dncctl orgs create NAME`, or choose one of `dncctl orgs list`"},
    {"WORKFLOW_NOT_FOUND", "", "`dncctl workflows list` shows what there is"},
    {"STATUS_NOT_FOUND", "", "`dncctl workflows get WORKFLOW` shows its statuses"},
    {"ACTION_NOT_FOUND", "templates", "`dncctl templates get TEMPLATE` shows its actions"},
    {"ACTION_NOT_FOUND", "", "`dncctl workflows get WORKFLOW` shows the actions of each status"},
    {"LEAD_NOT_FOUND", "",
     "`dncctl leads list` shows what there is; for a new lead give --phone or --email"},
    {"LIST_NOT_FOUND", "",
     "`dncctl lists list` shows what there is; `dncctl lists create NAME --kind "
     "internal|registry` makes a new one"},
    {"ENTRY_NOT_FOUND", "", "`dncctl entries list` shows what there is"},
    {"ROLE_NOT_FOUND", "", "`dncctl roles list` shows what there is"},
    {"BINDING_NOT_FOUND", "", "`dncctl bindings list` shows what there is"},
    {"GROUP_NOT_FOUND", "", "`dncctl groups list` shows what there is"},
    {"TEMPLATE_NOT_FOUND", "", "`dncctl templates list` shows what there is"},
    {"REVIEW_NOT_FOUND", "", "`dncctl reviews list --all` shows what there is"},
    {"AUDIT_RECORD_NOT_FOUND", "", "`dncctl audit list` shows what there is"},
    {"DECISION_NOT_FOUND", "", "`dncctl decisions list` shows what is on record"},
    {"METHOD_NOT_FOUND", "", "use the dncctl of the gateway's own release"},
    {"INVALID_PHONE_NUMBER", "",
     "spell it with its country code, e.g. +12125550123, or give --default-region"},
    {"CHANNEL_MISMATCH", "",
     "voice, sms and fax need --phone, email needs --email, mail needs --other"},
    {"STATUS_DISABLED", "", "enable it with `dncctl statuses restore WORKFLOW/STATUS`"},
    {"STATUS_ARCHIVED", "", "restore it with `dncctl statuses restore WORKFLOW/STATUS`"},
    {"WORKFLOW_DISABLED", "", "enable it with `dncctl workflows restore WORKFLOW`"},
    {"WORKFLOW_ARCHIVED", "", "restore it with `dncctl workflows restore WORKFLOW`"},
    {"ACTION_DISABLED", "",
     "enable it with `dncctl actions update WORKFLOW/STATUS/ACTION --state enabled`"},
    {"RECORD_TYPE_MISMATCH", "", "`dncctl workflows list` shows the record type of each workflow"},
    {"ACTION_CONFLICT", "", "choose --on-conflict skip, replace or rename"},
    {"DNC_OPERATION_DROPPED", "--on-conflict",
     "nothing may drop a DNC operation by accident; --on-conflict rename keeps both"},
    {"DNC_OPERATION_DROPPED", "--allow-dropping-dnc",
     "nothing may drop a DNC operation by accident; --allow-dropping-dnc confirms it"},
    {"ACTION_NOT_AVAILABLE", "",
     "`dncctl actions available --lead LEAD` shows what can be done with the lead"},
    {"ACTION_NOT_PERMITTED", "",
     "`dncctl actions available --lead LEAD` shows what you may do, and who else may do the rest"},
    {"GROUP_OUTDATED", "", "`dncctl groups sync GROUP` states that it knows the change"},
    {"EVIDENCE_REQUIRED", "", "give it with --evidence"},
    {"OPERATION_EXPIRED", "", "mend the action with `dncctl workflows apply`"},
    {"NAMING_VIOLATION", "", "`dncctl orgs get` shows the rule"},
    {"STILL_IN_USE", "groups",
     "`dncctl bindings list --group GROUP` shows its bindings, `dncctl workflows get WORKFLOW` the "
     "actions that are for it"},
    {"STILL_IN_USE", "roles",
     "`dncctl bindings list --role ROLE` shows its bindings, `dncctl workflows get WORKFLOW` the "
     "actions and statuses that are for it"},
    {"STILL_IN_USE", "", "change first what names it"},
    {"RESTRICTION_LIFTED", "workflows apply",
     "give the restriction in the file, or lift it with `dncctl statuses update WORKFLOW/STATUS "
     "--allow-lifting-restriction`"},
    {"LIST_KIND_MISMATCH", "",
     "entries go to lists of kind internal; registries are imported with `dncctl lists import`"},
    {"REGISTRY_HAS_NO_VERSION", "", "import a full file first, without --mode"},
    {"ALREADY_EXISTS", "", "choose another id, or change what is there"},
    {"REQUEST_ID_REUSED", "", "leave out --request-id for a new change"},
    {"ETAG_MISMATCH", "", "somebody changed it meanwhile: look at it again, then repeat"},
    {"VERSION_TOO_OLD", "", "import a newer file, or give its date with --as-of"},
    {"REGISTRY_WOULD_SHRINK", "", "if the file is right, repeat with --allow-shrink"},
    {"FILE_ROWS_REJECTED", "",
     "mend the rows (all of them with --rejects FILE), or repeat with --allow-partial"},
    {"IMPORT_IN_PROGRESS", "", "wait for the other import of that list, then repeat"},
    {"ENTRY_ALREADY_REVOKED", "", "`dncctl entries get ENTRY` shows when"},
    {"CONSENT_OLDER_THAN_OPT_OUT", "",
     "only a consent that came later counts: give its own time with --consent-time"},
    {"LEAD_MERGED", "", "name the lead that it was merged into"},
    {"LEAD_DELETED", "", "`dncctl leads upsert LEAD` brings it back"},
    {"REVIEW_ALREADY_RESOLVED", "",
     "`dncctl reviews get REVIEW` shows what was decided; `dncctl entries add` and `dncctl entries "
     "revoke` change what blocks now"},
    {"CONTACT_ID_REUSED", "",
     "to repeat a report give its --time as well; for another contact choose another id"},
    {"LAST_ADMINISTRATOR", "",
     "give the role to somebody else first, with `dncctl bindings create`"},
    {"GRANT_EXCEEDS_OWN", "", "`dncctl permissions test` shows what you have; ask who has it"},
    {"UNAUTHENTICATED", "", "say who you are with --principal or DNC_PRINCIPAL"},
    {"PERMISSION_DENIED", "",
     "`dncctl permissions test` shows what you may do; whoever may grant roles gives you one "
     "with `dncctl bindings create ID --role ROLE --user USER`"},
    {"STORE_UNAVAILABLE", "", "the gateway's disk may be full: see `dncctl status` and its log"},
    {"RECORDING_UNAVAILABLE", "",
     "the gateway's disk may be full: see `dncctl status` and its log; then repeat"},
    {"CORRUPT_RECORD", "", "see the gateway's log, and restore a backup"},
    {"FUTURE_REVISION", "", "`dncctl audit head` shows the newest revision"},
    {"HISTORY_GONE", "",
     "`dncctl entries list` and `dncctl leads list` show what holds now; then watch from there on"},
    {"SLOW_CONSUMER", "", "watch again with --from and the revision that the error names"},
    {"REVISION_NOT_REACHED", "", "ask again, or ask another node with --server"},
    {"OVERLOADED", "", "wait a moment and repeat"},
    {"DISK_SPACE_LOW", "", "free space on the gateway's disk, then import the file again"},
    {"REPORT_EXPIRED", "", "ask for less, or write it to a file with --out"},
    {"SHUTTING_DOWN", "", "repeat when the gateway is back, or ask another node with --server"},
};

bool HasFlag(const GlobalOptions& options, absl::string_view flag) {
  return std::find(options.flags.begin(), options.flags.end(), flag) != options.flags.end();
}

bool Fits(const Remedy& remedy, const GlobalOptions& options) {
  return absl::StartsWith(remedy.where, "--") ? HasFlag(options, remedy.where)
                                              : absl::StartsWith(options.command, remedy.where);
}

// `remedy`, and for what the message calls by the request's field the command's option.
std::string WithConfirmation(std::string remedy, absl::string_view message,
                             const GlobalOptions& options) {
  constexpr std::pair<absl::string_view, absl::string_view> kOptions[] = {
      {"allow_affected", "--allow-affected"},
      {"allow_dropping_dnc", "--allow-dropping-dnc"},
      {"allow_lifting_restriction", "--allow-lifting-restriction"},
      {"allow_partial", "--allow-partial"},
      {"allow_partial", "--partial"},
      {"allow_shrink", "--allow-shrink"},
      {"allow_weakening", "--allow-weakening"}};
  for (const auto& [field, flag] : kOptions) {
    if (!absl::StrContains(message, field) || !HasFlag(options, flag)) continue;
    if (absl::StrContains(remedy, flag)) continue;
    absl::StrAppend(&remedy, remedy.empty() ? "" : "; ", "if that is meant, repeat with ", flag);
  }
  return remedy;
}

std::string ByReason(absl::string_view reason, const GlobalOptions& options) {
  const auto* const remedy = std::find_if(
      std::begin(kRemedies), std::end(kRemedies),
      [&](const Remedy& remedy) { return remedy.reason == reason && Fits(remedy, options); });
  return remedy == std::end(kRemedies) ? "" : std::string(remedy->text);
}

std::string Unreachable(const GlobalOptions& options) {
  return absl::StrCat("no gateway answers at ", options.server, ": start one with `dncd --listen ",
                      options.server,
                      " --data-dir DIR`, or name another with --server HOST:PORT or DNC_SERVER");
}

}  // namespace

std::string RemedyFor(const absl::Status& status, const GlobalOptions& options) {
  if (const auto remedy = status.GetPayload(kRemedyPayload)) return std::string(*remedy);
  const std::string reason = ErrorReasonOf(status);
  if (!reason.empty()) {
    return WithConfirmation(ByReason(reason, options), status.message(), options);
  }
  if (status.code() == absl::StatusCode::kUnavailable) return Unreachable(options);
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {
    return absl::StrCat(
        "the gateway at ", options.server,
        " did not answer in time; see `dncctl status`, or give more with --timeout");
  }
  return "";
}

absl::Status WithRemedy(absl::Status status, const std::string& remedy) {
  status.SetPayload(kRemedyPayload, absl::Cord(remedy));
  return status;
}

}  // namespace dnc::cli
