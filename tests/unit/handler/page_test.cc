#include "server/handler/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dnc/v1/registry.pb.h"
#include "dnc/v1/workflow.pb.h"
#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

constexpr char kFilter[] = "ListLeads organizations/acme";

TEST(PageTest, Sizes) {
  const struct {
    int asked;
    int size;
  } cases[] = {{0, 100}, {1, 1}, {100, 100}, {1000, 1000}, {1001, 1000}, {INT32_MAX, 1000}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.asked);
    const auto page = ReadPage(test.asked, "", kFilter);
    ASSERT_EQ(page.status(), absl::OkStatus());
    EXPECT_EQ(page->size, test.size);
    EXPECT_EQ(page->start, "");
  }
  for (const int asked : {-1, INT32_MIN}) {
    EXPECT_THAT(ReadPage(asked, "", kFilter).status(),
                IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "page_size"));
  }
}

TEST(PageTest, TokensRoundTrip) {
  const std::string keys[] = {"a", std::string("\0", 1), std::string("\0\xff\n", 3),
                              std::string(700, '\xfe'), "organizations/acme/leads/ann"};
  for (const std::string& key : keys) {
    for (const char* filter : {"", kFilter}) {
      const std::string token = MakePageToken(key, filter);
      EXPECT_EQ(token.find_first_of("+/"), std::string::npos) << token;  // safe in a URL
      const auto page = ReadPage(7, token, filter);
      ASSERT_EQ(page.status(), absl::OkStatus());
      EXPECT_EQ(page->start, key);
      EXPECT_EQ(page->size, 7);
    }
  }
}

// A token is good for the request that it came from, whatever page is asked for.
TEST(FilterOfTest, LeavesOutThePage) {
  v1::ListWorkflowsRequest request;
  request.set_parent("organizations/acme");
  const std::string filter = FilterOf(request);
  request.set_page_size(5);
  request.set_page_token("x");
  EXPECT_EQ(FilterOf(request), filter);
  request.set_parent("organizations/other");
  EXPECT_NE(FilterOf(request), filter);
  v1::ListListsRequest other_kind;
  other_kind.set_parent("organizations/acme");
  EXPECT_NE(FilterOf(other_kind), filter);
}

TEST(PageTest, ForeignTokensAreRefused) {
  const std::string good = MakePageToken("key", kFilter);
  std::string flipped = good;
  flipped[0] = flipped[0] == 'A' ? 'B' : 'A';
  const struct {
    const char* name;
    std::string token;
    const char* filter;
  } cases[] = {{"another filter", good, "ListLeads organizations/other"},
               {"no filter", good, ""},
               {"a longer filter", good, "ListLeads organizations/acme "},
               {"not base64", "!!!", kFilter},
               {"text", "next", kFilter},
               {"cut", good.substr(0, 6), kFilter},
               {"tag without a key", MakePageToken("", kFilter), kFilter},
               {"first letter changed", flipped, kFilter}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    EXPECT_THAT(ReadPage(0, test.token, test.filter).status(),
                IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "page_token"));
  }
}

}  // namespace
}  // namespace dnc
