#include "client/cli/output_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
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

namespace fs = std::filesystem;

// A file or a folder. File systems that cannot sync a folder say EINVAL.
bool Sync(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = fsync(fd) == 0 || errno == EINVAL;
  close(fd);
  return synced;
}

// A new empty file beside `target`, with its permissions, or for the owner only where there is
// none. Empty where it cannot be made; errno says why.
std::string MakePart(const std::string& target) {
  std::string path = absl::StrCat(target, ".part-XXXXXX");
  const int fd = mkostemp(path.data(), O_CLOEXEC);  // mode 0600
  if (fd < 0) return "";
  struct stat before = {};
  const bool exists = stat(target.c_str(), &before) == 0;
  const bool made = !exists || fchmod(fd, before.st_mode & 0777) == 0;
  close(fd);
  if (made) return path;
  unlink(path.c_str());
  return "";
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is a directory; give a file's name"));
  }
  const bool direct = fs::exists(path, ignored) && !fs::is_regular_file(path, ignored);
  // A symbolic link stays one: what it points to is replaced.
  const fs::path real = fs::weakly_canonical(path, ignored);
  const std::string target = direct || real.empty() ? path : real.string();
  const std::string written = direct ? target : MakePart(target);
  std::unique_ptr<OutputFile> file(new OutputFile(target, written));
  if (!file->stream_.is_open()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cannot write ", path, ": ", std::strerror(errno), "; check the path and its permissions"));
  }
  return file;
}

OutputFile::OutputFile(std::string path, std::string written)
    : path_(std::move(path)), written_(std::move(written)), part_(direct() ? "" : written_) {
  if (!written_.empty()) stream_.open(written_, std::ios::out | std::ios::trunc | std::ios::binary);
}

OutputFile::~OutputFile() = default;

absl::Status OutputFile::Failed(const char* what) const {
  return absl::UnknownError(absl::StrCat("cannot ", what, " ", path_, ": ", std::strerror(errno),
                                         "; check the space left on its disk"));
}

absl::Status OutputFile::Commit() {
  stream_.close();
  if (stream_.fail()) return Failed("write");
  if (direct()) return absl::OkStatus();
  if (!Sync(written_) || std::rename(written_.c_str(), path_.c_str()) != 0) {
    return Failed("complete");
  }
  part_.Release();
  const fs::path folder = fs::path(path_).parent_path();
  return Sync(folder.empty() ? "." : folder.string()) ? absl::OkStatus() : Failed("make durable");
}

}  // namespace dnc::cli
