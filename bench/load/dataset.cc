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

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
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

// All numbers of the internal list, one a line, in pieces.
absl::Status SendEntries(
    grpc::ClientReaderWriterInterface<v1::ImportListRequest, v1::ImportListResponse>& stream) {
  v1::ImportListRequest request;
  v1::ImportConfig& config = *request.mutable_config();
  config.set_list(absl::StrCat(kOrganization, "/lists/internal"));
  config.set_format("plain");
  config.set_file_name("entries.txt");
  config.set_reason("benchmark");
  *config.mutable_actor() = LoaderActor();
  bool sent = stream.Write(request);
  std::string piece;
  for (uint64_t i = 0; i < kEntries && sent; ++i) {
    absl::StrAppend(&piece, "+", BlockedPhone(i), "\n");
    if (piece.size() + 32 < kPieceBytes && i + 1 < kEntries) continue;
    v1::ImportListRequest data;
    data.set_data(std::move(piece));
    piece.clear();
    data.set_complete(i + 1 == kEntries);
    sent = stream.Write(data);
  }
  return stream.WritesDone() && sent ? absl::OkStatus()
                                     : absl::InternalError("ImportList: the stream broke");
}

absl::Status ImportEntries(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::RegistryService::NewStub(channel);
  grpc::ClientContext context;
  SetDeadline(context);
  const auto stream = stub->ImportList(&context);
  const absl::Status sent = SendEntries(*stream);
  v1::ImportListResponse response;
  int64_t added = 0;
  while (stream->Read(&response)) {
    if (response.has_summary()) added = response.summary().added();
  }
  if (absl::Status status = Checked(stream->Finish(), "ImportList"); !status.ok()) return status;
  if (!sent.ok()) return sent;
  if (added == static_cast<int64_t>(kEntries)) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("ImportList added ", added, " entries of ", kEntries));
}

// Chosen once, before anything is measured.
std::unique_ptr<const PhoneBook> book;

double PerSecond(uint64_t count, absl::Time since) {
  return static_cast<double>(count) / absl::ToDoubleSeconds(absl::Now() - since);
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
  LoadTimes times;
  absl::Time start = absl::Now();
  if (absl::Status status = CreateLeads(channel, 0, kLeads); !status.ok()) return status;
  times.leads_per_second = PerSecond(kLeads, start);
  start = absl::Now();
  if (absl::Status status = ImportEntries(channel); !status.ok()) return status;
  times.entries_per_second = PerSecond(kEntries, start);
  return times;
}

}  // namespace dnc::bench
