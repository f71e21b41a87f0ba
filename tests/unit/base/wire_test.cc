// The wire format, against protobuf's own reading and writing of it.
#include "storage/base/wire.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "dnc/v1/check.pb.h"
#include "google/protobuf/util/time_util.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kYear1 = -62'135'596'800'000'000;
constexpr int64_t kYear9999 = 253'402'300'799'999'999;
constexpr int64_t kFirst = std::numeric_limits<int64_t>::min();
constexpr int64_t kLast = std::numeric_limits<int64_t>::max();

TEST(WireWriterTest, NumbersAreProtobufs) {
  for (const int64_t number :
       {int64_t{0}, int64_t{1}, int64_t{127}, int64_t{128}, int64_t{-1},
        std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
    v1::CheckContactRequest right;
    right.set_at_least_revision(number);
    WireWriter writer;
    writer.Number(v1::CheckContactRequest::kAtLeastRevisionFieldNumber,
                  static_cast<uint64_t>(number));
    EXPECT_EQ(writer.bytes(), right.SerializeAsString()) << number;
  }
}

TEST(WireWriterTest, TimesAreProtobufs) {
  for (const int64_t micros :
       {kYear1, int64_t{-1'000'001}, int64_t{-1'000'000}, int64_t{-1}, int64_t{0}, int64_t{1},
        int64_t{999'999}, int64_t{1'000'000}, int64_t{1'750'000'000'123'456}, kYear9999}) {
    v1::CheckContactResponse right;
    *right.mutable_evaluate_time() = TimeUtil::MicrosecondsToTimestamp(micros);
    WireWriter writer;
    writer.Micros(v1::CheckContactResponse::kEvaluateTimeFieldNumber, micros);
    EXPECT_EQ(writer.bytes(), right.SerializeAsString()) << micros;
  }
  v1::CheckContactResponse right;
  *right.mutable_valid_for() = TimeUtil::MicrosecondsToDuration(10'000'001);
  WireWriter writer;
  writer.Micros(v1::CheckContactResponse::kValidForFieldNumber, 10'000'001);
  EXPECT_EQ(writer.bytes(), right.SerializeAsString());
}

// Beyond what a Timestamp may hold, but a damaged record may hold it.
TEST(WireWriterTest, TimesDoNotOverflow) {
  for (const int64_t micros : {kFirst, kFirst + 1, kFirst + 999'999, kLast - 1, kLast}) {
    WireWriter writer;
    writer.Micros(v1::CheckContactResponse::kEvaluateTimeFieldNumber, micros);
    v1::CheckContactResponse response;
    ASSERT_TRUE(response.ParseFromString(std::string(writer.bytes())));
    const auto& time = response.evaluate_time();
    EXPECT_EQ(static_cast<__int128>(time.seconds()) * 1'000'000 + time.nanos() / 1'000, micros);
  }
}

TEST(WireWriterTest, TextComesInPieces) {
  v1::CheckContactResponse right;
  right.set_decision_id("ab12-");
  WireWriter writer;
  writer.TextOf(v1::CheckContactResponse::kDecisionIdFieldNumber, "", "ab", 12, std::string("-"));
  EXPECT_EQ(writer.bytes(), right.SerializeAsString());
  writer.TextOf(v1::CheckContactResponse::kDecisionIdFieldNumber, "", "");
  EXPECT_EQ(writer.bytes(), right.SerializeAsString()) << "an empty text is left out";
}

// Messages whose lengths take one, two and three bytes, and more than fits the inline buffer.
TEST(WireWriterTest, MessagesOfAnyLengthAreProtobufs) {
  for (const size_t length : std::initializer_list<size_t>{
           0, 1, 60, 124, 125, 126, 127, 128, 700, 800, 5'000, 16'379, 16'380, 16'381, 16'382,
           16'384, 70'000, 2'097'150, 2'097'152}) {
    v1::CheckContactResponse right;
    right.add_reasons()->mutable_contact_point()->set_other(std::string(length, 'x'));
    right.mutable_reasons(0)->set_overridable(true);
    right.set_revision(7);
    if (length == 0) right.mutable_reasons(0)->mutable_contact_point()->clear_other();
    WireWriter writer;
    const size_t reason = writer.Begin(v1::CheckContactResponse::kReasonsFieldNumber);
    const size_t point = writer.Begin(v1::Reason::kContactPointFieldNumber);
    writer.Text(v1::ContactPoint::kOtherFieldNumber, std::string(length, 'x'));
    writer.End(point);
    writer.Number(v1::Reason::kOverridableFieldNumber, 1);
    writer.End(reason);
    writer.Number(v1::CheckContactResponse::kRevisionFieldNumber, 7);
    EXPECT_TRUE(writer.bytes() == right.SerializeAsString()) << length;
  }
}

TEST(WireWriterTest, GrowsFieldByField) {
  v1::BatchCheckContactsResponse right;
  WireWriter writer;
  for (int i = 0; i < 10'000; ++i) {
    right.add_results()->set_verdict(v1::VERDICT_DENY);
    const size_t begin = writer.Begin(v1::BatchCheckContactsResponse::kResultsFieldNumber);
    writer.Number(v1::CheckItemResult::kVerdictFieldNumber, v1::VERDICT_DENY);
    writer.End(begin);
  }
  EXPECT_TRUE(writer.bytes() == right.SerializeAsString());
}

TEST(WireReaderTest, ReadsEveryType) {
  // 1: varint 150; 2: "testing"; 3: fixed64 1; 4: fixed32 2; 5: an empty message
  const std::string bytes("\x08\x96\x01\x12\x07testing\x19\x01\0\0\0\0\0\0\0\x25\x02\0\0\0\x2a\0",
                          28);
  WireReader reader(bytes);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.tag(), NumberTag(1));
  EXPECT_EQ(reader.number(), 150u);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.tag(), BytesTag(2));
  EXPECT_EQ(reader.bytes(), "testing");
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.tag(), WireTag(3, WireType::kFixed64));
  EXPECT_EQ(reader.number(), 1u);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.tag(), WireTag(4, WireType::kFixed32));
  EXPECT_EQ(reader.number(), 2u);
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.bytes(), "");
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.ok());
}

TEST(WireReaderTest, RefusesWhatIsMalformed) {
  const struct {
    const char* name;
    std::string bytes;
  } cases[] = {
      {"no number", "\x08"},
      {"a number without end", std::string("\x08") + std::string(11, '\xff')},
      {"no length", "\x12"},
      {"a length beyond the end", "\x12\x02x"},
      {"a length beyond everything", "\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"},
      {"half a fixed64", std::string("\x19\x01\0\0", 4)},
      {"half a fixed32", std::string("\x25\x01\0", 3)},
      {"field 0", std::string("\0\0", 2)},
      {"a tag of six bytes", std::string("\x8a\x80\x80\x80\x80\0\x01x", 8)},
      {"a length of six bytes", std::string("\x0a\x81\x80\x80\x80\x80\0x", 8)},
      {"a length beyond two gigabytes", "\x0a\xf0\xff\xff\xff\x07x"},
      {"a group", "\x0b\x0c"},
      {"a type that does not exist", "\x0e"},
  };
  for (const auto& test : cases) {
    WireReader reader(test.bytes);
    while (reader.Next()) {
    }
    EXPECT_FALSE(reader.ok()) << test.name;
  }
}

}  // namespace
}  // namespace dnc
