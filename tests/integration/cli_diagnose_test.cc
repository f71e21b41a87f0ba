// dncctl diagnose, end to end: each trouble's command, what people read, and JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/integration/cli_fixture.h"

namespace dnc::e2e {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class CliDiagnoseTest : public CliTest {};

TEST_F(CliDiagnoseTest, EachTroubleHasItsCommand) {
  StartDemo();
  UpsertLead();
  ASSERT_EQ(
      Run({"actions", "apply", "--lead", "42", "--action", "sales/new/do-not-contact"}).exit_code,
      0);
  EXPECT_THAT(Run({"diagnose", "missing-action", "--user", "users/jane", "--status", "sales/new"}),
              Ends(0,
                   AllOf(HasSubstr("sales/new/do-not-contact"), HasSubstr("users/jane has no role"),
                         HasSubstr("remedy: "), HasSubstr("$ dncctl bindings create")),
                   IsEmpty()));
  EXPECT_THAT(Run({"diagnose", "copy", "--from", "sales/new", "--to", "support/open,sales/later"}),
              Ends(0,
                   AllOf(HasSubstr("[cause] support/open: "), HasSubstr("sales/later"),
                         HasSubstr("Copies never cross record types")),
                   IsEmpty()));
  EXPECT_THAT(Run({"diagnose", "missing-options", "--user", "users/jane", "--workflow", "sales"}),
              Ends(0,
                   AllOf(HasSubstr("users/jane"),
                         HasSubstr("no action of sales/working adds to a DNC list")),
                   IsEmpty()));
  ASSERT_EQ(Run({"leads", "upsert", "43", "--record-type", "contact", "--status", "sales/new",
                 "--phone", "+12125550123"})
                .exit_code,
            0);
  EXPECT_THAT(Run({"diagnose", "active-reports"}),
              Ends(0,
                   AllOf(HasSubstr("contact-point-flagged"), HasSubstr("43"),
                         HasSubstr("the report of active leads lists 0")),
                   IsEmpty()));
  ASSERT_EQ(Run({"check", "--lead", "42", "--channel", "voice"}).exit_code, 10);
  EXPECT_THAT(Run({"diagnose", "contacted-lead", "--lead", "42", "--channel", "voice", "--at",
                   "2020-01-01"}),
              Ends(0,
                   AllOf(HasSubstr("lead-created"), HasSubstr("entry-added"), HasSubstr("DENY"),
                         HasSubstr("would have answered UNKNOWN"), HasSubstr("not known: ")),
                   IsEmpty()));
}

TEST_F(CliDiagnoseTest, JsonIsOneDocument) {
  StartDemo();
  UpsertLead();
  const std::vector<std::vector<std::string>> commands = {
      {"missing-action", "--user", "users/jane", "--status", "sales/new"},
      {"copy", "--from", "sales/new", "--to", "sales/later"},
      {"missing-options", "--user", "users/jane"},
      {"active-reports", "--lead", "42"},
      {"contacted-lead", "--phone", "+12125550123"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.begin(), {"-o", "json", "diagnose"});
    const ProcessResult result = Run(command);
    EXPECT_EQ(result.exit_code, 0) << command[3] << result.err;
    EXPECT_THAT(result.out, AllOf(IsJson(), HasSubstr("\"diagnosis\""))) << command[3];
  }
}

TEST_F(CliDiagnoseTest, WrongUseIsRefused) {
  StartDemo();
  EXPECT_EQ(Run({"diagnose", "missing-options"}).exit_code, 2);
  EXPECT_EQ(Run({"diagnose", "contacted-lead"}).exit_code, 2);
  EXPECT_EQ(Run({"diagnose", "missing-action", "--user", "users/jane"}).exit_code, 2);
  EXPECT_EQ(Run({"diagnose", "copy", "--from", "sales/none", "--to", "sales/new"}).exit_code, 3);
}

}  // namespace
}  // namespace dnc::e2e
