// Matches absl::Status errors that carry a google.rpc.ErrorInfo.
#ifndef DNC_TESTS_UNIT_ERROR_ERROR_MATCHERS_H_
#define DNC_TESTS_UNIT_ERROR_ERROR_MATCHERS_H_

#include <gmock/gmock.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "server/error/error.h"

namespace dnc {

// "INVALID_FIELD{field=lead.name}: …" for an error, to compare and to show.
inline std::string Describe(const absl::Status& status) {
  const std::optional<google::rpc::ErrorInfo> info = ErrorInfoOf(status);
  std::string text = info.has_value() ? info->reason() : "no ErrorInfo";
  if (info.has_value() && info->metadata().count("field") != 0) {
    text += "{field=" + info->metadata().at("field") + "}";
  }
  return text + ": " + status.ToString();
}

// The error has that reason, the reason's code and the domain.
MATCHER_P(HasReason, reason, "is " + ShortName(reason)) {
  const std::optional<google::rpc::ErrorInfo> info = ErrorInfoOf(arg);
  *result_listener << Describe(arg);
  return info.has_value() && info->reason() == ShortName(reason) && info->domain() == "dnc.v1" &&
         arg.code() == CodeOf(reason);
}

// The same, and both the metadata and the beginning of the message name the field.
MATCHER_P2(IsFieldError, reason, field, "is " + ShortName(reason) + " of " + std::string(field)) {
  const std::optional<google::rpc::ErrorInfo> info = ErrorInfoOf(arg);
  *result_listener << Describe(arg);
  return info.has_value() && info->reason() == ShortName(reason) && arg.code() == CodeOf(reason) &&
         info->metadata().count("field") != 0 && info->metadata().at("field") == field &&
         absl::StartsWith(arg.message(), std::string(field) + ":");
}

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_ERROR_ERROR_MATCHERS_H_
