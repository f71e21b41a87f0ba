// Where an action came from: what the server alone keeps of it.
#ifndef DNC_SERVER_WORKFLOW_ORIGIN_H_
#define DNC_SERVER_WORKFLOW_ORIGIN_H_

#include "dnc/v1/workflow.pb.h"

namespace dnc {

inline void ClearOrigin(v1::Action* action) {
  action->clear_copied_from();
  action->clear_template_();
  action->clear_template_version();
  action->clear_template_action();
}

// A changed action came from where it did.
inline void KeepOrigin(const v1::Action& held, v1::Action* changed) {
  ClearOrigin(changed);
  changed->set_copied_from(held.copied_from());
  changed->set_template_(held.template_());
  changed->set_template_version(held.template_version());
  if (held.has_template_action()) *changed->mutable_template_action() = held.template_action();
}

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_ORIGIN_H_
