// Matched rules as the API shows them.
#ifndef DNC_SERVER_HANDLER_REASON_TEXT_H_
#define DNC_SERVER_HANDLER_REASON_TEXT_H_

#include "dnc/v1/check.pb.h"
#include "server/decision/decide.h"

namespace dnc {

void FillReason(const Question& question, const MatchedRule& rule, v1::Reason* reason);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_REASON_TEXT_H_
