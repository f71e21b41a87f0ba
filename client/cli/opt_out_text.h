// Opt-outs in tables.
#ifndef DNC_CLIENT_CLI_OPT_OUT_TEXT_H_
#define DNC_CLIENT_CLI_OPT_OUT_TEXT_H_

#include <string>

#include "client/cli/enums.h"
#include "client/cli/session.h"
#include "client/cli/table.h"
#include "dnc/v1/opt_out.pb.h"

namespace dnc::cli {

const EnumNames& OptOutOutcomeNames();

// Of an opt-out policy.
const EnumNames& NearMissNames();
const EnumNames& RevocationScopeNames();
const EnumNames& RevokedClassesNames();

// How an organization takes opt-outs, a line each, begun by `indent`: what is in force, where it is
// left to the default too.
std::string OptOutPolicyText(const v1::OptOutPolicy& policy, const std::string& indent);

// "text \"STOP\"", "call (users/kim)".
std::string WayText(const v1::OptOut& opt_out);
// The contact point, else the lead.
std::string OptOutSubject(const v1::OptOut& opt_out);

void AddOptOutRow(Table& table, const v1::OptOut& opt_out);
Table MakeOptOutTable();

template <typename OptOuts>
void PrintOptOuts(Session& session, const OptOuts& opt_outs) {
  Table table = MakeOptOutTable();
  for (const v1::OptOut& opt_out : opt_outs) AddOptOutRow(table, opt_out);
  table.Print(session.out());
}

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_OPT_OUT_TEXT_H_
