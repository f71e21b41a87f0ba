#include "client/cli/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dnc::cli {
namespace {

bool SyncFile(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0;
  close(fd);
  return synced;
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is a directory; give a file's name"));
  }
  const bool direct = fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
  // A symbolic link stays one: what it points to is replaced.
  const fs::path real = fs::weakly_canonical(path, ignored);
  const std::string target = direct || real.empty() ? path : real.string();
  std::unique_ptr<OutputFile> file(
      new OutputFile(target, direct ? target : absl::StrCat(target, ".part-", getpid())));
  if (!file->stream_.is_open()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot write ", path, ": ", std::strerror(errno), "; check the path and its permissions"));
  }
  return file;
}

OutputFile::OutputFile(std::string path, std::string written)
    : path_(std::move(path)),
      written_(std::move(written)),
      stream_(written_, std::ios::out | std::ios::trunc | std::ios::binary) {}

OutputFile::~OutputFile() {
  if (!committed_ && written_ != path_) std::remove(written_.c_str());
}

absl::Status OutputFile::Failed(const char* what) const {
  return absl::UnknownError(absl::StrCat("cannot ", what, " ", path_, ": ", std::strerror(errno),
                                         "; check the space left on its disk"));
}

absl::Status OutputFile::Commit() {
  stream_.close();
  if (stream_.fail()) return Failed("write");
  committed_ = true;
  if (written_ == path_) return absl::OkStatus();
  if (SyncFile(written_) && std::rename(written_.c_str(), path_.c_str()) == 0) {
    return absl::OkStatus();
  }
  committed_ = false;
  return Failed("complete");
}

}  // namespace dnc::cli
