// What the gateway holds while it is measured: 100,000 leads with a phone and an e-mail address
// each and 300,000 entries on the internal list, every second lead's phone among them; a registry,
// where one is chosen, which lists none of these numbers; more leads and entries, which nobody asks
// for.
#ifndef DNC_BENCH_LOAD_DATASET_H_
#define DNC_BENCH_LOAD_DATASET_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/load/phone_book.h"

namespace dnc::bench {

inline constexpr absl::string_view kOrganization = "organizations/bench";
inline constexpr absl::string_view kAction =
    "organizations/bench/workflows/sales/statuses/new/actions/opt-out";

inline constexpr uint64_t kLeads = 100'000;
inline constexpr uint64_t kEntries = 300'000;

// Says how many numbers the registry lists that the gateway is given, 0 for no registry. Once,
// before the first number is asked for.
void ChooseRegistry(uint64_t numbers);
// The numbers of this run.
const PhoneBook& Phones();

// The i-th phone number, E.164 digits: all differ, none is listed by the registry. Below kLeads it
// is that lead's.
inline uint64_t Phone(uint64_t i) { return Phones().Unlisted(i); }
// The i-th number that is on the internal list, and the i-th of those (of leads first) that is not.
inline uint64_t BlockedPhone(uint64_t i) { return Phone(i < kLeads / 2 ? 2 * i : kLeads + i); }
inline uint64_t FreePhone(uint64_t i) { return Phone(i < kLeads / 2 ? 2 * i + 1 : 10'000'000 + i); }
inline bool IsBlockedLead(uint64_t lead) { return lead % 2 == 0; }

// More leads and entries: apart from those of every scenario. Many of the entries are phones of
// these leads.
inline constexpr uint64_t kFirstMoreLead = 40'000'000;
inline constexpr uint64_t kFirstMoreEntry = 45'000'000;

// "organizations/bench/leads/lead-000042".
std::string LeadName(uint64_t i);

// How fast the data went in.
struct LoadTimes {
  double leads_per_second = 0;
  double entries_per_second = 0;
};

// Creates the organization, without anything.
absl::Status CreateOrganization(const std::shared_ptr<grpc::Channel>& channel);

// Creates the organization, its workflow with an opt-out action (adds to the internal list, then
// closes the lead), the leads and the entries.
absl::StatusOr<LoadTimes> LoadDataset(const std::shared_ptr<grpc::Channel>& channel);

// Creates the leads [begin, end), 1,000 a call.
absl::Status CreateLeads(const std::shared_ptr<grpc::Channel>& channel, uint64_t begin,
                         uint64_t end);

// More than LoadDataset's.
absl::StatusOr<LoadTimes> LoadMore(const std::shared_ptr<grpc::Channel>& channel, uint64_t leads,
                                   uint64_t entries);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_DATASET_H_
