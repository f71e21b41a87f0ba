#include "client/cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/cli/zip_input.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

constexpr size_t kPiece = 512 << 10;
constexpr char kGzipMagic[] = "\x1f\x8b";

bool IsZip(absl::string_view magic) {
  return absl::StartsWith(magic, "PK\x03\x04") || absl::StartsWith(magic, "PK\x05\x06");
}

class FileInput : public Input {
 public:
  FileInput(int fd, bool is_stdin, int64_t size, std::string name)
      : fd_(fd), is_stdin_(is_stdin), size_(size), name_(std::move(name)) {}
  ~FileInput() override {
    if (!is_stdin_) close(fd_);
  }

  absl::StatusOr<std::string> Next() override {
    if (!ahead_.empty()) {
      position_ += static_cast<int64_t>(ahead_.size());
      return std::exchange(ahead_, {});
    }
    DNC_ASSIGN_OR_RETURN(std::string piece, ReadPiece());
    position_ += static_cast<int64_t>(piece.size());
    return piece;
  }

  // The first bytes, without taking them.
  absl::StatusOr<std::string> Peek() {
    DNC_ASSIGN_OR_RETURN(ahead_, ReadPiece());
    return ahead_.substr(0, 4);
  }

  int64_t size() const override { return size_; }
  int64_t position() const override { return position_; }
  const std::string& name() const override { return name_; }

  absl::Status Rewind() override {
    if (is_stdin_ || lseek(fd_, 0, SEEK_SET) != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat(name_, " can be read only once; save it to a file first"));
    }
    ahead_.clear();
    position_ = 0;
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<std::string> ReadPiece() {
    std::string piece(kPiece, '\0');
    ssize_t got = 0;
    do {
      got = read(fd_, piece.data(), piece.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return absl::UnknownError(absl::StrCat("cannot read ", name_, ": ", std::strerror(errno)));
    }
    piece.resize(static_cast<size_t>(got));
    return piece;
  }

  const int fd_;
  const bool is_stdin_;
  const int64_t size_;
  const std::string name_;
  std::string ahead_;
  int64_t position_ = 0;
};

absl::Status CannotOpen(const std::string& path, int error) {
  std::string what = absl::StrCat("cannot open ", path, ": ", std::strerror(error));
  if (error == ENOENT) absl::StrAppend(&what, "; check the path, or give - for standard input");
  if (error == EACCES) absl::StrAppend(&what, "; check the file's permissions");
  return absl::InvalidArgumentError(what);
}

absl::StatusOr<std::unique_ptr<FileInput>> OpenFile(const std::string& path) {
  if (path == "-") {
    return std::make_unique<FileInput>(STDIN_FILENO, true, -1, "standard input");
  }
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return CannotOpen(path, errno);
  struct stat info = {};
  if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    close(fd);
    return absl::InvalidArgumentError(absl::StrCat(path, " is a directory; give a file"));
  }
  return std::make_unique<FileInput>(fd, false, S_ISREG(info.st_mode) ? info.st_size : -1,
                                     std::filesystem::path(path).filename().string());
}

// Refuses what cannot be read as text; `magic` are its first bytes.
absl::StatusOr<std::unique_ptr<Input>> Plain(std::unique_ptr<FileInput> input,
                                             absl::string_view magic, const std::string& path) {
  const std::string& what = path == "-" ? input->name() : path;
  if (magic.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " is empty; an empty list is more likely a mistake than meant"));
  }
  if (IsZip(magic) || absl::StartsWith(magic, kGzipMagic)) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, " is compressed; decompress it first, e.g. with unzip or gunzip"));
  }
  return input;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Input>> OpenInput(const std::string& path) {
  DNC_ASSIGN_OR_RETURN(std::unique_ptr<FileInput> input, OpenFile(path));
  DNC_ASSIGN_OR_RETURN(const std::string magic, input->Peek());
  return Plain(std::move(input), magic, path);
}

absl::StatusOr<std::unique_ptr<Input>> OpenImportInput(const std::string& path) {
  DNC_ASSIGN_OR_RETURN(std::unique_ptr<FileInput> input, OpenFile(path));
  DNC_ASSIGN_OR_RETURN(const std::string magic, input->Peek());
  if (path != "-" && IsZip(magic)) return OpenZipInput(path);
  if (!magic.empty() && absl::EndsWithIgnoreCase(path, ".zip")) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, " is not a zip archive, whatever its name says; rename it if it is plain text"));
  }
  return Plain(std::move(input), magic, path);
}

}  // namespace dnc::cli
