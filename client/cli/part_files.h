// Files that must not outlive the process that writes them.
#ifndef DNC_CLIENT_CLI_PART_FILES_H_
#define DNC_CLIENT_CLI_PART_FILES_H_

#include <cstddef>
#include <string>

namespace dnc::cli {

// Removes a file when it is destroyed, or when a signal ends the process, unless it was released.
// Thread-safe as far as signals go.
class PartFile {
 public:
  // An empty path stands for no file.
  explicit PartFile(const std::string& path);
  ~PartFile();

  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  // The file is finished: it stays.
  void Release();

 private:
  const std::string path_;
  size_t slot_;
  bool released_ = false;
};

// From now on SIGINT, SIGTERM and SIGHUP remove every part file before they end the process, as
// they would have done without. A signal that is ignored stays so. For programs; call it once.
void RemovePartFilesOnSignals();

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_PART_FILES_H_
