// Reads YAML strictly: every key must be known, every value of the right kind, and every complaint
// says where in the file.
#ifndef DNC_CLIENT_CLI_YAML_READER_H_
#define DNC_CLIENT_CLI_YAML_READER_H_

#include <yaml-cpp/yaml.h>

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/cli/enums.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace dnc::cli {

// The Read… functions take the value of `key` from a mapping and leave the target alone where the
// key is absent. Errors are INVALID_ARGUMENT. Thread-safe.
class YamlReader {
 public:
  explicit YamlReader(std::string file_name) : file_name_(std::move(file_name)) {}

  // "sales.yaml:3:7: message".
  absl::Status Error(const YAML::Node& node, absl::string_view message) const;

  // Whether `key` is there, with a value.
  static bool Has(const YAML::Node& map, const char* key);

  // That `map` is a mapping with no keys but `keys`, none twice, and all of `required`. `what`
  // names it in messages. Keys that start with `ignored_prefix` are let through, if that is not
  // empty.
  absl::Status CheckKeys(const YAML::Node& map, absl::string_view what,
                         const std::vector<absl::string_view>& keys,
                         const std::vector<absl::string_view>& required,
                         absl::string_view ignored_prefix = "") const;

  absl::Status ReadText(const YAML::Node& map, const char* key, std::string* text) const;
  absl::Status ReadBool(const YAML::Node& map, const char* key, bool* value) const;
  absl::Status ReadEnum(const YAML::Node& map, const char* key, const EnumNames& names,
                        int* value) const;
  // A word, or a sequence of words.
  absl::Status ReadEnums(const YAML::Node& map, const char* key, const EnumNames& names,
                         google::protobuf::RepeatedField<int>* values) const;
  absl::Status ReadDuration(const YAML::Node& map, const char* key,
                            google::protobuf::Duration* duration) const;
  // RFC 3339, or a date, which is its start in UTC. Not a time from now: the file means the same
  // whenever it is applied.
  absl::Status ReadTime(const YAML::Node& map, const char* key,
                        google::protobuf::Timestamp* time) const;
  // A text, or a sequence of texts.
  absl::Status ReadTexts(const YAML::Node& map, const char* key,
                         google::protobuf::RepeatedPtrField<std::string>* texts) const;
  // Each element of a sequence.
  absl::Status ReadEach(const YAML::Node& map, const char* key,
                        absl::FunctionRef<absl::Status(const YAML::Node&)> read) const;

 private:
  absl::Status TakeText(const YAML::Node& value, const char* key, std::string* text) const;

  const std::string file_name_;
};

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_YAML_READER_H_
