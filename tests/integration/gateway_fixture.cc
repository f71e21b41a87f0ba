#include "tests/integration/gateway_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/text_format.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

constexpr char kSales[] = R"pb(
  name: '~/workflows/sales'
  display_name: 'Sales'
  record_type: 'contact'
  statuses {
    name: 'new'
    display_name: 'New'
    system_status: SYSTEM_STATUS_NEW
    actions {
      name: 'dnc'
      display_name: 'Do not contact'
      category: ACTION_CATEGORY_DO_NOT_CONTACT
      operations { add_to_dnc_list {} }
      operations { move_to_status { status: '~s/closed' } }
    }
    actions {
      name: 'novoice'
      operations { add_to_dnc_list { channels: CHANNEL_VOICE reason: 'no calls' } }
    }
    actions {
      name: 'pause'
      operations { add_to_dnc_list { duration { seconds: 604800 } } }
    }
    actions {
      name: 'advance'
      operations { move_to_status { status: '~s/working' } }
    }
    actions {
      name: 'later'
      operations { nurture { duration { seconds: 2592000 } } }
    }
  }
  statuses {
    name: 'working'
    system_status: SYSTEM_STATUS_WORKING
    actions {
      name: 'dnc'
      operations { add_to_dnc_list {} }
    }
    actions {
      name: 'win'
      operations { move_to_status { status: '~s/won' } }
    }
  }
  statuses {
    name: 'cooling'
    system_status: SYSTEM_STATUS_NURTURE
    restriction { duration { seconds: 604800 } }
  }
  statuses {
    name: 'closed'
    system_status: SYSTEM_STATUS_DEAD
    restriction { channels: CHANNEL_VOICE channels: CHANNEL_SMS }
  }
  statuses { name: 'won' system_status: SYSTEM_STATUS_WON }
)pb";

constexpr char kSupport[] = R"pb(
  name: '~/workflows/support'
  record_type: 'company'
  statuses {
    name: 'open'
    system_status: SYSTEM_STATUS_NEW
    actions {
      name: 'dnc'
      operations { add_to_dnc_list {} }
    }
  }
)pb";

std::string MakeTempDir() {
  std::string path = absl::StrCat(::testing::TempDir(), "/dnc-gateway-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) ADD_FAILURE() << "no temporary directory " << path;
  return path;
}

std::string Expand(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"~s/", "organizations/acme/workflows/sales/statuses/"}, {"~", "organizations/acme"}});
}

}  // namespace

std::string MethodOf(const google::protobuf::Descriptor* request) {
  const google::protobuf::FileDescriptor* file = request->file();
  for (int s = 0; s < file->service_count(); ++s) {
    const google::protobuf::ServiceDescriptor* service = file->service(s);
    for (int m = 0; m < service->method_count(); ++m) {
      if (service->method(m)->input_type() != request) continue;
      return absl::StrCat("/", service->full_name(), "/", service->method(m)->name());
    }
  }
  ADD_FAILURE() << request->full_name() << " is no request";
  return "";
}

void ReadText(absl::string_view text, google::protobuf::Message* message) {
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(Expand(text), message)) << text;
}

bool HasField(const google::protobuf::Descriptor* request, absl::string_view path) {
  for (const absl::string_view part : absl::StrSplit(path, '.')) {
    const absl::string_view name = part.substr(0, part.find('['));
    const auto* field = request == nullptr ? nullptr : request->FindFieldByName(std::string(name));
    if (field == nullptr || (name != part && !field->is_repeated())) return false;
    request = field->message_type();
  }
  return true;
}

void FillActor(google::protobuf::Message* message) {
  const google::protobuf::FieldDescriptor* field =
      message->GetDescriptor()->FindFieldByName("actor");
  const google::protobuf::Reflection* reflection = message->GetReflection();
  if (field == nullptr || field->message_type() == nullptr ||
      reflection->HasField(*message, field)) {
    return;
  }
  ReadText("id: 'users/jane'", reflection->MutableMessage(message, field));
}

void PrintTo(const ImportReply& reply, std::ostream* out) {
  PrintTo(static_cast<const CallStatus&>(reply), out);
  *out << " " << reply.summary.ShortDebugString();
}

GatewayTest::GatewayTest() {
  config_.listen = "127.0.0.1:0";
  config_.data_dir = MakeTempDir();
  config_.block_cache_mib = 16;
  config_.record_cache_mib = 1;
  config_.write_buffer_mib = 16;
  config_.drain_seconds = 0;
  config_.log_level = "off";
  parts_.clock = &clock_;
  spdlog::set_level(spdlog::level::off);
}

GatewayTest::~GatewayTest() {
  StopServer();
  std::error_code ignored;
  std::filesystem::remove_all(config_.data_dir, ignored);
}

void GatewayTest::SetUp() {
  StartServer();
  ASSERT_NE(client_, nullptr);
  CreateDemo();
}

void GatewayTest::StartServer() {
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(config_, parts_);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  client_ = RpcClient::Connect(server_->port(), principal_);
}

absl::Status GatewayTest::TryStart() { return Server::Start(config_, parts_).status(); }

void GatewayTest::StopServer(bool keep_client) {
  if (!keep_client) client_.reset();  // the server waits a moment for connections that stay
  if (server_ != nullptr) server_->Shutdown();
  server_.reset();
}

void GatewayTest::Restart() {
  StopServer();
  StartServer();
}

void GatewayTest::CreateDemo() {
  Must<v1::CreateOrganizationRequest>("organization_id: 'acme'");
  Must<v1::ApplyWorkflowRequest>(absl::StrCat("workflow {", kSales, "}"));
  Must<v1::ApplyWorkflowRequest>(absl::StrCat("workflow {", kSupport, "}"));
  AddLead("ann",
          "contact_points { phone: '+12125550101' } "
          "contact_points { email: 'ann@example.com' }");
  AddLead("bob", "contact_points { phone: '+12125550102' }");
}

v1::CheckContactResponse GatewayTest::Check(absl::string_view text) {
  const char* const channel = absl::StrContains(text, "channel:") ? "" : " channel: CHANNEL_VOICE";
  return Must<v1::CheckContactRequest>(absl::StrCat("organization: '~' ", text, channel));
}

v1::CheckContactResponse GatewayTest::CheckPhone(absl::string_view phone) {
  return Check(absl::StrCat("contact_point { phone: '", phone, "' }"));
}

v1::ApplyActionResponse GatewayTest::Apply(absl::string_view lead, absl::string_view action) {
  const std::string path = absl::StrContains(action, '/')
                               ? absl::StrReplaceAll(action, {{"/", "/actions/"}})
                               : absl::StrCat("new/actions/", action);
  return Must<v1::ApplyActionRequest>(
      absl::StrCat("lead: '~/leads/", lead, "' action: '~s/", path, "'"));
}

void GatewayTest::AddLead(absl::string_view id, absl::string_view more) {
  Must<v1::UpsertLeadRequest>(absl::StrCat(
      "lead { name: '~/leads/", id, "' record_type: 'contact' status: '~s/new' ", more, "}"));
}

v1::Lead GatewayTest::GetLead(absl::string_view id) {
  return Must<v1::GetLeadRequest>(absl::StrCat("name: '~/leads/", id, "'")).lead();
}

v1::Entry GatewayTest::AddPhoneEntry(absl::string_view phone, absl::string_view more) {
  return Must<v1::AddEntryRequest>(
             absl::StrCat("parent: '~' entry { contact_point { phone: '", phone, "' } ", more, "}"))
      .entry();
}

int64_t GatewayTest::Revision() { return Must<v1::GetSystemStatusRequest>("").revision(); }

void GatewayTest::AddRegistry(absl::string_view id, absl::string_view more) {
  Must<v1::CreateListRequest>(
      absl::StrCat("parent: '~' list_id: '", id, "' list { kind: LIST_KIND_REGISTRY ", more, "}"));
}

v1::DncList GatewayTest::GetList(absl::string_view id) {
  return Must<v1::GetListRequest>(absl::StrCat("name: '~/lists/", id, "'")).list();
}

ImportReply GatewayTest::Import(absl::string_view config, absl::string_view file, size_t piece) {
  ImportStream stream(client_.get());
  v1::ImportListRequest message;
  ReadText(config, message.mutable_config());
  FillActor(message.mutable_config());
  stream.Write(message);
  message.clear_config();
  for (size_t at = 0; at < file.size(); at += piece) {
    message.set_data(std::string(file.substr(at, piece)));
    if (!stream.Write(message)) break;  // the server has ended the stream; Finish says why
  }
  message.clear_data();
  message.set_complete(true);
  stream.Write(message);
  stream.WritesDone();
  ImportReply reply;
  while (const auto response = stream.Read()) {
    reply.rejected.insert(reply.rejected.end(), response->rejected().begin(),
                          response->rejected().end());
    if (response->has_summary()) {
      reply.summary = response->summary();
    } else if (response->stage() == v1::IMPORT_STAGE_BUILDING) {
      ++reply.building;
    } else {
      reply.progress.push_back(response->rows());
    }
  }
  static_cast<CallStatus&>(reply) = stream.Finish();
  return reply;
}

std::vector<v1::FilterContactsResponse> GatewayTest::Filter(
    absl::string_view config, const std::vector<v1::FilterContactsRequest>& blocks) {
  FilterStream stream(client_.get());
  v1::FilterContactsRequest first;
  ReadText(absl::StrCat("organization: '~' ", config), first.mutable_config());
  EXPECT_TRUE(stream.Write(first));
  std::vector<v1::FilterContactsResponse> responses;
  for (const v1::FilterContactsRequest& block : blocks) {
    EXPECT_TRUE(stream.Write(block));
    const auto response = stream.Read();
    EXPECT_TRUE(response.has_value());
    if (!response.has_value()) break;
    responses.push_back(*response);
  }
  stream.WritesDone();
  EXPECT_FALSE(stream.Read().has_value());
  EXPECT_THAT(stream.Finish(), IsOk());
  return responses;
}

v1::Verdict VerdictAt(const v1::FilterContactsResponse& response, uint32_t index) {
  const auto byte = static_cast<unsigned char>(response.verdicts().at(index / 4));
  return static_cast<v1::Verdict>(byte >> (2 * (index % 4)) & 3);
}

}  // namespace dnc
