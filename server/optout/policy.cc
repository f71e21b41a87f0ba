#include "server/optout/policy.h"

#include <map>
#include <set>
#include <string>

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

// What the built-in keywords make of a word.
struct BuiltInUse {
  bool asks_for_else = false;  // it asks for anything but an end
  bool stops_anywhere = false;
};

absl::StatusOr<std::map<std::u32string, BuiltInUse>> BuiltInUses() {
  std::map<std::u32string, BuiltInUse> uses;
  for (const Keyword& keyword : BuiltInKeywords()) {
    DNC_ASSIGN_OR_RETURN(const FoldedText folded, Fold(keyword.text));
    BuiltInUse& use = uses[folded.Spaced()];
    if (keyword.meaning != v1::KEYWORD_MEANING_STOP) use.asks_for_else = true;
    if (keyword.use == KeywordUse::kAnywhere) use.stops_anywhere = true;
  }
  return uses;
}

absl::Status ShapeKeywords(absl::string_view field, v1::OptOutPolicy* policy) {
  const int count = policy->additional_keywords_size();
  if (count > kMaxKeywords) {
    return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                     absl::StrCat(field, ": ", count, " keywords, at most ", kMaxKeywords),
                     {{"field", std::string(field)},
                      {"limit", absl::StrCat(kMaxKeywords)},
                      {"actual", absl::StrCat(count)}});
  }
  if (count == 0) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(const auto built_in, BuiltInUses());
  std::set<std::u32string> seen;
  google::protobuf::RepeatedPtrField<std::string> kept;
  for (int i = 0; i < count; ++i) {
    const std::string& keyword = policy->additional_keywords(i);
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
    const auto found = built_in.find(spaced);
    const BuiltInUse use = found == built_in.end() ? BuiltInUse() : found->second;
    if (use.asks_for_else) {
      return InvalidField(at, "asks for help or for messages again; it cannot mean stop");
    }
    if (!use.stops_anywhere) *kept.Add() = keyword;
  }
  policy->mutable_additional_keywords()->Swap(&kept);
  return absl::OkStatus();
}

}  // namespace

absl::Status ShapeOptOutPolicy(absl::string_view field, v1::OptOutPolicy* policy) {
  if (!v1::NearMissHandling_IsValid(policy->near_misses())) {
    return InvalidField(absl::StrCat(field, ".near_misses"), "use BLOCK or FLAG_ONLY");
  }
  if (!v1::RevocationScope_IsValid(policy->scope())) {
    return InvalidField(absl::StrCat(field, ".scope"), "use ORGANIZATION or BRAND");
  }
  if (!v1::RevokedClasses_IsValid(policy->classes())) {
    return InvalidField(absl::StrCat(field, ".classes"), "use ALL or AS_REPLIED_TO");
  }
  return ShapeKeywords(absl::StrCat(field, ".additional_keywords"), policy);
}

}  // namespace dnc
