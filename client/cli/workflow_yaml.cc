#include "client/cli/workflow_yaml.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/enums.h"
#include "client/cli/yaml_reader.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

// One document.
class Parser {
 public:
  Parser(const YamlReader& yaml, const Names& names) : yaml_(yaml), names_(names) {}

  absl::StatusOr<WorkflowDocument> Parse(const YAML::Node& root);
  absl::StatusOr<v1::Template> ParseTemplate(const YAML::Node& root);

 private:
  // `expanded`, or its error with the place of `node` in front.
  absl::StatusOr<std::string> Place(const YAML::Node& node,
                                    absl::StatusOr<std::string> expanded) const {
    if (expanded.ok()) return expanded;
    return yaml_.Error(node, expanded.status().message());
  }

  // Reads an enum field of a proto, which has no pointer to give.
  template <typename Enum, typename Setter>
  absl::Status ReadEnum(const YAML::Node& map, const char* key, const EnumNames& names,
                        Setter set) const {
    int value = 0;
    DNC_RETURN_IF_ERROR(yaml_.ReadEnum(map, key, names, &value));
    set(static_cast<Enum>(value));
    return absl::OkStatus();
  }

  absl::Status ReadList(const YAML::Node& node, v1::DncList* list) const;
  absl::Status ReadStatus(const YAML::Node& node, v1::Status* status) const;
  absl::Status ReadRestriction(const YAML::Node& node, v1::ContactRestriction* restriction) const;
  absl::Status ReadAction(const YAML::Node& node, v1::Action* action) const;
  absl::Status ReadOperation(const YAML::Node& node, v1::Operation* operation) const;
  absl::Status ReadAddToDncList(const YAML::Node& node, v1::AddToDncList* add) const;
  absl::Status ReadMoveToStatus(const YAML::Node& node, v1::MoveToStatus* move) const;
  absl::Status ReadNurture(const YAML::Node& node, v1::Nurture* nurture) const;
  absl::Status ReadRemoveRestriction(const YAML::Node& node, v1::RemoveRestriction* remove) const;

  // How long something lasts: `duration`, or a time under `time_key`.
  template <typename Message, typename MutableTime>
  absl::Status ReadEnd(const YAML::Node& node, const char* time_key, Message* message,
                       MutableTime mutable_time) const {
    if (YamlReader::Has(node, "duration")) {
      DNC_RETURN_IF_ERROR(yaml_.ReadDuration(node, "duration", message->mutable_duration()));
    }
    if (!YamlReader::Has(node, time_key)) return absl::OkStatus();
    return yaml_.ReadTime(node, time_key, mutable_time());
  }

  const YamlReader& yaml_;
  const Names& names_;
  std::string workflow_id_;
};

absl::StatusOr<WorkflowDocument> Parser::Parse(const YAML::Node& root) {
  WorkflowDocument document;
  v1::Workflow& workflow = document.workflow;
  DNC_RETURN_IF_ERROR(yaml_.CheckKeys(
      root, "a workflow", {"workflow", "display_name", "record_type", "state", "lists", "statuses"},
      {"workflow", "record_type"}, "x-"));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(root, "workflow", &workflow_id_));
  DNC_ASSIGN_OR_RETURN(*workflow.mutable_name(),
                       Place(root["workflow"], names_.Workflow(workflow_id_)));
  workflow_id_ = ShortName(workflow.name());
  DNC_RETURN_IF_ERROR(yaml_.ReadText(root, "display_name", workflow.mutable_display_name()));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(root, "record_type", workflow.mutable_record_type()));
  DNC_RETURN_IF_ERROR(ReadEnum<v1::ObjectState>(root, "state", ObjectStateNames(),
                                                [&](v1::ObjectState s) { workflow.set_state(s); }));
  DNC_RETURN_IF_ERROR(yaml_.ReadEach(root, "lists", [&](const YAML::Node& node) {
    return ReadList(node, &document.lists.emplace_back());
  }));
  DNC_RETURN_IF_ERROR(yaml_.ReadEach(root, "statuses", [&](const YAML::Node& node) {
    return ReadStatus(node, workflow.add_statuses());
  }));
  return document;
}

absl::StatusOr<v1::Template> Parser::ParseTemplate(const YAML::Node& root) {
  v1::Template parsed;
  DNC_RETURN_IF_ERROR(yaml_.CheckKeys(root, "a template",
                                      {"template", "display_name", "record_type", "actions"},
                                      {"template", "record_type", "actions"}, "x-"));
  std::string id;
  DNC_RETURN_IF_ERROR(yaml_.ReadText(root, "template", &id));
  DNC_ASSIGN_OR_RETURN(*parsed.mutable_name(), Place(root["template"], names_.Template(id)));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(root, "display_name", parsed.mutable_display_name()));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(root, "record_type", parsed.mutable_record_type()));
  DNC_RETURN_IF_ERROR(yaml_.ReadEach(root, "actions", [&](const YAML::Node& node) {
    return ReadAction(node, parsed.add_actions());
  }));
  return parsed;
}

absl::Status Parser::ReadList(const YAML::Node& node, v1::DncList* list) const {
  DNC_RETURN_IF_ERROR(yaml_.CheckKeys(
      node, "a list",
      {"id", "kind", "display_name", "brand", "campaign", "channels", "classes", "max_age"},
      {"id", "kind"}));
  std::string id;
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "id", &id));
  DNC_ASSIGN_OR_RETURN(*list->mutable_name(), Place(node["id"], names_.List(id)));
  DNC_RETURN_IF_ERROR(ReadEnum<v1::ListKind>(node, "kind", ListKindNames(),
                                             [&](v1::ListKind k) { list->set_kind(k); }));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "display_name", list->mutable_display_name()));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "brand", list->mutable_brand()));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "campaign", list->mutable_campaign()));
  DNC_RETURN_IF_ERROR(yaml_.ReadEnums(node, "channels", ChannelNames(), list->mutable_channels()));
  DNC_RETURN_IF_ERROR(
      yaml_.ReadEnums(node, "classes", MessageClassNames(), list->mutable_message_classes()));
  if (!YamlReader::Has(node, "max_age")) return absl::OkStatus();
  return yaml_.ReadDuration(node, "max_age", list->mutable_max_age());
}

absl::Status Parser::ReadStatus(const YAML::Node& node, v1::Status* status) const {
  DNC_RETURN_IF_ERROR(yaml_.CheckKeys(
      node, "a status",
      {"id", "display_name", "system_status", "state", "restriction", "visible_to", "actions"},
      {"id", "system_status"}));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "id", status->mutable_name()));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "display_name", status->mutable_display_name()));
  DNC_RETURN_IF_ERROR(
      ReadEnum<v1::SystemStatus>(node, "system_status", SystemStatusNames(),
                                 [&](v1::SystemStatus s) { status->set_system_status(s); }));
  DNC_RETURN_IF_ERROR(ReadEnum<v1::ObjectState>(node, "state", ObjectStateNames(),
                                                [&](v1::ObjectState s) { status->set_state(s); }));
  if (const YAML::Node restriction = node["restriction"]; restriction.IsDefined()) {
    DNC_RETURN_IF_ERROR(ReadRestriction(restriction, status->mutable_restriction()));
  }
  DNC_RETURN_IF_ERROR(yaml_.ReadTexts(node, "visible_to", status->mutable_visible_to_roles()));
  return yaml_.ReadEach(node, "actions", [&](const YAML::Node& action) {
    return ReadAction(action, status->add_actions());
  });
}

absl::Status Parser::ReadRestriction(const YAML::Node& node,
                                     v1::ContactRestriction* restriction) const {
  if (node.IsNull()) return absl::OkStatus();  // "restriction:" alone: every channel, no end
  DNC_RETURN_IF_ERROR(
      yaml_.CheckKeys(node, "a restriction", {"channels", "duration", "until"}, {}));
  DNC_RETURN_IF_ERROR(
      yaml_.ReadEnums(node, "channels", ChannelNames(), restriction->mutable_channels()));
  return ReadEnd(node, "until", restriction, [&] { return restriction->mutable_until_time(); });
}

absl::Status Parser::ReadAction(const YAML::Node& node, v1::Action* action) const {
  DNC_RETURN_IF_ERROR(
      yaml_.CheckKeys(node, "an action",
                      {"id", "display_name", "category", "state", "roles", "groups", "operations"},
                      {"id", "operations"}));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "id", action->mutable_name()));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "display_name", action->mutable_display_name()));
  DNC_RETURN_IF_ERROR(
      ReadEnum<v1::ActionCategory>(node, "category", ActionCategoryNames(),
                                   [&](v1::ActionCategory c) { action->set_category(c); }));
  DNC_RETURN_IF_ERROR(ReadEnum<v1::ObjectState>(node, "state", ObjectStateNames(),
                                                [&](v1::ObjectState s) { action->set_state(s); }));
  DNC_RETURN_IF_ERROR(yaml_.ReadTexts(node, "roles", action->mutable_roles()));
  DNC_RETURN_IF_ERROR(yaml_.ReadTexts(node, "groups", action->mutable_groups()));
  return yaml_.ReadEach(node, "operations", [&](const YAML::Node& operation) {
    return ReadOperation(operation, action->add_operations());
  });
}

absl::Status Parser::ReadOperation(const YAML::Node& node, v1::Operation* operation) const {
  DNC_RETURN_IF_ERROR(
      yaml_.CheckKeys(node, "an operation",
                      {"add_to_dnc_list", "move_to_status", "nurture", "remove_restriction"}, {}));
  if (node.size() != 1) {
    return yaml_.Error(
        node,
        "an operation is exactly one of add_to_dnc_list, move_to_status, nurture and "
        "remove_restriction; start each with \"- \"");
  }
  if (const YAML::Node add = node["add_to_dnc_list"]; add.IsDefined()) {
    return ReadAddToDncList(add, operation->mutable_add_to_dnc_list());
  }
  if (const YAML::Node move = node["move_to_status"]; move.IsDefined()) {
    return ReadMoveToStatus(move, operation->mutable_move_to_status());
  }
  if (const YAML::Node remove = node["remove_restriction"]; remove.IsDefined()) {
    return ReadRemoveRestriction(remove, operation->mutable_remove_restriction());
  }
  return ReadNurture(node["nurture"], operation->mutable_nurture());
}

absl::Status Parser::ReadAddToDncList(const YAML::Node& node, v1::AddToDncList* add) const {
  if (node.IsNull()) return absl::OkStatus();  // all its defaults
  DNC_RETURN_IF_ERROR(yaml_.CheckKeys(
      node, "add_to_dnc_list",
      {"list", "channels", "reason", "lead_only", "duration", "until", "evidence_required"}, {}));
  std::string list;
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "list", &list));
  if (!list.empty()) {
    DNC_ASSIGN_OR_RETURN(*add->mutable_list(), Place(node["list"], names_.List(list)));
  }
  DNC_RETURN_IF_ERROR(yaml_.ReadEnums(node, "channels", ChannelNames(), add->mutable_channels()));
  DNC_RETURN_IF_ERROR(yaml_.ReadText(node, "reason", add->mutable_reason()));
  bool lead_only = false;
  DNC_RETURN_IF_ERROR(yaml_.ReadBool(node, "lead_only", &lead_only));
  add->set_lead_only(lead_only);
  bool evidence_required = false;
  DNC_RETURN_IF_ERROR(yaml_.ReadBool(node, "evidence_required", &evidence_required));
  add->set_evidence_required(evidence_required);
  return ReadEnd(node, "until", add, [&] { return add->mutable_expire_time(); });
}

absl::Status Parser::ReadMoveToStatus(const YAML::Node& node, v1::MoveToStatus* move) const {
  if (!node.IsScalar()) {
    return yaml_.Error(node, "move_to_status must be a status: STATUS or WORKFLOW/STATUS");
  }
  const std::string& target = node.Scalar();
  const bool own = !absl::StrContains(target, '/') && !workflow_id_.empty();
  DNC_ASSIGN_OR_RETURN(
      *move->mutable_status(),
      Place(node, names_.Status(own ? absl::StrCat(workflow_id_, "/", target) : target)));
  return absl::OkStatus();
}

absl::Status Parser::ReadNurture(const YAML::Node& node, v1::Nurture* nurture) const {
  DNC_RETURN_IF_ERROR(yaml_.CheckKeys(node, "nurture", {"duration", "until", "channels"}, {}));
  DNC_RETURN_IF_ERROR(
      yaml_.ReadEnums(node, "channels", ChannelNames(), nurture->mutable_channels()));
  if (!YamlReader::Has(node, "duration") && !YamlReader::Has(node, "until")) {
    return yaml_.Error(node, "nurture needs a duration or until");
  }
  return ReadEnd(node, "until", nurture, [&] { return nurture->mutable_until_time(); });
}

absl::Status Parser::ReadRemoveRestriction(const YAML::Node& node,
                                           v1::RemoveRestriction* remove) const {
  DNC_RETURN_IF_ERROR(
      yaml_.CheckKeys(node, "remove_restriction", {"end_nurture", "lists", "channels"}, {}));
  bool end_nurture = false;
  DNC_RETURN_IF_ERROR(yaml_.ReadBool(node, "end_nurture", &end_nurture));
  remove->set_end_nurture(end_nurture);
  DNC_RETURN_IF_ERROR(yaml_.ReadTexts(node, "lists", remove->mutable_lists()));
  for (std::string& list : *remove->mutable_lists()) {
    DNC_ASSIGN_OR_RETURN(list, Place(node["lists"], names_.List(list)));
  }
  return yaml_.ReadEnums(node, "channels", ChannelNames(), remove->mutable_channels());
}

// Reads each document of a file by `parse`. `what` names one in messages.
template <typename Document, typename Parse>
absl::StatusOr<std::vector<Document>> ParseEach(const std::string& text,
                                                const std::string& file_name,
                                                absl::string_view what, Parse parse) {
  std::vector<Document> documents;
  try {
    for (const YAML::Node& root : YAML::LoadAll(text)) {
      if (root.IsNull()) continue;
      DNC_ASSIGN_OR_RETURN(documents.emplace_back(), parse(root));
    }
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(file_name, ":", error.mark.line + 1, ":",
                                                   error.mark.column + 1, ": ", error.msg));
  }
  if (documents.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(file_name, " holds no ", what));
  }
  return documents;
}

}  // namespace

absl::StatusOr<std::vector<WorkflowDocument>> ParseWorkflowYaml(const std::string& text,
                                                                const std::string& file_name,
                                                                const Names& names) {
  const YamlReader yaml(file_name);
  return ParseEach<WorkflowDocument>(text, file_name, "workflow", [&](const YAML::Node& root) {
    return Parser(yaml, names).Parse(root);
  });
}

absl::StatusOr<std::vector<v1::Template>> ParseTemplateYaml(const std::string& text,
                                                            const std::string& file_name,
                                                            const Names& names) {
  const YamlReader yaml(file_name);
  return ParseEach<v1::Template>(text, file_name, "template", [&](const YAML::Node& root) {
    return Parser(yaml, names).ParseTemplate(root);
  });
}

}  // namespace dnc::cli
