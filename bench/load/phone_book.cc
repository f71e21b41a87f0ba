#include "bench/load/phone_book.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdlib>

namespace dnc::bench {
namespace {

constexpr uint64_t kNumbers = 10'000;  // of an exchange
constexpr uint64_t kFirstBlock = 1'000'000;
constexpr uint64_t kBlocks = 1'000'000;
constexpr uint32_t kNone = UINT32_MAX;
// Primes that divide neither the number of exchanges nor kNumbers, so that i -> i * step modulo
// either is one to one.
constexpr uint64_t kExchangeStep = 86'028'121;
constexpr uint64_t kSuffixStep = 3'571;

}  // namespace

PhoneBook::PhoneBook(uint64_t listed, uint64_t seed)
    : registry_(listed, seed), exchange_of_(kBlocks, kNone) {
  const auto& exchanges = registry_.exchanges();
  if (listed > 0) listed_.reserve(exchanges.size());
  first_.reserve(exchanges.size());
  uint64_t first = 0;
  for (size_t i = 0; i < exchanges.size(); ++i) {
    exchange_of_[exchanges[i].block - kFirstBlock] = static_cast<uint32_t>(i);
    if (listed > 0) listed_.push_back(registry_.Listed(i));
    first_.push_back(first);
    first += exchanges[i].count;
  }
}

bool PhoneBook::IsListed(uint64_t number) const {
  const uint64_t block = number / kNumbers - kFirstBlock;
  if (block >= kBlocks || exchange_of_[block] == kNone) return false;
  return IsListed(exchange_of_[block], number % kNumbers);
}

uint64_t PhoneBook::Unlisted(uint64_t i) const {
  const auto& exchanges = registry_.exchanges();
  const size_t exchange = i % exchanges.size() * kExchangeStep % exchanges.size();
  uint64_t suffix = exchange * kSuffixStep % kNumbers;
  for (uint64_t skip = i / exchanges.size();; suffix = (suffix + kSuffixStep) % kNumbers) {
    if (IsListed(exchange, suffix)) continue;
    if (skip-- == 0) return exchanges[exchange].block * kNumbers + suffix;
  }
}

bool PhoneBook::MayBeUnlisted(uint64_t number, uint64_t first, uint64_t past) const {
  const uint64_t block = number / kNumbers - kFirstBlock;
  if (block >= kBlocks || exchange_of_[block] == kNone || IsListed(number)) return false;
  const size_t exchange = exchange_of_[block];
  const uint64_t exchanges = registry_.exchanges().size();
  // How many of its exchange come before it, as Unlisted goes through them.
  uint64_t before = 0;
  for (uint64_t suffix = exchange * kSuffixStep % kNumbers; suffix != number % kNumbers;
       suffix = (suffix + kSuffixStep) % kNumbers) {
    if (!IsListed(exchange, suffix) && ++before > past / exchanges) return false;
  }
  return before >= first / exchanges;
}

uint64_t PhoneBook::Listed(uint64_t random) const {
  const uint64_t place = random % registry_.count();
  const auto next = std::upper_bound(first_.begin(), first_.end(), place);
  const auto exchange = static_cast<size_t>(next - first_.begin()) - 1;
  uint64_t skip = place - first_[exchange];
  uint64_t number = registry_.exchanges()[exchange].block * kNumbers;
  for (uint64_t word : listed_[exchange]) {
    const auto count = static_cast<uint64_t>(std::popcount(word));
    if (skip < count) {
      for (; skip > 0; --skip) word &= word - 1;
      return number + static_cast<uint64_t>(std::countr_zero(word));
    }
    skip -= count;
    number += 64;
  }
  std::abort();  // the flags are as many as the exchange counts
}

}  // namespace dnc::bench
