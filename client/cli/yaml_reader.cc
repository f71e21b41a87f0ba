#include "client/cli/yaml_reader.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

bool IsPresent(const YAML::Node& value) { return value.IsDefined() && !value.IsNull(); }

}  // namespace

bool YamlReader::Has(const YAML::Node& map, const char* key) { return IsPresent(map[key]); }

absl::Status YamlReader::Error(const YAML::Node& node, absl::string_view message) const {
  const YAML::Mark mark = node.Mark();
  return absl::InvalidArgumentError(
      absl::StrCat(file_name_, ":", mark.line + 1, ":", mark.column + 1, ": ", message));
}

absl::Status YamlReader::CheckKeys(const YAML::Node& map, absl::string_view what,
                                   const std::vector<absl::string_view>& keys,
                                   const std::vector<absl::string_view>& required,
                                   absl::string_view ignored_prefix) const {
  if (!map.IsMap()) {
    return Error(
        map, absl::StrCat(what, " must be a mapping with the keys ", absl::StrJoin(keys, ", ")));
  }
  std::set<std::string> seen;
  for (const auto& pair : map) {
    const std::string key = pair.first.IsScalar() ? pair.first.Scalar() : "";
    if (!seen.insert(key).second) {
      return Error(pair.first, absl::StrCat("the key \"", key, "\" stands twice; remove one"));
    }
    if (!ignored_prefix.empty() && absl::StartsWith(key, ignored_prefix)) continue;
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
      return Error(pair.first, absl::StrCat("unknown key \"", key, "\"; ", what, " has ",
                                            absl::StrJoin(keys, ", ")));
    }
  }
  for (const absl::string_view key : required) {
    if (!Has(map, std::string(key).c_str())) {
      return Error(map, absl::StrCat(what, " needs the key \"", key, "\""));
    }
  }
  return absl::OkStatus();
}

absl::Status YamlReader::ReadText(const YAML::Node& map, const char* key, std::string* text) const {
  const YAML::Node value = map[key];
  if (!IsPresent(value)) return absl::OkStatus();
  return TakeText(value, key, text);
}

absl::Status YamlReader::TakeText(const YAML::Node& value, const char* key,
                                  std::string* text) const {
  if (!value.IsScalar()) return Error(value, absl::StrCat(key, " must be text"));
  if (!IsUtf8(value.Scalar())) {
    return Error(value, absl::StrCat(key, " is not UTF-8; convert the file, e.g. with iconv"));
  }
  *text = value.Scalar();
  return absl::OkStatus();
}

absl::Status YamlReader::ReadBool(const YAML::Node& map, const char* key, bool* value) const {
  const YAML::Node node = map[key];
  if (!IsPresent(node)) return absl::OkStatus();
  if (!node.IsScalar() || !YAML::convert<bool>::decode(node, *value)) {
    return Error(node, absl::StrCat(key, " must be true or false"));
  }
  return absl::OkStatus();
}

absl::Status YamlReader::ReadEnum(const YAML::Node& map, const char* key, const EnumNames& names,
                                  int* value) const {
  const YAML::Node node = map[key];
  if (!IsPresent(node)) return absl::OkStatus();
  const auto parsed = ParseEnum(names, node.IsScalar() ? node.Scalar() : "");
  if (!parsed.ok()) {
    return Error(node, absl::StrCat(key, ": ", std::string(parsed.status().message())));
  }
  *value = *parsed;
  return absl::OkStatus();
}

absl::Status YamlReader::ReadEnums(const YAML::Node& map, const char* key, const EnumNames& names,
                                   google::protobuf::RepeatedField<int>* values) const {
  const YAML::Node node = map[key];
  if (!IsPresent(node)) return absl::OkStatus();
  const auto read = [&](const YAML::Node& word) -> absl::Status {
    const auto parsed = ParseEnum(names, word.IsScalar() ? word.Scalar() : "");
    if (!parsed.ok()) {
      return Error(word, absl::StrCat(key, ": ", std::string(parsed.status().message())));
    }
    values->Add(*parsed);
    return absl::OkStatus();
  };
  return node.IsScalar() ? read(node) : ReadEach(map, key, read);
}

absl::Status YamlReader::ReadDuration(const YAML::Node& map, const char* key,
                                      google::protobuf::Duration* duration) const {
  const YAML::Node node = map[key];
  if (!IsPresent(node)) return absl::OkStatus();
  const auto parsed = ParseDurationText(node.IsScalar() ? node.Scalar() : "");
  if (!parsed.ok()) {
    return Error(node, absl::StrCat(key, ": ", std::string(parsed.status().message())));
  }
  *duration = ToProtoDuration(*parsed);
  return absl::OkStatus();
}

absl::Status YamlReader::ReadTime(const YAML::Node& map, const char* key,
                                  google::protobuf::Timestamp* time) const {
  const YAML::Node node = map[key];
  if (!IsPresent(node)) return absl::OkStatus();
  const std::string text = node.IsScalar() ? node.Scalar() : "";
  const auto parsed = ParseTimeText(text, absl::InfiniteFuture());
  if (!parsed.ok() || *parsed == absl::InfiniteFuture()) {
    return Error(node, absl::StrCat(key, ": \"", text,
                                    "\" is no time; write 2026-01-31T12:00:00Z or 2026-01-31"));
  }
  *time = ToProtoTime(*parsed);
  return absl::OkStatus();
}

absl::Status YamlReader::ReadTexts(const YAML::Node& map, const char* key,
                                   google::protobuf::RepeatedPtrField<std::string>* texts) const {
  const YAML::Node node = map[key];
  if (!IsPresent(node)) return absl::OkStatus();
  const auto read = [&](const YAML::Node& text) { return TakeText(text, key, texts->Add()); };
  return node.IsScalar() ? read(node) : ReadEach(map, key, read);
}

absl::Status YamlReader::ReadEach(const YAML::Node& map, const char* key,
                                  absl::FunctionRef<absl::Status(const YAML::Node&)> read) const {
  const YAML::Node node = map[key];
  if (!IsPresent(node)) return absl::OkStatus();
  if (!node.IsSequence()) {
    return Error(node, absl::StrCat(key, " must be a sequence (lines that start with \"- \")"));
  }
  for (const auto& element : node) DNC_RETURN_IF_ERROR(read(element));
  return absl::OkStatus();
}

}  // namespace dnc::cli
