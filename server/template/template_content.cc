#include "server/template/template_content.h"

#include <algorithm>

#include "google/protobuf/util/message_differencer.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

using google::protobuf::util::MessageDifferencer;

template <typename Texts>
bool SameTexts(const Texts& a, const Texts& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

bool SameOperations(const v1::Action& a, const v1::Action& b) {
  return std::equal(a.operations().begin(), a.operations().end(), b.operations().begin(),
                    b.operations().end(), [](const v1::Operation& x, const v1::Operation& y) {
                      return MessageDifferencer::Equals(x, y);
                    });
}

constexpr ContentField kFields[] = {
    {"display_name",
     [](const v1::Action& a, const v1::Action& b) { return a.display_name() == b.display_name(); },
     [](const v1::Action& from, v1::Action* to) { to->set_display_name(from.display_name()); }},
    {"category",
     [](const v1::Action& a, const v1::Action& b) { return a.category() == b.category(); },
     [](const v1::Action& from, v1::Action* to) { to->set_category(from.category()); }},
    {"operations", SameOperations,
     [](const v1::Action& from, v1::Action* to) { *to->mutable_operations() = from.operations(); }},
    {"state", [](const v1::Action& a, const v1::Action& b) { return a.state() == b.state(); },
     [](const v1::Action& from, v1::Action* to) { to->set_state(from.state()); }},
    {"roles",
     [](const v1::Action& a, const v1::Action& b) { return SameTexts(a.roles(), b.roles()); },
     [](const v1::Action& from, v1::Action* to) { *to->mutable_roles() = from.roles(); }},
    {"groups",
     [](const v1::Action& a, const v1::Action& b) { return SameTexts(a.groups(), b.groups()); },
     [](const v1::Action& from, v1::Action* to) { *to->mutable_groups() = from.groups(); }},
};

}  // namespace

absl::Span<const ContentField> ContentFields() { return kFields; }

std::vector<std::string> DifferingFields(const v1::Action& a, const v1::Action& b) {
  std::vector<std::string> fields;
  for (const ContentField& field : kFields) {
    if (!field.same(a, b)) fields.emplace_back(field.name);
  }
  return fields;
}

std::vector<std::string> AdjustedFields(const v1::Action& copy) {
  return DifferingFields(copy, copy.template_action());
}

v1::Action ContentOf(const v1::Action& action) {
  v1::Action content;
  content.set_name(action.name());
  for (const ContentField& field : kFields) field.copy(action, &content);
  return content;
}

bool IsCopyOf(const v1::Action& action, const std::string& template_name) {
  return !template_name.empty() && action.template_() == template_name;
}

std::string TemplateActionId(const v1::Action& copy) {
  return std::string(LastPart(copy.template_action().name()));
}

}  // namespace dnc
