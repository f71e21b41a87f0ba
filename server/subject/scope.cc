#include "server/subject/scope.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/contact/other.h"
#include "server/error/error.h"

namespace dnc {
namespace {

// Printable ASCII without white space that would be trimmed or collapsed.
bool IsPlain(absl::string_view text) {
  return absl::ascii_isgraph(static_cast<unsigned char>(text.front())) && text.front() != '@' &&
         absl::ascii_isgraph(static_cast<unsigned char>(text.back())) &&
         !absl::StrContains(text, "  ") && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isprint(static_cast<unsigned char>(c));
         });
}

}  // namespace

absl::StatusOr<absl::string_view> CanonicalScope(absl::string_view given, absl::string_view field,
                                                 std::string* kept) {
  if (given.empty()) return given;
  if (given.size() > kMaxScopeBytes) {
    return InvalidField(field, absl::StrCat("at most ", kMaxScopeBytes, " bytes are taken"));
  }
  if (IsPlain(given)) return given;
  absl::StatusOr<std::string> canonical = NormalizeOther(given);
  if (!canonical.ok()) {
    return InvalidField(field, "is blank or no text; leave it out where none is meant");
  }
  *kept = *std::move(canonical);
  return absl::string_view(*kept);
}

}  // namespace dnc
