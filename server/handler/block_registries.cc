#include "server/handler/block_registries.h"

#include <array>
#include <bit>

namespace dnc {
namespace {

constexpr size_t kPhonesPerWord = 64;

constexpr uint64_t kNumbersPerArea = 10'000'000;
constexpr uint64_t kFirstArea = 1'000;  // country code 1, and then the area code

// Those that the list's area codes leave out. What is no North American number is left out by none.
void MarkUncovered(const CatalogList& list, absl::Span<const uint64_t> phones,
                   std::vector<uint64_t>* uncovered) {
  uncovered->clear();
  if (list.area_codes.empty()) return;
  std::array<uint8_t, 1'000> left_out;  // NOLINT: written before it is read
  for (size_t area = 0; area < left_out.size(); ++area) {
    left_out[area] = static_cast<uint8_t>(!list.area_codes[area]);
  }
  uncovered->assign((phones.size() + kPhonesPerWord - 1) / kPhonesPerWord, 0);
  for (size_t i = 0; i < phones.size(); ++i) {
    const uint64_t area = phones[i] / kNumbersPerArea - kFirstArea;
    // Nearly always: nothing is to be marked, whatever the number's shape.
    if (area >= left_out.size() || left_out[area] == 0) continue;
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
