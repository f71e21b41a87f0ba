// Where in a YAML file that stands which the gateway refuses.
#ifndef DNC_CLIENT_CLI_YAML_PLACE_H_
#define DNC_CLIENT_CLI_YAML_PLACE_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace dnc::cli {

// A document of a file.
struct YamlDocument {
  std::string file_name;
  std::string text;  // of the whole file
  size_t index = 0;  // among those that are not empty
};

// The refusal with the place before its message, "f.yaml:9:5: …": that of its field
// ("workflow.statuses[2].actions[0].category"), or of what is nearest to it in the file. As it is
// where it names no field.
absl::Status AtPlace(absl::Status refusal, const YamlDocument& document);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_YAML_PLACE_H_
