// The file that says on which port a server serves, for whoever started it with port 0.
#ifndef DNC_SERVER_OPS_PORT_FILE_H_
#define DNC_SERVER_OPS_PORT_FILE_H_

#include <string>

#include "absl/status/status.h"

namespace dnc {

// An empty `path` means none. UNAVAILABLE where the file system refuses.

// Removes what an earlier server left: whoever waits for the file must not read that.
absl::Status RemovePortFile(const std::string& path);
// Written aside and renamed, so that a reader sees all of it or nothing.
absl::Status WritePortFile(const std::string& path, int port);

}  // namespace dnc

#endif  // DNC_SERVER_OPS_PORT_FILE_H_
