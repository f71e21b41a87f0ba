#include "bench/load/prepared_calls.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/slice.h>

#include <array>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/load/dataset.h"
#include "bench/load/echo.pb.h"
#include "dnc/v1/action.grpc.pb.h"
#include "dnc/v1/check.grpc.pb.h"

namespace dnc::bench {
namespace {

constexpr size_t kChecks = 65'536;
// How an answer begins: field 1 of CheckContactResponse is the verdict, a varint; field 1 of
// ApplyActionResponse and of EchoResponse has a length.
constexpr char kVarintField1 = 0x08;
constexpr char kLengthField1 = 0x0a;

grpc::ByteBuffer ToBytes(const google::protobuf::Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

// kListed: the phone is no lead's, but one that the registry has.
enum class CheckKind { kPhone, kLeadAndPhone, kLead, kListed };

// `number`: of a lead; for kListed, of 64 random bits.
v1::CheckContactRequest RequestOf(uint64_t number, CheckKind kind) {
  v1::CheckContactRequest request;
  request.set_organization(std::string(kOrganization));
  request.set_channel(v1::CHANNEL_VOICE);
  request.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  if (kind == CheckKind::kLeadAndPhone || kind == CheckKind::kLead) {
    request.set_lead(LeadName(number));
  }
  if (kind != CheckKind::kLead) {
    const uint64_t phone = kind == CheckKind::kListed ? Phones().Listed(number) : Phone(number);
    request.mutable_contact_point()->set_phone(absl::StrCat("+", phone));
  }
  return request;
}

v1::Verdict RightVerdict(uint64_t number, CheckKind kind) {
  const bool denied = kind == CheckKind::kListed || IsBlockedLead(number);
  return denied ? v1::VERDICT_DENY : v1::VERDICT_ALLOW;
}

void SetPreparedDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
}

// The length of an answer, which must be the right one.
absl::StatusOr<size_t> AnswerBytes(v1::CheckService::Stub& stub, uint64_t number, CheckKind kind) {
  grpc::ClientContext context;
  SetPreparedDeadline(context);
  v1::CheckContactResponse response;
  const grpc::Status status = stub.CheckContact(&context, RequestOf(number, kind), &response);
  if (!status.ok())
    return absl::InternalError(absl::StrCat("CheckContact: ", status.error_message()));
  if (response.verdict() != RightVerdict(number, kind)) {
    return absl::InternalError(absl::StrCat("CheckContact of ",
                                            RequestOf(number, kind).ShortDebugString(),
                                            " answered ", response.ShortDebugString()));
  }
  return response.ByteSizeLong();
}

v1::ApplyActionRequest ActionRequest(uint64_t lead) {
  v1::ApplyActionRequest request;
  request.set_lead(LeadName(lead));
  request.set_action(std::string(kAction));
  request.mutable_actor()->set_id("users/agent-7");
  request.set_request_id(absl::StrCat("opt-out-", lead));
  return request;
}

}  // namespace

EchoRequest EchoOf(size_t request_bytes, size_t response_bytes) {
  EchoRequest request;
  // The answer's padding comes with a tag and a length of one or two bytes.
  request.set_response_bytes(
      static_cast<uint32_t>(response_bytes - (response_bytes > 129 ? 3 : 2)));
  request.set_padding(std::string(request_bytes, 'x'));
  while (request.ByteSizeLong() > request_bytes) request.mutable_padding()->pop_back();
  return request;
}

PreparedCall EchoCall(size_t request_bytes, size_t response_bytes) {
  return {ToBytes(EchoOf(request_bytes, response_bytes)), std::string(1, kLengthField1)};
}

absl::StatusOr<CheckBytes> PhoneCheckBytes(const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::CheckService::NewStub(channel);
  const auto denied = AnswerBytes(*stub, 0, CheckKind::kPhone);
  const auto allowed = AnswerBytes(*stub, 1, CheckKind::kPhone);
  if (!denied.ok()) return denied.status();
  if (!allowed.ok()) return allowed.status();
  return CheckBytes{RequestOf(0, CheckKind::kPhone).ByteSizeLong(), (*denied + *allowed) / 2};
}

absl::StatusOr<PairedCalls> PrepareChecks(const std::shared_ptr<grpc::Channel>& channel) {
  std::vector<CheckKind> kinds = {CheckKind::kPhone, CheckKind::kPhone, CheckKind::kLeadAndPhone,
                                  CheckKind::kLead};
  if (Phones().HasListed()) kinds.push_back(CheckKind::kListed);
  const auto stub = v1::CheckService::NewStub(channel);
  std::vector<std::array<size_t, 2>> answer_bytes(kinds.size());
  for (size_t kind = 0; kind < kinds.size(); ++kind) {
    for (const uint64_t lead : {uint64_t{0}, uint64_t{1}}) {
      const auto bytes = AnswerBytes(*stub, lead, kinds[kind]);
      if (!bytes.ok()) return bytes.status();
      answer_bytes[kind][lead] = *bytes;
    }
  }
  PairedCalls calls;
  std::mt19937_64 random(1);
  for (size_t i = 0; i < kChecks; ++i) {
    const size_t kind = i % kinds.size();
    const uint64_t parity = i / kinds.size() % 2;
    const uint64_t number =
        kinds[kind] == CheckKind::kListed ? random() : random() % (kLeads / 2) * 2 + parity;
    const v1::CheckContactRequest request = RequestOf(number, kinds[kind]);
    const char verdict = static_cast<char>(RightVerdict(number, kinds[kind]));
    calls.gateway.push_back({ToBytes(request), std::string{kVarintField1, verdict}});
    calls.echo.push_back(EchoCall(request.ByteSizeLong(), answer_bytes[kind][parity]));
  }
  return calls;
}

absl::StatusOr<PairedCalls> PrepareActions(const std::shared_ptr<grpc::Channel>& channel,
                                           uint64_t begin, uint64_t end) {
  grpc::ClientContext context;
  SetPreparedDeadline(context);
  v1::ApplyActionResponse response;
  const grpc::Status status =
      v1::ActionService::NewStub(channel)->ApplyAction(&context, ActionRequest(begin), &response);
  if (!status.ok())
    return absl::InternalError(absl::StrCat("ApplyAction: ", status.error_message()));
  for (const v1::OperationResult& result : response.results()) {
    if (result.outcome() == v1::OperationResult::OUTCOME_APPLIED) continue;
    return absl::InternalError(absl::StrCat("ApplyAction answered ", response.ShortDebugString()));
  }
  const size_t response_bytes = response.ByteSizeLong();
  PairedCalls calls;
  for (uint64_t lead = begin + 1; lead < end; ++lead) {
    const v1::ApplyActionRequest request = ActionRequest(lead);
    calls.gateway.push_back({ToBytes(request), std::string(1, kLengthField1)});
    calls.echo.push_back(EchoCall(request.ByteSizeLong(), response_bytes));
  }
  return calls;
}

}  // namespace dnc::bench
