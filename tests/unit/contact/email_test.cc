#include "server/contact/email.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/hash/hash_testing.h"
#include "absl/strings/str_cat.h"
#include "server/contact/contact_point.h"
#include "server/contact/other.h"

namespace dnc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Case {
  std::string text;
  std::string canonical;
};

TEST(NormalizeEmailTest, CanonicalForms) {
  const Case cases[] = {
      {"jane@example.com", "jane@example.com"},
      {"  Jane.Doe@EXAMPLE.Com \r\n", "jane.doe@example.com"},
      {"\xC2\xA0jane@example.com\xE2\x80\x8B", "jane@example.com"},
      {"jane@example.com.", "jane@example.com"},
      {"Jane Doe <jane@example.com>", "jane@example.com"},
      {"\"Doe, Jane <3\" < jane@example.com >", "jane@example.com"},
      {"<jane@example.com>", "jane@example.com"},
      {"Jane@Example.com <jane@example.com>", "jane@example.com"},
      {"\"jane@work\" <jane@example.com>", "jane@example.com"},
      // Zero-width space before the @, soft hyphen, direction marks.
      {"jane\xE2\x80\x8B@example.com", "jane@example.com"},
      {"ja\xC2\xADne@example.com", "jane@example.com"},
      {"\xE2\x80\xAAjane@example.com\xE2\x80\xAC", "jane@example.com"},
      {"mailto:jane@example.com", "jane@example.com"},
      {"<MAILTO:jane%2Blist@example.com?subject=stop>", "jane+list@example.com"},
      {"jane+news@example.com", "jane+news@example.com"},
      {"j.a.n.e@gmail.com", "j.a.n.e@gmail.com"},
      {"o'neil_{x}|y@example.co.uk", "o'neil_{x}|y@example.co.uk"},
      {"\"jane\"@example.com", "jane@example.com"},
      {"\"ja\\ne\"@example.com", "jane@example.com"},
      {"\"a b\"@x.com", "\"a b\"@x.com"},
      {"\"A@B\"@x.com", "\"a@b\"@x.com"},
      {"\"a\\\"b\\\\\"@x.com", "\"a\\\"b\\\\\"@x.com"},
      {"a..b.@docomo.ne.jp", "\"a..b.\"@docomo.ne.jp"},
      {"\"a..b.\"@docomo.ne.jp", "\"a..b.\"@docomo.ne.jp"},
      {"jane@b\xC3\xBC"
       "cher.example",
       "jane@xn--bcher-kva.example"},
      {"jane@B\xC3\x9C"
       "CHER.example",
       "jane@xn--bcher-kva.example"},
      {"jane@XN--BCHER-KVA.example", "jane@xn--bcher-kva.example"},
      {"jane@stra\xC3\x9F"
       "e.example",
       "jane@xn--strae-oqa.example"},
      {"jane@example\xE3\x80\x82"
       "com",
       "jane@example.com"},
      {"\xC3\x89lodie@example.com", "\xC3\xA9lodie@example.com"},
      {"E\xCC\x81lodie@example.com", "\xC3\xA9lodie@example.com"},
      {"jane@r3---sn.example.com", "jane@r3---sn.example.com"},
      {std::string(64, 'a') + "@example.com", std::string(64, 'a') + "@example.com"},
  };
  for (const Case& c : cases) {
    const absl::StatusOr<std::string> canonical = NormalizeEmail(c.text);
    ASSERT_TRUE(canonical.ok()) << c.text << ": " << canonical.status();
    EXPECT_EQ(*canonical, c.canonical) << c.text;
    EXPECT_EQ(NormalizeEmail(*canonical).value_or("error"), c.canonical) << "not idempotent";
  }
}

TEST(NormalizeEmailTest, RefusesWithTheReason) {
  const std::string label(63, 'd');
  const Case cases[] = {
      {"", "empty"},
      {" \t", "empty"},
      {"jane", "no @"},
      {"@example.com", "before the @"},
      {"\"\"@example.com", "before the @"},
      {"jane doe@example.com", "white space before the @"},
      {"jane\xC2\xA0"
       "doe@example.com",
       "white space before the @"},
      {"Jane <a@example.com>; Joe <b@example.com>", "more than one address"},
      {"a@example.com, Joe <b@example.com>", "more than one address"},
      {"<a@example.com> <b@example.com>", "more than one address"},
      {"jane,doe@example.com", "needs quotes"},
      {"jane@x@example.com", "needs quotes"},
      {"\"jane@example.com", "unclosed quote"},
      {"\"jane\\\"@example.com", "unclosed quote"},
      {"\"ja\"ne\"@example.com", "bare quote"},
      {"jane@", "without a dot"},
      {"jane@localhost", "without a dot"},
      {"jane@example..com", "empty label"},
      {"jane@.example.com", "empty label"},
      {"jane@example.com..", "empty label"},
      {"jane@-example.com", "host name"},
      {"jane@exam_ple.com", "host name"},
      {"jane@exam ple.com", "host name"},
      {"jane@[192.0.2.1]", "domain literal"},
      {"jane@192.0.2.1", "IP address"},
      {"jane@xn--\xC3\xBC.example", "internationalised"},
      {"jane@xn--99999.example", "internationalised"},
      {"ja\x01ne@example.com", "control character"},
      {"\"ja\x7Fne\"@example.com", "control character"},
      {"mailto:jane%0A@example.com", "control character"},
      {"mailto:jane%4@example.com", "hexadecimal"},
      {"mailto:jane%FF@example.com", "UTF-8"},
      {"jane\xFF@example.com", "UTF-8"},
      {"jane@example.com>", "without its <"},
      {std::string(65, 'a') + "@example.com", "64 bytes"},
      {absl::StrCat("jane@", label, "d.com"), "63 bytes"},
      {absl::StrCat("jane@", label, ".", label, ".", label, ".", label, ".com"), "253 bytes"},
      {absl::StrCat("jane.jane@", label, ".", label, ".", label, ".", label.substr(9), ".com"),
       "254 bytes"},
      {std::string(3000, 'a') + "@example.com", "longer"},
  };
  for (const Case& c : cases) {
    const absl::StatusOr<std::string> canonical = NormalizeEmail(c.text);
    ASSERT_FALSE(canonical.ok()) << c.text << " gave " << *canonical;
    EXPECT_EQ(canonical.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(canonical.status().message()), HasSubstr(c.canonical)) << c.text;
  }
}

TEST(NormalizeEmailTest, MessagesMaskTheAddress) {
  const std::string message(NormalizeEmail("jane.doe@exam_ple.com").status().message());
  EXPECT_THAT(message, HasSubstr("j***@exam_ple.com"));
  EXPECT_THAT(message, Not(HasSubstr("jane")));
}

TEST(NormalizeOtherTest, CanonicalForms) {
  const Case cases[] = {
      {" 12  Main St\r\n\tSpringfield ", "12 main st springfield"},
      {"@Jane_Doe", "jane_doe"},
      {"@@jane", "jane"},
      {"@12345", "@12345"},
      {"@jane@example.social", "@jane@example.social"},
      {"ja\xE2\x80\x8Bne", "jane"},
      {"\xE2\x81\xA6jane\xE2\x81\xA9 ", "jane"},
      {"Rue de l'E\xCC\x81glise", "rue de l'\xC3\xA9glise"},
      {"a\xC2\xA0"
       "b",
       "a b"},
      {std::string(512, 'x'), std::string(512, 'x')},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(NormalizeOther(c.text).value_or("error"), c.canonical) << c.text;
    EXPECT_EQ(NormalizeOther(c.canonical).value_or("error"), c.canonical) << "not idempotent";
  }
}

TEST(NormalizeOtherTest, RefusesWithTheReason) {
  const Case cases[] = {
      {"", "empty"},
      {" \n ", "empty"},
      {std::string(513, 'x'), "512"},
      {"a\x02"
       "b",
       "control"},
      {"a\xFF", "UTF-8"},
      {std::string(9000, ' '), "512"},
  };
  for (const Case& c : cases) {
    const absl::StatusOr<std::string> canonical = NormalizeOther(c.text);
    ASSERT_FALSE(canonical.ok()) << c.text;
    EXPECT_EQ(canonical.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(canonical.status().message()), HasSubstr(c.canonical));
  }
}

TEST(ContactPointTest, ComparesHashesAndPrints) {
  const ContactPoint phone{.kind = ContactKind::kPhone, .phone = 12125551234, .text = ""};
  const ContactPoint email{.kind = ContactKind::kEmail, .phone = 0, .text = "jane@example.com"};
  const ContactPoint other{.kind = ContactKind::kOther, .phone = 0, .text = "jane@example.com"};
  EXPECT_EQ(phone, ContactPoint(phone));
  EXPECT_NE(email, other);
  EXPECT_TRUE(absl::VerifyTypeImplementsAbslHashCorrectly({phone, email, other}));
  EXPECT_EQ(ToString(phone), "+12125551234");
  EXPECT_EQ(ToString(email), "jane@example.com");
}

}  // namespace
}  // namespace dnc
