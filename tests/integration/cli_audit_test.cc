// `dncctl audit` and `dncctl watch`, with the built programs.
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/audit/chain.h"
#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

using e2e::Ends;
using e2e::IsJson;
using e2e::RunProcess;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class CliAuditTest : public e2e::CliTest {
 protected:
  void SetUp() override {
    StartDemo();
    UpsertLead();
    ASSERT_THAT(Run({"actions", "apply", "--lead", "42", "--action", "sales/new/do-not-contact"}),
                Ends(0, testing::_, testing::_));
  }

  // "revision:hash" as `audit head` shows it.
  std::string Head() const {
    return std::string(absl::StripAsciiWhitespace(Run({"audit", "head"}).out));
  }
  static std::string RevisionOf(const std::string& head) { return head.substr(0, head.find(':')); }

  std::vector<std::string> Export(const std::vector<std::string>& more = {}) const {
    const std::string file = Path("trail.jsonl");
    std::vector<std::string> command = {"audit", "export", "--file", file};
    command.insert(command.end(), more.begin(), more.end());
    EXPECT_THAT(Run(command), Ends(0, IsEmpty(), HasSubstr("exported")));
    std::ifstream stream(file);
    std::stringstream text;
    text << stream.rdbuf();
    return absl::StrSplit(absl::StripSuffix(text.str(), "\n"), '\n');
  }
  // Leaves of a record only its digest, as exports do with those of other organizations.
  static void BlackOut(std::string* line) {
    const std::string start = ",\"content\":\"";
    const size_t begin = line->find(start);
    ASSERT_NE(begin, std::string::npos) << *line;
    const size_t first = begin + start.size();
    std::string bytes;
    ASSERT_TRUE(absl::Base64Unescape(line->substr(first, line->find('"', first) - first), &bytes));
    *line = absl::StrCat(line->substr(0, begin), ",\"content_digest\":\"",
                         AuditHashText(AuditDigest(bytes)), "\"}");
  }
  std::string WriteLines(const std::vector<std::string>& lines) const {
    return Write("edited.jsonl", absl::StrJoin(lines, "\n") + "\n");
  }
};

TEST_F(CliAuditTest, ListsAndShowsWhatHappened) {
  EXPECT_THAT(Run({"audit", "list", "--object", "leads/42"}),
              Ends(0,
                   AllOf(HasSubstr("UpsertLead"), HasSubstr("ApplyAction"), HasSubstr("users/test"),
                         HasSubstr("applied")),
                   IsEmpty()));
  EXPECT_THAT(Run({"audit", "list", "--kind", "UpsertLead"}),
              Ends(0, Not(HasSubstr("ApplyAction")), IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "audit", "list", "--newest-first", "--limit", "1"}),
              Ends(0, AllOf(IsJson(), HasSubstr("ApplyAction")), testing::_));
  EXPECT_THAT(Run({"audit", "list", "--kind", "Nothing"}),
              Ends(2, IsEmpty(), HasSubstr("ApplyAction")));
  EXPECT_THAT(Run({"audit", "show", RevisionOf(Head())}),
              Ends(0, AllOf(HasSubstr("before"), HasSubstr("doNotContact")), IsEmpty()));
  EXPECT_THAT(Run({"audit", "show", "999"}), Ends(3, IsEmpty(), HasSubstr("999")));
}

TEST_F(CliAuditTest, VerifiesALiveTrailAgainstANotedHead) {
  const std::string head = Head();
  EXPECT_TRUE(std::regex_match(head, std::regex("[0-9]+:[0-9a-f]{64}"))) << head;
  ASSERT_THAT(Run({"entries", "add", "--phone", "+12125550177", "--reason", "asked"}),
              Ends(0, testing::_, testing::_));
  for (const std::vector<std::string>& more : {std::vector<std::string>{},
                                               {"--expect-head", head},
                                               {"--on-server"},
                                               {"--on-server", "--all-orgs", "--expect-head", head},
                                               {"--from", "2"}}) {
    std::vector<std::string> command = {"audit", "verify"};
    command.insert(command.end(), more.begin(), more.end());
    EXPECT_THAT(Run(command), Ends(0, HasSubstr("nothing was altered"), IsEmpty()))
        << absl::StrJoin(command, " ");
  }
  const std::string other = absl::StrCat(RevisionOf(head), ":", std::string(64, 'a'));
  EXPECT_THAT(Run({"audit", "verify", "--expect-head", other}),
              Ends(12, AllOf(HasSubstr("head_mismatch"), HasSubstr(RevisionOf(head))), IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "audit", "verify", "--expect-head", other}),
              Ends(12, AllOf(IsJson(), HasSubstr("KIND_HEAD_MISMATCH")), IsEmpty()));
  EXPECT_THAT(Run({"audit", "verify", "--expect-head", "x"}),
              Ends(2, IsEmpty(), HasSubstr("REVISION:HASH")));
}

TEST_F(CliAuditTest, VerifiesAFileWithoutAGateway) {
  const std::string head = Head();
  std::vector<std::string> lines = Export();
  EXPECT_THAT(Run({"audit", "verify", "--file", Path("trail.jsonl"), "--expect-head", head}),
              Ends(0, HasSubstr("nothing was altered"), IsEmpty()));
  const std::string revision = RevisionOf(head);
  std::vector<std::string> edited = lines;
  edited[edited.size() - 2] =
      absl::StrReplaceAll(edited[edited.size() - 2], {{"users/test", "users/mary"}});
  EXPECT_THAT(Run({"audit", "verify", "--file", WriteLines(edited)}),
              Ends(12, AllOf(HasSubstr("altered"), HasSubstr(revision)), IsEmpty()));
  edited = lines;
  edited.erase(edited.begin() + 2);
  EXPECT_THAT(Run({"audit", "verify", "--file", WriteLines(edited)}),
              Ends(12, AllOf(HasSubstr("missing"), HasSubstr("revision 2 ")), IsEmpty()));
  std::swap(lines[1], lines[2]);
  EXPECT_THAT(Run({"audit", "verify", "--file", WriteLines(lines)}),
              Ends(12, HasSubstr("inserted"), IsEmpty()));
  EXPECT_THAT(Run({"audit", "verify", "--file", Write("x", "x\n")}),
              Ends(2, IsEmpty(), HasSubstr("dncctl audit export")));
}

TEST_F(CliAuditTest, ARecordOfOnesOwnThatWasBlackedOutIsFound) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, std::vector<std::string>{"--all-orgs"}}) {
    std::vector<std::string> lines = Export(more);
    BlackOut(&lines[lines.size() - 2]);
    // Counted as what it is, and with none of another organization.
    const std::string others = ", 1 of another organization by its digest; ";
    EXPECT_THAT(Run({"audit", "verify", "--file", WriteLines(lines)}),
                Ends(12,
                     AllOf(HasSubstr("withheld"), HasSubstr(RevisionOf(Head())),
                           HasSubstr(more.empty() ? others : "records verified; "),
                           HasSubstr("\n1 problem\n")),
                     IsEmpty()));
  }
}

// Nothing more is said than was proven.
TEST_F(CliAuditTest, SaysHowFarTheProofGoes) {
  const std::string head = Head();
  const std::string last = RevisionOf(head);
  Export({"--to", "3"});
  EXPECT_THAT(Run({"audit", "verify", "--file", Path("trail.jsonl")}),
              Ends(0, AllOf(HasSubstr("from revision 1 to 3"), HasSubstr("--expect-head tells")),
                   IsEmpty()));
  EXPECT_THAT(Run({"audit", "verify", "--expect-head", head, "--from", "2"}),
              Ends(0,
                   AllOf(HasSubstr(absl::StrCat("from revision 2 to ", last)),
                         Not(HasSubstr("--expect-head tells"))),
                   IsEmpty()));
  Export({"--to", "1"});  // the organization's creation, which is on the record of `global`
  EXPECT_THAT(Run({"audit", "verify", "--file", Path("trail.jsonl")}),
              Ends(0, HasSubstr("no record is of organizations/"), IsEmpty()));
}

// What docs/audit.md tells outsiders.
TEST_F(CliAuditTest, TheRecipeInTheDocumentationVerifiesAnExport) {
  std::ifstream document(DNC_SOURCE_DIR "/docs/audit.md");
  std::stringstream text;
  text << document.rdbuf();
  const std::string whole = text.str();
  const size_t begin = whole.find("```python\n") + 10;
  const std::string script =
      Write("verify.py", whole.substr(begin, whole.find("```", begin) - begin));
  std::vector<std::string> lines = Export();
  EXPECT_THAT(RunProcess({"/usr/bin/python3", script, Path("trail.jsonl")}),
              Ends(0, AllOf(StartsWith("whole"), HasSubstr(Head())), IsEmpty()));
  std::vector<std::string> edited = lines;
  edited.erase(edited.begin() + 2);
  EXPECT_THAT(RunProcess({"/usr/bin/python3", script, WriteLines(edited)}),
              Ends(1, IsEmpty(), HasSubstr("revision 2 is missing")));
  BlackOut(&lines[lines.size() - 2]);
  EXPECT_THAT(RunProcess({"/usr/bin/python3", script, WriteLines(lines)}),
              Ends(1, IsEmpty(), HasSubstr("was taken out")));
}

// What docs/audit.md asks jq for: whoever revoked, by whatever way.
TEST_F(CliAuditTest, TheRecipeInTheDocumentationFindsEveryRevocation) {
  const std::string file = Write("more.yaml", R"(
workflow: more
record_type: contact
statuses:
  - id: open
    system_status: working
    actions:
      - id: consent
        operations: [{remove_restriction: {lists: internal}}]
)");
  ASSERT_EQ(Run({"workflows", "apply", "-f", file}).exit_code, 0);
  const auto run = [&](const std::vector<std::string>& command) {
    EXPECT_EQ(Run(command).exit_code, 0) << absl::StrJoin(command, " ");
  };
  run({"leads", "upsert", "7", "--record-type", "contact", "--status", "more/open", "--phone",
       "+12125550177"});
  run({"entries", "add", "--phone", "+12125550177", "--reason", "asked"});
  run({"actions", "apply", "--lead", "7", "--action", "more/open/consent", "--evidence", "form 1"});
  run({"optouts", "record", "--phone", "+12125550178", "--text", "please stop"});
  const std::string reviews = Run({"-o", "json", "reviews", "list"}).out;
  std::smatch review;
  ASSERT_TRUE(std::regex_search(reviews, review, std::regex("reviews/([^\"]*)\"")));
  run({"reviews", "resolve", review[1], "--decision", "dismiss", "--reason", "a bus stop"});
  run({"entries", "add", "--phone", "+12125550179", "--reason", "asked"});
  const std::string head = RevisionOf(Head());
  run({"entries", "revoke", head + "-0", "--evidence", "form 2"});
  const std::string all = Run({"-o", "json", "entries", "list", "--limit", "0"}).out;
  const std::regex revoked("\"revoke_time\": \"");
  EXPECT_EQ(std::distance(std::sregex_iterator(all.begin(), all.end(), revoked), {}), 3) << all;
  for (const char* evidence : {"form 1", "a bus stop", "form 2"}) {
    EXPECT_THAT(all, HasSubstr(evidence));
  }
  EXPECT_THAT(Run({"audit", "list", "--object", absl::StrCat("entries/", head, "-0")}),
              Ends(0, AllOf(HasSubstr("AddEntry"), HasSubstr("RevokeEntry")), IsEmpty()));
}

// What is misspelt is told, and what nothing matches is not silence.
TEST_F(CliAuditTest, AFilterThatMatchesNothingSaysSo) {
  EXPECT_THAT(Run({"audit", "list", "--object", "lead/42"}),
              Ends(2, IsEmpty(), AllOf(HasSubstr("object"), HasSubstr("leads/{id}"))));
  EXPECT_THAT(Run({"audit", "list", "--by", "users/nobody"}),
              Ends(0, HasSubstr("REVISION"), "dncctl: nothing found\n"));
  EXPECT_THAT(Run({"entries", "list", "--lead", "nope"}),
              Ends(0, HasSubstr("ENTRY"), "dncctl: nothing found\n"));
  EXPECT_THAT(Run({"-o", "json", "entries", "list", "--lead", "nope"}),
              Ends(0, IsJson(), IsEmpty()));
  EXPECT_THAT(Run({"audit", "list", "--since", "2026-01-02", "--before", "2026-01-01"}),
              Ends(2, IsEmpty(), AllOf(HasSubstr("INVALID_FIELD"), HasSubstr("period.end_time"))));
}

TEST_F(CliAuditTest, WatchesFromARevisionOn) {
  const std::string last = RevisionOf(Head());
  EXPECT_THAT(Run({"watch", "--from", "1", "--until", last}),
              Ends(0,
                   AllOf(HasSubstr("lead-created  42 gained +"), HasSubstr("lead-flagged  42"),
                         HasSubstr("sales/new -> sales/dead"), HasSubstr("entry-added"),
                         HasSubstr(absl::StrCat("checkpoint ", last))),
                   IsEmpty()));
  EXPECT_THAT(Run({"watch", "--from", "1", "--until", last, "--kind", "lead-moved"}),
              Ends(0, Not(HasSubstr("entry-added")), IsEmpty()));
  EXPECT_THAT(Run({"watch", "--from", "999"}),
              Ends(2, IsEmpty(), AllOf(HasSubstr("999"), Not(HasSubstr("continue")))));
  // What came after the end is not shown, whatever the gateway sent with it.
  EXPECT_THAT(Run({"watch", "--from", "1", "--until", "4"}),
              Ends(0, AllOf(HasSubstr("lead-created"), Not(HasSubstr("lead-flagged"))), IsEmpty()));
  EXPECT_THAT(Run({"watch", "--from", "4", "--until", "3"}),
              Ends(2, IsEmpty(), HasSubstr("--until: must not lie before --from")));
  EXPECT_THAT(Run({"watch", "--kind", "nothing"}), Ends(2, IsEmpty(), HasSubstr("entry-added")));
}

}  // namespace
}  // namespace dnc
