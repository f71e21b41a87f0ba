// Preloaded into a dncd, this notes what of the files below $DNC_POWER_CUT_DIR is on the disk: how
// long each was when it was synced. The notes go to $DNC_POWER_CUT_NOTES, a line each, and outlive
// the process; tests/fault/power_cut.h reads them.
//
//   synced <bytes> <path>     a sync of the file succeeded; so many bytes were in it before
//   emptied <path>            opened with O_TRUNC: what was synced before counts no more
//   renamed <path> <path>     from, to
//
// Each line is written after what it tells of and before the caller goes on, so that a kill between
// the two leaves less on the disk than there was, and nobody had been told of that.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

constexpr int kNotOpen = -1;

const char* Folder() {
  static const char* const folder = std::getenv("DNC_POWER_CUT_DIR");
  return folder;
}

int Notes() {
  static const int fd = [] {
    const char* path = std::getenv("DNC_POWER_CUT_NOTES");
    if (path == nullptr) return kNotOpen;
    return openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  }();
  return fd;
}

bool Watched(const char* path) {
  const char* folder = Folder();
  return folder != nullptr && std::strncmp(path, folder, std::strlen(folder)) == 0;
}

// One line, in one write, so that those of two threads do not mix.
template <typename... Parts>
void Note(const char* format, Parts... parts) {
  const int error = errno;
  std::array<char, 8192> line;
  const int size = std::snprintf(line.data(), line.size(), format, parts...);
  if (size < 0 || static_cast<size_t>(size) >= line.size() ||
      write(Notes(), line.data(), static_cast<size_t>(size)) != size) {
    std::abort();  // a run without its notes would prove nothing
  }
  errno = error;
}

// The path of an open file; false where it is none of those that are watched.
bool PathOf(int fd, std::array<char, 4096>* path) {
  std::array<char, 64> link;
  std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
  const ssize_t size = readlink(link.data(), path->data(), path->size() - 1);
  if (size < 0) return false;
  (*path)[static_cast<size_t>(size)] = '\0';
  return Watched(path->data());
}

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

int Sync(const char* name, int fd) {
  std::array<char, 4096> path;
  struct stat before {};
  const bool watched = PathOf(fd, &path) && fstat(fd, &before) == 0 && S_ISREG(before.st_mode);
  const int result = Next<int(int)>(name)(fd);
  if (watched && result == 0) {
    Note("synced %" PRId64 " %s\n", int64_t{before.st_size}, path.data());
  }
  return result;
}

int Open(const char* name, const char* path, int flags, mode_t mode) {
  const int fd = Next<int(const char*, int, ...)>(name)(path, flags, mode);
  if (fd >= 0 && (flags & O_TRUNC) != 0 && Watched(path)) Note("emptied %s\n", path);
  return fd;
}

}  // namespace

extern "C" {

int fsync(int fd) { return Sync("fsync", fd); }
int fdatasync(int fd) { return Sync("fdatasync", fd); }

// Debian's RocksDB calls either of the two, as it was built.
int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return Open("open", path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return Open("open64", path, flags, mode);
}

int rename(const char* from, const char* to) noexcept {
  const int result = Next<int(const char*, const char*)>("rename")(from, to);
  if (result == 0 && Watched(from)) Note("renamed %s %s\n", from, to);
  return result;
}

}  // extern "C"
