#include "client/internal/check_bytes.h"

#include <google/protobuf/io/coded_stream.h>

#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/error.h"

namespace dnc {
namespace {

using google::protobuf::io::CodedOutputStream;

constexpr uint32_t kVarint = 0, kFixed64 = 1, kBytes = 2;  // wire types
constexpr uint8_t Tag(int field, uint32_t type) {
  return static_cast<uint8_t>(static_cast<uint32_t>(field) << 3 | type);
}

// Tags of fields below 16, a number each.
using Head = std::array<uint8_t, 32>;

void AppendHead(const Head& head, const uint8_t* end, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(head.data()), static_cast<size_t>(end - head.data()));
}

// What stands before `size` bytes of a string or a message.
void AppendSize(int field, size_t size, std::string* bytes) {
  Head head;
  head[0] = Tag(field, kBytes);
  AppendHead(head,
             CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(size), head.data() + 1),
             bytes);
}

// Left out where it is empty, or zero, as fields without presence are.
void AppendText(int field, absl::string_view text, std::string* bytes) {
  if (text.empty()) return;
  AppendSize(field, text.size(), bytes);
  bytes->append(text.data(), text.size());
}

void AppendNumber(int field, int64_t number, std::string* bytes) {
  if (number == 0) return;
  Head head;
  head[0] = Tag(field, kVarint);
  AppendHead(
      head, CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(number), head.data() + 1),
      bytes);
}

void AppendLead(absl::string_view organization, absl::string_view lead, std::string* bytes) {
  using Request = v1::CheckContactRequest;
  constexpr absl::string_view kLeads = "/leads/";
  if (lead.empty() || absl::StartsWith(lead, "organizations/")) {
    return AppendText(Request::kLeadFieldNumber, lead, bytes);
  }
  AppendSize(Request::kLeadFieldNumber, organization.size() + kLeads.size() + lead.size(), bytes);
  bytes->append(organization.data(), organization.size());
  bytes->append(kLeads.data(), kLeads.size());
  bytes->append(lead.data(), lead.size());
}

}  // namespace

void EncodeCheck(absl::string_view organization, const CheckRequest& request, std::string* bytes) {
  using Request = v1::CheckContactRequest;
  bytes->clear();
  AppendText(Request::kOrganizationFieldNumber, organization, bytes);
  AppendLead(organization, request.lead, bytes);
  if (request.contact_point.has_value()) {
    const size_t size = request.contact_point->ByteSizeLong();
    AppendSize(Request::kContactPointFieldNumber, size, bytes);
    const size_t before = bytes->size();
    bytes->resize(before + size);
    request.contact_point->SerializeWithCachedSizesToArray(
        reinterpret_cast<uint8_t*>(bytes->data() + before));
  }
  AppendNumber(Request::kChannelFieldNumber, request.channel, bytes);
  AppendNumber(Request::kMessageClassFieldNumber, request.message_class, bytes);
  AppendText(Request::kCampaignFieldNumber, request.campaign, bytes);
  AppendText(Request::kBrandFieldNumber, request.brand, bytes);
  AppendNumber(Request::kAtLeastRevisionFieldNumber, request.at_least_revision, bytes);
}

absl::Status ParseCheck(absl::string_view request, v1::CheckContactRequest* message) {
  if (message->ParseFromArray(request.data(), static_cast<int>(request.size()))) {
    return absl::OkStatus();
  }
  const std::string& type = v1::CheckContactRequest::descriptor()->full_name();
  google::rpc::ErrorInfo info;
  info.set_reason("MALFORMED_REQUEST");
  info.set_domain("dnc.v1");
  (*info.mutable_metadata())["type"] = type;
  return WithErrorInfo(
      absl::InvalidArgumentError(absl::StrCat(
          "the request is no ", type, ": its bytes cannot be parsed, or a text is not UTF-8")),
      info);
}

void AppendStreamedCheck(uint64_t id, absl::string_view request, std::string* message) {
  constexpr size_t kIdBytes = 1 + sizeof(uint64_t);
  const auto size = static_cast<uint32_t>(request.size());
  const size_t inner = kIdBytes + 1 + CodedOutputStream::VarintSize32(size) + size;
  Head head;
  uint8_t* next = head.data();
  *next++ = Tag(v1::StreamChecksRequest::kChecksFieldNumber, kBytes);
  next = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(inner), next);
  *next++ = Tag(v1::StreamedCheck::kIdFieldNumber, kFixed64);
  next = CodedOutputStream::WriteLittleEndian64ToArray(id, next);
  *next++ = Tag(v1::StreamedCheck::kRequestFieldNumber, kBytes);
  next = CodedOutputStream::WriteVarint32ToArray(size, next);
  AppendHead(head, next, message);
  message->append(request.data(), request.size());
}

}  // namespace dnc
