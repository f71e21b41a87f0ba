#include "client/cli/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dnc::cli {
namespace {

using testing::HasSubstr;

TEST(Names, CompletesIds) {
  const Names names("acme");
  EXPECT_EQ(names.Organization().value(), "organizations/acme");
  EXPECT_EQ(names.Lead("42").value(), "organizations/acme/leads/42");
  EXPECT_EQ(names.List("national").value(), "organizations/acme/lists/national");
  EXPECT_EQ(names.Entry("7f").value(), "organizations/acme/entries/7f");
  EXPECT_EQ(names.Workflow("sales").value(), "organizations/acme/workflows/sales");
  EXPECT_EQ(names.Status("sales/new").value(), "organizations/acme/workflows/sales/statuses/new");
  EXPECT_EQ(names.Action("sales/new/dnc").value(),
            "organizations/acme/workflows/sales/statuses/new/actions/dnc");
}

TEST(Names, TakesFullNamesAsTheyAre) {
  const Names names("");
  EXPECT_EQ(names.Lead("organizations/other/leads/1").value(), "organizations/other/leads/1");
  EXPECT_EQ(Names("organizations/acme").Organization().value(), "organizations/acme");
}

TEST(Names, RefusesOtherKindsAndShapes) {
  const Names names("acme");
  for (const char* bad : {"", "sales", "sales/", "/new", "a/b/c", "organizations/acme/leads/1",
                          "organizations/acme/workflows/sales/statuses/"}) {
    const auto status = names.Status(bad).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << bad;
    EXPECT_THAT(std::string(status.message()), HasSubstr("WORKFLOW/STATUS"));
  }
}

TEST(Names, SayHowToNameTheOrganization) {
  const auto status = Names("").Lead("42").status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--org"));
  EXPECT_FALSE(Names("a/b").Organization().ok());
}

TEST(ShortName, IsWhatPeopleWrite) {
  EXPECT_EQ(ShortName("organizations/acme"), "acme");
  EXPECT_EQ(ShortName("organizations/acme/leads/42"), "42");
  EXPECT_EQ(ShortName("organizations/acme/workflows/sales/statuses/new"), "sales/new");
  EXPECT_EQ(ShortName("something else"), "something else");
  EXPECT_EQ(ShortName(""), "");
}

}  // namespace
}  // namespace dnc::cli
