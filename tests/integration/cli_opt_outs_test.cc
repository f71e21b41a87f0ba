// dncctl for opt-outs as they arrive, reviews and templates.
#include <regex>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

class CliOptOutsTest : public e2e::CliTest {
 protected:
  void SetUp() override { StartDemo(); }

  // What JSON says under that key, the first time.
  static std::string Field(const std::string& json, const std::string& key) {
    std::smatch match;
    const std::regex pattern("\"" + key + "\": *\"([^\"]*)\"");
    return std::regex_search(json, match, pattern) ? match[1].str() : "";
  }
};

TEST_F(CliOptOutsTest, RecordsOptOutsAndSaysWhatTheyDid) {
  EXPECT_THAT(Run({"check", "--phone", "2125550123", "--channel", "sms"}),
              e2e::Ends(0, testing::HasSubstr("ALLOW"), testing::IsEmpty()));
  EXPECT_THAT(
      Run({"optouts", "record", "--phone", "2125550123", "--text", "Stop!"}),
      e2e::Ends(
          0, testing::AllOf(testing::HasSubstr("opted-out"), testing::HasSubstr("text \"Stop!\"")),
          testing::IsEmpty()));
  EXPECT_THAT(Run({"check", "--phone", "2125550123", "--channel", "sms"}),
              e2e::Ends(10, testing::HasSubstr("DENY"), testing::IsEmpty()));
  const auto click = [&] {
    return Run({"-o", "json", "optouts", "record", "--email", "jane@example.com", "--one-click",
                "--message-id", "m-1"});
  };
  const e2e::ProcessResult first = click();
  EXPECT_THAT(first, e2e::Ends(0, e2e::IsJson(), testing::IsEmpty()));
  const e2e::ProcessResult again = click();
  EXPECT_THAT(again, e2e::Ends(0, e2e::IsJson(), testing::HasSubstr("recorded before")));
  EXPECT_EQ(Field(first.out, "name"), Field(again.out, "name"));
  EXPECT_THAT(Run({"optouts", "record", "--phone", "2125550124", "--call-by", "users/kim",
                   "--received", "2026-01-05"}),
              e2e::Ends(0, testing::HasSubstr("call (users/kim)"),
                        testing::HasSubstr("after its deadline")));
  EXPECT_THAT(Run({"optouts", "list", "--late"}),
              e2e::Ends(0,
                        testing::AllOf(testing::HasSubstr("(late)"),
                                       testing::Not(testing::HasSubstr("one-click"))),
                        testing::IsEmpty()));
  EXPECT_THAT(Run({"optouts", "record", "--phone", "2125550123"}),
              e2e::Ends(2, testing::IsEmpty(), testing::HasSubstr("--one-click")));
}

// Whatever bytes a carrier handed on, nobody's opt-out is refused for them.
TEST_F(CliOptOutsTest, TakesTextsThatAreNotUtf8) {
  EXPECT_THAT(Run({"optouts", "record", "--phone", "2125550123", "--text", "STOP\xff"}),
              e2e::Ends(0, testing::HasSubstr("opted-out"), testing::HasSubstr("U+FFFD")));
  // A Cyrillic STOP in Windows-1251, of which nothing can be read.
  EXPECT_THAT(Run({"optouts", "record", "--phone", "2125550124", "--text", "\xd1\xd2\xce\xcf"}),
              e2e::Ends(0, testing::HasSubstr("review"), testing::HasSubstr("U+FFFD")));
  EXPECT_THAT(Run({"optouts", "record", "--email", "jane@example.com", "--mail-subject",
                   "D\xe9sabonner", "--mail-text", "\xc0 bient\xf4t"}),
              e2e::Ends(0, testing::HasSubstr("review"), testing::HasSubstr("U+FFFD")));
  for (const char* phone : {"2125550123", "2125550124"}) {
    EXPECT_THAT(Run({"check", "--phone", phone, "--channel", "sms"}),
                e2e::Ends(10, testing::HasSubstr("DENY"), testing::IsEmpty()));
  }
  EXPECT_THAT(
      Run({"optouts", "record", "--phone", "2125550123", "--text", "x", "--campaign", "\xff"}),
      e2e::Ends(2, testing::IsEmpty(), testing::HasSubstr("--campaign: is not UTF-8")));
}

TEST_F(CliOptOutsTest, ListsTheWordsAndChangesThePolicy) {
  EXPECT_THAT(Run({"optouts", "keywords"}),
              e2e::Ends(0,
                        testing::AllOf(testing::HasSubstr("unsubscribe"),
                                       testing::HasSubstr("47 CFR 64.1200(a)(10)")),
                        testing::IsEmpty()));
  EXPECT_THAT(Run({"optouts", "policy"}),
              e2e::Ends(0, testing::HasSubstr("near misses: block"), testing::IsEmpty()));
  EXPECT_THAT(
      Run({"optouts", "policy", "--add-keyword", "no gracias", "--near-misses", "flag-only"}),
      e2e::Ends(0,
                testing::AllOf(testing::HasSubstr("no gracias"),
                               testing::HasSubstr("near misses: flag-only"),
                               testing::HasSubstr("done at revision")),
                testing::IsEmpty()));
  EXPECT_THAT(Run({"optouts", "record", "--phone", "2125550123", "--text", "No, gracias."}),
              e2e::Ends(0, testing::HasSubstr("opted-out"), testing::IsEmpty()));
  EXPECT_THAT(Run({"optouts", "policy", "--add-keyword", "Stop,basta ya"}),
              e2e::Ends(0, testing::HasSubstr("basta ya"),
                        "dncctl: \"Stop\" is built in, counts anyway, and is not added\n"));
  EXPECT_THAT(Run({"optouts", "policy", "--remove-keyword", "basta ya"}),
              e2e::Ends(0, testing::_, testing::IsEmpty()));
  EXPECT_THAT(Run({"optouts", "policy", "--remove-keyword", "stop"}),
              e2e::Ends(2, testing::IsEmpty(), testing::HasSubstr("cannot be taken away")));
  EXPECT_THAT(Run({"optouts", "policy", "--remove-keyword", "no gracias"}),
              e2e::Ends(0, testing::HasSubstr("additional keywords: none"), testing::IsEmpty()));
}

TEST_F(CliOptOutsTest, ReviewsAreListedAndResolved) {
  const e2e::ProcessResult recorded =
      Run({"-o", "json", "optouts", "record", "--phone", "2125550123", "--text", "please stop"});
  ASSERT_EQ(recorded.exit_code, 0) << recorded.err;
  const std::string review = Field(recorded.out, "review");
  const std::string id = review.substr(review.rfind('/') + 1);
  EXPECT_THAT(Run({"reviews", "list"}),
              e2e::Ends(0,
                        testing::AllOf(testing::HasSubstr(id), testing::HasSubstr("near-miss"),
                                       testing::HasSubstr("please stop")),
                        testing::IsEmpty()));
  EXPECT_THAT(Run({"reviews", "resolve", id, "--decision", "dismiss", "--reason", "a bus stop"}),
              e2e::Ends(0, testing::HasSubstr("dismissed"), testing::HasSubstr("1 revoked")));
  EXPECT_THAT(Run({"-o", "json", "reviews", "get", id}),
              e2e::Ends(0, testing::HasSubstr("a bus stop"), testing::IsEmpty()));
  EXPECT_THAT(Run({"reviews", "resolve", id, "--decision", "confirm", "--reason", "x"}),
              e2e::Ends(4, testing::IsEmpty(), testing::HasSubstr("was dismissed on")));
}

TEST_F(CliOptOutsTest, TemplatesArePutAppliedAndFollowed) {
  const std::string file = Write("opt-outs.yaml", R"(
template: opt-outs
record_type: contact
actions:
  - id: stop
    category: do-not-contact
    operations: [{add_to_dnc_list: {}}]
)");
  EXPECT_THAT(Run({"templates", "put", file}),
              e2e::Ends(0, testing::HasSubstr("opt-outs"), testing::IsEmpty()));
  EXPECT_THAT(Run({"templates", "apply", "opt-outs", "--all-statuses", "sales", "--dry-run"}),
              e2e::Ends(0,
                        testing::AllOf(testing::HasSubstr("created"),
                                       testing::HasSubstr("nothing was changed")),
                        testing::IsEmpty()));
  EXPECT_THAT(Run({"templates", "apply", "opt-outs", "--to", "sales/new", "--to", "sales/working"}),
              e2e::Ends(0, testing::HasSubstr("version 1 applied"), testing::IsEmpty()));
  EXPECT_THAT(
      Run({"templates", "copies", "opt-outs"}),
      e2e::Ends(0,
                testing::AllOf(testing::HasSubstr("sales/new/stop"), testing::HasSubstr("follows")),
                testing::IsEmpty()));
  Write("opt-outs.yaml", R"(
template: opt-outs
record_type: contact
actions:
  - id: stop
    operations: [{add_to_dnc_list: {reason: asked}}]
)");
  EXPECT_THAT(Run({"templates", "put", file, "--allow-dropping-dnc"}),
              e2e::Ends(0, testing::HasSubstr("opt-outs"), testing::IsEmpty()));
  EXPECT_THAT(Run({"templates", "copies", "opt-outs", "--lagging"}),
              e2e::Ends(0, testing::HasSubstr("lags"), testing::IsEmpty()));
  EXPECT_THAT(Run({"templates", "get", "opt-outs"}),
              e2e::Ends(0, testing::HasSubstr("stop"), testing::IsEmpty()));
  EXPECT_THAT(
      Run({"templates", "delete", "opt-outs"}),
      e2e::Ends(0, testing::StartsWith("deleted opt-outs at revision "), testing::IsEmpty()));
  EXPECT_THAT(Run({"-o", "json", "templates", "copies", "opt-outs"}),
              e2e::Ends(0, testing::HasSubstr("orphaned"), testing::IsEmpty()));
}

}  // namespace
}  // namespace dnc
