// What changes of the configuration leave behind, for people.
#ifndef DNC_CLIENT_CLI_AFFECTED_TEXT_H_
#define DNC_CLIENT_CLI_AFFECTED_TEXT_H_

#include <ostream>

#include "client/cli/session.h"
#include "client/cli/utf8.h"

namespace dnc::cli {

// Prints what refers to something that was disabled or archived; nothing where nothing does.
void PrintAffected(const v1::Affected& affected, std::ostream& out);

// Prints the actions that were saved although their names break the naming rule.
template <typename Violations>
void PrintNamingWarnings(const Violations& violations, std::ostream& out) {
  for (const v1::NamingViolation& violation : violations) {
    out << "warning: \"" << Printable(violation.display_name()) << "\" of "
        << ShortName(violation.action()) << " breaks the naming rule: "
        << Printable(violation.description().empty() ? violation.pattern()
                                                     : violation.description())
        << '\n';
  }
}

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_AFFECTED_TEXT_H_
