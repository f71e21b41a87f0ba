#include "server/handler/import_area_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kUnsaid = v1::AREA_CODE_SOURCE_UNSPECIFIED;
constexpr auto kConfig = v1::AREA_CODE_SOURCE_CONFIG;
constexpr auto kFile = v1::AREA_CODE_SOURCE_FILE;

using Codes = std::vector<std::string>;

v1::ImportConfig Config(const Codes& codes) {
  v1::ImportConfig config;
  config.mutable_area_codes()->Add(codes.begin(), codes.end());
  return config;
}

v1::ListVersion Version(const Codes& codes, v1::AreaCodeSource source) {
  v1::ListVersion version;
  version.mutable_area_codes()->Add(codes.begin(), codes.end());
  version.set_area_codes_source(source);
  return version;
}

// An exchange that there is none of says nothing of the area code, nor does it hide what follows.
TEST(ImportAreaCodesTest, NumbersTellTheirAreaCodes) {
  SeenAreaCodes seen;
  const std::vector<uint64_t> numbers = {12'120'000'000,  12'125'550'100, 12'125'550'101,
                                         12'127'550'100,  14'152'000'000, 12'125'550'102,
                                         493'012'345'678, 13'050'000'000, 19'175'550'100};
  seen.AddNumbers(numbers);
  EXPECT_THAT(seen.codes(), ElementsAre("212", "415", "917"));
}

SeenAreaCodes Seen(const Codes& codes) {
  SeenAreaCodes seen;
  for (const std::string& code : codes) seen.AddCode(code);
  return seen;
}

TEST(SeenAreaCodes, AreThoseOfNorthAmericanNumbers) {
  SeenAreaCodes seen;
  EXPECT_THAT(seen.codes(), IsEmpty());
  seen.AddNumber(1'646'555'0100);
  seen.AddNumber(1'212'555'0100);
  seen.AddNumber(1'212'555'0101);
  seen.AddNumber(442'079'460'000);
  seen.AddCode("423");
  seen.AddCode("001");
  EXPECT_THAT(seen.codes(), ElementsAre("001", "212", "423", "646"));
}

TEST(CheckAreaCodes, TakesThreeDigitsOrAllAlone) {
  for (const Codes& codes : {Codes{}, Codes{"212"}, Codes{"212", "646"}, Codes{"all"}}) {
    EXPECT_TRUE(CheckAreaCodes(Config(codes)).ok());
  }
  for (const Codes& codes : {Codes{"21"}, Codes{"2123"}, Codes{"abc"}, Codes{""}, Codes{"ALL"},
                             Codes{"all", "212"}, Codes{"212", "all"}, Codes{"all", "all"}}) {
    EXPECT_THAT(CheckAreaCodes(Config(codes)),
                IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "config.area_codes"));
  }
}

TEST(SubscriptionFor, IsWhatTheConfigNamesElseTheFilesElseWhatItWas) {
  const struct {
    const char* what;
    Codes config;
    ListFormat format;
    bool is_full;
    v1::ListVersion active;
    Subscription want;
  } cases[] = {
      {"named", {"646", "212"}, ListFormat::kFtcFlat, true, {}, {{"212", "646"}, kConfig}},
      {"named twice", {"212", "212"}, ListFormat::kPlain, false, {}, {{"212"}, kConfig}},
      {"all", {"all"}, ListFormat::kFtcFlat, true, Version({"212"}, kConfig), {{}, kConfig}},
      {"of the first file", {}, ListFormat::kFtcFlat, true, {}, {{"423"}, kFile}},
      {"of the first XML", {}, ListFormat::kFtcXml, true, {}, {{"423"}, kFile}},
      {"of the next file",
       {},
       ListFormat::kFtcFlat,
       true,
       Version({"212"}, kFile),
       {{"423"}, kFile}},
      {"after one without any",
       {},
       ListFormat::kFtcFlat,
       true,
       Version({}, kUnsaid),
       {{"423"}, kFile}},
      {"named before",
       {},
       ListFormat::kFtcFlat,
       true,
       Version({"212"}, kConfig),
       {{"212"}, kConfig}},
      {"all before", {}, ListFormat::kFtcFlat, true, Version({}, kConfig), {{}, kConfig}},
      {"named before there were sources",
       {},
       ListFormat::kFtcXml,
       true,
       Version({"212"}, kUnsaid),
       {{"212"}, kUnsaid}},
      {"a change", {}, ListFormat::kFtcFlat, false, Version({"212"}, kFile), {{"212"}, kFile}},
      {"a change list",
       {},
       ListFormat::kFtcChange,
       false,
       Version({"212"}, kFile),
       {{"212"}, kFile}},
      {"plain", {}, ListFormat::kPlain, true, {}, {{}, kUnsaid}},
      {"plain after others",
       {},
       ListFormat::kPlain,
       true,
       Version({"212"}, kFile),
       {{"212"}, kFile}},
      {"complaints", {}, ListFormat::kFtcComplaints, true, {}, {{}, kUnsaid}},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    const auto got =
        SubscriptionFor(Config(c.config), c.format, c.is_full, c.active, Seen({"423"}));
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->area_codes, c.want.area_codes);
    EXPECT_EQ(got->source, c.want.source);
  }
}

TEST(SubscriptionFor, AFullListWithoutAnyVouchesForNothing) {
  EXPECT_THAT(SubscriptionFor(Config({}), ListFormat::kFtcFlat, true, {}, Seen({})).status(),
              IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "config.area_codes"));
  EXPECT_TRUE(SubscriptionFor(Config({"all"}), ListFormat::kFtcFlat, true, {}, Seen({})).ok());
}

}  // namespace
}  // namespace dnc
