// Matched rules as the API shows them.
#ifndef DNC_SERVER_HANDLER_REASON_TEXT_H_
#define DNC_SERVER_HANDLER_REASON_TEXT_H_

#include "server/decision/decide.h"
#include "storage/base/wire.h"

namespace dnc {

// Writes the rule as a v1.Reason.
void WriteReason(int field, const Question& question, const MatchedRule& rule, WireWriter* writer);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_REASON_TEXT_H_
