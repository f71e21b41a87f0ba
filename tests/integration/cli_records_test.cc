// dncctl with records of checks and with contacts that were made; and what a kill leaves of them.
#include <signal.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

using e2e::Ends;
using e2e::IsJson;
using e2e::ProcessResult;
using e2e::ReadFile;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class CliRecordsTest : public e2e::CliTest {
 protected:
  // The id of the decision about a phone on VOICE.
  std::string Check(const std::string& phone) {
    const std::string json =
        Run({"-o", "json", "check", "--phone", phone, "--channel", "voice"}).out;
    const std::string key = "\"decision_id\": \"";
    const size_t at = json.find(key);
    return at == std::string::npos ? "" : json.substr(at + key.size(), 32);
  }
  void KillAndStart() {
    gateway_->process().Signal(SIGKILL);
    gateway_->process().Wait(absl::Seconds(60));
    StartGateway();
  }
};

TEST_F(CliRecordsTest, ShowsAndListsDecisions) {
  StartDemo();
  UpsertLead();
  ASSERT_THAT(Run({"entries", "add", "--phone", "+12125550123", "--reason", "asked"}).exit_code, 0);
  const std::string denied = Check("+12125550123");
  const std::string allowed = Check("+12125550177");
  EXPECT_THAT(Run({"decisions", "show", denied}),
              Ends(0,
                   AllOf(HasSubstr(denied), HasSubstr("+1212***23"), HasSubstr("DENY"),
                         HasSubstr("CONTACT_POINT_ON_LIST"), HasSubstr("lists/internal")),
                   IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "decisions", "show", denied}),
              Ends(0, AllOf(IsJson(), HasSubstr("VERDICT_DENY")), IsEmpty()));
  EXPECT_THAT(Run({"decisions", "list"}),
              Ends(0, AllOf(StartsWith("TIME"), HasSubstr(denied), HasSubstr(allowed)), IsEmpty()));
  EXPECT_THAT(Run({"decisions", "list", "--verdict", "deny", "--phone", "(212) 555-0123"}).out,
              AllOf(HasSubstr(denied), Not(HasSubstr(allowed))));
  EXPECT_THAT(Run({"-o", "json", "decisions", "list", "--channel", "voice", "--limit", "0"}),
              Ends(0, AllOf(IsJson(), HasSubstr(denied)), IsEmpty()));
  EXPECT_THAT(Run({"decisions", "show", std::string(32, '0')}),
              Ends(3, IsEmpty(), HasSubstr("DECISION_NOT_FOUND")));
  EXPECT_THAT(Run({"decisions", "list", "--verdict", "maybe"}),
              Ends(2, IsEmpty(), HasSubstr("allow, deny, unknown")));
  EXPECT_THAT(Run({"decisions", "list", "--phone", "12"}),
              Ends(2, IsEmpty(), AllOf(HasSubstr("INVALID_PHONE_NUMBER"), HasSubstr("phone"))));
  EXPECT_THAT(Run({"status"}), Ends(0, ContainsRegex("records of checks +RECORDING"), IsEmpty()));
}

TEST_F(CliRecordsTest, ReportsContactsAndListsViolations) {
  StartDemo();
  const std::string decision = Check("+12125550177");
  EXPECT_THAT(
      Run({"contacts", "report", "call-1", "--phone", "+12125550177", "--channel", "voice",
           "--decision", decision, "--outcome", "answered"}),
      Ends(0, AllOf(HasSubstr("call-1"), HasSubstr("+1212***77"), HasSubstr(decision)), IsEmpty()));
  ASSERT_THAT(Run({"entries", "add", "--phone", "+12125550188", "--reason", "asked"}).exit_code, 0);
  const std::string now =
      absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
  const std::string calls =
      Write("calls.csv", absl::StrCat("contact_id,phone,contact_time,lead,outcome,note\n"
                                      "call-2,+12125550188,",
                                      now,
                                      ",,\"left a \"\"message\"\", twice\",x\n"
                                      "call-3,12,",
                                      now,
                                      ",,,\n"
                                      "call-4,+12125550199,yesterday,,,\n"));
  const ProcessResult imported =
      Run({"contacts", "import", calls, "--channel", "voice", "--rejects", Path("rejects.csv")});
  EXPECT_THAT(imported, Ends(2,
                             AllOf(ContainsRegex("new +1"), ContainsRegex("refused +2"),
                                   ContainsRegex("with violations +1")),
                             AllOf(HasSubstr("2 rows"), HasSubstr("INVALID_PHONE_NUMBER"))));
  EXPECT_THAT(ReadFile(Path("rejects.csv")),
              AllOf(HasSubstr("3,INVALID_PHONE_NUMBER"), HasSubstr("4,UNREADABLE")));
  EXPECT_THAT(Run({"-o", "json", "contacts", "import", calls, "--channel", "voice"}).exit_code, 2);
  EXPECT_THAT(
      Run({"contacts", "violations"}),
      Ends(0, AllOf(HasSubstr("call-2"), HasSubstr("after-opt-out"), Not(HasSubstr("call-1"))),
           IsEmpty()));
  const ProcessResult csv = Run({"contacts", "violations", "--kind", "after-opt-out", "--csv"});
  EXPECT_THAT(csv, Ends(0,
                        AllOf(StartsWith("contact_time,contact_id,"),
                              HasSubstr("\"left a \"\"message\"\", twice\"")),
                        IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "contacts", "violations", "--certain"}),
              Ends(0, AllOf(IsJson(), HasSubstr("call-2")), IsEmpty()));
  EXPECT_THAT(Run({"contacts", "list", "--phone", "+12125550177"}),
              Ends(0, AllOf(HasSubstr("call-1"), Not(HasSubstr("call-2"))), IsEmpty()));
  EXPECT_THAT(Run({"contacts", "report", "call-1", "--phone", "+12125550177", "--channel", "sms"}),
              Ends(4, IsEmpty(),
                   AllOf(HasSubstr("CONTACT_ID_REUSED"),
                         HasSubstr("differs in channel, contact_time, outcome"))));
  // A check of somebody else permits nothing, and that is told.
  EXPECT_THAT(Run({"contacts", "report", "call-9", "--phone", "+12125550166", "--channel", "voice",
                   "--decision", decision}),
              Ends(0, HasSubstr("without-check"),
                   HasSubstr("decision_id names a check of another contact point")));
}

// kill -9: what a query has shown is there, a contact that was acknowledged is there, and the time
// of the kill is told.
TEST_F(CliRecordsTest, AKillLosesNothingThatWasShown) {
  StartDemo();
  const std::string decision = Check("+12125550177");
  ASSERT_THAT(Run({"decisions", "show", decision}).exit_code, 0);
  ASSERT_THAT(Run({"contacts", "report", "call-1", "--phone", "+12125550177", "--channel", "voice",
                   "--decision", decision})
                  .exit_code,
              0);
  KillAndStart();
  EXPECT_THAT(Run({"decisions", "show", decision}), Ends(0, HasSubstr(decision), IsEmpty()));
  EXPECT_THAT(Run({"decisions", "list", "--phone", "+12125550177"}),
              Ends(0, HasSubstr(decision), HasSubstr("CRASH")));
  EXPECT_THAT(Run({"contacts", "list"}), Ends(0, HasSubstr("call-1"), IsEmpty()));
  // A contact after the kill without a check may have had one.
  EXPECT_THAT(
      Run({"contacts", "report", "call-2", "--phone", "+12125550178", "--channel", "voice"}),
      Ends(0, HasSubstr("without-check?"), HasSubstr("no check is on record")));
}

}  // namespace
}  // namespace dnc
