// Files that people hand to dncctl, read in pieces: plain ones, standard input, zip archives.
#ifndef DNC_CLIENT_CLI_INPUT_H_
#define DNC_CLIENT_CLI_INPUT_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc::cli {

// Which file on which device: two names of one file are the same.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
};

// The file that `path` names now, links followed; none where there is no such regular file.
std::optional<FileId> FileIdOf(const std::string& path);

// Not thread-safe but for Cancel; may be used by one thread after the other.
class Input {
 public:
  virtual ~Input() = default;

  // The next bytes, at most 512 KiB; empty at the end. DATA_LOSS where the file breaks off or was
  // changed since it was opened, so that what was read may not be the whole; UNKNOWN where it
  // cannot be read; CANCELLED after Cancel.
  virtual absl::StatusOr<std::string> Next() = 0;

  // Ends a Next that waits for somebody to write into a pipe, and every later one. Thread-safe.
  virtual void Cancel() {}

  // The whole size in bytes; -1 where it is not known.
  virtual int64_t size() const = 0;

  // Bytes read so far.
  virtual int64_t position() const = 0;

  // The file's name without its folders; for a zip archive the name of the archive, or of its
  // member where only that has a date in it, or an earlier one.
  virtual const std::string& name() const = 0;

  // The file that is read; none where it is no regular one.
  virtual std::optional<FileId> id() const { return std::nullopt; }

  // Back to the start. FAILED_PRECONDITION for standard input.
  virtual absl::Status Rewind() = 0;
};

// Opens `path`, "-" for standard input. INVALID_ARGUMENT, saying what to do instead, where it is
// missing, a folder, empty, or not permitted to be read, or compressed.
absl::StatusOr<std::unique_ptr<Input>> OpenInput(const std::string& path);

// As OpenInput, but a zip archive, known by its first bytes, is read through: it must have exactly
// one file in it, or exactly one that ends in .txt, .csv or .xml; those that only macOS has a use
// for do not count.
absl::StatusOr<std::unique_ptr<Input>> OpenImportInput(const std::string& path);

// INVALID_ARGUMENT, naming `option`, where a file written to `path` would take the input's place
// while it is read. "-" is standard output.
absl::Status RefuseInputAsOutput(const Input& input, const std::string& path,
                                 absl::string_view option);

// The whole of a file that people write, at most 16 MiB; "-" for standard input.
absl::StatusOr<std::string> ReadWhole(const std::string& path);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_INPUT_H_
