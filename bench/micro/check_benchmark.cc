// A check as the server answers it, without gRPC: request bytes in, response bytes out, over
// 100,000 leads in a real store of which every second phone is on the internal list. Phones are in
// E.164 but in the cases "spelled"; records come from their cache but in the cases of CheckStored,
// which read them from the store's files, as after a start.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/micro/catalog_fixture.h"
#include "server/handler/check_handler.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"
#include "storage/base/wire.h"

namespace dnc::bench {
namespace {

constexpr uint64_t kLeads = 100'000;
constexpr uint64_t kBatch = 1'000;
constexpr char kNew[] = "organizations/bench/workflows/sales/statuses/new";

Mutation Of(const std::string& organization) {
  Mutation mutation;
  mutation.set_organization(organization);
  mutation.set_propose_time(kNow);
  return mutation;
}

// Valid numbers of area code 212, all different.
std::string PhoneOf(uint64_t i) { return absl::StrCat("+1212", 2'000'000 + i); }

std::string LeadName(uint64_t i) { return absl::StrCat("organizations/bench/leads/lead-", i); }

Mutation CreateBench() {
  Mutation mutation = Of("global");
  mutation.mutable_create_organization()->set_organization_id("bench");
  mutation.mutable_create_organization()->mutable_organization()->set_default_region("US");
  return mutation;
}

Mutation CreateSales() {
  Mutation mutation = Of("bench");
  v1::Workflow& workflow = *mutation.mutable_apply_workflow()->mutable_workflow();
  workflow.set_name("organizations/bench/workflows/sales");
  workflow.set_record_type("contact");
  workflow.set_state(v1::OBJECT_STATE_ENABLED);
  v1::Status& status = *workflow.add_statuses();
  status.set_name(kNew);
  status.set_state(v1::OBJECT_STATE_ENABLED);
  status.set_system_status(v1::SYSTEM_STATUS_NEW);
  return mutation;
}

Mutation CreateLeads(uint64_t first) {
  Mutation mutation = Of("bench");
  for (uint64_t i = first; i < first + kBatch; ++i) {
    v1::Lead& lead = *mutation.mutable_batch_upsert_leads()->add_leads();
    lead.set_name(LeadName(i));
    lead.set_record_type("contact");
    lead.set_status(kNew);
    lead.add_contact_points()->set_phone(PhoneOf(i));
  }
  return mutation;
}

Mutation BlockEverySecond(uint64_t first) {
  Mutation mutation = Of("bench");
  storage::v1::ImportEntries& entries = *mutation.mutable_import_entries();
  entries.set_list("organizations/bench/lists/internal");
  for (uint64_t i = first; i < first + kBatch; i += 2) {
    v1::Entry& entry = *entries.add_entries();
    entry.mutable_contact_point()->set_phone(PhoneOf(i));
    entry.mutable_effective_time()->set_seconds(kNow / 1'000'000);
  }
  return mutation;
}

constexpr size_t kRecordCacheBytes = size_t{256} << 20;

enum class Records { kCached, kStored };

// The store is removed at the end.
class Gateway {
 public:
  explicit Gateway(Records records)
      : dir_(absl::StrCat("check_benchmark-", static_cast<int64_t>(getpid()), "-",
                          static_cast<int>(records))) {
    Open(kRecordCacheBytes);
    Apply(CreateBench());
    Apply(CreateSales());
    for (uint64_t first = 0; first < kLeads; first += kBatch) {
      Apply(CreateLeads(first));
      Apply(BlockEverySecond(first));
    }
    if (records == Records::kStored) Open(0);  // writes what is in memory to files
    checks_ = std::make_unique<CheckHandler>(state_.get(), &SystemClock(), CheckSettings());
  }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway() {
    state_.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  const CheckHandler& checks() const { return *checks_; }

 private:
  void Open(size_t record_cache_bytes) {
    state_.reset();
    store_.reset();
    StoreOptions options;
    options.dir = dir_;
    auto store = Store::Open(options);
    if (!store.ok()) std::abort();
    store_ = *std::move(store);
    auto state = StateMachine::Create(store_.get(), record_cache_bytes);
    if (!state.ok()) std::abort();
    state_ = *std::move(state);
  }

  void Apply(Mutation mutation) {
    std::vector<LogEntry> entries(1);
    entries.front().revision = state_->applied_revision() + 1;
    entries.front().mutation = std::move(mutation);
    std::vector<Outcome> outcomes;
    if (!state_->Apply(entries, &outcomes).ok() || outcomes.front().code() != 0) std::abort();
  }

  const std::string dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StateMachine> state_;
  std::unique_ptr<CheckHandler> checks_;
};

// What a check names.
enum Names { kPhone = 1, kLead = 2, kBoth = 3, kSpelledPhone = 4 };

// "(212) 200-0000" for "+12122000000".
std::string Spelled(const std::string& phone) {
  return absl::StrCat("(", phone.substr(2, 3), ") ", phone.substr(5, 3), "-", phone.substr(8));
}

std::string RequestBytes(uint64_t lead, int names) {
  v1::CheckContactRequest request;
  request.set_organization("organizations/bench");
  request.set_channel(v1::CHANNEL_VOICE);
  request.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  if ((names & kLead) != 0) request.set_lead(LeadName(lead));
  if ((names & kPhone) != 0) {
    request.mutable_contact_point()->set_phone(PhoneOf(lead));
  }
  if (names == kSpelledPhone) {
    request.mutable_contact_point()->set_phone(Spelled(PhoneOf(lead)));
  }
  return request.SerializeAsString();
}

// The verdict is what an answer begins with.
bool Begins(absl::string_view answer, v1::Verdict verdict) {
  WireReader reader(answer);
  return reader.Next() && reader.number() == static_cast<uint64_t>(verdict);
}

void CheckOf(benchmark::State& state, const Gateway& gateway, int names, v1::Verdict right) {
  std::vector<std::string> requests;
  for (uint64_t i = right == v1::VERDICT_DENY ? 0 : 1; i < kLeads; i += 2) {
    requests.push_back(RequestBytes(i * 7'918 % kLeads + i % 2, names));
  }
  size_t next = 0;
  for (auto _ : state) {
    WireWriter answer;
    if (!gateway.checks().Check(requests[next], &answer).ok() || !Begins(answer.bytes(), right)) {
      state.SkipWithError("wrong answer");
    }
    next = (next + 1) % requests.size();
  }
}

void Check(benchmark::State& state, int names, v1::Verdict right) {
  static const Gateway gateway(Records::kCached);
  CheckOf(state, gateway, names, right);
}

void CheckStored(benchmark::State& state, int names, v1::Verdict right) {
  static const Gateway gateway(Records::kStored);
  CheckOf(state, gateway, names, right);
}

BENCHMARK_CAPTURE(Check, phone_allow, kPhone, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, phone_deny, kPhone, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(Check, spelled_phone_allow, kSpelledPhone, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, spelled_phone_deny, kSpelledPhone, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(Check, lead_allow, kLead, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, lead_deny, kLead, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(Check, both_allow, kBoth, v1::VERDICT_ALLOW);
BENCHMARK_CAPTURE(Check, both_deny, kBoth, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(CheckStored, phone_deny, kPhone, v1::VERDICT_DENY);
BENCHMARK_CAPTURE(CheckStored, lead_deny, kLead, v1::VERDICT_DENY);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
