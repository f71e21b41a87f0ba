// Brands and campaigns as they are compared.
#include "server/subject/scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

std::string Canonical(absl::string_view given) {
  std::string kept;
  const absl::StatusOr<absl::string_view> name = CanonicalScope(given, "brand", &kept);
  return name.ok() ? std::string(*name) : "error";
}

TEST(CanonicalScopeTest, SpellingsOfOneName) {
  EXPECT_EQ(Canonical(""), "");
  EXPECT_EQ(Canonical("Gold Card"), "Gold Card");  // the case of ASCII is compared away
  EXPECT_EQ(Canonical(" gold\t card "), "gold card");
  EXPECT_EQ(Canonical("\xC3\x89"
                      "clat"),
            Canonical("e\xCC\x81"
                      "clat"));
  EXPECT_EQ(Canonical("go\xE2\x80\x8Bld"), "gold");
  EXPECT_EQ(Canonical("@Gold"), "gold");
}

TEST(CanonicalScopeTest, PlainNamesAreNotCopied) {
  const std::string given = "gold";
  std::string kept;
  const auto name = CanonicalScope(given, "brand", &kept);
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->data(), given.data());
}

TEST(CanonicalScopeTest, RefusesWhatNoListCanHave) {
  for (const std::string& given :
       {std::string(" "), std::string("\xE2\x80\x8B"), std::string(129, 'g'), std::string("a\x01"),
        std::string("a\xFF")}) {
    std::string kept;
    const absl::Status status = CanonicalScope(given, "brand", &kept).status();
    EXPECT_THAT(status, IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "brand"));
  }
}

}  // namespace
}  // namespace dnc
