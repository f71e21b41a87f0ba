// What is left behind when a mutation disables or archives workflows and statuses: the leads in
// them, and the actions that move leads to them.
#ifndef DNC_SERVER_STATE_AFFECTED_H_
#define DNC_SERVER_STATE_AFFECTED_H_

#include <set>
#include <string>
#include <vector>

#include "server/state/txn.h"

namespace dnc {

// Gathers what one mutation closes.
class Closing {
 public:
  // Notes the status, or the workflow with its statuses, where going from `before` to what it is
  // now takes it further out of use.
  void Note(v1::ObjectState before, const CatalogStatus& status);
  void Note(v1::ObjectState before, const CatalogWorkflow& workflow);

  // Judges, once the mutation has changed everything, and says in `affected` what is left behind.
  // STATUS_IN_USE where something is and `allow` is not set.
  absl::Status Check(const Txn& txn, bool allow, v1::Affected* affected) const;
  bool empty() const { return names_.empty(); }

 private:
  void Add(const CatalogStatus& status);

  std::vector<std::string> names_;     // as noted
  std::set<std::string> statuses_;     // names
  std::set<uint32_t> status_numbers_;  // the same
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_AFFECTED_H_
