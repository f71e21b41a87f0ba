// dncctl reports, end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/integration/cli_fixture.h"

namespace dnc::e2e {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class CliReportsTest : public CliTest {
 protected:
  // A flagged lead and an active one whose name is a formula.
  void StartWithLeads() {
    StartDemo();
    UpsertLead();
    ASSERT_EQ(
        Run({"actions", "apply", "--lead", "42", "--action", "sales/new/do-not-contact"}).exit_code,
        0);
    ASSERT_EQ(Run({"leads", "upsert", "43", "--record-type", "contact", "--status", "sales/new",
                   "--display-name", "=1+1", "--phone", "+12125550199"})
                  .exit_code,
              0);
  }
};

TEST_F(CliReportsTest, TablesHaveBars) {
  StartWithLeads();
  EXPECT_THAT(Run({"reports", "dnc-actions", "--by", "action,user"}),
              Ends(0,
                   AllOf(StartsWith("ACTION"), HasSubstr("sales/new/do-not-contact"),
                         HasSubstr("users/test"), HasSubstr("########"),
                         HasSubstr("1 DNC actions, 0 of them")),
                   IsEmpty()));
  EXPECT_THAT(Run({"reports", "dnc-leads"}),
              Ends(0, AllOf(HasSubstr("42"), HasSubstr("sales/dead"), HasSubstr("1 DNC leads")),
                   IsEmpty()));
  EXPECT_THAT(
      Run({"reports", "active-leads"}),
      Ends(0, AllOf(HasSubstr("43"), HasSubstr("+12125550199"), HasSubstr("active")), IsEmpty()));
  EXPECT_THAT(Run({"reports", "coverage"}),
              Ends(0,
                   AllOf(HasSubstr("status-without-dnc-action"), HasSubstr("sales/working"),
                         HasSubstr("enabled statuses")),
                   IsEmpty()));
  EXPECT_THAT(Run({"reports", "effect-times"}),
              Ends(0, AllOf(HasSubstr("P99"), HasSubstr("all")), IsEmpty()));
  ASSERT_EQ(Run({"check", "--lead", "42", "--channel", "voice"}).exit_code, 10);
  EXPECT_THAT(Run({"reports", "blocked-checks"}),
              Ends(0, AllOf(HasSubstr("voice"), HasSubstr("1 checks denied")), IsEmpty()));
}

TEST_F(CliReportsTest, JsonIsOneDocument) {
  StartWithLeads();
  for (const char* report :
       {"dnc-actions", "dnc-leads", "active-leads", "coverage", "effect-times", "blocked-checks"}) {
    SCOPED_TRACE(report);
    EXPECT_THAT(Run({"-o", "json", "reports", report}),
                Ends(0, AllOf(IsJson(), HasSubstr("\"summary\"")), IsEmpty()));
  }
}

TEST_F(CliReportsTest, CsvGoesToAFileWholeAndHasNoFormulas) {
  StartWithLeads();
  const std::string file = Path("active.csv");
  EXPECT_THAT(Run({"reports", "active-leads", "--out", file}),
              Ends(0, IsEmpty(), HasSubstr("dncctl: wrote ")));
  const std::string text = ReadFile(file);
  EXPECT_THAT(text, StartsWith("lead,display_name,record_type,status,contact_points,"));
  EXPECT_THAT(text, HasSubstr("43,'=1+1,contact,sales/new,+12125550199,"));
  EXPECT_THAT(text, Not(HasSubstr("\n42,")));
  EXPECT_THAT(
      Run({"reports", "dnc-leads", "--csv"}),
      Ends(0, HasSubstr("42,,sales/dead,+12125550123,internal,all,Do not contact,"), IsEmpty()));
  EXPECT_THAT(Run({"reports", "active-leads", "--status", "sales/none", "--out", Path("none.csv")}),
              Ends(3, IsEmpty(), HasSubstr("sales/statuses/none")));
  EXPECT_THAT(Files(), Not(Contains("none.csv")));
}

TEST_F(CliReportsTest, WrongOptionsAreUsageErrors) {
  EXPECT_THAT(Run({"reports", "dnc-actions", "--by", "moon"}),
              Ends(2, IsEmpty(), HasSubstr("day")));
  EXPECT_THAT(Run({"reports", "coverage", "-o", "json", "--csv"}),
              Ends(2, IsEmpty(), HasSubstr("choose one")));
  EXPECT_THAT(Run({"reports"}), Ends(2, IsEmpty(), HasSubstr("dnc-leads")));
}

}  // namespace
}  // namespace dnc::e2e
