#include "server/ops/port_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace dnc {

absl::Status RemovePortFile(const std::string& path) {
  if (path.empty() || ::unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("port_file: removing ", path, ": ", std::strerror(errno)));
}

absl::Status WritePortFile(const std::string& path, int port) {
  if (path.empty()) return absl::OkStatus();
  const std::string aside = absl::StrCat(path, ".tmp");
  {
    std::ofstream out(aside);
    out << port << "\n";
    if (!out.flush()) return absl::UnavailableError(absl::StrCat("port_file: writing ", aside));
  }
  if (std::rename(aside.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("port_file: renaming to ", path));
}

}  // namespace dnc
