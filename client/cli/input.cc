#include "client/cli/input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
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

std::optional<FileId> RegularFile(const struct stat& info) {
  if (!S_ISREG(info.st_mode)) return std::nullopt;
  return FileId{info.st_dev, info.st_ino};
}

// Whether a file is as it was.
bool SameContent(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Wakes a thread that waits for input.
class Alarm {
 public:
  Alarm() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Alarm() { close(fd_); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void Ring() const { eventfd_write(fd_, 1); }

  // True once `fd` can be read without waiting; false once the alarm rang.
  bool WaitFor(int fd) const {
    std::array<pollfd, 2> polls = {{{fd_, POLLIN, 0}, {fd, POLLIN, 0}}};
    while (poll(polls.data(), polls.size(), -1) < 0 && errno == EINTR) {
    }
    return (polls[0].revents & POLLIN) == 0;
  }

 private:
  const int fd_;
};

class FileInput : public Input {
 public:
  FileInput(int fd, bool is_stdin, const struct stat& info, std::string name)
      : fd_(fd), is_stdin_(is_stdin), info_(info), name_(std::move(name)) {}
  ~FileInput() override {
    if (!is_stdin_) close(fd_);
  }
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  absl::StatusOr<std::string> Next() override {
    if (!ahead_.empty()) {
      position_ += static_cast<int64_t>(ahead_.size());
      return std::exchange(ahead_, {});
    }
    DNC_ASSIGN_OR_RETURN(std::string piece, ReadPiece());
    if (piece.empty()) DNC_RETURN_IF_ERROR(CheckWhole());
    position_ += static_cast<int64_t>(piece.size());
    return piece;
  }
  void Cancel() override { cancelled_.Ring(); }

  // The first bytes, without taking them.
  absl::StatusOr<std::string> Peek() {
    DNC_ASSIGN_OR_RETURN(ahead_, ReadPiece());
    return ahead_.substr(0, 4);
  }

  // Of standard input the end is known only when it is there.
  int64_t size() const override { return is_regular() && !is_stdin_ ? info_.st_size : -1; }
  int64_t position() const override { return position_; }
  const std::string& name() const override { return name_; }
  std::optional<FileId> id() const override { return RegularFile(info_); }

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
  bool is_regular() const { return S_ISREG(info_.st_mode); }

  absl::StatusOr<std::string> ReadPiece() {
    std::string piece(kPiece, '\0');
    ssize_t got = 0;
    do {
      if (!cancelled_.WaitFor(fd_)) {
        return absl::CancelledError(absl::StrCat("reading ", name_, " was ended"));
      }
      got = read(fd_, piece.data(), piece.size());
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return absl::UnknownError(absl::StrCat("cannot read ", name_, ": ", std::strerror(errno)));
    }
    piece.resize(static_cast<size_t>(got));
    return piece;
  }

  // At the end: that the file is what it was when it was opened. One that is being written, or was
  // cut, could be taken for a whole list.
  absl::Status CheckWhole() const {
    // A file without a size, as in /proc, is made while it is read.
    if (!is_regular() || info_.st_size == 0) return absl::OkStatus();
    struct stat now = {};
    const bool all_read = is_stdin_ || position_ == info_.st_size;
    if (all_read && fstat(fd_, &now) == 0 && SameContent(info_, now)) return absl::OkStatus();
    return absl::DataLossError(absl::StrCat(name_, " was changed while it was read (", position_,
                                            " bytes read, ", info_.st_size,
                                            " when it was opened); repeat with a file that is "
                                            "whole, e.g. a copy"));
  }

  const int fd_;
  const bool is_stdin_;
  const struct stat info_;
  const std::string name_;
  const Alarm cancelled_;
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
    struct stat info = {};
    fstat(STDIN_FILENO, &info);
    return std::make_unique<FileInput>(STDIN_FILENO, true, info, "standard input");
  }
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return CannotOpen(path, errno);
  struct stat info = {};
  if (fstat(fd, &info) != 0 || S_ISDIR(info.st_mode)) {
    close(fd);
    return absl::InvalidArgumentError(absl::StrCat(path, " is a directory; give a file"));
  }
  return std::make_unique<FileInput>(fd, false, info,
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

std::optional<FileId> FileIdOf(const std::string& path) {
  struct stat info = {};
  return stat(path.c_str(), &info) == 0 ? RegularFile(info) : std::nullopt;
}

absl::Status RefuseInputAsOutput(const Input& input, const std::string& path,
                                 absl::string_view option) {
  if (path.empty()) return absl::OkStatus();
  struct stat info = {};
  const int found = path == "-" ? fstat(STDOUT_FILENO, &info) : stat(path.c_str(), &info);
  const std::optional<FileId> output = found == 0 ? RegularFile(info) : std::nullopt;
  const std::optional<FileId> read = input.id();
  if (!output || !read || output->device != read->device || output->inode != read->inode) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(option, ": ", path == "-" ? "standard output" : path,
                   " is the very file that is read; give another name, or it would be lost"));
}

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

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  constexpr size_t kLimit = size_t{16} << 20;
  DNC_ASSIGN_OR_RETURN(const std::unique_ptr<Input> input, OpenInput(path));
  std::string text;
  while (true) {
    DNC_ASSIGN_OR_RETURN(const std::string piece, input->Next());
    if (piece.empty()) return text;
    text += piece;
    if (text.size() > kLimit) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, " is larger than 16 MiB: that is no file of workflows or templates"));
    }
  }
}

}  // namespace dnc::cli
