// What of an action a template is about: everything that people set. Pure.
#ifndef DNC_SERVER_TEMPLATE_TEMPLATE_CONTENT_H_
#define DNC_SERVER_TEMPLATE_TEMPLATE_CONTENT_H_

#include <string>
#include <vector>

#include "absl/types/span.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc {

// A field of an action that its template gives it.
struct ContentField {
  const char* name;
  bool (*same)(const v1::Action& a, const v1::Action& b);
  void (*copy)(const v1::Action& from, v1::Action* to);
};

// All of them, in the order of the message.
absl::Span<const ContentField> ContentFields();

// The names of those in which the two differ.
std::vector<std::string> DifferingFields(const v1::Action& a, const v1::Action& b);

// The fields in which a copy differs from what its template gave it.
std::vector<std::string> AdjustedFields(const v1::Action& copy);

// What a copy keeps of the template's action: its content, under its name in the template.
v1::Action ContentOf(const v1::Action& action);

// Whether `action` is a copy of that template's, and of which of its actions (the last part of the
// name in the template).
bool IsCopyOf(const v1::Action& action, const std::string& template_name);
std::string TemplateActionId(const v1::Action& copy);

}  // namespace dnc

#endif  // DNC_SERVER_TEMPLATE_TEMPLATE_CONTENT_H_
