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

void PrintWritten(int64_t revision, const WriteOptions& write, std::ostream& out) {
  if (write.dry_run) {
    out << "dry run: nothing was changed\n";
  } else {
    out << "done at revision " << revision << '\n';
  }
}

}  // namespace dnc::cli
