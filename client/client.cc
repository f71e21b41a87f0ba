#include "client/client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/internal/check_bytes.h"
#include "client/internal/coalescing_connection.h"
#include "client/internal/connection.h"
#include "client/internal/filter_pump.h"
#include "client/internal/grpc_connection.h"
#include "client/internal/item_status.h"
#include "client/internal/retry_connection.h"
#include "client/request_id.h"

namespace dnc {
namespace {

constexpr absl::string_view kOrganizations = "organizations/";

// Kept for those that follow.
constexpr size_t kMostSpareChecks = 256;

// Refuses bad options and completes good ones; changes nothing the second time.
absl::Status PrepareOptions(ClientOptions& options) {
  if (options.target.empty()) {
    return absl::InvalidArgumentError(
        "ClientOptions.target is empty; give the gateway's address, e.g. 127.0.0.1:7443");
  }
  if (options.organization.empty()) {
    return absl::InvalidArgumentError(
        "ClientOptions.organization is empty; give the tenant's id, e.g. acme");
  }
  if (options.deadline <= absl::ZeroDuration() || options.deadline == absl::InfiniteDuration()) {
    return absl::InvalidArgumentError(
        "ClientOptions.deadline must be positive and finite; a call without one may hang");
  }
  if (!absl::StartsWith(options.organization, kOrganizations)) {
    options.organization = absl::StrCat(kOrganizations, options.organization);
  }
  if (options.time == nullptr) options.time = MachineTime();
  return absl::OkStatus();
}

void FillItem(const CheckRequest& request, std::string lead, v1::CheckItem* item) {
  item->set_lead(std::move(lead));
  if (request.contact_point) *item->mutable_contact_point() = *request.contact_point;
  item->set_channel(request.channel);
  item->set_message_class(request.message_class);
  item->set_campaign(request.campaign);
  item->set_brand(request.brand);
}

Decision ItemDecision(const v1::CheckItemResult& item, int64_t revision, absl::Duration started,
                      const std::shared_ptr<const SteadyTime>& time) {
  if (item.has_error()) return Decision::Failed(ItemStatus(item.error()));
  v1::CheckContactResponse response;
  response.set_verdict(item.verdict());
  *response.mutable_reasons() = item.reasons();
  *response.mutable_contact_point() = item.contact_point();
  *response.mutable_valid_for() = item.valid_for();
  response.set_decision_id(item.decision_id());
  response.set_revision(revision);
  return Decision::FromResponse(response, started, time);
}

template <typename Request>
void CompleteWrite(const ClientOptions& options, Request& request) {
  if (request.request_id().empty()) request.set_request_id(NewRequestId());
  if (!request.has_actor()) request.mutable_actor()->set_id(options.actor);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Create(ClientOptions options) {
  if (absl::Status status = PrepareOptions(options); !status.ok()) return status;
  std::shared_ptr<Connection> connection = MakeGrpcConnection(options.target, options.principal);
  return Create(std::move(options), std::move(connection));
}

absl::StatusOr<std::unique_ptr<Client>> Client::Create(ClientOptions options,
                                                       std::shared_ptr<Connection> connection) {
  if (absl::Status status = PrepareOptions(options); !status.ok()) return status;
  if (options.coalesce) connection = MakeCoalescingConnection(std::move(connection));
  connection = MakeRetryConnection(std::move(connection), options.retry, options.time);
  return std::unique_ptr<Client>(new Client(std::move(options), std::move(connection)));
}

Client::Client(ClientOptions options, std::shared_ptr<Connection> connection)
    : options_(std::move(options)), connection_(std::move(connection)) {}

std::string Client::LeadName(const std::string& lead) const {
  if (lead.empty() || absl::StartsWith(lead, kOrganizations)) return lead;
  return absl::StrCat(options_.organization, "/leads/", lead);
}

Decision Client::Check(const CheckRequest& request) {
  std::string bytes;  // this call's own: a callback that runs meanwhile may check as well
  EncodeCheck(options_.organization, request, &bytes);
  const absl::Duration started = options_.time->Now();
  auto response = connection_->Check(bytes, options_.deadline);
  if (!response.ok()) return Decision::Failed(response.status());
  return Decision::FromBytes(*std::move(response), started, options_.time);
}

struct Client::AsyncCheck {
  std::string bytes;  // a v1.CheckContactRequest
  absl::Duration started;
  CheckCallback callback;
};

std::unique_ptr<Client::AsyncCheck> Client::BeginAsync() {
  {
    absl::MutexLock lock(&mutex_);
    ++async_checks_;
    if (!spare_checks_.empty()) {
      std::unique_ptr<AsyncCheck> check = std::move(spare_checks_.back());
      spare_checks_.pop_back();
      return check;
    }
  }
  return std::make_unique<AsyncCheck>();
}

void Client::CheckAsync(const CheckRequest& request, CheckCallback callback) {
  std::unique_ptr<AsyncCheck> check = BeginAsync();
  EncodeCheck(options_.organization, request, &check->bytes);
  check->callback = std::move(callback);
  check->started = options_.time->Now();
  const absl::string_view bytes = check->bytes;
  connection_->StartCheck(
      bytes, options_.deadline,
      [this, check = std::move(check)](const absl::Status& status, std::string* response) mutable {
        std::move(check->callback)(
            status.ok() ? Decision::FromBytes(std::move(*response), check->started, options_.time)
                        : Decision::Failed(status));
        check->callback = nullptr;  // what it holds goes before the client may
        EndAsync(std::move(check));
      });
}

void Client::EndAsync(std::unique_ptr<AsyncCheck> check) {
  absl::MutexLock lock(&mutex_);
  if (spare_checks_.size() < kMostSpareChecks) spare_checks_.push_back(std::move(check));
  --async_checks_;
}

Client::~Client() {
  connection_->StopChecks();
  absl::MutexLock lock(&mutex_);
  const auto all_ended = [this]()
                             ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return async_checks_ == 0; };
  mutex_.Await(absl::Condition(&all_ended));
}

std::vector<Decision> Client::BatchCheck(const std::vector<CheckRequest>& requests) {
  v1::BatchCheckContactsRequest wire;
  wire.set_organization(options_.organization);
  int64_t at_least = 0;
  for (const CheckRequest& request : requests) {
    FillItem(request, LeadName(request.lead), wire.add_items());
    at_least = std::max(at_least, request.at_least_revision);
  }
  wire.set_at_least_revision(at_least);
  const absl::Duration started = options_.time->Now();
  const auto response = connection_->BatchCheckContacts(wire, options_.deadline);
  absl::Status status = response.status();
  if (response.ok() && static_cast<size_t>(response->results_size()) != requests.size()) {
    status = absl::InternalError(absl::StrCat("the gateway answered ", response->results_size(),
                                              " of ", requests.size(), " items"));
  }
  if (!status.ok()) return std::vector<Decision>(requests.size(), Decision::Failed(status));
  std::vector<Decision> decisions;
  decisions.reserve(requests.size());
  for (const v1::CheckItemResult& item : response->results()) {
    decisions.push_back(ItemDecision(item, response->revision(), started, options_.time));
  }
  return decisions;
}

absl::Status Client::Filter(const FilterOptions& options, FilterSource source, FilterSink sink) {
  v1::FilterConfig config;
  config.set_organization(options_.organization);
  config.set_channel(options.channel);
  config.set_message_class(options.message_class);
  config.set_campaign(options.campaign);
  config.set_brand(options.brand);
  config.set_default_region(options.default_region);
  config.set_at_least_revision(options.at_least_revision);
  config.set_omit_reasons(options.omit_reasons);
  if (options.deadline <= absl::ZeroDuration() || options.deadline == absl::InfiniteDuration()) {
    return absl::InvalidArgumentError("FilterOptions.deadline must be positive and finite");
  }
  return FilterPump(connection_->OpenFilter(options.deadline), std::move(source), std::move(sink),
                    options_.time)
      .Run(config, options.wake_source);
}

absl::StatusOr<v1::ApplyActionResponse> Client::ApplyAction(v1::ApplyActionRequest request) {
  CompleteWrite(options_, request);
  return connection_->ApplyAction(request, options_.deadline);
}

absl::StatusOr<v1::CopyActionsResponse> Client::CopyActions(v1::CopyActionsRequest request) {
  CompleteWrite(options_, request);
  return connection_->CopyActions(request, options_.deadline);
}

}  // namespace dnc
