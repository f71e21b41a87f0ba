#include "client/cli/exit_code.h"

#include "absl/strings/string_view.h"
#include "client/error.h"

namespace dnc::cli {
namespace {

constexpr absl::string_view kDiskSpaceLow = "DISK_SPACE_LOW";

}  // namespace

ExitCode ExitCodeOf(const absl::Status& status) {
  // Nobody mends that by waiting, so whoever repeats what was unavailable must not repeat this.
  if (ErrorReasonOf(status) == kDiskSpaceLow) return kExitRefused;
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitOk;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return kExitUsage;
    case absl::StatusCode::kNotFound:
      return kExitNotFound;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return kExitRefused;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return kExitUnavailable;
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnauthenticated:
      return kExitPermission;
    default:
      return kExitError;
  }
}

ExitCode ExitCodeOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAllow:
      return kExitOk;
    case Verdict::kDeny:
      return kExitDeny;
    case Verdict::kUnknown:
      break;
  }
  return kExitUnknown;
}

const char* ExitCodeHelp() {
  return "Exit status: 0 done (check: ALLOW), 10 check: DENY, 11 check: UNKNOWN,\n"
         "  12 audit verify: the trail was altered,\n"
         "  2 wrong command line or input, 3 not found, 4 refused by the state of things,\n"
         "  5 gateway unavailable or too slow, 6 not permitted, 1 anything else.\n"
         "Only 0 of `check` permits a contact.";
}

}  // namespace dnc::cli
