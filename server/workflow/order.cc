#include "server/workflow/order.h"

#include <map>
#include <set>

namespace dnc {

std::vector<std::string> FollowOrder(const std::vector<std::string>& held,
                                     const std::vector<std::string>& wanted) {
  const std::set<std::string> named(wanted.begin(), wanted.end());
  std::vector<std::string> ordered;
  std::map<std::string, std::vector<std::string>> behind;
  std::vector<std::string>* place = &ordered;  // in front of all, until the first that is named
  for (const std::string& id : held) {
    if (named.count(id) > 0) {
      place = &behind[id];
    } else {
      place->push_back(id);
    }
  }
  for (const std::string& id : wanted) {
    ordered.push_back(id);
    ordered.insert(ordered.end(), behind[id].begin(), behind[id].end());
  }
  return ordered;
}

}  // namespace dnc
