#include "server/optout/reply.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/contact/text.h"
#include "server/optout/fold.h"
#include "server/optout/keywords.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using Words = std::vector<std::u32string>;

// Words of as few letters may be one, written apart: "st op".
constexpr size_t kMostWordsOfMisspelling = 3;
// Words beside which a misspelt keyword is the only one that says anything: "stpo please".
constexpr std::u32string_view kFillers[] = {U"please", U"pls",  U"plz",   U"now",    U"thanks",
                                            U"thx",    U"me",   U"it",    U"this",   U"all",
                                            U"ok",     U"just", U"bitte", U"danke",  U"svp",
                                            U"merci",  U"por",  U"favor", U"gracias"};
// Shorter keywords have too many neighbours.
constexpr size_t kLeastLettersOfMisspelling = 4;
// So long a keyword is recognised though misspelt within a sentence.
constexpr size_t kLongKeyword = 7;

struct FoldedKeyword {
  std::string text;
  std::string language;
  v1::KeywordMeaning meaning;
  KeywordUse use;
  Words words;
  std::u32string squashed;
};

struct FoldedPhrase {
  std::string text;
  Words words;
};

struct Table {
  std::vector<FoldedKeyword> keywords;
  std::vector<FoldedPhrase> phrases;
};

absl::StatusOr<FoldedKeyword> FoldKeyword(const Keyword& keyword) {
  DNC_ASSIGN_OR_RETURN(FoldedText folded, Fold(keyword.text));
  FoldedKeyword result{
      std::string(keyword.text), std::string(keyword.language), keyword.meaning, keyword.use, {},
      folded.Squashed()};
  result.words = std::move(folded.words);
  return result;
}

absl::StatusOr<Table> MakeTable() {
  Table table;
  for (const Keyword& keyword : BuiltInKeywords()) {
    DNC_ASSIGN_OR_RETURN(table.keywords.emplace_back(), FoldKeyword(keyword));
  }
  for (const absl::string_view phrase : RefusalPhrases()) {
    DNC_ASSIGN_OR_RETURN(FoldedText folded, Fold(phrase));
    table.phrases.push_back({std::string(phrase), std::move(folded.words)});
  }
  return table;
}

const absl::StatusOr<Table>& BuiltIn() {
  static const auto* const kTable = new absl::StatusOr<Table>(MakeTable());
  return *kTable;
}

bool HasRun(const Words& text, const Words& run) {
  return !run.empty() &&
         std::search(text.begin(), text.end(), run.begin(), run.end()) != text.end();
}

// Signs that mean no without a word: stop sign, no entry, prohibited, raised hand's "no".
constexpr absl::string_view kStopSigns[] = {"\U0001F6D1", "\u26D4", "\U0001F6AB", "\U0001F645"};

// Stands where a character was lost on the way: what could not be read may have been a no.
constexpr absl::string_view kLostCharacter = "\uFFFD";

class Judge {
 public:
  Judge(absl::string_view raw, FoldedText text, absl::string_view language,
        std::vector<const FoldedKeyword*> keywords)
      : raw_(raw),
        text_(std::move(text.words)),
        squashed_(FoldedText{text_}.Squashed()),
        only_word_(OnlyWord()),
        language_(language),
        keywords_(std::move(keywords)) {}

  ReplyJudgement Run(const std::vector<FoldedPhrase>& phrases) const {
    if (auto exact = Exact(); exact.has_value()) return *std::move(exact);
    if (auto near = NearMiss(phrases); near.has_value()) return *std::move(near);
    return {};
  }

 private:
  bool LanguageFits(const FoldedKeyword& keyword) const {
    return keyword.use != KeywordUse::kLanguageRequired || keyword.language == language_;
  }

  // STOP before START before HELP, as the table is ordered.
  std::optional<ReplyJudgement> Exact() const {
    for (const FoldedKeyword* keyword : keywords_) {
      if (keyword->words != text_ || !LanguageFits(*keyword)) continue;
      switch (keyword->meaning) {
        case v1::KEYWORD_MEANING_STOP:
          return ReplyJudgement{v1::OPT_OUT_OUTCOME_OPTED_OUT, keyword->text, ""};
        case v1::KEYWORD_MEANING_START:
          return ReplyJudgement{v1::OPT_OUT_OUTCOME_CONSENT_REGRANT, keyword->text,
                                absl::StrCat("asks for messages again: ", keyword->text)};
        default:
          return ReplyJudgement{v1::OPT_OUT_OUTCOME_HELP, keyword->text, ""};
      }
    }
    return std::nullopt;
  }

  static ReplyJudgement Near(const std::string& keyword, std::string cause) {
    return {v1::OPT_OUT_OUTCOME_REVIEW, keyword, std::move(cause)};
  }

  std::optional<ReplyJudgement> NearMiss(const std::vector<FoldedPhrase>& phrases) const {
    for (const FoldedKeyword* keyword : keywords_) {
      if (keyword->meaning != v1::KEYWORD_MEANING_STOP) continue;
      if (std::string cause = CauseOf(*keyword); !cause.empty()) {
        return Near(keyword->text, std::move(cause));
      }
    }
    for (const FoldedPhrase& phrase : phrases) {
      if (HasRun(text_, phrase.words)) {
        return Near(phrase.text, absl::StrCat("says \"", phrase.text, "\""));
      }
    }
    for (const absl::string_view sign : kStopSigns) {
      if (absl::StrContains(raw_, sign)) return Near("stop", "has a stop sign");
    }
    if (absl::StrContains(raw_, kLostCharacter)) {
      return Near("stop", "has characters that were lost on the way");
    }
    return std::nullopt;
  }

  // Why the text comes near that keyword; empty where it does not.
  std::string CauseOf(const FoldedKeyword& keyword) const {
    if (!LanguageFits(keyword)) {
      return keyword.words == text_ && language_.empty()
                 ? absl::StrCat("is \"", keyword.text, "\", which means stop in the language ",
                                keyword.language)
                 : "";
    }
    if (keyword.use != KeywordUse::kAnywhere) return "";
    if (Stands(keyword)) return absl::StrCat("has \"", keyword.text, "\" in a longer text");
    if (squashed_ == keyword.squashed) {
      return absl::StrCat("is \"", keyword.text, "\", spaced otherwise");
    }
    return IsMisspelt(keyword) ? absl::StrCat("is one letter off \"", keyword.text, "\"") : "";
  }

  bool Stands(const FoldedKeyword& keyword) const {
    if (HasRun(text_, keyword.words)) return true;
    return keyword.squashed.size() > 1 && IsUnspaced(keyword.squashed) &&
           squashed_.find(keyword.squashed) != std::u32string::npos;
  }

  bool IsMisspelt(const FoldedKeyword& keyword) const {
    const std::u32string& wanted = keyword.squashed;
    if (wanted.size() < kLeastLettersOfMisspelling || IsUnspaced(wanted)) return false;
    const auto near = [&](const std::u32string& word) {
      return IsOneEditApart(word, wanted) && !IsOther(word);
    };
    if (text_.size() <= kMostWordsOfMisspelling && near(squashed_)) return true;
    if (only_word_.has_value()) return near(*only_word_);
    return wanted.size() >= kLongKeyword && std::any_of(text_.begin(), text_.end(), near);
  }

  // The one word beside fillers; nothing where there are several.
  std::optional<std::u32string> OnlyWord() const {
    std::optional<std::u32string> only;
    for (const std::u32string& word : text_) {
      if (std::find(std::begin(kFillers), std::end(kFillers), word) != std::end(kFillers)) continue;
      if (only.has_value()) return std::nullopt;
      only = word;
    }
    return only;
  }

  // A word that is itself a keyword of another meaning is no misspelling.
  bool IsOther(const std::u32string& word) const {
    return std::any_of(keywords_.begin(), keywords_.end(), [&](const FoldedKeyword* keyword) {
      return keyword->meaning != v1::KEYWORD_MEANING_STOP && keyword->squashed == word;
    });
  }

  const absl::string_view raw_;
  const Words text_;
  const std::u32string squashed_;
  const std::optional<std::u32string> only_word_;
  const absl::string_view language_;
  const std::vector<const FoldedKeyword*> keywords_;
};

int Weight(v1::OptOutOutcome outcome) {
  switch (outcome) {
    case v1::OPT_OUT_OUTCOME_OPTED_OUT:
      return 4;
    case v1::OPT_OUT_OUTCOME_REVIEW:
      return 3;
    case v1::OPT_OUT_OUTCOME_CONSENT_REGRANT:
      return 2;
    case v1::OPT_OUT_OUTCOME_HELP:
      return 1;
    default:
      return 0;
  }
}

// A subject without the marks of replies and forwards, in the languages that mail programs have.
absl::string_view WithoutReplyMarks(absl::string_view subject) {
  constexpr absl::string_view kMarks[] = {
      "re:", "fw:", "fwd:", "aw:", "wg:", "sv:", "tr:", "rv:", "r:", "res:", "antw:"};
  subject = TrimSpace(subject);
  for (bool found = true; found;) {
    found = false;
    for (const absl::string_view mark : kMarks) {
      if (!absl::StartsWithIgnoreCase(subject, mark)) continue;
      subject = TrimSpace(subject.substr(mark.size()));
      found = true;
    }
  }
  return subject;
}

}  // namespace

absl::StatusOr<ReplyJudgement> JudgeReply(absl::string_view text, absl::string_view language,
                                          const std::vector<std::string>& additional) {
  const absl::StatusOr<Table>& table = BuiltIn();
  if (!table.ok()) return table.status();
  std::vector<FoldedKeyword> own;
  for (const std::string& word : additional) {
    const Keyword keyword{word, "", v1::KEYWORD_MEANING_STOP, KeywordUse::kAnywhere, ""};
    DNC_ASSIGN_OR_RETURN(own.emplace_back(), FoldKeyword(keyword));
  }
  std::vector<const FoldedKeyword*> keywords;
  keywords.reserve(own.size() + table->keywords.size());
  for (const FoldedKeyword& keyword : own) keywords.push_back(&keyword);
  for (const FoldedKeyword& keyword : table->keywords) keywords.push_back(&keyword);
  DNC_ASSIGN_OR_RETURN(FoldedText folded, Fold(text));
  return Judge(text, std::move(folded), language, std::move(keywords)).Run(table->phrases);
}

absl::StatusOr<ReplyJudgement> JudgeEmail(const v1::EmailReply& reply,
                                          const std::vector<std::string>& additional) {
  DNC_ASSIGN_OR_RETURN(ReplyJudgement subject, JudgeReply(WithoutReplyMarks(reply.subject()),
                                                          reply.language(), additional));
  DNC_ASSIGN_OR_RETURN(ReplyJudgement text, JudgeReply(reply.text(), reply.language(), additional));
  return Weight(text.outcome) > Weight(subject.outcome) ? std::move(text) : std::move(subject);
}

}  // namespace dnc
