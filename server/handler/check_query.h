// What a check asks, as it stands in the request.
#ifndef DNC_SERVER_HANDLER_CHECK_QUERY_H_
#define DNC_SERVER_HANDLER_CHECK_QUERY_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/check.pb.h"
#include "server/subject/subject.h"

namespace dnc {

// The fields of v1.CheckContactRequest; the message keeps the texts.
struct CheckQuery {
  absl::string_view organization;
  absl::string_view lead;
  std::optional<ContactPointView> contact_point;
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  v1::MessageClass message_class = v1::MESSAGE_CLASS_UNSPECIFIED;
  absl::string_view campaign;
  absl::string_view brand;
  int64_t at_least_revision = 0;
};

// An item of a batch; organization and revision are the batch's.
CheckQuery QueryOf(const v1::CheckItem& item);

// The query of a serialised v1.CheckContactRequest. What is left to protobuf (texts beyond ASCII,
// contact points of more than 127 bytes, groups, a message in two parts, whatever looks malformed)
// is parsed into `*parsed`, so that the answer is the same as protobuf's in any case.
// MALFORMED_REQUEST.
absl::Status ReadQuery(absl::string_view request, std::optional<v1::CheckContactRequest>* parsed,
                       CheckQuery* query);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_CHECK_QUERY_H_
