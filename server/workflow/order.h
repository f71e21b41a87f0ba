// The order of statuses in a workflow and of actions in a status. Pure.
#ifndef DNC_SERVER_WORKFLOW_ORDER_H_
#define DNC_SERVER_WORKFLOW_ORDER_H_

#include <string>
#include <vector>

namespace dnc {

// The ids `held` in the order of `wanted`, which names some of them: one that `wanted` leaves out
// stays right behind the one that it stood behind, or in front of all. Neither has repeats.
std::vector<std::string> FollowOrder(const std::vector<std::string>& held,
                                     const std::vector<std::string>& wanted);

}  // namespace dnc

#endif  // DNC_SERVER_WORKFLOW_ORDER_H_
