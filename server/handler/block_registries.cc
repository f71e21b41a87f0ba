#include "server/handler/block_registries.h"

#include <algorithm>
#include <bit>

namespace dnc {
namespace {

constexpr size_t kPhonesPerWord = 64;

constexpr uint64_t kNumbersPerArea = 10'000'000;
constexpr uint64_t kFirstArea = 1'000;  // country code 1, and then the area code

size_t WordsOf(size_t phones) { return (phones + kPhonesPerWord - 1) / kPhonesPerWord; }

}  // namespace

void BlockRegistries::Begin(const Question& question, absl::Span<const uint64_t> phones) {
  question_ = &question;
  phones_ = phones;
  outcomes_.clear();
  facts_.clear();
  AppendRegistries(question, *question.organization, &facts_);
  if (question.organization != question.global) {
    AppendRegistries(question, *question.global, &facts_);
  }
  if (!can_group()) return;
  const size_t words = WordsOf(phones.size());
  if (columns_.size() < facts_.size()) columns_.resize(facts_.size());
  marked_.resize(words);
  for (size_t r = 0; r < facts_.size(); ++r) {
    columns_[r].members.resize(words);
    BeginCoverage(*facts_[r].list, words, &columns_[r]);
  }
}

void BlockRegistries::BeginCoverage(const CatalogList& list, size_t words, Column* column) {
  column->uncovered.clear();
  if (list.area_codes.empty()) return;
  column->uncovered.resize(words);
  for (size_t area = 0; area < kAreas; ++area) {
    column->left_out[area] = static_cast<uint8_t>(!list.area_codes[area]);
  }
  column->left_out[kAreas] = 0;
}

void BlockRegistries::Look(size_t first, size_t count) {
  if (!can_group()) return;
  const absl::Span<const uint64_t> phones = phones_.subspan(first, count);
  const size_t begin = first / kPhonesPerWord;
  const size_t end = begin + WordsOf(phones.size());
  for (size_t r = 0; r < facts_.size(); ++r) {
    const CatalogList& list = *facts_[r].list;
    Column& column = columns_[r];
    const absl::Span<uint64_t> members = absl::MakeSpan(column.members).subspan(begin, end - begin);
    if (list.numbers != nullptr) {
      list.numbers->ContainsBatch(phones, members);
    } else {
      std::fill(members.begin(), members.end(), 0);
    }
    if (!column.uncovered.empty()) MarkUncovered(list, begin, phones, &column);
  }
  for (size_t w = begin; w < end; ++w) {
    uint64_t marked = 0;
    for (size_t r = 0; r < facts_.size(); ++r) {
      marked |= columns_[r].members[w];
      if (!columns_[r].uncovered.empty()) marked |= columns_[r].uncovered[w];
    }
    marked_[w] = marked;
  }
}

// Those that the list's area codes leave out, of the phones from the word's first on. What is no
// North American number is left out by none.
void BlockRegistries::MarkUncovered(const CatalogList& list, size_t word,
                                    absl::Span<const uint64_t> phones, Column* column) {
  for (; !phones.empty(); ++word) {
    const absl::Span<const uint64_t> of_word = phones.subspan(0, kPhonesPerWord);
    phones.remove_prefix(of_word.size());
    uint64_t left_out = 0;
    for (size_t i = 0; i < of_word.size(); ++i) {
      const uint64_t area = of_word[i] / kNumbersPerArea - kFirstArea;
      left_out |= uint64_t{column->left_out[std::min<uint64_t>(area, kAreas)]} << i;
    }
    // Seldom any. Their shape tells whether they are North American.
    uint64_t uncovered = 0;
    for (; left_out != 0; left_out &= left_out - 1) {
      const int i = std::countr_zero(left_out);
      uncovered |= uint64_t{!list.Covers(of_word[static_cast<size_t>(i)])} << i;
    }
    column->uncovered[word] = uncovered;
  }
}

const absl::InlinedVector<RegistryFact, 4>& BlockRegistries::Of(size_t index) {
  for (size_t r = 0; r < facts_.size(); ++r) {
    const uint64_t members = columns_[r].members[index / kPhonesPerWord];
    facts_[r].member = (members >> index % kPhonesPerWord & 1) != 0;
  }
  return facts_;
}

const BlockRegistries::Outcome& BlockRegistries::Next(size_t word, uint64_t among,
                                                      uint64_t* alike) {
  // Most words have many phones that no registry knows.
  if (const uint64_t unmarked = among & ~marked_[word]; unmarked != 0) {
    *alike = unmarked;
    return Judge(0,
                 phones_[word * kPhonesPerWord + static_cast<size_t>(std::countr_zero(unmarked))]);
  }
  const int first = std::countr_zero(among);
  uint64_t kind = 0;
  *alike = among;
  const auto tell_apart = [&](uint64_t column, size_t bit) {
    const bool marked = (column >> first & 1) != 0;
    kind |= uint64_t{marked} << bit;
    *alike &= marked ? column : ~column;
  };
  for (size_t r = 0; r < facts_.size(); ++r) {
    const Column& column = columns_[r];
    tell_apart(column.members[word], r);
    if (!column.uncovered.empty()) tell_apart(column.uncovered[word], kMostGrouped + r);
  }
  return Judge(kind, phones_[word * kPhonesPerWord + static_cast<size_t>(first)]);
}

// A decision about a phone without records reads nothing of it but which registries have and cover
// it: it is the same for all of a kind.
const BlockRegistries::Outcome& BlockRegistries::Judge(uint64_t kind, uint64_t phone) {
  const auto [known, is_new] = outcomes_.try_emplace(kind);
  Outcome& outcome = known->second;
  if (!is_new) return outcome;
  Facts facts;
  PointFacts& point = facts.points.emplace_back();
  point.point = {ContactKind::kPhone, phone, {}};
  point.registries = facts_;
  for (size_t r = 0; r < facts_.size(); ++r) point.registries[r].member = (kind >> r & 1) != 0;
  const Decision decision = Decide(*question_, facts);
  outcome.verdict = decision.verdict;
  outcome.valid_until = decision.valid_until;
  if (decision.verdict != v1::VERDICT_ALLOW) outcome.rule = decision.rules.front();
  outcome.rule.point = nullptr;
  return outcome;
}

}  // namespace dnc
