#include "client/cli/affected_text.h"

namespace dnc::cli {

void PrintAffected(const v1::Affected& affected, std::ostream& out) {
  if (affected.leads() > 0) {
    out << "leads in it: " << affected.leads() << "; they stay, and so does its restriction\n";
  }
  for (const std::string& action : affected.actions()) {
    out << "left with a target that takes no leads: " << ShortName(action) << '\n';
  }
  if (affected.action_count() > affected.actions_size()) {
    out << "and " << affected.action_count() - affected.actions_size() << " more actions\n";
  }
}

}  // namespace dnc::cli
