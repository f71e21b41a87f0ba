#include "server/optout/one_click.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace dnc {
namespace {

constexpr absl::string_view kName = "List-Unsubscribe";
constexpr absl::string_view kValue = "One-Click";

bool HasUrlEncodedPair(absl::string_view body) {
  const std::vector<absl::string_view> pairs = absl::StrSplit(body, '&');
  return std::any_of(pairs.begin(), pairs.end(), [](absl::string_view pair) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(absl::StripAsciiWhitespace(pair), absl::MaxSplits('=', 1));
    return absl::EqualsIgnoreCase(parts.first, kName) &&
           absl::EqualsIgnoreCase(parts.second, kValue);
  });
}

// A part is its headers, an empty line, and its value.
bool IsPartOfForm(absl::string_view part) {
  const size_t blank = part.find("\n\n");
  if (blank == absl::string_view::npos) return false;
  const std::string headers = absl::AsciiStrToLower(part.substr(0, blank));
  const absl::string_view value = absl::StripAsciiWhitespace(part.substr(blank));
  return absl::StrContains(headers, "content-disposition:") &&
         (absl::StrContains(headers, "name=\"list-unsubscribe\"") ||
          absl::StrContains(headers, "name=list-unsubscribe")) &&
         absl::EqualsIgnoreCase(value, kValue);
}

bool HasMultipartPair(absl::string_view body) {
  const absl::string_view boundary = body.substr(0, body.find('\n'));
  if (!absl::StartsWith(boundary, "--") || boundary.size() == body.size()) return false;
  const std::vector<absl::string_view> parts = absl::StrSplit(body, boundary);
  return std::any_of(parts.begin(), parts.end(), IsPartOfForm);
}

}  // namespace

bool IsOneClickBody(absl::string_view body) {
  std::string text(absl::StripAsciiWhitespace(body));
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  return HasUrlEncodedPair(text) || HasMultipartPair(text);
}

}  // namespace dnc
