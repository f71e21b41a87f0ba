#include "client/cli/diagnose_output.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "client/cli/enums.h"
#include "client/cli/names.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"

namespace dnc::cli {
namespace {

// "lead-created" for "KIND_LEAD_CREATED".
std::string KebabWord(absl::string_view name, absl::string_view prefix) {
  return absl::AsciiStrToLower(absl::StrReplaceAll(absl::StripPrefix(name, prefix), {{"_", "-"}}));
}

std::string VerdictWord(v1::Verdict verdict) {
  return std::string(absl::StripPrefix(v1::Verdict_Name(verdict), "VERDICT_"));
}

void PrintFinding(Session& session, const v1::Finding& finding) {
  std::ostream& out = session.out();
  out << "\n[" << SeverityWord(finding) << "] " << Printable(finding.message()) << '\n';
  if (finding.user_count() > 1) {
    out << "  users: " << Printable(absl::StrJoin(finding.users(), ", "));
    const int more = finding.user_count() - finding.users_size();
    if (more > 0) out << " and " << more << " more";
    out << '\n';
  }
  if (!finding.has_remedy()) return;
  out << "  remedy: " << Printable(finding.remedy().text()) << '\n';
  if (!finding.remedy().command().empty()) {
    out << "    $ " << Printable(finding.remedy().command()) << '\n';
  } else if (!finding.remedy().method().empty()) {
    out << "    " << finding.remedy().method() << '\n';
  }
}

}  // namespace

std::string SeverityWord(const v1::Finding& finding) {
  return KebabWord(v1::Finding::Severity_Name(finding.severity()), "SEVERITY_");
}

std::string KindWord(const v1::Finding& finding) {
  return KebabWord(v1::Finding::Kind_Name(finding.kind()), "KIND_");
}

std::string ShortNames(const google::protobuf::RepeatedPtrField<std::string>& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, ShortName(name));
  });
}

void PrintDiagnosis(Session& session, const v1::Diagnosis& diagnosis,
                    const google::protobuf::RepeatedPtrField<v1::Finding>& findings) {
  session.out() << '\n' << Printable(diagnosis.message()) << '\n';
  for (const v1::Finding& finding : findings) {
    if (finding.kind() != v1::Finding::KIND_NOTHING_FOUND) PrintFinding(session, finding);
  }
  if (diagnosis.omitted() > 0) {
    session.out() << '\n' << diagnosis.omitted() << " findings are not listed\n";
  }
}

void PrintTimeline(Session& session, const v1::DiagnoseContactedLeadResponse& response) {
  Table table({"TIME", "WHAT", "WHO", "REVISION", "DETAILS"});
  for (const v1::TimelineEvent& event : response.events()) {
    table.AddRow({TimeText(event.time()),
                  KebabWord(v1::TimelineEvent::Kind_Name(event.kind()), "KIND_"), event.user(),
                  event.revision() == 0 ? "" : absl::StrCat(event.revision()), event.message()});
  }
  table.Print(session.out());
  if (response.has_cut_before_time()) {
    session.out() << "not listed: what happened before " << TimeText(response.cut_before_time())
                  << '\n';
  }
}

void PrintPastAnswer(Session& session, const v1::DiagnoseContactedLeadResponse& response) {
  if (!response.has_past_answer()) return;
  const v1::PastAnswer& past = response.past_answer();
  session.out() << "\nA check at " << TimeText(past.evaluate_time()) << " would have answered "
                << VerdictWord(past.verdict()) << '\n';
  for (const v1::Reason& reason : past.reasons()) {
    session.out() << "  " << VerdictWord(reason.effect()) << ": " << Printable(reason.message())
                  << '\n';
  }
  for (const std::string& limit : past.limits()) {
    session.out() << "  not known: " << Printable(limit) << '\n';
  }
}

}  // namespace dnc::cli
