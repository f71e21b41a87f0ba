#include <csignal>
#include <cstdlib>
#include <iostream>

#include "client/cli/app.h"
#include "client/cli/part_files.h"

int main(int argc, char** argv) {
  // A reader that went away (`dncctl … | head`) shows as a failed write, not as a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  dnc::cli::RemovePartFilesOnSignals();
  // gRPC's own messages would mix with dncctl's; whoever wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  std::ios::sync_with_stdio(false);
  return dnc::cli::RunDncctl(argc, argv, std::cout, std::cerr);
}
