#include "bench/micro/check_fixture.h"

#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/micro/catalog_fixture.h"
#include "storage/base/clock.h"
#include "storage/registry/chunk_codec.h"
#include "storage/schema/keys.h"

namespace dnc::bench {
namespace {

using storage::v1::Mutation;

constexpr uint64_t kBatch = 1'000;
constexpr char kRegistry[] = "organizations/bench/lists/national";
constexpr int64_t kVersion = 1;
constexpr char kNew[] = "organizations/bench/workflows/sales/statuses/new";

Mutation Of(const std::string& organization) {
  Mutation mutation;
  mutation.set_organization(organization);
  mutation.set_propose_time(kNow);
  return mutation;
}

// Valid numbers of area code 212, all different, ascending.
uint64_t NumberOf(uint64_t i) { return 12'122'000'000 + i; }
std::string PhoneOf(uint64_t i) { return absl::StrCat("+", NumberOf(i)); }

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

Mutation CreateRegistry() {
  Mutation mutation = Of("bench");
  mutation.mutable_create_list()->set_list_id("national");
  mutation.mutable_create_list()->mutable_list()->set_kind(v1::LIST_KIND_REGISTRY);
  return mutation;
}

Mutation Activate(uint64_t count, uint32_t chunks) {
  Mutation mutation = Of("bench");
  storage::v1::ActivateVersion& activate = *mutation.mutable_activate_version();
  activate.set_list(kRegistry);
  activate.set_chunks(chunks);
  activate.mutable_version()->set_version(kVersion);
  activate.mutable_version()->set_count(static_cast<int64_t>(count));
  activate.mutable_version()->mutable_as_of_time()->set_seconds(kNow / 1'000'000);
  return mutation;
}

std::string MakeDir() {
  std::string dir = "check_fixture-XXXXXX";
  if (mkdtemp(dir.data()) == nullptr) std::abort();
  return dir;
}

constexpr size_t kRecordCacheBytes = size_t{256} << 20;

// "(212) 200-0000" for "+12122000000".
std::string Spelled(const std::string& phone) {
  return absl::StrCat("(", phone.substr(2, 3), ") ", phone.substr(5, 3), "-", phone.substr(8));
}

}  // namespace

CheckFixture::CheckFixture(uint64_t leads, StoredRecords records) : dir_(MakeDir()) {
  Open(kRecordCacheBytes);
  Apply(CreateBench());
  Apply(CreateSales());
  for (uint64_t first = 0; first < leads; first += kBatch) {
    Apply(CreateLeads(first));
    Apply(BlockEverySecond(first));
  }
  Apply(CreateLeads(kFarLead));
  if (records == StoredRecords::kStored) Open(0);  // writes what is in memory to files
  checks_ = std::make_unique<CheckHandler>(state_.get(), &SystemClock(), CheckSettings());
}

CheckFixture::~CheckFixture() {
  state_.reset();
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

void CheckFixture::Open(size_t record_cache_bytes) {
  state_.reset();
  store_.reset();
  StoreOptions options;
  options.dir = dir_;
  auto store = Store::Open(options);
  if (!store.ok()) std::abort();
  store_ = *std::move(store);
  auto state = StateMachine::Create(store_.get(), StateOptions{record_cache_bytes, {}});
  if (!state.ok()) std::abort();
  state_ = *std::move(state);
}

void CheckFixture::Apply(Mutation mutation) {
  std::vector<LogEntry> entries(1);
  entries.front().revision = state_->applied_revision() + 1;
  entries.front().mutation = std::move(mutation);
  std::vector<Outcome> outcomes;
  const absl::Status applied = state_->Apply(entries, &outcomes);
  if (applied.ok() && outcomes.front().code() == 0) return;
  const std::string why = applied.ok() ? outcomes.front().message() : applied.ToString();
  std::fprintf(stderr, "the fixture cannot be set up: %s\n", why.c_str());
  std::abort();
}

void CheckFixture::ImportRegistry(uint64_t first, uint64_t count) {
  Apply(CreateRegistry());
  const StateMachine::ViewGuard view = state_->Read();
  const CatalogOrganization& bench = *view->catalog->Find("bench");
  const uint32_t list = bench.FindList("national")->record.number();
  WriteSet chunks;
  ChunkWriter writer([&](uint32_t ordinal, std::string bytes) {
    chunks.Put(Family::kChunks, keys::Chunk(bench.number(), list, kVersion, ordinal),
               std::move(bytes));
    return absl::OkStatus();
  });
  for (uint64_t i = first; i < first + count; ++i) {
    if (!writer.Add(NumberOf(i)).ok()) std::abort();
  }
  if (!writer.Finish().ok() || !store_->Commit(chunks, Durability::kSynced).ok()) std::abort();
  Apply(Activate(count, writer.chunks()));
}

storage::v1::Mutation MutationOfBench() { return Of("bench"); }

std::string CheckRequest(uint64_t lead, int names) {
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

}  // namespace dnc::bench
