// dnc_echo_server: gRPC and nothing else, by the same API (callbacks) and with the same settings as
// dncd: what a call costs that does nothing.
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>

#include "bench/load/echo.grpc.pb.h"

namespace dnc::bench {
namespace {

class EchoServiceImpl final : public EchoService::CallbackService {
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context, const EchoRequest* request,
                                 EchoResponse* response) override {
    response->mutable_padding()->assign(request->response_bytes(), 'x');
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
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
