// The folder that holds everything a server keeps: the store, the marker of what was acknowledged,
// the records of checks and contacts, and room for imports to spill to.
#ifndef DNC_SERVER_OPS_DATA_DIR_H_
#define DNC_SERVER_OPS_DATA_DIR_H_

#include <string>

#include "absl/status/status.h"

namespace dnc {

class DataDir {
 public:
  explicit DataDir(std::string path) : path_(std::move(path)) {}

  std::string store() const { return path_ + "/store"; }
  std::string marker() const { return path_ + "/ACKNOWLEDGED"; }
  std::string spill() const { return path_ + "/import-spill"; }
  // Records of checks and contacts, and the secret with which they hash contact points.
  std::string recording() const { return path_ + "/recording"; }
  std::string recording_secret() const { return path_ + "/recording.key"; }

  // Makes it where it is missing. FAILED_PRECONDITION where it holds somebody else's files and no
  // store; UNAVAILABLE where the file system refuses.
  absl::Status Open() const;
  // Makes spill(), and removes what imports of an earlier process left in it: files of their names
  // only. UNAVAILABLE. Call once the store is open, which keeps other servers out.
  absl::Status PrepareSpill() const;

 private:
  const std::string path_;
};

}  // namespace dnc

#endif  // DNC_SERVER_OPS_DATA_DIR_H_
