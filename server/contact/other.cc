#include "server/contact/other.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/contact/text.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// What is longer than this is refused before any work is done on it.
constexpr size_t kMaxInputBytes = 8 * kMaxOtherBytes;

absl::Status TooLong(size_t bytes) {
  return absl::InvalidArgumentError(
      absl::StrCat("address has ", bytes, " bytes; at most ", kMaxOtherBytes, " are taken"));
}

// "@jane" and "jane" are one handle. What only its @ tells from a number, or that has a second @
// ("@jane@example.social"), keeps it.
absl::string_view StripHandleMark(absl::string_view text) {
  const size_t begin = text.find_first_not_of('@');
  if (begin == absl::string_view::npos || begin == 0) return text;
  const absl::string_view handle = text.substr(begin);
  return absl::StrContains(handle, '@') || !StartsWithLetter(handle) ? text : handle;
}

}  // namespace

absl::StatusOr<std::string> NormalizeOther(absl::string_view text) {
  if (text.size() > kMaxInputBytes) return TooLong(text.size());
  DNC_RETURN_IF_ERROR(CheckUtf8(text, "address"));
  DNC_ASSIGN_OR_RETURN(std::string canonical,
                       FoldCase(StripHandleMark(CollapseSpace(DropInvisible(text)))));
  if (canonical.empty()) return absl::InvalidArgumentError("address is empty");
  if (canonical.size() > kMaxOtherBytes) return TooLong(canonical.size());
  if (HasControl(canonical)) {
    return absl::InvalidArgumentError(absl::StrCat("address \"", MaskForMessage(canonical),
                                                   "\" holds a control character; is it text?"));
  }
  return canonical;
}

}  // namespace dnc
