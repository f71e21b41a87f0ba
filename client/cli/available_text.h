// Whether an action can be performed, for people.
#ifndef DNC_CLIENT_CLI_AVAILABLE_TEXT_H_
#define DNC_CLIENT_CLI_AVAILABLE_TEXT_H_

#include "dnc/v1/action.pb.h"

namespace dnc::cli {

// "yes", "no", "in part", "with evidence". `Judged` says whether an action is available, and names
// the obstacles, the strongest first.
template <typename Judged>
const char* AvailableText(const Judged& action) {
  if (!action.available()) return "no";
  for (const v1::ActionObstacle& obstacle : action.obstacles()) {
    if (obstacle.extent() == v1::ActionObstacle::EXTENT_PARTIAL) return "in part";
    if (obstacle.extent() == v1::ActionObstacle::EXTENT_CONDITION) return "with evidence";
  }
  return "yes";
}

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_AVAILABLE_TEXT_H_
