#include "server/optout/policy.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/optout/fold.h"
#include "server/optout/keywords.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr int kMaxKeywords = 200;
constexpr size_t kMinKeywordBytes = 2;
constexpr size_t kMaxKeywordBytes = 64;

// Whether it is a built-in keyword that asks for anything but an end.
absl::StatusOr<bool> MeansSomethingElse(const std::u32string& spaced) {
  for (const Keyword& keyword : BuiltInKeywords()) {
    if (keyword.meaning == v1::KEYWORD_MEANING_STOP) continue;
    DNC_ASSIGN_OR_RETURN(const FoldedText folded, Fold(keyword.text));
    if (folded.Spaced() == spaced) return true;
  }
  return false;
}

absl::Status CheckKeywords(absl::string_view field, const v1::OptOutPolicy& policy) {
  const int count = policy.additional_keywords_size();
  if (count > kMaxKeywords) {
    return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                     absl::StrCat(field, ": ", count, " keywords, at most ", kMaxKeywords),
                     {{"field", std::string(field)},
                      {"limit", absl::StrCat(kMaxKeywords)},
                      {"actual", absl::StrCat(count)}});
  }
  std::set<std::u32string> seen;
  for (int i = 0; i < count; ++i) {
    const std::string& keyword = policy.additional_keywords(i);
    const std::string at = absl::StrCat(field, "[", i, "]");
    DNC_ASSIGN_OR_RETURN(const FoldedText folded, Fold(keyword));
    const std::u32string spaced = folded.Spaced();
    if (keyword.size() < kMinKeywordBytes || keyword.size() > kMaxKeywordBytes || spaced.empty()) {
      return InvalidField(at, absl::StrCat("a keyword has ", kMinKeywordBytes, " to ",
                                           kMaxKeywordBytes, " bytes, with a letter or digit"));
    }
    if (!seen.insert(spaced).second) {
      return InvalidField(at, "stands there twice; case, accents and punctuation do not count");
    }
    DNC_ASSIGN_OR_RETURN(const bool other, MeansSomethingElse(spaced));
    if (other) return InvalidField(at, "asks for help or for messages again; it cannot mean stop");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ShapeOptOutPolicy(absl::string_view field, const v1::OptOutPolicy& policy) {
  if (!v1::NearMissHandling_IsValid(policy.near_misses())) {
    return InvalidField(absl::StrCat(field, ".near_misses"), "use BLOCK or FLAG_ONLY");
  }
  if (!v1::RevocationScope_IsValid(policy.scope())) {
    return InvalidField(absl::StrCat(field, ".scope"), "use ORGANIZATION or BRAND");
  }
  if (!v1::RevokedClasses_IsValid(policy.classes())) {
    return InvalidField(absl::StrCat(field, ".classes"), "use ALL or AS_REPLIED_TO");
  }
  return CheckKeywords(absl::StrCat(field, ".additional_keywords"), policy);
}

}  // namespace dnc
