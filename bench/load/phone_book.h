// The phone numbers of a run: those of the registry, and those that it does not list.
#ifndef DNC_BENCH_LOAD_PHONE_BOOK_H_
#define DNC_BENCH_LOAD_PHONE_BOOK_H_

#include <cstdint>
#include <vector>

#include "bench/data/number_model.h"

namespace dnc::bench {

// Numbers as E.164 digits: 12125550123. Immutable; thread-safe.
class PhoneBook {
 public:
  // With a registry of so many numbers; 0: without one.
  explicit PhoneBook(uint64_t listed, uint64_t seed = 1);

  const NumberModel& registry() const { return registry_; }
  bool IsListed(uint64_t number) const;
  // Whether it lists any number.
  bool HasListed() const { return !listed_.empty(); }

  // The i-th number that the registry does not list: all differ, spread over all exchanges in
  // service. `i` below 100,000,000.
  uint64_t Unlisted(uint64_t i) const;
  // False where no `i` from `first` on and before `past` has that number.
  bool MayBeUnlisted(uint64_t number, uint64_t first, uint64_t past) const;
  // A number that it lists, of 64 random bits: each as likely as any other. It must list one.
  uint64_t Listed(uint64_t random) const;
  // A number of an exchange in service, listed or not.
  uint64_t Any(uint64_t random) const { return registry_.InService(random); }

 private:
  bool IsListed(size_t exchange, uint64_t suffix) const {
    return !listed_.empty() && (listed_[exchange][suffix / 64] >> (suffix % 64) & 1) != 0;
  }

  NumberModel registry_;
  // Of each exchange in service: its flags (none where nothing is listed), and how many numbers
  // those before it list.
  std::vector<ExchangeBits> listed_;
  std::vector<uint64_t> first_;
  // Of a block, less kFirstBlock: its exchange; kNone where none is in service.
  std::vector<uint32_t> exchange_of_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_PHONE_BOOK_H_
