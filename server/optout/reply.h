// What a reply asks for. Pure: the proposer of a mutation asks it, and what it says goes into the
// log, so that a later table judges only later replies.
#ifndef DNC_SERVER_OPTOUT_REPLY_H_
#define DNC_SERVER_OPTOUT_REPLY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/opt_out.pb.h"

namespace dnc {

struct ReplyJudgement {
  // OPTED_OUT, REVIEW for a near miss, CONSENT_REGRANT, HELP or NONE.
  v1::OptOutOutcome outcome = v1::OPT_OUT_OUTCOME_NONE;
  std::string keyword;  // the one that it is or comes near, as the table has it
  std::string cause;    // REVIEW, CONSENT_REGRANT: why it was flagged, for people
};

// `text` is valid UTF-8; `language` is ISO 639-1 or empty; `additional` are the organization's own
// keywords. A reply is a keyword where it is all of it but for case, accents, hyphens, white space,
// punctuation and invisible characters. It is a near miss where a keyword stands in a longer text,
// one edit makes it one, or it says in other words that somebody wants to be left alone.
// Thread-safe.
absl::StatusOr<ReplyJudgement> JudgeReply(absl::string_view text, absl::string_view language,
                                          const std::vector<std::string>& additional);

// Subject and text of an e-mail: whichever asks for more. A subject's "Re:" is left out.
absl::StatusOr<ReplyJudgement> JudgeEmail(const v1::EmailReply& reply,
                                          const std::vector<std::string>& additional);

}  // namespace dnc

#endif  // DNC_SERVER_OPTOUT_REPLY_H_
