#include "client/cli/opt_out_text.h"

#include "absl/strings/str_cat.h"
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
