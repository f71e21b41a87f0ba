#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/auth/authenticator.h"
#include "server/handler/access_handler.h"
#include "server/handler/bound_authorizer.h"
#include "server/handler/contact_handler.h"
#include "server/handler/decision_handler.h"
#include "server/ops/data_dir.h"
#include "server/ops/port_file.h"
#include "server/rpc/access_service.h"
#include "server/rpc/action_service.h"
#include "server/rpc/audit_service.h"
#include "server/rpc/check_service.h"
#include "server/rpc/contact_service.h"
#include "server/rpc/decision_service.h"
#include "server/rpc/diagnose_service.h"
#include "server/rpc/lead_service.h"
#include "server/rpc/opt_out_service.h"
#include "server/rpc/organization_service.h"
#include "server/rpc/registry_service.h"
#include "server/rpc/report_runner.h"
#include "server/rpc/report_service.h"
#include "server/rpc/system_service.h"
#include "server/rpc/template_service.h"
#include "server/rpc/unknown_methods.h"
#include "server/rpc/watch_service.h"
#include "server/rpc/workflow_service.h"
#include "storage/base/logging.h"
#include "storage/log/embedded_mutation_log.h"
#include "storage/recording/contact_store.h"
#include "storage/recording/decision_store.h"
#include "storage/recording/secret.h"
#include "storage/registry/import_memory.h"
#include "storage/rocksdb/recording_store.h"

namespace dnc {
namespace {

// How often a store that could not write is tried again.
constexpr absl::Duration kRecoveryInterval = absl::Milliseconds(200);

// What gRPC may keep in memory, of messages that are being received for one; a caller that goes
// beyond it has streams cut off.
constexpr size_t kGrpcBytes = size_t{2} << 30;

// Callers have noticed that the server drains when none has called for so long; those who never
// notice are not waited for beyond the second one.
constexpr absl::Duration kQuiet = absl::Milliseconds(100);
constexpr absl::Duration kLongestQuiet = absl::Seconds(2);
// Reports that may be open, each with a snapshot of the store; more are OVERLOADED.
constexpr size_t kMostReports = 16;

// For imports that were told to stop, and then for the last answers to reach the network.
constexpr absl::Duration kStopGrace = absl::Seconds(2);
constexpr absl::Duration kFlushGrace = absl::Milliseconds(200);

constexpr int64_t kMicrosPerDay = int64_t{24} * 3600 * 1'000'000;

class GatewayServer : public Server {
 public:
  explicit GatewayServer(const ServerParts& parts)
      : clock_(parts.clock),
        workers_(std::max(2u, std::thread::hardware_concurrency()),
                 WorkerPool::Limits{parts.waiting_calls}),
        open_imports_(parts.open_imports),
        watch_buffer_(parts.watch_buffer),
        recorder_paused_(parts.recorder_paused),
        fill_(parts.fill) {
    services_.authenticator = parts.authenticator;
    services_.authorizer = parts.authorizer;
  }
  ~GatewayServer() override { Shutdown(); }

  absl::Status Init(const ServerConfig& config) {
    drain_ = absl::Seconds(config.drain_seconds);
    DNC_RETURN_IF_ERROR(RemovePortFile(config.port_file));
    DNC_RETURN_IF_ERROR(OpenState(config));
    DNC_RETURN_IF_ERROR(OpenRecording(config));
    ComposeServices(config);
    DNC_RETURN_IF_ERROR(Listen(config));
    maintenance_ = std::thread([this] { RunMaintenance(); });
    return WritePortFile(config.port_file, port_);
  }

  int port() const override { return port_; }

  void BeginDrain() override {
    if (draining_.exchange(true)) return;
    if (maintenance_.joinable()) {
      stopping_.Notify();
      maintenance_.join();
    }
    if (server_ != nullptr) server_->GetHealthCheckService()->Shutdown();
    calls_.Begin();
  }

  void Shutdown() override {
    if (stopped_) return;
    stopped_ = true;
    BeginDrain();
    if (server_ != nullptr) {
      const absl::Time begin = absl::Now();
      calls_.AwaitEnd(begin + drain_, kQuiet, begin + kLongestQuiet);
      calls_.Stop();
      calls_.AwaitEnd(absl::Now() + kStopGrace, absl::ZeroDuration(), absl::InfinitePast());
      server_->Shutdown(absl::ToChronoTime(absl::Now() + kFlushGrace));
    }
    if (log_ != nullptr) log_->Stop();
    if (server_ != nullptr) server_->Wait();
  }

 private:
  absl::Status OpenState(const ServerConfig& config) {
    const DataDir dir(config.data_dir);
    DNC_RETURN_IF_ERROR(dir.Open());
    StoreOptions store;
    store.dir = dir.store();
    store.block_cache_bytes = static_cast<size_t>(config.block_cache_mib) << 20;
    store.write_buffer_bytes = static_cast<size_t>(config.write_buffer_mib) << 20;
    DNC_ASSIGN_OR_RETURN(store_, Store::Open(store));
    DNC_RETURN_IF_ERROR(dir.PrepareSpill());
    services_.imports.temp_dir = dir.spill();
    services_.imports.kept_versions = config.registry_versions;
    import_memory_.emplace(static_cast<size_t>(config.import_memory_mib) << 20);
    DNC_ASSIGN_OR_RETURN(
        state_,
        StateMachine::Create(
            store_.get(), StateOptions{static_cast<size_t>(config.record_cache_mib) << 20, fill_}));
    ChangeFeed::Limits feed;
    feed.records = watch_buffer_;
    state_->changes().SetLimits(feed);
    DNC_ASSIGN_OR_RETURN(std::unique_ptr<CommitMarker> marker, CommitMarker::Open(dir.marker()));
    EmbeddedMutationLogOptions log;
    log.max_batch = static_cast<size_t>(config.max_batch);
    log.max_queue = static_cast<size_t>(config.max_queue);
    log.accept_missing_marker = config.accept_missing_marker;
    const std::optional<int64_t> acknowledged = marker->revision();
    DNC_ASSIGN_OR_RETURN(log_, EmbeddedMutationLog::Create(state_.get(), std::move(marker), log));
    if (store_->wal_tail_dropped()) ReportDroppedTail(acknowledged);
    return absl::OkStatus();
  }

  absl::Status OpenRecording(const ServerConfig& config) {
    const DataDir dir(config.data_dir);
    RecordingStoreOptions store;
    store.dir = dir.recording();
    DNC_ASSIGN_OR_RETURN(recording_store_, RecordingStore::Open(store));
    DNC_ASSIGN_OR_RETURN(const bool used, DecisionStore::IsUsed(*recording_store_));
    DNC_ASSIGN_OR_RETURN(Secret secret, Secret::Open(dir.recording_secret(), /*may_create=*/!used));
    secret_ = std::make_unique<Secret>(std::move(secret));
    DecisionLimits limits;
    limits.retention_micros = config.decisions_retention_days * kMicrosPerDay;
    limits.counter_retention_micros = config.contacts_retention_days * kMicrosPerDay;
    limits.max_bytes = static_cast<uint64_t>(config.decisions_max_mib) << 20;
    const bool recording = config.decisions == "on";
    const bool answered_before = state_->applied_revision() != 0;
    DNC_ASSIGN_OR_RETURN(decision_store_,
                         DecisionStore::Create(recording_store_.get(), limits, clock_->Now(),
                                               recording, answered_before));
    contact_store_ = std::make_unique<ContactStore>(recording_store_.get(),
                                                    config.contacts_retention_days * kMicrosPerDay);
    RecorderOptions options;
    options.retire = [this](UnixMicros now) { return contact_store_->Retire(now); };
    options.enabled = recording;
    options.wait = config.decisions_overload == "wait";
    options.queue = static_cast<size_t>(config.decisions_queue);
    options.paused = recorder_paused_;
    recorder_ =
        std::make_unique<DecisionRecorder>(decision_store_.get(), secret_.get(), clock_, options);
    return absl::OkStatus();
  }

  // No more than the marker vouches for: it is not synced, so that after a power cut it may know
  // too little.
  void ReportDroppedTail(std::optional<int64_t> acknowledged) const {
    spdlog::warn(
        "an unfinished write at the end of the log was dropped: the store ends at revision {}, and "
        "{}",
        state_->applied_revision(),
        acknowledged.has_value()
            ? absl::StrCat("the commit marker knows of no acknowledgement after revision ",
                           *acknowledged)
            : "without a commit marker it cannot be told whether that write was acknowledged");
  }

  void ComposeServices(const ServerConfig& config) {
    preparer_ = std::make_unique<Preparer>(state_.get(), clock_);
    checks_ = std::make_unique<CheckHandler>(state_.get(), clock_,
                                             CheckSettings{config.allow_valid_seconds * 1'000'000},
                                             recorder_.get());
    decisions_ = std::make_unique<DecisionHandler>(
        state_.get(), DecisionSources{decision_store_.get(), recorder_.get(), secret_.get()});
    reads_ = std::make_unique<ReadHandler>(state_.get(), clock_);
    access_ = std::make_unique<AccessHandler>(state_.get(), clock_);
    ComposeAccess(config);
    services_.access = access_.get();
    services_.state = state_.get();
    services_.log = log_.get();
    services_.preparer = preparer_.get();
    services_.checks = checks_.get();
    services_.reads = reads_.get();
    services_.recorder = recorder_.get();
    services_.decisions = decisions_.get();
    contacts_ = std::make_unique<ContactHandler>(
        state_.get(), clock_,
        DecisionSources{decision_store_.get(), recorder_.get(), secret_.get()},
        contact_store_.get());
    services_.contacts = contacts_.get();
    services_.workers = &workers_;
    services_.drain = &calls_;
    services_.open_imports = &open_imports_;
    reports_ = std::make_unique<ReportRunner>(
        ReportContext{state_.get(), clock_, decision_store_.get(), recorder_.get()}, kMostReports);
    services_.reports = reports_.get();
    services_.imports.state = state_.get();
    services_.imports.log = log_.get();
    services_.imports.store = store_.get();
    services_.imports.preparer = preparer_.get();
    services_.imports.clock = clock_;
    services_.imports.locks = &import_locks_;
    services_.imports.memory = &*import_memory_;
    system_service_ = std::make_unique<SystemService>(services_, clock_->Now());
  }

  // Who calls and whether they may, unless that was put in from outside.
  void ComposeAccess(const ServerConfig& config) {
    if (services_.authenticator == nullptr) {
      if (config.auth == kDevelopmentAuth) {
        authenticator_ = std::make_unique<DevelopmentAuthenticator>(config.administrators);
      } else {
        authenticator_ = std::make_unique<LocalAuthenticator>();
      }
      services_.authenticator = authenticator_.get();
    }
    authorizer_ = std::make_unique<BoundAuthorizer>(state_.get());
    if (services_.authorizer == nullptr) services_.authorizer = authorizer_.get();
  }

  absl::Status Listen(const ServerConfig& config) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMostBytesThatGrpcTakes);
    builder.SetResourceQuota(grpc::ResourceQuota().Resize(kGrpcBytes));
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // A client that vanished must not hold an import's lock for ever.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
    builder.AddListeningPort(config.listen, grpc::InsecureServerCredentials(), &port_);
    for (const auto& [name, service] : NamedServices()) builder.RegisterService(service);
    builder.RegisterCallbackGenericService(&unknown_methods_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(absl::StrCat("listen: cannot bind ", config.listen,
                                                 "; is another server running there?"));
    }
    // Those that are named once follow SetServingStatus(bool).
    for (const auto& [name, service] : NamedServices()) {
      server_->GetHealthCheckService()->SetServingStatus(name, true);
    }
    return absl::OkStatus();
  }

  std::vector<std::pair<std::string, grpc::Service*>> NamedServices() {
    return {{v1::OrganizationService::service_full_name(), &organization_service_},
            {v1::WorkflowService::service_full_name(), &workflow_service_},
            {v1::ActionService::service_full_name(), &action_service_},
            {v1::AccessService::service_full_name(), &access_service_},
            {v1::LeadService::service_full_name(), &lead_service_},
            {v1::RegistryService::service_full_name(), &registry_service_},
            {v1::AuditService::service_full_name(), &audit_service_},
            {v1::ReportService::service_full_name(), &report_service_},
            {v1::OptOutService::service_full_name(), &opt_out_service_},
            {v1::TemplateService::service_full_name(), &template_service_},
            {v1::CheckService::service_full_name(), &check_service_},
            {v1::WatchService::service_full_name(), &watch_service_},
            {v1::DecisionService::service_full_name(), &decision_service_},
            {v1::ContactService::service_full_name(), &contact_service_},
            {v1::DiagnoseService::service_full_name(), &diagnose_service_},
            {v1::SystemService::service_full_name(), system_service_.get()}};
  }

  // Health follows the store; a store that could not write is tried again and again.
  void RunMaintenance() {
    bool serving = true;
    while (!stopping_.WaitForNotificationWithTimeout(kRecoveryInterval)) {
      calls_.Tick();
      state_->NoticeStoreFailure();
      if (!state_->writable() && !state_->TryRecover().ok() && !serving) continue;
      if (state_->writable() == serving) continue;
      serving = state_->writable();
      server_->GetHealthCheckService()->SetServingStatus(serving);
    }
  }

  const Clock* const clock_;
  absl::Duration drain_;
  int port_ = 0;
  std::atomic<bool> draining_{false};
  bool stopped_ = false;
  Drain calls_;
  WorkerPool workers_;
  OpenImports open_imports_;
  const size_t watch_buffer_;
  ImportLocks import_locks_;
  std::optional<ImportMemory> import_memory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StateMachine> state_;
  std::unique_ptr<EmbeddedMutationLog> log_;
  const std::atomic<bool>* const recorder_paused_;
  const FillOptions fill_;
  std::unique_ptr<RecordingStore> recording_store_;
  std::unique_ptr<Secret> secret_;
  std::unique_ptr<DecisionStore> decision_store_;
  std::unique_ptr<ContactStore> contact_store_;
  std::unique_ptr<DecisionRecorder> recorder_;
  std::unique_ptr<DecisionHandler> decisions_;
  std::unique_ptr<ContactHandler> contacts_;
  std::unique_ptr<Preparer> preparer_;
  std::unique_ptr<CheckHandler> checks_;
  std::unique_ptr<ReadHandler> reads_;
  std::unique_ptr<AccessHandler> access_;
  std::unique_ptr<const Authenticator> authenticator_;
  std::unique_ptr<BoundAuthorizer> authorizer_;
  std::unique_ptr<ReportRunner> reports_;
  Services services_;
  OrganizationService organization_service_{services_};
  WorkflowService workflow_service_{services_};
  ActionService action_service_{services_};
  AccessService access_service_{services_};
  LeadService lead_service_{services_};
  RegistryService registry_service_{services_};
  AuditService audit_service_{services_};
  ReportService report_service_{services_};
  OptOutService opt_out_service_{services_};
  TemplateService template_service_{services_};
  CheckService check_service_{services_};
  WatchService watch_service_{services_};
  DecisionService decision_service_{services_};
  ContactService contact_service_{services_};
  DiagnoseService diagnose_service_{services_};
  std::unique_ptr<SystemService> system_service_;
  UnknownMethods unknown_methods_;
  std::unique_ptr<grpc::Server> server_;
  absl::Notification stopping_;
  std::thread maintenance_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerConfig& config,
                                                      const ServerParts& parts) {
  auto server = std::make_unique<GatewayServer>(parts);
  DNC_RETURN_IF_ERROR(server->Init(config));
  return server;
}

}  // namespace dnc
