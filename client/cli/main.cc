#include <csignal>
#include <cstdlib>
#include <iostream>

#include "absl/synchronization/mutex.h"
#include "client/cli/app.h"
#include "client/cli/part_files.h"

int main(int argc, char** argv) {
  // Debian's Abseil, and with it gRPC, looks for cycles of locks at each of them otherwise.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // A reader that went away (`dncctl … | head`) shows as a failed write, not as a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  dnc::cli::RemovePartFilesOnSignals();
  // gRPC's own messages would mix with dncctl's; whoever wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  std::ios::sync_with_stdio(false);
  return dnc::cli::RunDncctl(argc, argv, std::cout, std::cerr);
}
