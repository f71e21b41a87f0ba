// Structured logs: one line an event, `key=value` pairs after the message, on standard error.
// Contact data never goes into a log unmasked: pass it through MaskContact.
#ifndef DNC_STORAGE_BASE_LOGGING_H_
#define DNC_STORAGE_BASE_LOGGING_H_

#include <spdlog/spdlog.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dnc {

enum class LogFormat { kText, kJson };

// Installs the process-wide logger. `level` is one of trace, debug, info, warn, error, off.
// INVALID_ARGUMENT for any other. Call once, before threads start.
absl::Status InitLogging(absl::string_view level, LogFormat format);

// Keeps enough of a contact point to recognise it in a support case and not enough to use it:
// "+12125551234" -> "+1212***34", "jane@example.com" -> "j***@example.com", other -> "ab***".
std::string MaskContact(absl::string_view contact);

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_LOGGING_H_
