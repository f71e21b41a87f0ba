#include "storage/base/logging.h"

#include <spdlog/sinks/stdout_color_sinks.h>

#include <memory>

#include "absl/strings/str_cat.h"

namespace dnc {

absl::Status InitLogging(absl::string_view level, LogFormat format) {
  const std::string name(level);
  const auto parsed = spdlog::level::from_str(name);
  if (parsed == spdlog::level::off && level != "off") {
    return absl::InvalidArgumentError(absl::StrCat(
        "log level \"", level, "\" is unknown; use one of trace, debug, info, warn, error, off"));
  }
  auto logger = std::make_shared<spdlog::logger>(
      "dnc", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(parsed);
  if (format == LogFormat::kJson) {
    logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","thread":%t,"msg":"%v"})",
                        spdlog::pattern_time_type::utc);
  } else {
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %^%-5l%$ %v", spdlog::pattern_time_type::utc);
  }
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
  return absl::OkStatus();
}

std::string MaskContact(absl::string_view contact) {
  if (const size_t at = contact.rfind('@'); at != absl::string_view::npos && at > 0) {
    return absl::StrCat(contact.substr(0, 1), "***", contact.substr(at));
  }
  if (contact.size() >= 9) {
    return absl::StrCat(contact.substr(0, 5), "***", contact.substr(contact.size() - 2));
  }
  return absl::StrCat(contact.substr(0, contact.size() < 4 ? 0 : 2), "***");
}

}  // namespace dnc
