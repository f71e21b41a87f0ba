#include "bench/load/loaded_store.h"

#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace dnc::bench {
namespace {

std::error_code CopyFile(const std::filesystem::path& from, const std::filesystem::path& to) {
  std::error_code error;
  if (from.extension() == ".sst") {
    std::filesystem::create_hard_link(from, to, error);
    if (!error) return error;
  }
  std::filesystem::copy_file(from, to, error);
  return error;
}

}  // namespace

absl::Status CopyStore(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::create_directories(to, error);
  std::filesystem::recursive_directory_iterator entry(from, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator();
       entry.increment(error)) {
    const std::filesystem::path target = to / entry->path().lexically_relative(from);
    if (entry->is_directory()) {
      std::filesystem::create_directories(target, error);
    } else {
      error = CopyFile(entry->path(), target);
    }
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("copying ", entry->path().string(), ": ", error.message()));
    }
  }
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("copying ", from, ": ", error.message()));
}

}  // namespace dnc::bench
