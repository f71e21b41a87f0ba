// Why a copy of actions is refused, as findings. Pure.
#ifndef DNC_SERVER_DIAGNOSE_COPY_FINDINGS_H_
#define DNC_SERVER_DIAGNOSE_COPY_FINDINGS_H_

#include <string>

#include "dnc/v1/action.pb.h"
#include "dnc/v1/diagnose.pb.h"

namespace dnc {

// A refusal of `target`, as CopyActions plans it.
v1::Finding FindingOf(const v1::CopyRefusal& refusal, const std::string& target,
                      const std::string& source);

// A name that breaks a rule which is not enforced.
v1::Finding FindingOf(const v1::NamingViolation& violation);

// What the plan comes to for one target.
v1::DiagnosedTarget Describe(const v1::CopyTargetResult& result);

}  // namespace dnc

#endif  // DNC_SERVER_DIAGNOSE_COPY_FINDINGS_H_
