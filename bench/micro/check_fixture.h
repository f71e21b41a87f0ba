// A gateway without gRPC for the micro benchmarks: a state machine over a store of its own, with
// leads in the organization `bench` of which every second phone is on the internal list.
#ifndef DNC_BENCH_MICRO_CHECK_FIXTURE_H_
#define DNC_BENCH_MICRO_CHECK_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "server/handler/check_handler.h"
#include "server/state/state_machine.h"
#include "storage/rocksdb/store.h"

namespace dnc::bench {

enum class StoredRecords { kCached, kStored };

// Its store is in a folder of its own in the working directory, and removed at the end.
class CheckFixture {
 public:
  // `leads`: a multiple of 1,000, numbered from 0; another thousand begins at kFarLead, so that
  // phones in between are within the range of what is stored. kStored: records are read from the
  // store's files, as after a start.
  CheckFixture(uint64_t leads, StoredRecords records);
  CheckFixture(const CheckFixture&) = delete;
  CheckFixture& operator=(const CheckFixture&) = delete;
  ~CheckFixture();

  const StateMachine& state() const { return *state_; }
  const CheckHandler& checks() const { return *checks_; }
  const std::string& dir() const { return dir_; }

  void Apply(storage::v1::Mutation mutation);
  // A registry that has the phones of `first` and of the count - 1 leads that would follow.
  void ImportRegistry(uint64_t first, uint64_t count);

 private:
  void Open(size_t record_cache_bytes);

  const std::string dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StateMachine> state_;
  std::unique_ptr<CheckHandler> checks_;
};

// A mutation of the organization `bench`, without its body.
storage::v1::Mutation MutationOfBench();

inline constexpr uint64_t kFarLead = 6'000'000;

// What a check names.
enum Names { kPhone = 1, kLead = 2, kBoth = 3, kSpelledPhone = 4 };

// A CheckContactRequest for a lead, by its number.
std::string CheckRequest(uint64_t lead, int names);

}  // namespace dnc::bench

#endif  // DNC_BENCH_MICRO_CHECK_FIXTURE_H_
