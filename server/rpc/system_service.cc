#include "server/rpc/system_service.h"

#include <memory>

#include "google/protobuf/util/time_util.h"

namespace dnc {

namespace {

void FillRecorder(const RecorderState& state, v1::RecorderStatus* status) {
  using google::protobuf::util::TimeUtil;
  status->set_state(!state.enabled   ? v1::RECORDER_STATE_DISABLED
                    : state.writable ? v1::RECORDER_STATE_RECORDING
                                     : v1::RECORDER_STATE_NOT_WRITABLE);
  status->set_checks_wait(state.wait);
  status->set_recorded(state.recorded);
  status->set_dropped(state.dropped);
  if (state.last_drop_time != 0) {
    *status->mutable_last_drop_time() = TimeUtil::MicrosecondsToTimestamp(state.last_drop_time);
  }
  status->set_queue_percent(state.queue_percent);
  *status->mutable_oldest_time() = TimeUtil::MicrosecondsToTimestamp(state.oldest_time);
  status->set_disk_bytes(static_cast<int64_t>(state.disk_bytes));
}

}  // namespace

void SystemService::Fill(v1::GetSystemStatusResponse* response) const {
  const StateMachine::ViewGuard view = services_.state->Read();
  response->set_state(v1::SERVING_STATE_SERVING);
  if (!view->writable) {
    response->set_state(v1::SERVING_STATE_STORE_NOT_WRITABLE);
    response->set_message(view->problem);
  }
  if (services_.drain->begun()) response->set_state(v1::SERVING_STATE_DRAINING);
  response->set_revision(view->revision);
  response->set_version(DNC_VERSION);
  *response->mutable_start_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(start_time_);
  response->set_schema_version(static_cast<int32_t>(kSchemaVersion));
  response->set_organizations(static_cast<int64_t>(view->catalog->organizations.size()) - 1);
  int64_t registries = 0;
  uint64_t numbers = 0;
  size_t bytes = 0;
  for (const auto& [id, organization] : view->catalog->organizations) {
    for (const auto& [list_id, list] : organization->lists) {
      if (!list->problem.empty()) response->add_unreadable_registries(list->record.list().name());
      if (list->numbers == nullptr) continue;
      ++registries;
      numbers += list->numbers->size();
      bytes += list->numbers->memory_bytes();
    }
  }
  response->set_registries(registries);
  response->set_registry_numbers(static_cast<int64_t>(numbers));
  response->set_registry_memory_bytes(static_cast<int64_t>(bytes));
  response->set_filling_memory(services_.state->filling_memory());
  FillRecorder(services_.recorder->state(), response->mutable_recorder());
}

grpc::ServerUnaryReactor* SystemService::GetSystemStatus(grpc::CallbackServerContext* context,
                                                         const grpc::ByteBuffer* request,
                                                         grpc::ByteBuffer* response) {
  using Call = UnaryCall<v1::GetSystemStatusRequest, v1::GetSystemStatusResponse>;
  const RawCall raw(context, request, response, "/dnc.v1.SystemService/GetSystemStatus");
  const auto fill = [this](const std::shared_ptr<Call>& call) {
    Fill(&call->response);
    call->Finish(absl::OkStatus());
  };
  return Begin<Call>(services_, raw, fill, &Authenticate);
}

}  // namespace dnc
