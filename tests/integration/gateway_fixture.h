// A real server on a loopback port with a clock that stands still, and a demo organization.
//
// Requests are written as text protos, in which "~" stands for "organizations/acme" and "~s/" for
// the statuses of its workflow `sales`. A request whose `actor` is not mentioned gets users/jane.
//
// The demo: leads `ann` (phone and e-mail) and `bob` (phone), both in status `new` of the workflow
//   new     NEW      dnc (opt-out, then to closed), novoice (opt-out of VOICE), pause (opt-out for
//                    7 days), advance (to working), later (nurture for 30 days)
//   working WORKING  dnc (opt-out), win (to won)
//   cooling NURTURE  restricts for 7 days
//   closed  DEAD     restricts VOICE and SMS
//   won     WON
// and a workflow `support` of record type company with the status `open`.
#ifndef DNC_TESTS_INTEGRATION_GATEWAY_FIXTURE_H_
#define DNC_TESTS_INTEGRATION_GATEWAY_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "server/server.h"
#include "storage/base/clock.h"
#include "tests/integration/error_contract.h"
#include "tests/integration/rpc_client.h"
#include "tests/integration/rpc_types.h"

namespace dnc {

inline constexpr int64_t kSecond = 1'000'000;
inline constexpr int64_t kDay = 24 * 3600 * kSecond;
// 2026-01-15T12:00:00Z
inline constexpr UnixMicros kStart = 1'768'478'400 * kSecond;

inline constexpr char kAnnPhone[] = "+12125550101";
inline constexpr char kBobPhone[] = "+12125550102";
inline constexpr uint64_t kAnnDigits = 12125550101;
inline constexpr uint64_t kBobDigits = 12125550102;

// A call's status and, where it is OK, its answer.
template <typename Response>
struct Reply : CallStatus {
  Response value;
  const Response* operator->() const { return &value; }
};

template <typename Response>
void PrintTo(const Reply<Response>& reply, std::ostream* out) {
  PrintTo(static_cast<const CallStatus&>(reply), out);
  if (reply.ok()) *out << " " << reply.value.ShortDebugString();
}

// "/dnc.v1.CheckService/CheckContact" for CheckContactRequest.
std::string MethodOf(const google::protobuf::Descriptor* request);
// Reads a text proto with the shorthands above.
void ReadText(absl::string_view text, google::protobuf::Message* message);
// Whether a request of that type has the field, e.g. "workflow.statuses[0].name".
bool HasField(const google::protobuf::Descriptor* request, absl::string_view path);
// Sets actor to users/jane where the message has such a field and it is not set.
void FillActor(google::protobuf::Message* message);

template <typename Message>
Message Parse(absl::string_view text) {
  Message message;
  ReadText(text, &message);
  return message;
}

template <typename Request>
class TypedStream {
 public:
  explicit TypedStream(RpcClient* client)
      : stream_(client->Open(MethodOf(Request::descriptor()))) {}

  bool Write(const Request& request) { return stream_->Write(request.SerializeAsString()); }
  std::optional<ResponseOf<Request>> Read() {
    std::string bytes;
    ResponseOf<Request> response;
    if (!stream_->Read(&bytes) || !response.ParseFromString(bytes)) return std::nullopt;
    return response;
  }
  void WritesDone() { stream_->WritesDone(); }
  void Cancel() { stream_->Cancel(); }
  CallStatus Finish() { return stream_->Finish(); }

 private:
  const std::unique_ptr<RpcStream> stream_;
};

using FilterStream = TypedStream<v1::FilterContactsRequest>;
using ImportStream = TypedStream<v1::ImportListRequest>;

// How an import ended.
struct ImportReply : CallStatus {
  v1::ImportSummary summary;
  std::vector<v1::RejectedRow> rejected;
  std::vector<int64_t> progress;  // rows, as each message told while the file was read
  int building = 0;               // messages that said so
};

void PrintTo(const ImportReply& reply, std::ostream* out);

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest();
  ~GatewayTest() override;

  void SetUp() override;

  // Ends the server, if it runs, and starts one on the same data.
  void Restart();
  // How a server would start on the same data, while none runs.
  absl::Status TryStart();
  // A kept client serves streams that are still open.
  void StopServer(bool keep_client = false);
  int port() const { return server_->port(); }

  // For the next start.
  ServerParts& parts() { return parts_; }
  ServerConfig& config() { return config_; }
  // As whom client() calls from the next start on, with the setting auth development.
  void set_principal(std::string principal) { principal_ = std::move(principal); }
  Server& server() { return *server_; }

  RpcClient& client() { return *client_; }
  ManualClock& clock() { return clock_; }
  const std::string& data_dir() const { return config_.data_dir; }

  template <typename Request>
  Reply<ResponseOf<Request>> Send(const Request& request) {
    Reply<ResponseOf<Request>> reply;
    std::string bytes;
    static_cast<CallStatus&>(reply) =
        client_->Call(MethodOf(Request::descriptor()), request.SerializeAsString(), &bytes);
    if (reply.ok()) {
      EXPECT_TRUE(reply.value.ParseFromString(bytes));
      // Answers that are written without a message are what protobuf would have written, but for
      // the order of a map's entries, which is nobody's promise.
      if (std::string again = reply.value.SerializeAsString(); again != bytes) {
        std::sort(again.begin(), again.end());
        std::sort(bytes.begin(), bytes.end());
        EXPECT_EQ(again, bytes) << reply.value.ShortDebugString();
      }
    }
    const std::string field = reply.metadata("field");
    EXPECT_TRUE(field.empty() || HasField(Request::descriptor(), field)) << field;
    return reply;
  }
  template <typename Request>
  Reply<ResponseOf<Request>> Ask(absl::string_view text) {
    Request request = Parse<Request>(text);
    FillActor(&request);
    return Send(request);
  }
  // The answer to a call that must succeed.
  template <typename Request>
  ResponseOf<Request> Must(absl::string_view text) {
    Reply<ResponseOf<Request>> reply = Ask<Request>(text);
    EXPECT_THAT(reply, IsOk()) << text;
    return std::move(reply.value);
  }

  // CheckContact for the demo organization. `text` has the other fields; VOICE unless it says so.
  v1::CheckContactResponse Check(absl::string_view text);
  v1::CheckContactResponse CheckPhone(absl::string_view phone);
  v1::Verdict VerdictOf(absl::string_view text) { return Check(text).verdict(); }
  v1::Verdict PhoneVerdict(absl::string_view phone) { return CheckPhone(phone).verdict(); }

  // Applies an action of the status `new` (or "status/action") to a lead; it must succeed.
  v1::ApplyActionResponse Apply(absl::string_view lead, absl::string_view action);
  // Adds a lead of record type contact in the status `new`; `more` has further fields.
  void AddLead(absl::string_view id, absl::string_view more);
  v1::Lead GetLead(absl::string_view id);
  // Puts a phone on a list; `more` has further fields of the entry.
  v1::Entry AddPhoneEntry(absl::string_view phone, absl::string_view more = "");
  int64_t Revision();

  // Creates the registry `id`; `more` has further fields of the list.
  void AddRegistry(absl::string_view id, absl::string_view more = "");
  v1::DncList GetList(absl::string_view id);
  // `config` is a text proto; the file travels in pieces of `piece` bytes.
  ImportReply Import(absl::string_view config, absl::string_view file, size_t piece = 1 << 16);
  // Sends the config, then each block, and expects an answer for each and an OK end.
  std::vector<v1::FilterContactsResponse> Filter(
      absl::string_view config, const std::vector<v1::FilterContactsRequest>& blocks);

 private:
  void StartServer();
  void CreateDemo();

  ManualClock clock_{kStart};
  ServerConfig config_;
  ServerParts parts_;
  std::unique_ptr<Server> server_;
  std::string principal_;
  std::unique_ptr<RpcClient> client_;
};

// The verdict of one contact point of a block.
v1::Verdict VerdictAt(const v1::FilterContactsResponse& response, uint32_t index);

// The types of the reasons of an answer, in their order.
template <typename Answer>
std::vector<v1::ReasonType> ReasonTypes(const Answer& answer) {
  std::vector<v1::ReasonType> types;
  for (const v1::Reason& reason : answer.reasons()) types.push_back(reason.type());
  return types;
}

// Compares messages field by field.
MATCHER_P(EqualsProto, expected, "equals " + expected.ShortDebugString()) {
  *result_listener << "which is " << arg.ShortDebugString();
  return arg.SerializeAsString() == expected.SerializeAsString();
}

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_GATEWAY_FIXTURE_H_
