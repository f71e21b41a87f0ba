#include "client/cli/lead_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dnc::cli {
namespace {

using Row = std::vector<absl::string_view>;

TEST(LeadCsv, ReadsARow) {
  const Names names("acme");
  const auto csv = LeadCsv::FromHeader(
      Row{"Lead ID", "Name", "record_type", "Status", "phone", "Phone 2", "e-mail", "note"}, {});
  ASSERT_TRUE(csv.ok()) << csv.status();
  EXPECT_THAT(csv->ignored(), testing::ElementsAre("note"));
  const auto lead = csv->Read(Row{"42", " Jane ", "contact", "sales/new", "+12125550101",
                                  "2125550102", "jane@example.com", "x"},
                              names);
  ASSERT_TRUE(lead.ok()) << lead.status();
  EXPECT_EQ(lead->name(), "organizations/acme/leads/42");
  EXPECT_EQ(lead->display_name(), "Jane");
  EXPECT_EQ(lead->status(), "organizations/acme/workflows/sales/statuses/new");
  ASSERT_EQ(lead->contact_points_size(), 3);
  EXPECT_EQ(lead->contact_points(1).phone(), "2125550102");
  EXPECT_EQ(lead->contact_points(2).email(), "jane@example.com");
}

TEST(LeadCsv, FillsInDefaults) {
  const auto csv =
      LeadCsv::FromHeader(Row{"id", "phone", "status"},
                          {.record_type = "contact", .status = "sales/new", .region = "DE"});
  ASSERT_TRUE(csv.ok());
  const auto lead = csv->Read(Row{"1", "030 123456", ""}, Names("acme"));
  ASSERT_TRUE(lead.ok());
  EXPECT_EQ(lead->record_type(), "contact");
  EXPECT_EQ(lead->status(), "organizations/acme/workflows/sales/statuses/new");
  EXPECT_EQ(lead->contact_points(0).default_region(), "DE");
}

TEST(LeadCsv, RefusesBadHeaders) {
  EXPECT_TRUE(absl::IsInvalidArgument(LeadCsv::FromHeader(Row{"name", "phone"}, {}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(LeadCsv::FromHeader(Row{"id", "lead"}, {}).status()));
}

TEST(LeadCsv, RefusesBadRowsWithoutShowingContacts) {
  const Names names("acme");
  const auto csv = LeadCsv::FromHeader(Row{"id", "phone", "status"}, {});
  ASSERT_TRUE(csv.ok());
  for (const Row& row : {Row{"", "+12125550101", ""}, Row{"1", "+12125550101", "nowhere"},
                         Row{"1", "+12125550101", "", "more"}, Row{"1", "\xff+12125550101", ""}}) {
    const auto status = csv->Read(row, names).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()), testing::Not(testing::HasSubstr("5550101")));
  }
}

}  // namespace
}  // namespace dnc::cli
