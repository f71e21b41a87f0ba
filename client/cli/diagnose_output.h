// Diagnoses for people.
#ifndef DNC_CLIENT_CLI_DIAGNOSE_OUTPUT_H_
#define DNC_CLIENT_CLI_DIAGNOSE_OUTPUT_H_

#include <string>

#include "client/cli/session.h"
#include "dnc/v1/diagnose.pb.h"

namespace dnc::cli {

// "cause", "warning", "info".
std::string SeverityWord(const v1::Finding& finding);
// "status-without-dnc-action".
std::string KindWord(const v1::Finding& finding);

// "agent, auditor" for whole names.
std::string ShortNames(const google::protobuf::RepeatedPtrField<std::string>& names);

// What it comes to, then each finding with its remedy.
void PrintDiagnosis(Session& session, const v1::Diagnosis& diagnosis,
                    const google::protobuf::RepeatedPtrField<v1::Finding>& findings);

void PrintTimeline(Session& session, const v1::DiagnoseContactedLeadResponse& response);
// Nothing where it was not asked for.
void PrintPastAnswer(Session& session, const v1::DiagnoseContactedLeadResponse& response);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_DIAGNOSE_OUTPUT_H_
