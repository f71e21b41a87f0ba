// The one file inside a zip archive.
#ifndef DNC_CLIENT_CLI_ZIP_INPUT_H_
#define DNC_CLIENT_CLI_ZIP_INPUT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/input.h"

namespace dnc::cli {

// INVALID_ARGUMENT where the archive is broken, encrypted, or does not say which file is meant.
absl::StatusOr<std::unique_ptr<Input>> OpenZipInput(const std::string& path);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_ZIP_INPUT_H_
