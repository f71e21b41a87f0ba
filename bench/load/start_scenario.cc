// From the start of dncd to its first right answer.
#include <fcntl.h>
#include <grpcpp/client_context.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "bench/load/dataset.h"
#include "bench/load/histogram.h"
#include "bench/load/registry_import.h"
#include "bench/load/scenarios.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr absl::Duration kAnswerTimeout = absl::Minutes(2);

// A number that only a gateway with all of its data answers by DENY.
uint64_t DeniedPhone() {
  std::mt19937_64 random(4);
  return Phones().registry().count() > 0 ? Phones().Listed(random()) : BlockedPhone(0);
}

// Asks until the answer is DENY; a gateway that is not ready yet may not know, but never say ALLOW.
absl::Status AwaitAnswer(const std::string& address) {
  v1::CheckContactRequest request;
  request.set_organization(std::string(kOrganization));
  request.set_channel(v1::CHANNEL_VOICE);
  request.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  request.mutable_contact_point()->set_phone(absl::StrCat("+", DeniedPhone()));
  const auto stub = v1::CheckService::NewStub(MakeChannels(address, 1).front());
  const absl::Time give_up = absl::Now() + kAnswerTimeout;
  while (absl::Now() < give_up) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    v1::CheckContactResponse response;
    const grpc::Status status = stub->CheckContact(&context, request, &response);
    if (status.ok() && response.verdict() == v1::VERDICT_DENY) return absl::OkStatus();
    if (status.ok() && response.verdict() == v1::VERDICT_ALLOW) {
      return absl::InternalError("a gateway that starts allowed a contact on the registry");
    }
    absl::SleepFor(absl::Milliseconds(2));
  }
  return absl::InternalError("the gateway gave no right answer after its start");
}

// Of a store that is in use: a file may go meanwhile.
uint64_t FolderBytes(const std::string& dir) {
  uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    std::error_code gone;
    const uint64_t size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

// Writes out what waits and drops what the page cache has of the files of a folder.
absl::Status DropFolder(const std::string& dir) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir)) {
    if (!entry.is_regular_file()) continue;
    const int fd = open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
    const bool dropped =
        fd >= 0 && fsync(fd) == 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0;
    if (fd >= 0) close(fd);
    if (!dropped) return absl::UnavailableError("the page cache cannot be emptied");
  }
  return absl::OkStatus();
}

// Empties the page cache: all of it where that is permitted, else of the store's files.
absl::Status DropCache(const std::string& dir, bool& whole) {
  absl::Status status = DropFolder(dir);
  if (!status.ok()) return status;
  std::ofstream file("/proc/sys/vm/drop_caches");
  file << "3\n";
  file.close();
  whole = file.good();
  return absl::OkStatus();
}

absl::StatusOr<double> TimeStart(const Servers& servers) {
  const absl::Time start = absl::Now();
  auto gateway = StartGateway(servers.setup, servers.setup.data_dir);
  if (!gateway.ok()) return gateway.status();
  servers.gateway = *std::move(gateway);
  if (absl::Status status = AwaitAnswer(servers.gateway.address()); !status.ok()) return status;
  return absl::ToDoubleSeconds(absl::Now() - start);
}

}  // namespace

absl::Status MeasureStart(const Servers& servers, const Rounds& rounds, Report& report) {
  absl::PrintF("start of dncd on the whole store, to its first right answer\n");
  std::vector<double> warm;
  std::vector<double> cold;
  bool whole = true;
  for (int i = 0; i < rounds.start_rounds; ++i) {
    for (std::vector<double>* const seconds : {&warm, &cold}) {
      servers.gateway.Stop();
      if (seconds == &cold) {
        absl::Status status = DropCache(servers.setup.data_dir, whole);
        if (!status.ok()) return status;
      }
      const auto start = TimeStart(servers);
      if (!start.ok()) return start.status();
      seconds->push_back(*start);
    }
  }
  report.Add("start_seconds", Quantile(std::move(warm), 0.5), "s", AtMost(5));
  report.Add(whole ? "start_cold_seconds" : "start_cold_files_seconds",
             Quantile(std::move(cold), 0.5), "s", AtMost(5));
  const auto resident = SteadyBytes(servers.gateway);
  if (!resident.ok()) return resident.status();
  report.Add("store_size", static_cast<double>(FolderBytes(servers.setup.data_dir)) / (1 << 20),
             "MiB");
  report.Add("memory_after_start", static_cast<double>(*resident) / (1 << 20), "MiB");
  if (rounds.registry == 0) return absl::OkStatus();
  return VerifyRegistry(MakeChannels(servers.gateway.address(), 1).front());
}

}  // namespace dnc::bench
