// Replies and keywords as they are compared: words of letters and digits, without what people and
// keyboards vary: case, accents, width, invisible characters, and punctuation.
#ifndef DNC_SERVER_OPTOUT_FOLD_H_
#define DNC_SERVER_OPTOUT_FOLD_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

struct FoldedText {
  std::vector<std::u32string> words;

  // The words with one space between them.
  std::u32string Spaced() const;
  // The words without any.
  std::u32string Squashed() const;
};

// `text` is valid UTF-8. Unicode's NFKC_Casefold, then without accents (nonspacing marks) and
// apostrophes; whatever is no letter or digit ends a word. Thread-safe. INTERNAL where ICU has no
// normalisation data.
absl::StatusOr<FoldedText> Fold(absl::string_view text);

// Whether one insertion, deletion, replacement or swap of neighbours makes one of the other. False
// where they are equal.
bool IsOneEditApart(std::u32string_view a, std::u32string_view b);

// Whether the word's script puts no spaces between words.
bool IsUnspaced(std::u32string_view word);

}  // namespace dnc

#endif  // DNC_SERVER_OPTOUT_FOLD_H_
