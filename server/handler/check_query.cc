#include "server/handler/check_query.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "storage/base/wire.h"

namespace dnc {
namespace {

using Request = v1::CheckContactRequest;

bool IsAscii(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

// A long address has a length beyond ASCII, and is left to protobuf as well.
bool ReadPlainPoint(absl::string_view message, CheckQuery* query) {
  if (query->contact_point.has_value()) return false;  // two parts, which protobuf merges
  return IsAscii(message) && ReadContactPoint(message, &query->contact_point.emplace());
}

bool ReadPlainText(absl::string_view text, absl::string_view* field) {
  *field = text;
  return IsAscii(text);
}

// Reads one field; false where protobuf must.
bool ReadPlainField(const WireReader& reader, CheckQuery* query) {
  switch (reader.tag()) {
    case BytesTag(Request::kOrganizationFieldNumber):
      return ReadPlainText(reader.bytes(), &query->organization);
    case BytesTag(Request::kLeadFieldNumber):
      return ReadPlainText(reader.bytes(), &query->lead);
    case BytesTag(Request::kContactPointFieldNumber):
      return ReadPlainPoint(reader.bytes(), query);
    case NumberTag(Request::kChannelFieldNumber):
      query->channel = static_cast<v1::Channel>(reader.uint32());
      return true;
    case NumberTag(Request::kMessageClassFieldNumber):
      query->message_class = static_cast<v1::MessageClass>(reader.uint32());
      return true;
    case BytesTag(Request::kCampaignFieldNumber):
      return ReadPlainText(reader.bytes(), &query->campaign);
    case BytesTag(Request::kBrandFieldNumber):
      return ReadPlainText(reader.bytes(), &query->brand);
    case NumberTag(Request::kAtLeastRevisionFieldNumber):
      query->at_least_revision = reader.int64();
      return true;
    default:
      return true;  // of a newer client
  }
}

bool ReadPlain(absl::string_view request, CheckQuery* query) {
  WireReader reader(request);
  while (reader.Next()) {
    if (!ReadPlainField(reader, query)) return false;
  }
  return reader.ok();
}

// What CheckContactRequest and CheckItem have in common.
template <typename Message>
CheckQuery ViewOfMessage(const Message& message) {
  CheckQuery query;
  query.lead = message.lead();
  if (message.has_contact_point()) query.contact_point = ViewOf(message.contact_point());
  query.channel = message.channel();
  query.message_class = message.message_class();
  query.campaign = message.campaign();
  query.brand = message.brand();
  return query;
}

}  // namespace

CheckQuery QueryOf(const v1::CheckItem& item) { return ViewOfMessage(item); }

absl::Status ReadQuery(absl::string_view request, std::optional<Request>* parsed,
                       CheckQuery* query) {
  if (ReadPlain(request, query)) return absl::OkStatus();
  Request& message = parsed->emplace();
  if (!message.ParseFromArray(request.data(), static_cast<int>(request.size()))) {
    return MalformedRequest(message.GetTypeName());
  }
  *query = ViewOfMessage(message);
  query->organization = message.organization();
  query->at_least_revision = message.at_least_revision();
  return absl::OkStatus();
}

}  // namespace dnc
