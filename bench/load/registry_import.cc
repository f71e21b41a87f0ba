#include "bench/load/registry_import.h"

#include <grpcpp/client_context.h>

#include <chrono>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/load/dataset.h"
#include "dnc/v1/check.grpc.pb.h"
#include "storage/base/thread_priority.h"

namespace dnc::bench {
namespace {

absl::Status Dncctl(const Setup& setup, const std::string& name, const std::string& address,
                    const std::vector<std::string>& words) {
  std::vector<std::string> argv = {setup.dncctl, "--server", address, "--org", "bench"};
  argv.insert(argv.end(), words.begin(), words.end());
  return RunProgram(name, argv, setup.work_dir);
}

absl::Status VerifyNumber(v1::CheckService::Stub& stub, uint64_t number, v1::Verdict right) {
  v1::CheckContactRequest request;
  request.set_organization(std::string(kOrganization));
  request.set_channel(v1::CHANNEL_VOICE);
  request.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  request.mutable_contact_point()->set_phone(absl::StrCat("+", number));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  v1::CheckContactResponse response;
  const grpc::Status status = stub.CheckContact(&context, request, &response);
  if (status.ok() && response.verdict() == right) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("a number that must be ", v1::Verdict_Name(right),
                                          " is answered ", response.ShortDebugString(),
                                          status.error_message()));
}

}  // namespace

absl::StatusOr<std::string> MakeRegistryFile(const Setup& setup, uint64_t count) {
  std::string file = absl::StrCat(setup.scratch_dir, "/registry-", count, ".txt");
  absl::Status status = RunProgram(
      "make_registry", {setup.make_registry, absl::StrCat(count), "--out", file}, setup.work_dir);
  if (!status.ok()) return status;
  return file;
}

absl::Status CreateRegistry(const Setup& setup, const std::string& address, absl::string_view list,
                            absl::string_view channel) {
  return Dncctl(setup, "dncctl-create", address,
                {"lists", "create", std::string(list), "--kind", "registry", "--max-age", "31d",
                 "--channel", std::string(channel)});
}

absl::Status ImportRegistry(const Setup& setup, const std::string& address, absl::string_view list,
                            const std::string& file) {
  return Dncctl(
      setup, "dncctl-import", address,
      {"lists", "import", std::string(list), file, "--format", "ftc-flat", "--as-of", "now"});
}

absl::Status VerifyRegistry(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::CheckService::NewStub(channel);
  std::mt19937_64 random(3);
  for (uint64_t i = 0; i < 500; ++i) {
    for (const auto& [number, right] : {std::pair(Phones().Listed(random()), v1::VERDICT_DENY),
                                        std::pair(FreePhone(i), v1::VERDICT_ALLOW)}) {
      absl::Status status = VerifyNumber(*stub, number, right);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

RepeatedImport::RepeatedImport(const Setup& setup, std::string address, std::string list,
                               std::string file)
    : setup_(setup),
      address_(std::move(address)),
      list_(std::move(list)),
      file_(std::move(file)),
      thread_([this] {
        // Of dncctl too, which inherits it: elsewhere it would have a machine of its own.
        LowerThreadPriority(ThreadPriority::kPatient);
        Run();
      }) {}

RepeatedImport::~RepeatedImport() { static_cast<void>(Stop()); }

absl::Status RepeatedImport::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  return status_;
}

void RepeatedImport::Run() {
  while (!stopping_ && status_.ok()) {
    status_ = ImportRegistry(setup_, address_, list_, file_);
    ++imports_;
  }
}

}  // namespace dnc::bench
