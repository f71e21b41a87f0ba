#include "server/contact/text.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

// Reads the character at `at` and moves past it; negative where the bytes are not UTF-8.
UChar32 NextChar(absl::string_view text, size_t& at) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  UChar32 c = 0;
  U8_NEXT(bytes, at, text.size(), c);
  return c;
}

// Reads the character that ends at `at` and moves to its start.
UChar32 PreviousChar(absl::string_view text, size_t& at) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  UChar32 c = 0;
  auto index = static_cast<int32_t>(at);
  U8_PREV(bytes, 0, index, c);
  at = static_cast<size_t>(index);
  return c;
}

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isascii(static_cast<unsigned char>(c)); });
}

// Characters that no reader sees: zero-width spaces and joiners, soft hyphens, byte order and
// direction marks, variation selectors (Unicode's Default_Ignorable_Code_Point).
bool IsInvisible(UChar32 c) {
  return c > 0x7F && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

bool IsSpace(UChar32 c) { return u_isUWhiteSpace(c) || IsInvisible(c); }

void AppendChar(UChar32 c, std::string& out) {
  uint8_t bytes[U8_MAX_LENGTH];
  size_t size = 0;
  U8_APPEND_UNSAFE(bytes, size, c);
  out.append(reinterpret_cast<const char*>(bytes), size);
}

// Unicode normalisation form C.
absl::StatusOr<std::string> ComposeNfc(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* nfc = unorm2_getNFCInstance(&error);
  std::vector<UChar> wide(text.size());
  int32_t wide_size = 0;
  u_strFromUTF8(wide.data(), static_cast<int32_t>(wide.size()), &wide_size, text.data(),
                static_cast<int32_t>(text.size()), &error);
  // A UTF-16 unit becomes at most three in form C, and a unit at most three bytes of UTF-8.
  std::vector<UChar> composed(wide.size() * 3);
  const int32_t composed_size = unorm2_normalize(nfc, wide.data(), wide_size, composed.data(),
                                                 static_cast<int32_t>(composed.size()), &error);
  std::string out(composed.size() * 3, '\0');
  int32_t out_size = 0;
  u_strToUTF8(out.data(), static_cast<int32_t>(out.size()), &out_size, composed.data(),
              composed_size, &error);
  if (U_FAILURE(error)) {
    return absl::InternalError(absl::StrCat("ICU could not normalise a text of ", text.size(),
                                            " bytes: ", u_errorName(error),
                                            "; check that its data files are installed"));
  }
  out.resize(static_cast<size_t>(out_size));
  return out;
}

}  // namespace

absl::Status CheckUtf8(absl::string_view text, absl::string_view what) {
  if (IsAscii(text)) return absl::OkStatus();
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    if (NextChar(text, at) < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(what, " is not valid UTF-8 at byte ", begin, "; convert the text to UTF-8"));
    }
  }
  return absl::OkStatus();
}

absl::string_view TrimSpace(absl::string_view text) {
  for (size_t next = 0; !text.empty() && IsSpace(NextChar(text, next)); next = 0) {
    text.remove_prefix(next);
  }
  for (size_t end = text.size(); !text.empty() && IsSpace(PreviousChar(text, end));
       end = text.size()) {
    text = text.substr(0, end);
  }
  return text;
}

std::string CollapseSpace(absl::string_view text) {
  std::string out;
  text = TrimSpace(text);
  out.reserve(text.size());
  bool pending = false;
  for (size_t at = 0; at < text.size();) {
    const UChar32 c = NextChar(text, at);
    if (u_isUWhiteSpace(c)) {
      pending = true;
      continue;
    }
    if (pending) out.push_back(' ');
    pending = false;
    AppendChar(c, out);
  }
  return out;
}

std::string DropInvisible(absl::string_view text) {
  if (IsAscii(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const UChar32 c = NextChar(text, at);
    if (!IsInvisible(c)) AppendChar(c, out);
  }
  return out;
}

bool HasWhiteSpace(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (u_isUWhiteSpace(NextChar(text, at))) return true;
  }
  return false;
}

bool HasControl(absl::string_view text) {
  for (size_t at = 0; at < text.size();) {
    if (u_charType(NextChar(text, at)) == U_CONTROL_CHAR) return true;
  }
  return false;
}

bool StartsWithLetter(absl::string_view text) {
  size_t at = 0;
  return !text.empty() && u_isalpha(NextChar(text, at));
}

CharCounts CountChars(absl::string_view text) {
  CharCounts counts;
  for (size_t at = 0; at < text.size();) {
    const UChar32 c = NextChar(text, at);
    if (u_isalpha(c)) ++counts.letters;
    if (u_isdigit(c)) ++counts.digits;
  }
  return counts;
}

absl::StatusOr<std::string> FoldCase(absl::string_view text) {
  if (IsAscii(text)) return absl::AsciiStrToLower(text);
  std::string folded;
  folded.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    AppendChar(u_foldCase(NextChar(text, at), U_FOLD_CASE_DEFAULT), folded);
  }
  return ComposeNfc(folded);
}

bool MayBeDialled(absl::string_view text) {
  // Full-width forms, as East Asian input methods write them.
  constexpr absl::string_view kMarks[] = {"+", "(", "\xef\xbc\x8b", "\xef\xbc\x88"};
  const bool marked =
      std::any_of(std::begin(kMarks), std::end(kMarks),
                  [&](absl::string_view mark) { return absl::StartsWith(text, mark); });
  return marked || (!absl::StartsWith(text, "@") && CountChars(text).letters == 0);
}

std::string MaskForMessage(absl::string_view value) {
  constexpr size_t kShown = 60;
  std::string printable(value.substr(0, kShown));
  std::replace_if(
      printable.begin(), printable.end(),
      [](char c) { return !absl::ascii_isprint(static_cast<unsigned char>(c)); }, '?');
  return MaskContact(printable);
}

}  // namespace dnc
