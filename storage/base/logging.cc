#include "storage/base/logging.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dnc {

namespace {

constexpr std::array<absl::string_view, 6> kLevels = {"trace", "debug", "info",
                                                      "warn",  "error", "off"};

// Control characters, so that nobody forges a line of the log; for JSON, quotes and backslashes as
// well (RFC 8259, section 7).
void AppendEscaped(absl::string_view text, bool json, spdlog::memory_buf_t& out) {
  constexpr char kHex[] = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (json && (c == '"' || c == '\\')) {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      for (const char part : {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]}) {
        out.push_back(part);
      }
    } else {
      out.push_back(c);
    }
  }
}

// The message on one line, or as the inside of a JSON string: the pattern's flag %*.
class EscapedMessage : public spdlog::custom_flag_formatter {
 public:
  explicit EscapedMessage(bool json) : json_(json) {}
  void format(const spdlog::details::log_msg& message, const std::tm& /*time*/,
              spdlog::memory_buf_t& out) override {
    AppendEscaped({message.payload.data(), message.payload.size()}, json_, out);
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<EscapedMessage>(json_);
  }

 private:
  const bool json_;
};

std::unique_ptr<spdlog::formatter> MakeFormatter(LogFormat format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<EscapedMessage>('*', format == LogFormat::kJson);
  formatter->set_pattern(
      format == LogFormat::kJson
          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l","thread":%t,"msg":"%*"})"
          : "%Y-%m-%dT%H:%M:%S.%fZ %^%-5l%$ %*");
  return formatter;
}

// The longest start of `text` of at most `bytes` bytes that ends between characters.
absl::string_view Head(absl::string_view text, size_t bytes) {
  bytes = std::min(bytes, text.size());
  while (bytes > 0 && bytes < text.size() && (text[bytes] & 0xc0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

// The longest end of `text` of at most `bytes` bytes that begins between characters.
absl::string_view Tail(absl::string_view text, size_t bytes) {
  size_t start = text.size() - std::min(bytes, text.size());
  while (start < text.size() && (text[start] & 0xc0) == 0x80) ++start;
  return text.substr(start);
}

}  // namespace

absl::Status InitLogging(absl::string_view level, LogFormat format) {
  if (std::find(kLevels.begin(), kLevels.end(), level) == kLevels.end()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "log level \"", level, "\" is unknown; use one of trace, debug, info, warn, error, off"));
  }
  auto logger = std::make_shared<spdlog::logger>(
      "dnc", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::from_str(std::string(level)));
  logger->set_formatter(MakeFormatter(format));
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(std::move(logger));
  return absl::OkStatus();
}

std::string MaskContact(absl::string_view contact) {
  if (const size_t at = contact.rfind('@'); at != absl::string_view::npos && at > 0) {
    constexpr size_t kLongestCharacter = 4;
    absl::string_view first = Head(contact, 1);
    for (size_t n = 2; first.empty() && n <= kLongestCharacter; ++n) first = Head(contact, n);
    return absl::StrCat(first, "***", contact.substr(at));
  }
  constexpr size_t kShownFrom = 10;  // at least three characters stay hidden
  if (contact.size() >= kShownFrom) return absl::StrCat(Head(contact, 5), "***", Tail(contact, 2));
  return absl::StrCat(Head(contact, contact.size() < 4 ? 0 : 2), "***");
}

}  // namespace dnc
