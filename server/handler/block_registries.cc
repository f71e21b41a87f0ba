#include "server/handler/block_registries.h"

#include <bit>

namespace dnc {
namespace {

constexpr size_t kPhonesPerWord = 64;

void MarkUncovered(const CatalogList& list, absl::Span<const uint64_t> phones,
                   std::vector<uint64_t>* uncovered) {
  uncovered->clear();
  if (list.area_codes.empty()) return;
  uncovered->assign((phones.size() + kPhonesPerWord - 1) / kPhonesPerWord, 0);
  for (size_t i = 0; i < phones.size(); ++i) {
    (*uncovered)[i / kPhonesPerWord] |= uint64_t{!list.Covers(phones[i])} << i % kPhonesPerWord;
  }
}

}  // namespace

void BlockRegistries::Look(const Question& question, absl::Span<const uint64_t> phones) {
  question_ = &question;
  phones_ = phones;
  outcomes_.clear();
  facts_.clear();
  AppendRegistries(question, *question.organization, &facts_);
  if (question.organization != question.global) {
    AppendRegistries(question, *question.global, &facts_);
  }
  if (!can_group()) return;
  const size_t words = (phones.size() + kPhonesPerWord - 1) / kPhonesPerWord;
  if (columns_.size() < facts_.size()) columns_.resize(facts_.size());
  marked_.assign(words, 0);
  for (size_t r = 0; r < facts_.size(); ++r) {
    const CatalogList& list = *facts_[r].list;
    Column& column = columns_[r];
    column.members.assign(words, 0);
    if (list.numbers != nullptr) {
      list.numbers->ContainsBatch(phones, absl::MakeSpan(column.members));
    }
    MarkUncovered(list, phones, &column.uncovered);
    for (size_t w = 0; w < words; ++w) marked_[w] |= column.members[w];
    for (size_t w = 0; w < column.uncovered.size(); ++w) marked_[w] |= column.uncovered[w];
  }
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
