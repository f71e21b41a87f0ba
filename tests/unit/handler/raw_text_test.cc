// What texts of a send list name.
#include "server/handler/raw_text.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Empty where the text cannot be read.
std::vector<std::string> Read(const std::string& text, v1::Channel channel) {
  std::vector<std::string> read;
  const absl::StatusOr<RawPoints> points = ReadRawText(text, channel, "US");
  if (!points.ok()) return read;
  for (const ContactPoint& point : *points) {
    read.push_back((point.kind == ContactKind::kOther ? "handle " : "") + ToString(point));
  }
  return read;
}

std::vector<std::string> ReadMessage(const std::string& text) {
  return Read(text, v1::CHANNEL_MESSAGING);
}

TEST(RawTextTest, EachChannelReadsWhatItReaches) {
  for (const v1::Channel channel : {v1::CHANNEL_VOICE, v1::CHANNEL_SMS, v1::CHANNEL_FAX}) {
    EXPECT_THAT(Read("(212) 555-0101", channel), ElementsAre("+12125550101"));
    EXPECT_THAT(Read("ann@example.com", channel), IsEmpty());
  }
  EXPECT_THAT(Read("Ann@Example.com", v1::CHANNEL_EMAIL), ElementsAre("ann@example.com"));
  EXPECT_THAT(Read("2125550101", v1::CHANNEL_EMAIL), IsEmpty());
  EXPECT_THAT(Read("12 Main Street", v1::CHANNEL_MAIL), ElementsAre("handle 12 main street"));
}

TEST(RawTextTest, MessagingTellsThemApart) {
  EXPECT_THAT(ReadMessage("ann@example.com"), ElementsAre("ann@example.com"));
  EXPECT_THAT(ReadMessage(" 212 555 0101 "), ElementsAre("+12125550101"));
  EXPECT_THAT(ReadMessage("+49 30 12345678"), ElementsAre("+493012345678"));
  EXPECT_THAT(ReadMessage("Ann.Miller"), ElementsAre("handle ann.miller"));
  EXPECT_THAT(ReadMessage("jim42"), ElementsAre("handle jim42"));
  EXPECT_THAT(ReadMessage("@ann"), ElementsAre("handle ann"));
  EXPECT_THAT(ReadMessage("@ann@example.social"), ElementsAre("handle @ann@example.social"));
}

TEST(RawTextTest, WhatCanBeReadInTwoWaysIsBoth) {
  EXPECT_THAT(ReadMessage("1-800-FLOWERS"), ElementsAre("+18003569377", "handle 1-800-flowers"));
  EXPECT_THAT(ReadMessage("@4155550123"), ElementsAre("+14155550123", "handle @4155550123"));
  EXPECT_THAT(ReadMessage("agent4155550123"),
              ElementsAre("+14155550123", "handle agent4155550123"));
}

// Identifiers of messengers' accounts are numbers in the clothes of addresses.
TEST(RawTextTest, TheNumberBeforeTheAtIsJudgedToo) {
  EXPECT_THAT(ReadMessage("12125550123@s.example.net"),
              ElementsAre("12125550123@s.example.net", "+12125550123"));
  EXPECT_THAT(ReadMessage("493012345678@c.example"),
              ElementsAre("493012345678@c.example", "+493012345678"));
}

std::vector<std::string> Readings(ContactPoint point, v1::Channel channel) {
  std::vector<std::string> read;
  for (const ContactPoint& reading : ReadingsOf(std::move(point), channel, "US")) {
    read.push_back(ToString(reading));
  }
  return read;
}

TEST(ReadingsTest, OnlyMessagingReadsTheSameTextTwice) {
  const ContactPoint handle{ContactKind::kOther, 0, "1-800-flowers"};
  EXPECT_THAT(Readings(handle, v1::CHANNEL_MESSAGING),
              ElementsAre("1-800-flowers", "+18003569377"));
  EXPECT_THAT(Readings(handle, v1::CHANNEL_MAIL), ElementsAre("1-800-flowers"));
  const ContactPoint account{ContactKind::kEmail, 0, "12125550123@s.example.net"};
  EXPECT_THAT(Readings(account, v1::CHANNEL_MESSAGING),
              ElementsAre("12125550123@s.example.net", "+12125550123"));
  EXPECT_THAT(Readings(account, v1::CHANNEL_EMAIL), ElementsAre("12125550123@s.example.net"));
  EXPECT_THAT(Readings({ContactKind::kPhone, 12125550123, {}}, v1::CHANNEL_MESSAGING),
              ElementsAre("+12125550123"));
}

// As a handle nobody would have heard of it.
TEST(RawTextTest, WhatIsSpeltWrongIsNoHandle) {
  for (const char* text : {"", " ", "12", "---", "212-555-01O1", "2125550101#", "+12", "(212) call",
                           "+ call me", "ann@@x.com", "ann@", "a b@", "m\xfcller"}) {
    EXPECT_THAT(ReadMessage(text), IsEmpty()) << text;
  }
}

// As East Asian input methods write digits, parentheses, plus and at.
TEST(RawTextTest, FullWidthFormsAreNoHandles) {
  for (const char* text : {"２１２", "（212) call", "＋ words", "ann＠x.com"}) {
    EXPECT_THAT(ReadMessage(text), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace dnc
