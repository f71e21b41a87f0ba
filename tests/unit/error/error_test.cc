#include "server/error/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <map>
#include <string>

#include "absl/strings/cord.h"
#include "server/error/sent_error.h"
#include "storage/base/disk_full.h"
#include "tests/unit/error/error_matchers.h"
#include "tests/unit/error/reason_docs.h"

namespace dnc {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

using Metadata = std::map<std::string, std::string>;

Metadata MetadataOf(const google::rpc::ErrorInfo& info) {
  return {info.metadata().begin(), info.metadata().end()};
}

constexpr char kUrl[] = "type.googleapis.com/google.rpc.ErrorInfo";

TEST(ErrorReasonTest, CodesAreTheDocumentedOnes) {
  const std::map<std::string, ReasonDoc> docs = ReadReasonDocs();
  const auto* reasons = v1::ErrorReason_descriptor();
  ASSERT_EQ(docs.size(), static_cast<size_t>(reasons->value_count()));
  for (int i = 0; i < reasons->value_count(); ++i) {
    const std::string& name = reasons->value(i)->name();
    SCOPED_TRACE(name);
    if (reasons->value(i)->number() == v1::ERROR_REASON_UNSPECIFIED) continue;  // never sent
    ASSERT_EQ(docs.count(name), 1u);
    const v1::ErrorReason reason = static_cast<v1::ErrorReason>(reasons->value(i)->number());
    EXPECT_EQ(absl::StatusCodeToString(CodeOf(reason)), docs.at(name).code);
    EXPECT_EQ(name, "ERROR_REASON_" + ShortName(reason));
  }
}

TEST(ErrorReasonTest, DocumentedKeysAreRead) {
  const std::map<std::string, ReasonDoc> docs = ReadReasonDocs();
  EXPECT_THAT(docs.at("ERROR_REASON_LIMIT_EXCEEDED").keys,
              UnorderedElementsAre("field", "limit", "actual"));
  EXPECT_THAT(docs.at("ERROR_REASON_OVERLOADED").keys, UnorderedElementsAre());
}

TEST(ErrorTest, MakeErrorCarriesAllItWasGiven) {
  const absl::Status status = MakeError(v1::ERROR_REASON_RECORD_TYPE_MISMATCH, "no: a text",
                                        {{"target", "x"}, {"source_record_type", ""}});
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "no: a text");
  const auto info = ErrorInfoOf(status);
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->reason(), "RECORD_TYPE_MISMATCH");
  EXPECT_EQ(info->domain(), "dnc.v1");
  EXPECT_THAT(MetadataOf(*info),
              UnorderedElementsAre(Pair("target", "x"), Pair("source_record_type", "")));
}

TEST(ErrorTest, FieldErrors) {
  const absl::Status missing = MissingField("lead.name", "give one");
  EXPECT_THAT(missing, IsFieldError(v1::ERROR_REASON_REQUIRED_FIELD_MISSING, "lead.name"));
  EXPECT_EQ(missing.message(), "lead.name: required; give one");
  const absl::Status invalid = InvalidField("page_size", "must not be negative");
  EXPECT_THAT(invalid, IsFieldError(v1::ERROR_REASON_INVALID_FIELD, "page_size"));
  EXPECT_EQ(invalid.message(), "page_size: must not be negative");
}

TEST(ErrorTest, WithErrorInfoReplaces) {
  google::rpc::ErrorInfo info;
  info.set_reason("OTHER");
  (*info.mutable_metadata())["key"] = "value";
  const absl::Status status = WithErrorInfo(InvalidField("a", "b"), info);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a: b");
  const auto read = ErrorInfoOf(status);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->SerializeAsString(), info.SerializeAsString());
}

TEST(ErrorTest, ErrorInfoOfOthersIsNone) {
  EXPECT_FALSE(ErrorInfoOf(absl::OkStatus()).has_value());
  EXPECT_FALSE(ErrorInfoOf(absl::InternalError("bare")).has_value());
  absl::Status damaged = absl::InternalError("damaged");
  damaged.SetPayload(kUrl, absl::Cord("\xff\xff\xff"));
  EXPECT_FALSE(ErrorInfoOf(damaged).has_value());
}

TEST(WithFieldTest, Renames) {
  const struct {
    const char* name;
    absl::Status before;
    const char* message;
  } cases[] = {
      {"field at the front", InvalidField("name", "bad"), "leads[3].name: bad"},
      {"only the front", InvalidField("name", "bad, not name: x"),
       "leads[3].name: bad, not name: x"},
      {"no field before", MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND, "gone", {{"lead", "l"}}),
       "leads[3].name: gone"},
      {"field is not at the front",
       MakeError(v1::ERROR_REASON_INVALID_FIELD, "bad name", {{"field", "name"}}),
       "leads[3].name: bad name"},
      {"longer field", InvalidField("name.x", "bad"), "leads[3].name: bad"}};
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const absl::Status after = WithField(test.before, "leads[3].name");
    EXPECT_EQ(after.code(), test.before.code());
    EXPECT_EQ(after.message(), test.message);
    auto expected = ErrorInfoOf(test.before);
    (*expected->mutable_metadata())["field"] = "leads[3].name";
    const auto found = ErrorInfoOf(after);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->reason(), expected->reason());
    EXPECT_EQ(MetadataOf(*found), MetadataOf(*expected));
  }
}

TEST(WithFieldTest, LeavesOthersAlone) {
  EXPECT_TRUE(WithField(absl::OkStatus(), "a").ok());
  EXPECT_EQ(WithField(absl::InternalError("bare"), "a"), absl::InternalError("bare"));
}

// A disk without room is no overload, which would pass by itself.
TEST(SentErrorTest, ADiskWithoutRoomHasAReasonOfItsOwn) {
  EXPECT_EQ(ToSentError(DiskFullError("no room")).info.reason(), "DISK_SPACE_LOW");
  EXPECT_EQ(ToSentError(DiskFullError("no room")).code, absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ToSentError(absl::ResourceExhaustedError("too much")).info.reason(), "OVERLOADED");
  EXPECT_TRUE(IsNoRoom(ENOSPC));
  EXPECT_FALSE(IsNoRoom(EIO));
}

}  // namespace
}  // namespace dnc
