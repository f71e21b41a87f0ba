// What the state machine does with mutations, without gRPC and the log: judging a batch of them and
// committing it, with its sync, into a real store beside which nothing else runs. Items are
// actions, leads or entries.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/micro/catalog_fixture.h"
#include "server/state/state_machine.h"

namespace dnc::bench {
namespace {

constexpr char kNew[] = "organizations/bench/workflows/sales/statuses/new";
constexpr char kClosed[] = "organizations/bench/workflows/sales/statuses/closed";
constexpr char kOptOut[] = "organizations/bench/workflows/sales/statuses/new/actions/opt-out";
constexpr uint64_t kRowsInOne = 1'000;  // leads or entries in one mutation

Mutation Of(const std::string& organization) {
  Mutation mutation;
  mutation.set_organization(organization);
  mutation.mutable_actor()->set_id("users/agent-7");
  mutation.set_principal("local");
  mutation.set_propose_time(kNow);
  mutation.set_salt(std::string(16, 's'));
  return mutation;
}

// The i-th of many phones, in no order.
std::string PhoneOf(uint64_t i) { return absl::StrCat("+", BenchPhone(i)); }

std::string LeadName(uint64_t i) { return absl::StrCat("organizations/bench/leads/lead-", i); }

Mutation CreateBench() {
  Mutation mutation = Of("global");
  mutation.set_audit_secret(std::string(32, 'a'));
  mutation.mutable_create_organization()->set_organization_id("bench");
  mutation.mutable_create_organization()->mutable_organization()->set_default_region("US");
  return mutation;
}

v1::Status* AddStatus(const char* name, v1::SystemStatus system_status, v1::Workflow* workflow) {
  v1::Status* status = workflow->add_statuses();
  status->set_name(name);
  status->set_state(v1::OBJECT_STATE_ENABLED);
  status->set_system_status(system_status);
  return status;
}

// With an action that opts a lead out and closes it.
Mutation CreateSales() {
  Mutation mutation = Of("bench");
  v1::Workflow& workflow = *mutation.mutable_apply_workflow()->mutable_workflow();
  workflow.set_name("organizations/bench/workflows/sales");
  workflow.set_record_type("contact");
  workflow.set_state(v1::OBJECT_STATE_ENABLED);
  v1::Action& action = *AddStatus(kNew, v1::SYSTEM_STATUS_NEW, &workflow)->add_actions();
  action.set_name(kOptOut);
  action.set_state(v1::OBJECT_STATE_ENABLED);
  action.set_display_name("Asked not to be contacted");
  action.set_category(v1::ACTION_CATEGORY_DO_NOT_CONTACT);
  action.add_operations()->mutable_add_to_dnc_list();
  action.add_operations()->mutable_move_to_status()->set_status(kClosed);
  AddStatus(kClosed, v1::SYSTEM_STATUS_DEAD, &workflow);
  return mutation;
}

Mutation CreateLeads(uint64_t first) {
  Mutation mutation = Of("bench");
  for (uint64_t i = first; i < first + kRowsInOne; ++i) {
    v1::Lead& lead = *mutation.mutable_batch_upsert_leads()->add_leads();
    lead.set_name(LeadName(i));
    lead.set_record_type("contact");
    lead.set_status(kNew);
    lead.add_contact_points()->set_phone(PhoneOf(i));
    lead.add_contact_points()->set_email(absl::StrCat("lead", i, "@example.com"));
  }
  return mutation;
}

Mutation ImportEntries(uint64_t first) {
  Mutation mutation = Of("bench");
  storage::v1::ImportEntries& entries = *mutation.mutable_import_entries();
  entries.set_list("organizations/bench/lists/internal");
  for (uint64_t i = first; i < first + kRowsInOne; ++i) {
    v1::Entry& entry = *entries.add_entries();
    entry.mutable_contact_point()->set_phone(PhoneOf(i));
    entry.set_reason("benchmark");
  }
  return mutation;
}

Mutation OptOut(uint64_t lead) {
  Mutation mutation = Of("bench");
  mutation.set_request_id(absl::StrCat("opt-out-", lead));
  mutation.set_fingerprint(std::string(32, 'f'));
  v1::ApplyActionRequest& request = *mutation.mutable_apply_action();
  request.set_lead(LeadName(lead));
  request.set_action(kOptOut);
  request.mutable_actor()->set_id("users/agent-7");
  request.set_request_id(mutation.request_id());
  return mutation;
}

// The store is removed at the end.
class Gateway {
 public:
  Gateway() : dir_(absl::StrCat("apply_benchmark-", static_cast<int64_t>(getpid()))) {
    StoreOptions options;
    options.dir = dir_;
    auto store = Store::Open(options);
    if (!store.ok()) std::abort();
    store_ = *std::move(store);
    auto state = StateMachine::Create(store_.get(), StateOptions{size_t{256} << 20, {}});
    if (!state.ok()) std::abort();
    state_ = *std::move(state);
    Apply({CreateBench()});
    Apply({CreateSales()});
  }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway() {
    state_.reset();
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(dir_, ignored);
  }

  // As one batch. All of them must succeed.
  void Apply(std::vector<Mutation> mutations) {
    const std::unique_ptr<JudgedBatch> batch = state_->Begin();
    std::vector<LogEntry> entries;
    entries.reserve(mutations.size());
    int64_t revision = batch->revision;
    for (Mutation& mutation : mutations) entries.push_back({++revision, std::move(mutation)});
    state_->Judge(std::move(entries), batch.get());
    if (!state_->Commit(batch.get()).ok()) std::abort();
    for (const Outcome& outcome : batch->outcomes) {
      if (outcome.code() != 0) std::abort();
    }
  }

 private:
  const std::string dir_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StateMachine> state_;
};

// One mutation a batch, of many rows that are all new.
template <Mutation (*kRowsFrom)(uint64_t first)>
void Load(benchmark::State& state) {
  Gateway gateway;
  uint64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Mutation> mutations;
    mutations.push_back(kRowsFrom(std::exchange(next, next + kRowsInOne)));
    state.ResumeTiming();
    gateway.Apply(std::move(mutations));
  }
  state.SetItemsProcessed(static_cast<int64_t>(next));
}

// So many actions a batch, each for a lead of its own.
void ApplyAction(benchmark::State& state) {
  const auto in_batch = static_cast<uint64_t>(state.range(0));
  const uint64_t leads = in_batch * static_cast<uint64_t>(state.max_iterations);
  Gateway gateway;
  for (uint64_t first = 0; first < leads; first += kRowsInOne) gateway.Apply({CreateLeads(first)});
  uint64_t next = 0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<Mutation> mutations;
    mutations.reserve(in_batch);
    // Leads opt out in another order than they were created in.
    for (uint64_t i = 0; i < in_batch; ++i) mutations.push_back(OptOut(next++ * 7'919 % leads));
    state.ResumeTiming();
    gateway.Apply(std::move(mutations));
  }
  state.SetItemsProcessed(static_cast<int64_t>(next));
}

BENCHMARK(Load<CreateLeads>)
    ->Name("BatchUpsertLeads")
    ->Iterations(200)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(Load<ImportEntries>)
    ->Name("Import")
    ->Iterations(200)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(ApplyAction)
    ->Arg(1)
    ->Arg(128)
    ->Iterations(500)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
