// The words and phrases of replies: which ask for no more messages, for messages again, or for
// help. docs/opt-outs.md names the sources. The built-in ones are for all organizations; nobody can
// take any away.
#ifndef DNC_SERVER_OPTOUT_KEYWORDS_H_
#define DNC_SERVER_OPTOUT_KEYWORDS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/opt_out.pb.h"

namespace dnc {

// How a keyword may stand.
enum class KeywordUse {
  kAnywhere,          // as the whole reply; flagged within a longer one
  kWhole,             // as the whole reply only: too short to tell anything within a longer one
  kLanguageRequired,  // the same, and only where the reply's language is the keyword's: a common
                      // word of others
};

struct Keyword {
  absl::string_view text;
  absl::string_view language;  // ISO 639-1
  v1::KeywordMeaning meaning;
  KeywordUse use;
  absl::string_view source;
};

// Ordered by meaning, language and text.
absl::Span<const Keyword> BuiltInKeywords();

// What people write who do not know the keywords, within longer texts: flagged, never exact.
absl::Span<const absl::string_view> RefusalPhrases();

}  // namespace dnc

#endif  // DNC_SERVER_OPTOUT_KEYWORDS_H_
