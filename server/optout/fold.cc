#include "server/optout/fold.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

constexpr UChar32 kDotlessI = 0x131;

std::vector<UChar> ToWide(absl::string_view text, UErrorCode* error) {
  std::vector<UChar> wide(text.size());
  int32_t size = 0;
  u_strFromUTF8(wide.data(), static_cast<int32_t>(wide.size()), &size, text.data(),
                static_cast<int32_t>(text.size()), error);
  wide.resize(static_cast<size_t>(size));
  return wide;
}

std::vector<UChar> Normalize(const UNormalizer2* form, const std::vector<UChar>& text,
                             UErrorCode* error) {
  // No character of one or two units becomes more than 18 in any form.
  std::vector<UChar> out(text.size() * 18 + 1);
  const int32_t size = unorm2_normalize(form, text.data(), static_cast<int32_t>(text.size()),
                                        out.data(), static_cast<int32_t>(out.size()), error);
  out.resize(U_SUCCESS(*error) ? static_cast<size_t>(size) : 0);
  return out;
}

bool IsApostrophe(UChar32 c) {
  return c == '\'' || c == '`' || c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0x2032;
}

// Accents, and what is written between letters without parting them.
bool IsDropped(UChar32 c) { return u_charType(c) == U_NON_SPACING_MARK || IsApostrophe(c); }

FoldedText SplitWords(const std::vector<UChar>& text) {
  FoldedText folded;
  std::u32string word;
  const auto size = static_cast<int32_t>(text.size());
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U16_NEXT(text.data(), at, size, c);
    if (IsDropped(c)) continue;
    if (u_isalnum(c)) {
      word.push_back(static_cast<char32_t>(c == kDotlessI ? 'i' : c));
    } else if (!word.empty()) {
      folded.words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) folded.words.push_back(std::move(word));
  return folded;
}

}  // namespace

std::u32string FoldedText::Spaced() const {
  std::u32string out;
  for (const std::u32string& word : words) {
    if (!out.empty()) out.push_back(U' ');
    out += word;
  }
  return out;
}

std::u32string FoldedText::Squashed() const {
  std::u32string out;
  for (const std::u32string& word : words) out += word;
  return out;
}

absl::StatusOr<FoldedText> Fold(absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const UNormalizer2* casefold = unorm2_getNFKCCasefoldInstance(&error);
  const UNormalizer2* decompose = unorm2_getNFDInstance(&error);
  const std::vector<UChar> folded = Normalize(casefold, ToWide(text, &error), &error);
  const std::vector<UChar> parts = Normalize(decompose, folded, &error);
  if (U_FAILURE(error)) {
    return absl::InternalError(absl::StrCat("ICU could not fold a text of ", text.size(),
                                            " bytes: ", u_errorName(error),
                                            "; check that its data files are installed"));
  }
  return SplitWords(parts);
}

bool IsOneEditApart(std::u32string_view a, std::u32string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > 1 || a == b) return false;
  const auto first = std::mismatch(a.begin(), a.end(), b.begin());
  const auto at = static_cast<size_t>(first.first - a.begin());
  if (a.size() < b.size()) return a.substr(at) == b.substr(at + 1);
  if (a.substr(at + 1) == b.substr(at + 1)) return true;
  return at + 1 < a.size() && a[at] == b[at + 1] && a[at + 1] == b[at] &&
         a.substr(at + 2) == b.substr(at + 2);
}

bool IsUnspaced(std::u32string_view word) {
  if (word.empty()) return false;
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(word.front()), &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_THAI:
      return true;
    default:
      return false;
  }
}

}  // namespace dnc
