#include "bench/load/dataset.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "dnc/v1/lead.grpc.pb.h"
#include "dnc/v1/organization.grpc.pb.h"
#include "dnc/v1/registry.grpc.pb.h"
#include "dnc/v1/workflow.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr uint64_t kBatch = 1'000;
constexpr size_t kPieceBytes = size_t{1} << 20;

absl::Status Checked(const grpc::Status& status, absl::string_view what) {
  if (status.ok()) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat(what, ": status ", status.error_code(), ": ", status.error_message()));
}

// Of a call, and of an import beside what its lines take.
constexpr auto kPatience = std::chrono::minutes(2);
constexpr uint64_t kSlowestEntriesPerSecond = 5'000;

void SetDeadline(grpc::ClientContext& context,
                 std::chrono::seconds more = std::chrono::seconds(0)) {
  context.set_deadline(std::chrono::system_clock::now() + kPatience + more);
}

v1::Actor LoaderActor() {
  v1::Actor actor;
  actor.set_id("services/loadgen");
  return actor;
}

absl::Status CreateWorkflow(const std::shared_ptr<grpc::Channel>& channel) {
  v1::CreateWorkflowRequest request;
  request.set_parent(std::string(kOrganization));
  request.set_workflow_id("sales");
  *request.mutable_actor() = LoaderActor();
  v1::Workflow& workflow = *request.mutable_workflow();
  workflow.set_record_type("contact");

  v1::Status& fresh = *workflow.add_statuses();
  fresh.set_name("new");
  fresh.set_system_status(v1::SYSTEM_STATUS_NEW);
  v1::Action& opt_out = *fresh.add_actions();
  opt_out.set_name("opt-out");
  opt_out.set_display_name("Asked not to be contacted");
  opt_out.set_category(v1::ACTION_CATEGORY_DO_NOT_CONTACT);
  opt_out.add_operations()->mutable_add_to_dnc_list();
  opt_out.add_operations()->mutable_move_to_status()->set_status(
      absl::StrCat(kOrganization, "/workflows/sales/statuses/closed"));

  v1::Status& closed = *workflow.add_statuses();
  closed.set_name("closed");
  closed.set_system_status(v1::SYSTEM_STATUS_DEAD);

  v1::CreateWorkflowResponse response;
  grpc::ClientContext context;
  SetDeadline(context);
  return Checked(
      v1::WorkflowService::NewStub(channel)->CreateWorkflow(&context, request, &response),
      "CreateWorkflow");
}

void FillLead(uint64_t i, v1::Lead& lead) {
  lead.set_name(LeadName(i));
  lead.set_record_type("contact");
  lead.set_status(absl::StrCat(kOrganization, "/workflows/sales/statuses/new"));
  lead.add_contact_points()->set_phone(absl::StrCat("+", Phone(i)));
  lead.add_contact_points()->set_email(absl::StrFormat("lead%06d@example.com", i));
}

// Numbers for the internal list: the i-th, and how many.
struct Entries {
  uint64_t (*phone)(uint64_t);
  uint64_t count = 0;
};

// One a line, in pieces.
absl::Status SendEntries(
    grpc::ClientReaderWriterInterface<v1::ImportListRequest, v1::ImportListResponse>& stream,
    const Entries& entries) {
  v1::ImportListRequest request;
  v1::ImportConfig& config = *request.mutable_config();
  config.set_list(absl::StrCat(kOrganization, "/lists/internal"));
  config.set_format("plain");
  config.set_file_name("entries.txt");
  config.set_reason("benchmark");
  *config.mutable_actor() = LoaderActor();
  bool sent = stream.Write(request);
  std::string piece;
  for (uint64_t i = 0; i < entries.count && sent; ++i) {
    absl::StrAppend(&piece, "+", entries.phone(i), "\n");
    if (piece.size() + 32 < kPieceBytes && i + 1 < entries.count) continue;
    v1::ImportListRequest data;
    data.set_data(std::move(piece));
    piece.clear();
    data.set_complete(i + 1 == entries.count);
    sent = stream.Write(data);
  }
  return stream.WritesDone() && sent ? absl::OkStatus()
                                     : absl::InternalError("ImportList: the stream broke");
}

absl::Status ImportEntries(const std::shared_ptr<grpc::Channel>& channel, const Entries& entries) {
  const auto stub = v1::RegistryService::NewStub(channel);
  grpc::ClientContext context;
  SetDeadline(context, std::chrono::seconds(entries.count / kSlowestEntriesPerSecond));
  const auto stream = stub->ImportList(&context);
  const absl::Status sent = SendEntries(*stream, entries);
  v1::ImportListResponse response;
  int64_t added = 0;
  while (stream->Read(&response)) {
    if (response.has_summary()) added = response.summary().added();
  }
  if (absl::Status status = Checked(stream->Finish(), "ImportList"); !status.ok()) return status;
  if (!sent.ok()) return sent;
  if (added == static_cast<int64_t>(entries.count)) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("ImportList added ", added, " entries of ", entries.count));
}

// Chosen once, before anything is measured.
std::unique_ptr<const PhoneBook> book;

double PerSecond(uint64_t count, absl::Time since) {
  return static_cast<double>(count) / absl::ToDoubleSeconds(absl::Now() - since);
}

// The leads [begin, end), and entries.
absl::StatusOr<LoadTimes> Load(const std::shared_ptr<grpc::Channel>& channel, uint64_t begin,
                               uint64_t end, const Entries& entries) {
  LoadTimes times;
  absl::Time start = absl::Now();
  if (absl::Status status = CreateLeads(channel, begin, end); !status.ok()) return status;
  times.leads_per_second = PerSecond(end - begin, start);
  start = absl::Now();
  if (entries.count == 0) return times;
  if (absl::Status status = ImportEntries(channel, entries); !status.ok()) return status;
  times.entries_per_second = PerSecond(entries.count, start);
  return times;
}

}  // namespace

void ChooseRegistry(uint64_t numbers) { book = std::make_unique<const PhoneBook>(numbers); }

const PhoneBook& Phones() { return *book; }

absl::Status CreateOrganization(const std::shared_ptr<grpc::Channel>& channel) {
  v1::CreateOrganizationRequest request;
  request.set_organization_id("bench");
  request.mutable_organization()->set_display_name("Benchmark");
  request.mutable_organization()->set_default_region("US");
  *request.mutable_actor() = LoaderActor();
  v1::CreateOrganizationResponse response;
  grpc::ClientContext context;
  SetDeadline(context);
  return Checked(
      v1::OrganizationService::NewStub(channel)->CreateOrganization(&context, request, &response),
      "CreateOrganization");
}

std::string LeadName(uint64_t i) { return absl::StrFormat("%s/leads/lead-%06d", kOrganization, i); }

absl::Status CreateLeads(const std::shared_ptr<grpc::Channel>& channel, uint64_t begin,
                         uint64_t end) {
  const auto stub = v1::LeadService::NewStub(channel);
  for (uint64_t first = begin; first < end; first += kBatch) {
    v1::BatchUpsertLeadsRequest request;
    request.set_parent(std::string(kOrganization));
    request.set_all_or_nothing(true);
    *request.mutable_actor() = LoaderActor();
    for (uint64_t i = first; i < std::min(first + kBatch, end); ++i) {
      FillLead(i, *request.add_leads());
    }
    v1::BatchUpsertLeadsResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    if (absl::Status status =
            Checked(stub->BatchUpsertLeads(&context, request, &response), "BatchUpsertLeads");
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<LoadTimes> LoadDataset(const std::shared_ptr<grpc::Channel>& channel) {
  for (absl::Status status : {CreateOrganization(channel), CreateWorkflow(channel)}) {
    if (!status.ok()) return status;
  }
  return Load(channel, 0, kLeads, {&BlockedPhone, kEntries});
}

absl::StatusOr<LoadTimes> LoadMore(const std::shared_ptr<grpc::Channel>& channel, uint64_t leads,
                                   uint64_t entries) {
  const auto phone = [](uint64_t i) { return Phone(kFirstMoreEntry + i); };
  return Load(channel, kFirstMoreLead, kFirstMoreLead + leads, {phone, entries});
}

}  // namespace dnc::bench
