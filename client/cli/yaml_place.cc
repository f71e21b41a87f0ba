#include "client/cli/yaml_place.h"

#include <yaml-cpp/yaml.h>

#include <utility>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "client/error.h"

namespace dnc::cli {
namespace {

// What a field of the API is called in files.
std::string KeyOf(absl::string_view field) {
  if (field == "name") return "id";
  if (field == "expire_time" || field == "until_time") return "until";
  if (field == "visible_to_roles") return "visible_to";
  if (field == "message_classes") return "classes";
  return std::string(field);
}

// The node of one step, "statuses[2]"; undefined where there is none.
YAML::Node Step(const YAML::Node& node, absl::string_view step) {
  const size_t bracket = step.find('[');
  if (!node.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  const YAML::Node value = node[KeyOf(step.substr(0, bracket))];
  size_t index = 0;
  if (bracket == absl::string_view::npos || !value.IsDefined() || !value.IsSequence() ||
      !absl::SimpleAtoi(step.substr(bracket + 1, step.find(']') - bracket - 1), &index) ||
      index >= value.size()) {
    return value;
  }
  return value[index];
}

// The node that the field means, or the last one on the way to it.
YAML::Node Nearest(const YAML::Node& root, absl::string_view field) {
  std::vector<absl::string_view> steps = absl::StrSplit(field, '.');
  // The root is the workflow or template itself.
  if (steps.front() == "workflow" || steps.front() == "template") steps.erase(steps.begin());
  YAML::Node nearest = root;
  for (const absl::string_view step : steps) {
    const YAML::Node next = Step(nearest, step);
    if (!next.IsDefined() || next.Mark().is_null()) break;
    nearest.reset(next);
  }
  return nearest;
}

YAML::Node Root(const YamlDocument& document) {
  size_t index = 0;
  for (const YAML::Node& root : YAML::LoadAll(document.text)) {
    if (!root.IsNull() && index++ == document.index) return root;
  }
  return YAML::Node(YAML::NodeType::Undefined);
}

absl::Status WithMessage(const absl::Status& status, const std::string& message) {
  absl::Status changed(status.code(), message);
  status.ForEachPayload([&changed](absl::string_view url, const absl::Cord& payload) {
    changed.SetPayload(url, payload);
  });
  return changed;
}

}  // namespace

absl::Status AtPlace(absl::Status refusal, const YamlDocument& document) {
  const std::string field = ErrorFieldOf(refusal);
  if (field.empty()) return refusal;
  const YAML::Node root = Root(document);
  if (!root.IsDefined()) return refusal;
  const YAML::Mark mark = Nearest(root, field).Mark();
  return WithMessage(refusal, absl::StrCat(document.file_name, ":", mark.line + 1, ":",
                                           mark.column + 1, ": ", refusal.message()));
}

}  // namespace dnc::cli
