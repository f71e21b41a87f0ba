// What a request names, for the authoriser.
#ifndef DNC_SERVER_RPC_RESOURCES_H_
#define DNC_SERVER_RPC_RESOURCES_H_

#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"

namespace dnc {

using NamedResources = absl::InlinedVector<absl::string_view, 4>;

// The object that a request is about: its parent, itself named, or the one that it carries. None
// for requests about the whole server, such as CreateOrganization.
template <typename Request>
void AppendObject(const Request& request, NamedResources* names) {
  if constexpr (requires { request.parent(); }) {
    names->push_back(request.parent());
  } else if constexpr (requires { request.name(); }) {
    names->push_back(request.name());
  } else if constexpr (requires { request.organization().size(); }) {
    names->push_back(request.organization());
  } else if constexpr (requires { request.template_().size(); }) {
    names->push_back(request.template_());
  } else if constexpr (requires { request.template_().name(); }) {
    names->push_back(request.template_().name());
  } else if constexpr (requires { request.organization().name(); }) {
    names->push_back(request.organization().name());
  } else if constexpr (requires { request.resource().size(); }) {
    names->push_back(request.resource());
  } else if constexpr (requires { request.lead().size(); }) {
    names->push_back(request.lead());
  } else if constexpr (requires { request.role().name(); }) {
    names->push_back(request.role().name());
  } else if constexpr (requires { request.list().name(); }) {
    names->push_back(request.list().name());
  } else if constexpr (requires { request.lead().name(); }) {
    names->push_back(request.lead().name());
  } else if constexpr (requires { request.workflow().name(); }) {
    names->push_back(request.workflow().name());
  } else if constexpr (requires { request.status().name(); }) {
    names->push_back(request.status().name());
  } else if constexpr (requires { request.action().name(); }) {
    names->push_back(request.action().name());
  } else if constexpr (requires { request.config().list(); }) {
    names->push_back(request.config().list());
  } else if constexpr (requires { request.config().organization(); }) {
    names->push_back(request.config().organization());
  }
}

// All of it, as views into the request.
template <typename Request>
NamedResources ResourcesOf(const Request& request) {
  NamedResources names;
  if constexpr (requires {
                  request.source().size();
                  request.target().size();
                }) {  // MergeLeads
    names.push_back(request.source());
    names.push_back(request.target());
  } else if constexpr (requires {
                         request.source();
                         request.targets();
                       }) {  // CopyActions
    names.push_back(request.source());
    names.insert(names.end(), request.targets().begin(), request.targets().end());
  } else if constexpr (requires {
                         request.template_().size();
                         request.targets();
                       }) {  // ApplyTemplate
    names.push_back(request.template_());
    names.insert(names.end(), request.targets().begin(), request.targets().end());
  } else if constexpr (requires {
                         request.lead().size();
                         request.action().size();
                       }) {  // ApplyAction
    names.push_back(request.lead());
    names.push_back(request.action());
  } else {
    AppendObject(request, &names);
    if constexpr (requires { request.status().size(); }) {  // ListLeads narrows itself by it
      if (!request.status().empty()) names.push_back(request.status());
    }
  }
  return names;
}

}  // namespace dnc

#endif  // DNC_SERVER_RPC_RESOURCES_H_
