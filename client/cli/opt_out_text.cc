#include "client/cli/opt_out_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/contact_text.h"
#include "client/cli/names.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"

namespace dnc::cli {
namespace {

constexpr size_t kMaxShown = 40;

// What somebody sent, short and without what would disturb a terminal.
std::string Quoted(const std::string& text) {
  const std::string printable = Printable(text);
  if (printable.size() <= kMaxShown) return absl::StrCat("\"", printable, "\"");
  size_t end = kMaxShown;
  while (end > 0 && (static_cast<unsigned char>(printable[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat("\"", printable.substr(0, end), "…\"");
}

}  // namespace

const EnumNames& OptOutOutcomeNames() {
  static const auto& names = *new EnumNames{{"opted-out", v1::OPT_OUT_OUTCOME_OPTED_OUT},
                                            {"review", v1::OPT_OUT_OUTCOME_REVIEW},
                                            {"re-grant", v1::OPT_OUT_OUTCOME_CONSENT_REGRANT},
                                            {"help", v1::OPT_OUT_OUTCOME_HELP},
                                            {"none", v1::OPT_OUT_OUTCOME_NONE}};
  return names;
}

std::string WayText(const v1::OptOut& opt_out) {
  switch (opt_out.way_case()) {
    case v1::OptOut::kKeywordReply:
      return absl::StrCat("text ", Quoted(opt_out.keyword_reply().text()));
    case v1::OptOut::kOneClick:
      return "one-click";
    case v1::OptOut::kPhoneCall:
      return absl::StrCat("call (", Printable(opt_out.phone_call().agent()), ")");
    case v1::OptOut::kLetter:
      return absl::StrCat("letter (", Printable(opt_out.letter().reference()), ")");
    default:
      return absl::StrCat("e-mail ", Quoted(opt_out.email_reply().subject().empty()
                                                ? opt_out.email_reply().text()
                                                : opt_out.email_reply().subject()));
  }
}

std::string OptOutSubject(const v1::OptOut& opt_out) {
  return opt_out.has_contact_point() ? ContactText(opt_out.contact_point())
                                     : absl::StrCat("lead ", ShortName(opt_out.lead()));
}

const EnumNames& NearMissNames() {
  static const auto& names = *new EnumNames{{"block", v1::NEAR_MISS_HANDLING_BLOCK},
                                            {"flag-only", v1::NEAR_MISS_HANDLING_FLAG_ONLY}};
  return names;
}

const EnumNames& RevocationScopeNames() {
  static const auto& names = *new EnumNames{{"organization", v1::REVOCATION_SCOPE_ORGANIZATION},
                                            {"brand", v1::REVOCATION_SCOPE_BRAND}};
  return names;
}

const EnumNames& RevokedClassesNames() {
  static const auto& names = *new EnumNames{{"all", v1::REVOKED_CLASSES_ALL},
                                            {"as-replied-to", v1::REVOKED_CLASSES_AS_REPLIED_TO}};
  return names;
}

std::string OptOutPolicyText(const v1::OptOutPolicy& policy, const std::string& indent) {
  const std::string words = policy.additional_keywords().empty()
                                ? "none"
                                : Printable(absl::StrJoin(policy.additional_keywords(), ", "));
  return absl::StrCat(indent, "additional keywords: ", words, "\n", indent,
                      "near misses: ", WordOrFirst(NearMissNames(), policy.near_misses()), "\n",
                      indent, "scope: ", WordOrFirst(RevocationScopeNames(), policy.scope()), "\n",
                      indent, "classes: ", WordOrFirst(RevokedClassesNames(), policy.classes()),
                      "\n");
}

Table MakeOptOutTable() {
  return Table({"OPT-OUT", "FROM", "HOW", "OUTCOME", "BLOCKS", "RECEIVED", "EFFECTIVE", "DEADLINE",
                "REVIEW"});
}

void AddOptOutRow(Table& table, const v1::OptOut& opt_out) {
  table.AddRow({ShortName(opt_out.name()), OptOutSubject(opt_out), WayText(opt_out),
                EnumWord(OptOutOutcomeNames(), opt_out.outcome()), opt_out.blocks() ? "yes" : "no",
                TimeText(opt_out.received_time()), TimeText(opt_out.effective_time()),
                opt_out.late() ? absl::StrCat(TimeText(opt_out.deadline()), " (late)")
                               : TimeText(opt_out.deadline()),
                ShortName(opt_out.review())});
}

}  // namespace dnc::cli
