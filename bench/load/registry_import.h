// Registries of a gateway, imported as an operator would: by dncctl, from a file.
#ifndef DNC_BENCH_LOAD_REGISTRY_IMPORT_H_
#define DNC_BENCH_LOAD_REGISTRY_IMPORT_H_

#include <grpcpp/channel.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "bench/load/scenarios.h"

namespace dnc::bench {

// Writes an FTC flat file of so many numbers into the work folder; answers its path. The file is on
// the disk, and in the page cache as far as that goes.
absl::StatusOr<std::string> MakeRegistryFile(const Setup& setup, uint64_t count);

// Creates a registry that blocks one channel and grows old after 31 days.
absl::Status CreateRegistry(const Setup& setup, const std::string& address, absl::string_view list,
                            absl::string_view channel);

// Imports a file, as of now.
absl::Status ImportRegistry(const Setup& setup, const std::string& address, absl::string_view list,
                            const std::string& file);

// Checks of 1,000 numbers, half of them listed: each must be answered right.
absl::Status VerifyRegistry(const std::shared_ptr<grpc::Channel>& channel);

// Imports a file over and over, in a thread of its own, until it is stopped.
class RepeatedImport {
 public:
  RepeatedImport(const Setup& setup, std::string address, std::string list, std::string file);
  ~RepeatedImport();
  RepeatedImport(const RepeatedImport&) = delete;
  RepeatedImport& operator=(const RepeatedImport&) = delete;

  // Waits for the import that runs; says what was wrong with one, if something was.
  absl::Status Stop();
  int imports() const { return imports_.load(); }

 private:
  void Run();

  const Setup& setup_;
  const std::string address_;
  const std::string list_;
  const std::string file_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> imports_{0};
  absl::Status status_;  // read once the thread has ended
  std::thread thread_;
};

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_REGISTRY_IMPORT_H_
