#include "server/contact/phone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <phonenumbers/phonenumber.pb.h>
#include <phonenumbers/phonenumberutil.h>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "tests/real_file.h"

namespace dnc {
namespace {

using ::i18n::phonenumbers::PhoneNumber;
using ::i18n::phonenumbers::PhoneNumberUtil;
using ::testing::HasSubstr;
using ::testing::Not;

// What libphonenumber alone says of the text; the rule on area codes is added here.
std::optional<uint64_t> ReadByLibrary(const std::string& text, const std::string& region) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  PhoneNumber number;
  if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  if (util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE) return std::nullopt;
  if (number.extension().size() > 6) return std::nullopt;
  number.clear_extension();
  std::string e164;
  util.Format(number, PhoneNumberUtil::E164, &e164);
  uint64_t digits = 0;
  if (!absl::SimpleAtoi(e164.substr(1), &digits)) return std::nullopt;
  if (number.country_code() == 1 && (e164[2] < '2' || e164[5] < '2')) return std::nullopt;
  return digits;
}

std::optional<uint64_t> Normalize(absl::string_view text, absl::string_view region) {
  const absl::StatusOr<uint64_t> number = NormalizePhone(text, region);
  if (number.ok()) return *number;
  EXPECT_EQ(number.status().code(), absl::StatusCode::kInvalidArgument);
  return std::nullopt;
}

struct PhoneCase {
  std::string text;
  std::string region;
  uint64_t number;
};

TEST(NormalizePhoneTest, CommonSpellings) {
  const PhoneCase cases[] = {
      {"+12125551234", "", 12125551234},
      {"2125551234", "US", 12125551234},
      {"2125551234", "CA", 12125551234},
      {"12125551234", "US", 12125551234},
      {"1-212-555-1234", "US", 12125551234},
      {"(212) 555-1234", "US", 12125551234},
      {"212.555.1234", "US", 12125551234},
      {" \t212 555 1234\r\n", "US", 12125551234},
      {"\xC2\xA0+1 212 555 1234\xE2\x80\x8B", "GB", 12125551234},
      {"+1 (212) 555-1234 ext. 77", "", 12125551234},
      {"212-555-1234 x123", "US", 12125551234},
      {"tel:+1-212-555-1234", "", 12125551234},
      {"tel:+12125551234;ext=99", "", 12125551234},
      {"tel:5551234;phone-context=+1-212", "", 12125551234},
      {"1-800-FLOWERS", "US", 18003569377},
      {"\xEF\xBC\x8B\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x91\xEF\xBC\x92"
       "5551234",
       "", 12125551234},
      {"\xD9\xA2\xD9\xA1\xD9\xA2"
       "5551234",
       "US", 12125551234},
      {"011 44 20 7946 0000", "US", 442079460000},
      {"+44 (0)20 7946 0000", "", 442079460000},
      {"020 7946 0000", "GB", 442079460000},
      {"0044 20 7946 0000", "DE", 442079460000},
      {"+39 06 1234 5678", "", 390612345678},
      {"06 1234 5678", "IT", 390612345678},
      {"+54 9 11 2345-6789", "", 5491123456789},
      {"011 15 2345-6789", "AR", 5491123456789},
      {"+52 1 55 1234 5678", "", 525512345678},
      {"+52 55 1234 5678", "", 525512345678},
      {"+800 1234 5678", "", 80012345678},
      {"+1 999 999 9999", "", 19999999999},
      {"+49 30 1234567 ext. 5", "", 49301234567},
      {"Tel. +49 30 1234567", "", 49301234567},
      {"tel:0301234567;phone-context=+49", "", 49301234567},
      {"212-555-1234/x123", "US", 12125551234},
  };
  for (const PhoneCase& c : cases) {
    EXPECT_EQ(Normalize(c.text, c.region), c.number) << c.text << " in " << c.region;
    EXPECT_TRUE(IsCanonicalPhone(c.number)) << c.number;
  }
}

TEST(NormalizePhoneTest, RefusesWithTheReason) {
  const struct {
    std::string text, region, reason;
  } cases[] = {
      {"", "US", "empty"},
      {" \xC2\xA0", "US", "empty"},
      {"5551234", "US", "locally"},
      {"911", "US", "too short"},
      {"212555123", "US", "too short"},
      {"21255512345", "US", "too long"},
      {"+1 212 555 12345", "", "too long"},
      {"12345678901234567890", "US", "too long"},
      {"2125551234", "", "names no country"},
      {"0125551234", "US", "2 to 9"},
      {"1125551234", "US", "2 to 9"},
      {"2120551234", "US", "2 to 9"},
      {"2121551234", "US", "2 to 9"},
      {"+11125551234", "", "2 to 9"},
      {"+999 12345678", "", "country code"},
      {"hello", "US", "not a phone number"},
      {"+", "US", "not a phone number"},
      {"2125551234;2025550123", "US", "second number"},
      {"2125551234,5550123", "US", "second number"},
      {"2125551234 / x2125559876", "US", "second number"},
      {"+49 30 1234567 Max", "", "letters among its digits"},
      {"+62 21 1234567 Budi", "", "letters among its digits"},
      {"030 1234567 mob", "DE", "letters among its digits"},
      {"30123456.0", "DE", "decimal fraction"},
      {"2125551234.00", "US", "decimal fraction"},
      {"212\xFF"
       "5551234",
       "US", "UTF-8"},
      {std::string(251, '2'), "US", "250 bytes"},
      {"(212) 555-1234", "XX", "default region"},
      {"(212) 555-1234", "us", "default region"},
  };
  for (const auto& c : cases) {
    const absl::StatusOr<uint64_t> number = NormalizePhone(c.text, c.region);
    ASSERT_FALSE(number.ok()) << c.text << " gave " << *number;
    EXPECT_EQ(number.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(number.status().message()), HasSubstr(c.reason)) << c.text;
  }
}

TEST(NormalizePhoneTest, MessagesMaskTheNumber) {
  const std::string message(NormalizePhone("+121255512345678", "US").status().message());
  EXPECT_THAT(message, HasSubstr("+1212***78"));
  EXPECT_THAT(message, Not(HasSubstr("555")));
}

TEST(NormalizePhoneTest, DropsRepeatedNationalPrefixesForGood) {
  for (const std::string text :
       {"+44 0 0 20 7946 0000", "+49 0 0 30 123456", "+33 0 0 1 42 68 53 00"}) {
    if (const auto number = Normalize(text, "")) {
      EXPECT_TRUE(IsCanonicalPhone(*number)) << text << " gave " << *number;
    }
  }
}

TEST(IsCanonicalPhoneTest, Judges) {
  const uint64_t yes[] = {12125551234, 19999999999, 442079460000, 390612345678};
  for (const uint64_t digits : yes) EXPECT_TRUE(IsCanonicalPhone(digits)) << digits;
  const uint64_t no[] = {0,
                         1,
                         12,
                         2125551234,
                         11125551234,
                         12121551234,
                         121255512345,
                         4402079460000,
                         5215512345678,
                         99912345678,
                         UINT64_MAX};
  for (const uint64_t digits : no) EXPECT_FALSE(IsCanonicalPhone(digits)) << digits;
}

TEST(IsNanpTest, NeedsAreaCodeAndExchangeFrom2To9) {
  EXPECT_TRUE(IsNanp(12002000000));
  EXPECT_TRUE(IsNanp(19999999999));
  const uint64_t no[] = {2125551234, 11999999999, 12001999999, 20000000000, 442079460000};
  for (const uint64_t digits : no) EXPECT_FALSE(IsNanp(digits)) << digits;
}

TEST(IsKnownRegionTest, KnowsIsoCodes) {
  for (const char* yes : {"US", "CA", "GB", "JM", "PR"}) EXPECT_TRUE(IsKnownRegion(yes)) << yes;
  for (const char* no : {"", "us", "XX", "ZZ", "001", "USA"}) EXPECT_FALSE(IsKnownRegion(no)) << no;
}

// How many numbers a differential test draws: DNC_DIFFERENTIAL_NUMBERS, for millions of them.
// Libphonenumber takes tens of microseconds for each.
int64_t NumbersToDraw(int64_t by_default) {
  const char* const asked = std::getenv("DNC_DIFFERENTIAL_NUMBERS");
  int64_t count = 0;
  return asked != nullptr && absl::SimpleAtoi(asked, &count) ? count : by_default;
}

// What the library reads of what it wrote, until that stays: see NormalizePhone.
std::optional<uint64_t> SettledByLibrary(const std::string& text, const std::string& region) {
  std::optional<uint64_t> number = ReadByLibrary(text, region.empty() ? "ZZ" : region);
  for (int i = 0; i < 4 && number.has_value(); ++i) {
    if (*number > 999'999'999'999'999) return std::nullopt;  // longer than E.164 has it
    const std::optional<uint64_t> again = ReadByLibrary(absl::StrCat("+", *number), "ZZ");
    if (!again.has_value() || again == number) return again;
    number = again;
  }
  return std::nullopt;
}

// Everything that can be asked of a number of the American plan must agree with libphonenumber.
void ExpectAgreement(const std::string& national) {
  const std::optional<uint64_t> expected = ReadByLibrary(national, "US");
  EXPECT_EQ(Normalize(national, "US"), expected) << national;
  const std::string international = "+1" + national;
  EXPECT_EQ(Normalize(international, ""), ReadByLibrary(international, "ZZ")) << international;
  uint64_t digits = 0;
  if (absl::SimpleAtoi(international.substr(1), &digits)) {
    EXPECT_EQ(IsCanonicalPhone(digits), ReadByLibrary(international, "ZZ") == digits) << digits;
  }
}

// Returns how many rows the file has.
int ExpectAgreementOnFile(const char* path) {
  std::ifstream file(path);
  std::set<std::string> seen;
  int rows = 0;
  for (std::string line; std::getline(file, line);) {
    const std::string number(absl::StripSuffix(line, "\r"));
    if (number == "pattern") continue;
    ++rows;
    if (seen.insert(number).second) ExpectAgreement(number);
    if (testing::Test::HasFailure()) break;
  }
  return rows;
}

TEST(DifferentialTest, EveryNumberOfTheSample) {
  EXPECT_EQ(ExpectAgreementOnFile(kSampleFile), 5'000);
}

TEST(DifferentialTest, EveryNumberOfTheRealFile) {
  DNC_SKIP_WITHOUT_REAL_FILE();
  EXPECT_EQ(ExpectAgreementOnFile(kRealFile), kRealFileRows);
}

TEST(DifferentialTest, RandomNumbersOfTheAmericanPlan) {
  std::mt19937_64 random(20251203);
  const std::string regions[] = {"US", "CA", "JM", "BS"};
  const int64_t count = NumbersToDraw(200'000);
  for (int64_t i = 0; i < count && !HasFailure(); ++i) {
    const std::string number = absl::StrCat(2'000'000'000 + random() % 8'000'000'000);
    EXPECT_EQ(Normalize("+1" + number, ""), ReadByLibrary("+1" + number, "ZZ")) << number;
    const std::string& region = regions[random() % 4];
    EXPECT_EQ(Normalize(number, region), ReadByLibrary(number, region)) << number << region;
  }
}

// Where area codes and exchanges begin and end, with a digit too few and too many as well.
TEST(DifferentialTest, BordersOfTheAmericanPlan) {
  for (int area = 0; area < 1000 && !HasFailure(); ++area) {
    for (const char* exchange : {"000", "199", "200", "211", "555", "911", "999"}) {
      for (const char* line : {"0000", "9999"}) {
        ExpectAgreement(absl::StrCat(absl::Dec(area, absl::kZeroPad3), exchange, line));
      }
    }
    const std::string code = absl::StrCat(absl::Dec(area, absl::kZeroPad3));
    for (const char* rest : {"200000", "20000000", "2000000000", ""}) ExpectAgreement(code + rest);
  }
}

// All country codes, however long and however spelled: fast or slow, the answer is the library's.
TEST(DifferentialTest, NumbersOfEveryCountryCodeHoweverTheyAreSpelled) {
  std::set<int> codes;
  PhoneNumberUtil::GetInstance()->GetSupportedCallingCodes(&codes);
  ASSERT_GT(codes.size(), 200u);
  const std::vector<int> every(codes.begin(), codes.end());
  const std::string regions[] = {"", "US", "CA", "GB", "DE", "IT", "MX", "AR", "BR", "JP"};
  const std::string separators[] = {" ", "-", ") ", " (", "  ", " - "};
  std::mt19937_64 random(164);
  const int64_t count = NumbersToDraw(30'000);
  for (int64_t i = 0; i < count && !HasFailure(); ++i) {
    std::string text = absl::StrCat("+", every[random() % every.size()]);
    if (random() % 8 == 0) text += "0";  // Italian, or a national prefix
    for (uint64_t digits = 4 + random() % 10; digits > 0; --digits) {
      if (random() % 12 == 0) text += separators[random() % 6];
      text.push_back(static_cast<char>('0' + random() % 10));
    }
    if (random() % 3 == 0) text.erase(0, 1);  // as a national number
    const std::string& region = regions[random() % 10];
    EXPECT_EQ(Normalize(text, region), SettledByLibrary(text, region)) << text << " in " << region;
  }
}

TEST(DifferentialTest, RandomDigitsOfAnyLength) {
  std::mt19937_64 random(47);
  for (int i = 0; i < 50'000 && !HasFailure(); ++i) {
    std::string digits(1 + random() % 18, '0');
    for (char& c : digits) c = static_cast<char>('0' + random() % 10);
    const std::optional<uint64_t> number = Normalize("+" + digits, "");
    uint64_t value = 0;
    ASSERT_TRUE(absl::SimpleAtoi(digits, &value));
    if (digits[0] != '0') {
      EXPECT_EQ(IsCanonicalPhone(value), number == value) << digits;
    }
    if (!number.has_value()) continue;
    EXPECT_TRUE(IsCanonicalPhone(*number)) << digits << " gave " << *number;
    EXPECT_EQ(Normalize(FormatE164(*number), "US"), number) << digits;
  }
}

TEST(DifferentialTest, ExampleNumbersOfEveryRegion) {
  const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
  std::set<std::string> regions;
  util.GetSupportedRegions(&regions);
  ASSERT_GT(regions.size(), 200u);
  for (const std::string& region : regions) {
    EXPECT_TRUE(IsKnownRegion(region));
    for (const auto type :
         {PhoneNumberUtil::FIXED_LINE, PhoneNumberUtil::MOBILE, PhoneNumberUtil::TOLL_FREE}) {
      PhoneNumber example;
      if (!util.GetExampleNumberForType(region, type, &example)) continue;
      std::string e164;
      util.Format(example, PhoneNumberUtil::E164, &e164);
      const std::optional<uint64_t> number = Normalize(e164, "");
      ASSERT_TRUE(number.has_value()) << e164 << " of " << region;
      EXPECT_TRUE(IsCanonicalPhone(*number)) << e164;
      for (const auto format :
           {PhoneNumberUtil::INTERNATIONAL, PhoneNumberUtil::NATIONAL, PhoneNumberUtil::RFC3966}) {
        std::string text;
        util.Format(example, format, &text);
        EXPECT_EQ(Normalize(text, region), number) << text << " of " << region;
      }
    }
  }
}

TEST(DifferentialTest, WhateverPassesGarbageIsCanonical) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    if (const auto number = Normalize(text, "US")) {
      EXPECT_TRUE(IsCanonicalPhone(*number)) << *number;
    }
  }
}

}  // namespace
}  // namespace dnc
