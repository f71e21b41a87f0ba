// dnc_echo_server: what a call costs that does nothing, by the same API (callbacks) and with the
// same settings as dncd. Once as services are usually written, with messages; once with bytes,
// which comes nearest to gRPC alone.
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "bench/load/echo.grpc.pb.h"
#include "storage/base/wire.h"

namespace dnc::bench {
namespace {

uint32_t ResponseBytes(absl::string_view request) {
  WireReader reader(request);
  while (reader.Next()) {
    if (reader.tag() == NumberTag(EchoRequest::kResponseBytesFieldNumber)) return reader.uint32();
  }
  return 0;
}

// The answer with so much padding, made once.
const std::string& AnswerOf(uint32_t padding) {
  thread_local std::map<uint32_t, std::string> answers;
  std::string& answer = answers[padding];
  if (answer.empty() && padding > 0) {
    EchoResponse response;
    response.mutable_padding()->assign(padding, 'x');
    answer = response.SerializeAsString();
  }
  return answer;
}

using RawEchoService = EchoService::WithCallbackMethod_Echo<
    EchoService::WithRawCallbackMethod_EchoBytes<EchoService::Service>>;

class EchoServiceImpl final : public RawEchoService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    response->mutable_padding()->assign(request->response_bytes(), 'x');
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerUnaryReactor* EchoBytes(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    grpc::Slice asked;
    if (!request->TrySingleSlice(&asked).ok() && !request->DumpToSingleSlice(&asked).ok()) {
      reactor->Finish({grpc::StatusCode::INVALID_ARGUMENT, "the request cannot be read"});
      return reactor;
    }
    const std::string& answer =
        AnswerOf(ResponseBytes({reinterpret_cast<const char*>(asked.begin()), asked.size()}));
    const grpc::Slice bytes(answer.data(), answer.size());
    grpc::ByteBuffer(&bytes, 1).Swap(response);
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

// Serves until SIGTERM or SIGINT, which the caller has blocked.
int Serve(const std::string& listen, const std::string& port_file, const sigset_t& stop_signals) {
  grpc::EnableDefaultHealthCheckService(true);
  EchoServiceImpl service;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(64 << 20);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::fprintf(stderr, "dnc_echo_server: cannot listen on %s\n", listen.c_str());
    return 1;
  }
  std::ofstream(port_file) << port << "\n";
  int signal = 0;
  sigwait(&stop_signals, &signal);
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace dnc::bench

int main(int argc, char** argv) {
  // Debian's Abseil, and with it gRPC, looks for cycles of locks at each of them otherwise.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Answers EchoService calls: the yardstick of dnc_loadgen", "dnc_echo_server");
  std::string listen = "127.0.0.1:0";
  std::string port_file;
  app.add_option("--listen", listen, "Address and port; port 0 takes a free one");
  app.add_option("--port-file", port_file, "Where to write the port")->required();
  CLI11_PARSE(app, argc, argv);

  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);  // inherited by gRPC's threads
  return dnc::bench::Serve(listen, port_file, stop_signals);
}
