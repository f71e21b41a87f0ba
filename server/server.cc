#include "server/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/auth/authenticator.h"
#include "server/ops/data_dir.h"
#include "server/ops/port_file.h"
#include "server/rpc/action_service.h"
#include "server/rpc/check_service.h"
#include "server/rpc/lead_service.h"
#include "server/rpc/organization_service.h"
#include "server/rpc/registry_service.h"
#include "server/rpc/system_service.h"
#include "server/rpc/workflow_service.h"
#include "storage/base/logging.h"
#include "storage/log/embedded_mutation_log.h"

namespace dnc {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;
// Calls and blocks that wait for a worker; more are refused.
constexpr size_t kMaxWaitingCalls = 1024;
// How often a store that could not write is tried again.
constexpr absl::Duration kRecoveryInterval = absl::Milliseconds(200);

class GatewayServer : public Server {
 public:
  explicit GatewayServer(const Clock* clock) : clock_(clock) {}
  ~GatewayServer() override { Shutdown(); }

  absl::Status Init(const ServerConfig& config) {
    drain_seconds_ = config.drain_seconds;
    DNC_RETURN_IF_ERROR(RemovePortFile(config.port_file));
    DNC_RETURN_IF_ERROR(OpenState(config));
    ComposeServices(config);
    DNC_RETURN_IF_ERROR(Listen(config));
    maintenance_ = std::thread([this] { RunMaintenance(); });
    return WritePortFile(config.port_file, port_);
  }

  int port() const override { return port_; }

  void Shutdown() override {
    if (stopped_) return;
    stopped_ = true;
    if (server_ != nullptr) {
      services_.draining.store(true);
      stopping_.Notify();
      if (maintenance_.joinable()) maintenance_.join();
      server_->GetHealthCheckService()->SetServingStatus(false);
      server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(drain_seconds_));
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
    DNC_ASSIGN_OR_RETURN(
        state_,
        StateMachine::Create(store_.get(), static_cast<size_t>(config.record_cache_mib) << 20));
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
                                             CheckSettings{config.allow_valid_seconds * 1'000'000});
    reads_ = std::make_unique<ReadHandler>(state_.get(), clock_);
    services_.authenticator = &authenticator_;
    services_.authorizer = &authenticator_;
    services_.state = state_.get();
    services_.log = log_.get();
    services_.preparer = preparer_.get();
    services_.checks = checks_.get();
    services_.reads = reads_.get();
    services_.workers = &workers_;
    services_.imports.state = state_.get();
    services_.imports.log = log_.get();
    services_.imports.store = store_.get();
    services_.imports.preparer = preparer_.get();
    services_.imports.clock = clock_;
    services_.imports.locks = &import_locks_;
    system_service_ = std::make_unique<SystemService>(services_, clock_->Now());
  }

  absl::Status Listen(const ServerConfig& config) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // A client that vanished must not hold an import's lock for ever.
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
    builder.AddListeningPort(config.listen, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&organization_service_);
    builder.RegisterService(&workflow_service_);
    builder.RegisterService(&action_service_);
    builder.RegisterService(&lead_service_);
    builder.RegisterService(&registry_service_);
    builder.RegisterService(&check_service_);
    builder.RegisterService(system_service_.get());
    server_ = builder.BuildAndStart();
    if (server_ != nullptr && port_ != 0) return absl::OkStatus();
    return absl::UnavailableError(
        absl::StrCat("listen: cannot bind ", config.listen, "; is another server running there?"));
  }

  // Health follows the store; a store that could not write is tried again and again.
  void RunMaintenance() {
    bool serving = true;
    while (!stopping_.WaitForNotificationWithTimeout(kRecoveryInterval)) {
      state_->NoticeStoreFailure();
      if (!state_->writable() && !state_->TryRecover().ok() && !serving) continue;
      if (state_->writable() == serving) continue;
      serving = state_->writable();
      server_->GetHealthCheckService()->SetServingStatus(serving);
    }
  }

  const Clock* const clock_;
  int64_t drain_seconds_ = 0;
  int port_ = 0;
  bool stopped_ = false;
  LocalAuthenticator authenticator_;
  WorkerPool workers_{std::max(2u, std::thread::hardware_concurrency()), kMaxWaitingCalls};
  ImportLocks import_locks_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<StateMachine> state_;
  std::unique_ptr<EmbeddedMutationLog> log_;
  std::unique_ptr<Preparer> preparer_;
  std::unique_ptr<CheckHandler> checks_;
  std::unique_ptr<ReadHandler> reads_;
  Services services_;
  OrganizationService organization_service_{services_};
  WorkflowService workflow_service_{services_};
  ActionService action_service_{services_};
  LeadService lead_service_{services_};
  RegistryService registry_service_{services_};
  CheckService check_service_{services_};
  std::unique_ptr<SystemService> system_service_;
  std::unique_ptr<grpc::Server> server_;
  absl::Notification stopping_;
  std::thread maintenance_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerConfig& config,
                                                      const Clock* clock) {
  auto server = std::make_unique<GatewayServer>(clock);
  DNC_RETURN_IF_ERROR(server->Init(config));
  return server;
}

}  // namespace dnc
