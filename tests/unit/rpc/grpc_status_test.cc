#include "server/rpc/grpc_status.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "server/error/error.h"

namespace dnc {
namespace {

google::rpc::ErrorInfo InfoOf(const grpc::Status& status) {
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.message(), status.error_message());
  EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
  google::rpc::ErrorInfo info;
  EXPECT_EQ(details.details_size(), 1);
  EXPECT_TRUE(details.details(0).UnpackTo(&info));
  return info;
}

// How much of gRPC's 8 KiB for trailers a status takes: the message percent-encoded, the details in
// base64.
size_t TrailerBytes(const grpc::Status& status) {
  size_t bytes = 4 * status.error_details().size() / 3;
  for (const char c : status.error_message()) bytes += c >= ' ' && c <= '~' && c != '%' ? 1 : 3;
  return bytes;
}

TEST(GrpcStatusTest, ErrorsTravelWhole) {
  const grpc::Status status =
      ToGrpcStatus(MakeError(v1::ERROR_REASON_LEAD_NOT_FOUND, "no lead \"x\"", {{"lead", "x"}}));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(status.error_message(), "no lead \"x\"");
  EXPECT_EQ(InfoOf(status).reason(), "LEAD_NOT_FOUND");
  EXPECT_EQ(InfoOf(status).metadata().at("lead"), "x");
}

TEST(GrpcStatusTest, AnErrorWithoutAReasonGetsOne) {
  EXPECT_EQ(InfoOf(ToGrpcStatus(absl::DataLossError("x"))).reason(), "CORRUPT_RECORD");
  EXPECT_EQ(InfoOf(ToGrpcStatus(absl::UnavailableError("x"))).reason(), "STORE_UNAVAILABLE");
  EXPECT_EQ(InfoOf(ToGrpcStatus(absl::PermissionDeniedError("x"))).reason(), "PERMISSION_DENIED");
}

TEST(GrpcStatusTest, LongTextsAreCutToWhatGrpcCarries) {
  for (const std::string& piece : {std::string("x"), std::string("\xC3\xA9"),
                                   std::string("\xE2\x82\xAC"), std::string("\xF0\x9F\x98\x80")}) {
    std::string text;
    while (text.size() < 100'000) text += piece;
    for (size_t shift = 0; shift < 4; ++shift) {
      const std::string shifted = std::string(shift, 'a') + text;
      const grpc::Status status =
          ToGrpcStatus(MakeError(v1::ERROR_REASON_ACTION_CONFLICT, shifted,
                                 {{"action", shifted}, {"target", shifted}, {"other", "short"}}));
      EXPECT_LT(TrailerBytes(status), 7u << 10);
      EXPECT_GT(status.error_message().size(), 1000u);
      // InfoOf fails where a character was cut: texts of messages are UTF-8.
      const google::rpc::ErrorInfo info = InfoOf(status);
      EXPECT_EQ(info.metadata().at("other"), "short");
      for (const std::string& cut :
           {status.error_message(), info.metadata().at("action"), info.metadata().at("target")}) {
        EXPECT_GT(cut.size(), 700u);
        EXPECT_EQ(cut.substr(cut.size() - 3), "...");
        EXPECT_EQ(shifted.find(cut.substr(0, cut.size() - 3)), 0u);
      }
    }
  }
}

TEST(GrpcStatusTest, ManyLongValuesAreCutAsWell) {
  google::rpc::ErrorInfo info;
  info.set_reason("INVALID_FIELD");
  for (int i = 0; i < 40; ++i) {
    (*info.mutable_metadata())[absl::StrCat("k", i)] = std::string(1000, 'x');
  }
  const grpc::Status status =
      ToGrpcStatus(WithErrorInfo(absl::InvalidArgumentError(std::string(2000, '\n')), info));
  EXPECT_LT(TrailerBytes(status), 7u << 10);
  EXPECT_EQ(InfoOf(status).metadata().size(), 40u);
}

}  // namespace
}  // namespace dnc
