#include "server/ops/data_dir.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(absl::string_view doing, const std::string& path,
                    const std::error_code& error) {
  return absl::UnavailableError(
      absl::StrCat("data_dir: ", doing, " ", path, ": ", error.message()));
}

absl::Status MakeDirectory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  return error ? Failed("creating", path, error) : absl::OkStatus();
}

// What a server that did not get as far as its store may have left, and what file systems put into
// the root of a new volume.
bool IsHarmless(const std::string& name) {
  return name == "ACKNOWLEDGED" || name == "import-spill" || name == "lost+found";
}

// The names that the sorter and the spool of imports give (storage/registry/spill_file.cc,
// server/handler/entry_spool.cc).
bool IsSpilled(const fs::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  std::error_code error;
  const bool is_file = fs::is_regular_file(entry.symlink_status(error));
  return is_file && (absl::StartsWith(name, "dnc-sort-") || absl::StartsWith(name, "import-"));
}

}  // namespace

absl::Status DataDir::Open() const {
  DNC_RETURN_IF_ERROR(MakeDirectory(path_));
  std::error_code error;
  if (fs::is_directory(store(), error)) return absl::OkStatus();
  fs::directory_iterator entry(path_, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (IsHarmless(name)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("data_dir: ", path_, " holds no store but other files, \"", name,
                     "\" for one; name a new or empty directory, such as ", path_, "/dnc"));
  }
  return error ? Failed("reading", path_, error) : absl::OkStatus();
}

absl::Status DataDir::PrepareSpill() const {
  DNC_RETURN_IF_ERROR(MakeDirectory(spill()));
  std::error_code error;
  fs::directory_iterator entry(spill(), error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (!IsSpilled(*entry)) continue;
    fs::remove(entry->path(), error);
    if (error) return Failed("removing", entry->path().string(), error);
  }
  return error ? Failed("reading", spill(), error) : absl::OkStatus();
}

}  // namespace dnc
