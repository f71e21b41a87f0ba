#include "server/handler/filter_answer.h"

#include <bit>

#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

using Answer = v1::FilterContactsResponse;

static_assert(std::endian::native == std::endian::little, "verdicts travel as they lie here");
static_assert(v1::VERDICT_ALLOW == 1 && v1::VERDICT_DENY == 2 && v1::VERDICT_UNKNOWN == 3);

constexpr size_t kVerdictsPerWord = 32;
constexpr size_t kVerdictsPerByte = 4;
constexpr uint64_t kAllAllowed = 0x5555'5555'5555'5555;
// What makes of an ALLOW the other verdict.
constexpr uint64_t kToDeny = v1::VERDICT_ALLOW ^ v1::VERDICT_DENY;
constexpr uint64_t kToUnknown = v1::VERDICT_ALLOW ^ v1::VERDICT_UNKNOWN;

// Bit i of the lower 32 goes to bit 2 * i.
uint64_t Spread(uint64_t bits) {
  bits &= 0xffff'ffff;
  bits = (bits | bits << 16) & 0x0000'ffff'0000'ffff;
  bits = (bits | bits << 8) & 0x00ff'00ff'00ff'00ff;
  bits = (bits | bits << 4) & 0x0f0f'0f0f'0f0f'0f0f;
  bits = (bits | bits << 2) & 0x3333'3333'3333'3333;
  return (bits | bits << 1) & 0x5555'5555'5555'5555;
}

// The list behind a rule, told apart from one of `global` with the same id.
std::string ListOf(const MatchedRule& rule, const Question& question) {
  if (rule.list == nullptr) return "";
  const bool is_global = question.global != question.organization &&
                         question.global->FindList(rule.list->id) == rule.list;
  return is_global ? absl::StrCat(kGlobalOrganization, "/", rule.list->id) : rule.list->id;
}

}  // namespace

void FilterAnswerColumns::Begin(size_t count, bool with_reasons) {
  count_ = count;
  with_reasons_ = with_reasons;
  // 64 contact points are two words, also where the block ends within them.
  verdicts_.assign((count + 63) / 64 * 2, kAllAllowed);
  reasons_.clear();
  rules_.clear();
  places_.clear();
}

void FilterAnswerColumns::SetWord(size_t word, uint64_t denied, uint64_t unknown) {
  uint64_t* const verdicts = &verdicts_[2 * word];
  verdicts[0] ^= Spread(denied) * kToDeny ^ Spread(unknown) * kToUnknown;
  verdicts[1] ^= Spread(denied >> 32) * kToDeny ^ Spread(unknown >> 32) * kToUnknown;
}

void FilterAnswerColumns::Set(size_t index, v1::Verdict verdict) {
  const uint64_t change = verdict == v1::VERDICT_DENY ? kToDeny : kToUnknown;
  verdicts_[index / kVerdictsPerWord] ^= change << 2 * (index % kVerdictsPerWord);
}

uint32_t FilterAnswerColumns::PlaceOf(const MatchedRule& rule, const Question& question) {
  const auto [known, is_new] =
      places_.try_emplace({rule.type, rule.list}, static_cast<uint32_t>(rules_.size()));
  if (is_new) rules_.push_back({rule.type, ListOf(rule, question)});
  return known->second;
}

void FilterAnswerColumns::AddReasons(uint32_t place, size_t times) {
  if (!with_reasons_) return;
  if (place < 0x80) {
    reasons_.append(times, static_cast<char>(place));
    return;
  }
  for (size_t i = 0; i < times; ++i) {
    uint32_t rest = place;
    for (; rest >= 0x80; rest >>= 7) reasons_.push_back(static_cast<char>(rest | 0x80));
    reasons_.push_back(static_cast<char>(rest));
  }
}

void FilterAnswerColumns::Write(const Question& question, int64_t revision,
                                UnixMicros allowed_until, const DecisionId& id,
                                WireWriter* writer) const {
  std::string verdicts(reinterpret_cast<const char*>(verdicts_.data()),
                       (count_ + kVerdictsPerByte - 1) / kVerdictsPerByte);
  if (const size_t used = count_ % kVerdictsPerByte; used != 0) {
    verdicts.back() = static_cast<char>(verdicts.back() & ((1 << 2 * used) - 1));
  }
  writer->Text(Answer::kVerdictsFieldNumber, verdicts);
  writer->Number(Answer::kCountFieldNumber, count_);
  writer->Number(Answer::kRevisionFieldNumber, static_cast<uint64_t>(revision));
  writer->Micros(Answer::kEvaluateTimeFieldNumber, question.now);
  writer->Micros(Answer::kValidForFieldNumber, allowed_until - question.now);
  writer->Text(Answer::kDecisionIdFieldNumber, DecisionText(id).view());
  if (!with_reasons_) return;
  for (const Rule& rule : rules_) {
    const size_t begin = writer->Begin(Answer::kRulesFieldNumber);
    writer->Number(v1::FilterRule::kTypeFieldNumber, static_cast<uint64_t>(rule.type));
    writer->Text(v1::FilterRule::kListFieldNumber, rule.list);
    writer->End(begin);
  }
  writer->Text(Answer::kReasonsFieldNumber, reasons_);
}

}  // namespace dnc
