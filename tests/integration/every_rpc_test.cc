// Every method of every service, once with a good request and once with a bad one. A method without
// a row here fails the suite.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "dnc/v1/error_reason.pb.h"
#include "tests/integration/any_method.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

struct Row {
  const char* method;
  const char* good;
  const char* bad;
  const char* reason;
};

// In an order in which each good request finds what it needs.
constexpr Row kRows[] = {
    {"CheckContact", "organization: '~' lead: '~/leads/ann' channel: CHANNEL_VOICE",
     "organization: '~' lead: '~/leads/ann'", "REQUIRED_FIELD_MISSING"},
    {"BatchCheckContacts", "organization: '~' items { lead: '~/leads/ann' channel: CHANNEL_SMS }",
     "organization: '~'", "REQUIRED_FIELD_MISSING"},
    {"FilterContacts",
     "config { organization: '~' channel: CHANNEL_VOICE } phones: 12125550101 raw: '212 555 0102'",
     "phones: 12125550101", "REQUIRED_FIELD_MISSING"},
    {"StreamChecks",
     "checks { id: 1 request { organization: '~' lead: '~/leads/ann' channel: CHANNEL_VOICE } }",
     "checks { id: 1 request { organization: '~' lead: '~/leads/ann' } }",
     "REQUIRED_FIELD_MISSING"},
    {"CreateOrganization", "organization_id: 'beta' organization { default_region: 'DE' }",
     "organization_id: 'acme'", "ALREADY_EXISTS"},
    {"GetOrganization", "name: '~'", "name: 'organizations/none'", "ORGANIZATION_NOT_FOUND"},
    {"ListOrganizations", "page_size: 1", "page_token: 'x'", "INVALID_FIELD"},
    {"CreateWorkflow",
     "parent: '~' workflow_id: 'w' workflow { record_type: 'contact' statuses { name: 's' "
     "system_status: SYSTEM_STATUS_NEW } }",
     "parent: '~' workflow_id: 'w' workflow { record_type: 'contact' }", "ALREADY_EXISTS"},
    {"GetWorkflow", "name: '~/workflows/w'", "name: '~/workflows/none'", "WORKFLOW_NOT_FOUND"},
    {"ListWorkflows", "parent: '~'", "parent: 'organizations/none'", "ORGANIZATION_NOT_FOUND"},
    {"ApplyWorkflow", "workflow { name: '~/workflows/w' record_type: 'contact' }",
     "workflow { name: '~/workflows/w' record_type: 'company' }", "RECORD_TYPE_MISMATCH"},
    {"CreateStatus",
     "parent: '~/workflows/w' status_id: 't' status { system_status: SYSTEM_STATUS_WON }",
     "parent: '~/workflows/none' status_id: 't' status { system_status: SYSTEM_STATUS_WON }",
     "WORKFLOW_NOT_FOUND"},
    {"GetStatus", "name: '~/workflows/w/statuses/t'", "name: '~/workflows/w/statuses/none'",
     "STATUS_NOT_FOUND"},
    {"ListStatuses", "parent: '~/workflows/w'", "parent: '~/workflows/none'", "WORKFLOW_NOT_FOUND"},
    {"UpdateStatus",
     "status { name: '~/workflows/w/statuses/t' system_status: SYSTEM_STATUS_LOST }",
     "status { name: '~/workflows/w/statuses/t' }", "INVALID_FIELD"},
    {"CreateAction",
     "parent: '~/workflows/w/statuses/t' action_id: 'a' action { operations { nurture { duration "
     "{ seconds: 60 } } } }",
     "parent: '~/workflows/w/statuses/t' action_id: 'b' action {}", "REQUIRED_FIELD_MISSING"},
    {"GetAction", "name: '~/workflows/w/statuses/t/actions/a'",
     "name: '~/workflows/w/statuses/t/actions/none'", "ACTION_NOT_FOUND"},
    {"ListActions", "parent: '~/workflows/w/statuses/t'", "parent: '~/workflows/w/statuses/none'",
     "STATUS_NOT_FOUND"},
    {"UpdateAction",
     "action { name: '~/workflows/w/statuses/t/actions/a' operations { add_to_dnc_list {} } }",
     "action { name: '~/workflows/w/statuses/t/actions/a' operations { nurture { duration { "
     "seconds: 60 } } } }",
     "DNC_OPERATION_DROPPED"},
    {"CopyActions", "source: '~s/new' targets: '~s/won'", "source: '~s/none' targets: '~s/won'",
     "STATUS_NOT_FOUND"},
    {"DeleteAction", "name: '~/workflows/w/statuses/t/actions/a' allow_dropping_dnc: true",
     "name: '~/workflows/w/statuses/t/actions/a'", "ACTION_NOT_FOUND"},
    {"UpsertLead",
     "lead { name: '~/leads/cat' record_type: 'contact' status: '~s/new' contact_points { "
     "other: 'cat@chat' } }",
     "lead { name: '~/leads/dan' record_type: 'contact' }", "REQUIRED_FIELD_MISSING"},
    {"GetLead", "name: '~/leads/cat'", "name: '~/leads/none'", "LEAD_NOT_FOUND"},
    {"ListLeads", "parent: '~'", "parent: '~' page_size: -1", "INVALID_FIELD"},
    {"BatchUpsertLeads",
     "parent: '~' leads { name: '~/leads/eve' record_type: 'contact' status: '~s/new' }",
     "parent: '~'", "REQUIRED_FIELD_MISSING"},
    {"ApplyAction", "lead: '~/leads/ann' action: '~s/new/actions/dnc'",
     "lead: '~/leads/none' action: '~s/new/actions/dnc'", "LEAD_NOT_FOUND"},
    {"UpdateWorkflow", "workflow { name: '~/workflows/w' } status_order: 't'",
     "workflow { name: '~/workflows/w' } status_order: 'none'", "STATUS_NOT_FOUND"},
    {"UpdateOrganization", "organization { name: '~' display_name: 'Acme Inc.' }",
     "organization { name: '~' dnc_action_naming { pattern: '(' } }", "INVALID_FIELD"},
    {"ListNamingViolations", "parent: '~' naming { pattern: 'DNC: .+' }",
     "parent: '~' naming { pattern: '(' }", "INVALID_FIELD"},
    {"DeleteLead", "name: '~/leads/eve'", "name: '~/leads/none'", "LEAD_NOT_FOUND"},
    {"MergeLeads", "source: '~/leads/cat' target: '~/leads/bob'",
     "source: '~/leads/bob' target: '~/leads/bob'", "INVALID_FIELD"},
    {"CreateList", "parent: '~' list_id: 'r' list { kind: LIST_KIND_REGISTRY }",
     "parent: '~' list_id: 'r2' list {}", "INVALID_FIELD"},
    {"UpdateList", "list { name: '~/lists/r' display_name: 'R' }",
     "list { name: '~/lists/r' kind: LIST_KIND_INTERNAL }", "INVALID_FIELD"},
    {"GetList", "name: '~/lists/r'", "name: '~/lists/none'", "LIST_NOT_FOUND"},
    {"ListLists", "parent: '~'", "parent: ''", "REQUIRED_FIELD_MISSING"},
    {"AddEntry", "parent: '~' entry { contact_point { phone: '+12125550199' } }",
     "parent: '~' entry { contact_point { phone: '12' } }", "INVALID_PHONE_NUMBER"},
    {"GetEntry", "name: '$ENTRY'", "name: '~/entries/1-999'", "ENTRY_NOT_FOUND"},
    {"ListEntries", "parent: '~'", "parent: '~' list: '~/lists/none'", "LIST_NOT_FOUND"},
    {"RevokeEntry", "name: '$ENTRY' evidence: 'a signed form'", "name: '~/entries/1-0'",
     "REQUIRED_FIELD_MISSING"},
    {"ImportList",
     "config { list: '~/lists/r' actor { id: 'a' } format: 'plain' } data: '2125550177\\n' "
     "complete: true",
     "config { list: '~/lists/none' actor { id: 'a' } }", "LIST_NOT_FOUND"},
    {"GetDecision", "name: '~/decisions/$DECISION'",
     "name: '~/decisions/00000000000000000000000000000000'", "DECISION_NOT_FOUND"},
    {"ListDecisions", "parent: '~' contact_point { phone: '+12125550101' }",
     "parent: '~' decision_id: 'x'", "INVALID_FIELD"},
    {"ReportContact",
     "organization: '~' contact { contact_id: 'c1' contact_point { phone: '+12125550102' } "
     "channel: "
     "CHANNEL_VOICE contact_time { seconds: 1768478400 } }",
     "organization: '~' contact { contact_id: 'c2' channel: CHANNEL_VOICE }",
     "REQUIRED_FIELD_MISSING"},
    {"ReportContacts",
     "config { organization: '~' } contacts { contact_id: 'c3' contact_point { phone: "
     "'+12125550102' } channel: CHANNEL_VOICE contact_time { seconds: 1768478400 } }",
     "contacts { contact_id: 'c4' }", "REQUIRED_FIELD_MISSING"},
    {"ListContacts", "parent: '~'", "parent: '~' filter { channel: 99 }", "INVALID_FIELD"},
    {"ListContactViolations", "parent: '~'", "parent: '~' kind: 99", "INVALID_FIELD"},
    {"CountDncActions", "parent: '~'", "parent: '~' time_zone: 'Nowhere'", "INVALID_FIELD"},
    {"ListDncLeads", "parent: '~'", "parent: '~' statuses: '~s/none'", "STATUS_NOT_FOUND"},
    {"ListActiveLeads", "parent: '~'", "parent: '~' page_size: -1", "INVALID_FIELD"},
    {"GetCoverage", "parent: '~'", "parent: '~' max_findings: -1", "INVALID_FIELD"},
    {"CountBlockedChecks", "parent: '~'", "parent: '~' channels: 99", "INVALID_FIELD"},
    {"MeasureEffectTimes", "parent: '~'", "parent: '~' limit {}", "INVALID_FIELD"},
    {"ListAuditRecords", "parent: '~' object: '~/leads/ann'", "parent: '~' kind: 'Nothing'",
     "INVALID_FIELD"},
    {"GetAuditRecord", "parent: '~' revision: 2", "parent: '~' revision: 999999",
     "AUDIT_RECORD_NOT_FOUND"},
    {"GetAuditHead", "parent: '~'", "parent: 'organizations/none'", "ORGANIZATION_NOT_FOUND"},
    {"ExportAudit", "parent: '~'", "parent: '~' last_revision: 999999", "FUTURE_REVISION"},
    {"VerifyAudit", "parent: '~'", "parent: '~' first_revision: 9 last_revision: 7",
     "INVALID_FIELD"},
    {"WatchChanges", "parent: '~' start_revision: 1", "parent: '~' start_revision: 999999",
     "FUTURE_REVISION"},
    {"CreateRole", "parent: '~' role_id: 'importer' role { permissions: 'lists.import' }",
     "parent: '~' role_id: 'agent' role {}", "ALREADY_EXISTS"},
    {"UpdateRole", "role { name: '~/roles/importer' permissions: 'lists.read' }",
     "role { name: '~/roles/importer' permissions: 'lists.ride' }", "INVALID_FIELD"},
    {"GetRole", "name: '~/roles/agent'", "name: '~/roles/none'", "ROLE_NOT_FOUND"},
    {"ListRoles", "parent: '~'", "parent: 'organizations/none'", "ORGANIZATION_NOT_FOUND"},
    {"CreateGroup",
     "parent: '~' group_id: 'inside' group { members: 'users/kim' workflows { workflow: "
     "'~/workflows/sales' } }",
     "parent: '~' group_id: 'outside' group { workflows { workflow: '~/workflows/none' } }",
     "WORKFLOW_NOT_FOUND"},
    {"CreateRoleBinding",
     "parent: '~' binding_id: 'b' binding { role: '~/roles/agent' group: '~/groups/inside' scope: "
     "'~s/new' }",
     "parent: '~' binding_id: 'c' binding { role: '~/roles/agent' group: '~/groups/none' }",
     "GROUP_NOT_FOUND"},
    {"UpdateGroup", "name: '~/groups/inside' add_members: 'users/joe'",
     "name: '~/groups/inside' add_members: 'users/kim' remove_members: 'users/kim'",
     "INVALID_FIELD"},
    {"GetGroup", "name: '~/groups/inside'", "name: '~/groups/none'", "GROUP_NOT_FOUND"},
    {"ListGroups", "parent: '~' outdated_only: true", "parent: '~' member: 'no body'",
     "INVALID_FIELD"},
    {"SyncGroup", "name: '~/groups/inside'",
     "name: '~/groups/inside' workflows: '~/workflows/support'", "INVALID_FIELD"},
    {"GetRoleBinding", "name: '~/bindings/b'", "name: '~/bindings/none'", "BINDING_NOT_FOUND"},
    {"ListRoleBindings", "parent: '~' principal: 'users/kim'",
     "parent: '~' scope: 'organizations/x'", "INVALID_FIELD"},
    {"DeleteRoleBinding", "name: '~/bindings/b'", "name: '~/bindings/b'", "BINDING_NOT_FOUND"},
    {"DeleteRole", "name: '~/roles/importer'", "name: '~/roles/agent'", "INVALID_FIELD"},
    {"DeleteGroup", "name: '~/groups/inside'", "name: '~/groups/inside'", "GROUP_NOT_FOUND"},
    {"ListPermissions", "", nullptr, nullptr},
    {"TestPermissions", "resource: '~s/new'", "resource: '~' permissions: 'x'", "INVALID_FIELD"},
    {"ListAvailableActions", "lead: '~/leads/ann'",
     "lead: '~/leads/ann' actions: '~s/new/actions/none'", "ACTION_NOT_FOUND"},
    {"RecordOptOut",
     "parent: '~' opt_out { contact_point { phone: '2125550180' } received_time { seconds: 1 } "
     "keyword_reply { text: 'stop' medium: REPLY_MEDIUM_SMS } }",
     "parent: '~' opt_out { received_time { seconds: 1 } }", "REQUIRED_FIELD_MISSING"},
    {"ListOptOuts", "parent: '~'", "parent: 'organizations/none'", "ORGANIZATION_NOT_FOUND"},
    {"ListOptOutKeywords", "parent: '~'", "parent: 'organizations/none'", "ORGANIZATION_NOT_FOUND"},
    {"GetReview", "name: '$REVIEW'", "name: '~/reviews/1'", "REVIEW_NOT_FOUND"},
    {"ListReviews", "parent: '~'", "parent: '~' page_size: -1", "INVALID_FIELD"},
    {"ResolveReview", "name: '$REVIEW' decision: REVIEW_DECISION_CONFIRM reason: 'clear'",
     "name: '~/reviews/1' decision: REVIEW_DECISION_CONFIRM reason: 'x'", "REVIEW_NOT_FOUND"},
    {"CreateTemplate",
     "parent: '~' template_id: 't' template { record_type: 'contact' actions { name: 'stop' "
     "operations { add_to_dnc_list {} } } }",
     "parent: '~' template_id: 't' template { record_type: 'contact' actions { name: 'stop' "
     "operations { add_to_dnc_list {} } } }",
     "ALREADY_EXISTS"},
    {"UpdateTemplate",
     "template { name: '~/templates/t' actions { name: 'stop' display_name: 'Stop' operations { "
     "add_to_dnc_list {} } } }",
     "template { name: '~/templates/t' actions { name: 'other' operations { add_to_dnc_list {} } } "
     "}",
     "DNC_OPERATION_DROPPED"},
    {"GetTemplate", "name: '~/templates/t'", "name: '~/templates/none'", "TEMPLATE_NOT_FOUND"},
    {"ListTemplates", "parent: '~'", "parent: '~' page_size: -1", "INVALID_FIELD"},
    {"ApplyTemplate", "template: '~/templates/t' targets: '~s/won'",
     "template: '~/templates/t' targets: '~s/none'", "STATUS_NOT_FOUND"},
    {"ListTemplateCopies", "template: '~/templates/t'", "template: '~/templates/none'",
     "TEMPLATE_NOT_FOUND"},
    {"DeleteTemplate", "name: '~/templates/t'", "name: '~/templates/t'", "TEMPLATE_NOT_FOUND"},
    {"DiagnoseMissingAction", "parent: '~' user: 'users/jane' status: '~s/new'",
     "parent: '~' user: 'users/jane' status: '~s/none'", "STATUS_NOT_FOUND"},
    {"DiagnoseCopy", "source: '~s/new' targets: '~s/working'",
     "source: '~s/none' targets: '~s/won'", "STATUS_NOT_FOUND"},
    {"DiagnoseMissingOptions", "parent: '~' users: 'users/jane'",
     "parent: '~' group: '~/groups/none'", "GROUP_NOT_FOUND"},
    {"DiagnoseActiveReports", "parent: '~'", "parent: 'organizations/none'",
     "ORGANIZATION_NOT_FOUND"},
    {"DiagnoseContactedLead", "parent: '~' lead: '~/leads/ann'", "parent: '~'",
     "REQUIRED_FIELD_MISSING"},
    {"GetSystemStatus", "", nullptr, nullptr},
};

// The length-delimited fields of number `number` in a message whose type is not linked.
std::vector<std::string> FieldsOf(const std::string& bytes, int number) {
  google::protobuf::Empty message;
  std::vector<std::string> values;
  if (!message.ParseFromString(bytes)) return values;
  const UnknownFieldSet& fields =
      google::protobuf::Empty::GetReflection()->GetUnknownFields(message);
  for (int i = 0; i < fields.field_count(); ++i) {
    const UnknownField& field = fields.field(i);
    if (field.number() == number && field.type() == UnknownField::TYPE_LENGTH_DELIMITED) {
      values.push_back(field.length_delimited());
    }
  }
  return values;
}

class EveryRpcTest : public GatewayTest {
 protected:
  // What grpc.reflection.v1alpha answers to list_services.
  std::set<std::string> ListServices() {
    const auto stream =
        client().Open("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");
    std::string response;
    EXPECT_TRUE(stream->Write("\x3a\x01*"));
    EXPECT_TRUE(stream->Read(&response));
    stream->WritesDone();
    EXPECT_THAT(stream->Finish(), IsOk());
    std::set<std::string> names;
    for (const std::string& list : FieldsOf(response, 6)) {
      for (const std::string& service : FieldsOf(list, 1)) {
        for (const std::string& name : FieldsOf(service, 1)) names.insert(name);
      }
    }
    return names;
  }

  // All methods of the product.
  std::vector<const MethodDescriptor*> AllMethods() {
    std::vector<const MethodDescriptor*> methods;
    for (const std::string& name : ListServices()) {
      if (!absl::StartsWith(name, "dnc.")) continue;
      const auto* service = DescriptorPool::generated_pool()->FindServiceByName(name);
      EXPECT_NE(service, nullptr) << name;
      if (service == nullptr) continue;
      for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
    }
    return methods;
  }

  CallStatus SendBytes(const MethodDescriptor& method, const std::string& request) {
    std::string response;
    return CallMethod(&client(), method, request, &response);
  }

  CallStatus Run(const MethodDescriptor& method, const std::string& text) {
    const std::unique_ptr<Message> request(
        MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
    ReadText(text, request.get());
    FillActor(request.get());
    return SendBytes(method, request->SerializeAsString());
  }
};

const MethodDescriptor* FindMethod(const std::set<std::string>& services, const std::string& name) {
  for (const std::string& service : services) {
    const auto* descriptor = DescriptorPool::generated_pool()->FindServiceByName(service);
    if (descriptor == nullptr) continue;
    if (const auto* method = descriptor->FindMethodByName(name); method != nullptr) return method;
  }
  return nullptr;
}

TEST_F(EveryRpcTest, EachMethodAnswersAGoodRequestAndRefusesABadOne) {
  const std::set<std::string> services = ListServices();
  const std::string entry = AddPhoneEntry("+12125550188").name();
  const std::string decision = CheckPhone(kBobPhone).decision_id();
  const std::string review =
      Must<v1::RecordOptOutRequest>(
          "parent: '~' opt_out { contact_point { phone: '2125550187' } keyword_reply { text: 'stop "
          "it' medium: REPLY_MEDIUM_SMS } received_time { seconds: 1768478400 } }")
          .opt_out()
          .review();
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.method);
    const auto* method = FindMethod(services, row.method);
    ASSERT_NE(method, nullptr);
    const std::string good = absl::StrReplaceAll(
        row.good, {{"$ENTRY", entry}, {"$DECISION", decision}, {"$REVIEW", review}});
    EXPECT_THAT(Run(*method, good), IsOk());
    if (row.bad != nullptr) {
      EXPECT_THAT(Run(*method, row.bad), Refused(row.reason));
    }
  }
}

TEST_F(EveryRpcTest, NoMethodIsLeftOut) {
  std::set<std::string> exercised;
  for (const Row& row : kRows) exercised.insert(row.method);
  std::set<std::string> services;
  for (const MethodDescriptor* method : AllMethods()) {
    services.insert(method->service()->name());
    EXPECT_EQ(exercised.count(method->name()), 1u) << method->full_name() << " has no row in kRows";
  }
  EXPECT_GE(services.size(), 8u);
}

TEST_F(EveryRpcTest, EveryMethodSurvivesAnEmptyRequest) {
  for (const MethodDescriptor* method : AllMethods()) {
    SCOPED_TRACE(method->full_name());
    const CallStatus status = Run(*method, "");
    if (method->name() == "GetSystemStatus" || method->name() == "ListOrganizations" ||
        method->name() == "ListPermissions") {
      EXPECT_THAT(status, IsOk());
    } else {
      EXPECT_THAT(status, Refused("REQUIRED_FIELD_MISSING"));
    }
  }
}

TEST_F(EveryRpcTest, EveryMethodRefusesBytesThatAreNoMessage) {
  for (const MethodDescriptor* method : AllMethods()) {
    SCOPED_TRACE(method->full_name());
    for (const std::string& bytes :
         {std::string("\xff\xff\xff\xff"), std::string("\x0a\x7f"), std::string(100, '\0')}) {
      const CallStatus status = SendBytes(*method, bytes);
      EXPECT_THAT(status, Refused("MALFORMED_REQUEST"));
      EXPECT_EQ(status.metadata("type"), method->input_type()->full_name());
    }
  }
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
}

TEST_F(EveryRpcTest, EveryTextOfEveryMethodMustBeUtf8) {
  int texts = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor* field = method->input_type()->field(i);
      if (field->type() != FieldDescriptor::TYPE_STRING) continue;
      SCOPED_TRACE(field->full_name());
      const std::string request = {static_cast<char>(field->number() << 3 | 2), '\x02', '\xc3',
                                   '('};
      EXPECT_THAT(SendBytes(*method, request), Refused("MALFORMED_REQUEST"));
      ++texts;
    }
  }
  EXPECT_GT(texts, 50);
}

TEST_F(EveryRpcTest, ReflectionListsHealthAndItself) {
  const std::set<std::string> services = ListServices();
  EXPECT_THAT(services, testing::Contains("grpc.health.v1.Health"));
  EXPECT_THAT(services, testing::Contains("grpc.reflection.v1alpha.ServerReflection"));
}

TEST_F(EveryRpcTest, HealthServiceSaysServing) {
  std::string response;
  EXPECT_THAT(client().Call("/grpc.health.v1.Health/Check", "", &response), IsOk());
  EXPECT_EQ(response, "\x08\x01");  // status: SERVING
  const CallStatus unknown = client().Call("/grpc.health.v1.Health/Check", "\x0a\x01x", &response);
  EXPECT_EQ(unknown.code, absl::StatusCode::kNotFound);
}

TEST_F(EveryRpcTest, TheHealthOfEveryServiceIsKnown) {
  for (const std::string& name : ListServices()) {
    if (!absl::StartsWith(name, "dnc.")) continue;
    std::string response;
    const std::string request =
        absl::StrCat("\x0a", std::string(1, static_cast<char>(name.size())), name);
    EXPECT_THAT(client().Call("/grpc.health.v1.Health/Check", request, &response), IsOk()) << name;
    EXPECT_EQ(response, "\x08\x01") << name;
  }
}

TEST_F(EveryRpcTest, AMethodThatDoesNotExistIsATypedError) {
  const std::string huge = "/" + std::string(4000, 'x');
  for (const std::string& method : {std::string("/dnc.v1.CheckService/Guess"),
                                    std::string("/dnc.v9.CheckService/CheckContact"), huge}) {
    std::string response;
    const CallStatus status = client().Call(method, "", &response);
    EXPECT_THAT(status, Refused("METHOD_NOT_FOUND")) << method.substr(0, 50);
    EXPECT_EQ(status.metadata("method").substr(0, 30), method.substr(0, 30));
    const auto stream = client().Open(method);
    stream->Write("");
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_THAT(stream->Finish(), Refused("METHOD_NOT_FOUND")) << method.substr(0, 50);
  }
}

// What an error repeats of a request must not make the error itself too large to arrive.
TEST_F(EveryRpcTest, ErrorsAboutLongInputArrive) {
  for (const std::string& name :
       {std::string(5000, 'x'), std::string(60'000, 'x'), std::string(4000, '\n')}) {
    v1::CopyActionsRequest request =
        Parse<v1::CopyActionsRequest>("source: '~s/new' targets: '~s/won' actor { id: 'a' }");
    request.add_actions(name);
    const auto reply = Send(request);
    ASSERT_TRUE(reply.info.has_value()) << testing::PrintToString(reply);
    EXPECT_LE(reply.message.size(), 1024u);
  }
}

TEST_F(EveryRpcTest, EveryReasonHasAContract) {
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    const std::string reason(absl::StripPrefix(reasons->value(i)->name(), "ERROR_REASON_"));
    EXPECT_EQ(WrongReason(CallStatus(), reason), "the call succeeded");
  }
}

TEST_F(EveryRpcTest, SystemStatusTellsRevisionRegistriesAndStart) {
  const v1::GetSystemStatusResponse before = Must<v1::GetSystemStatusRequest>("");
  EXPECT_EQ(before.state(), v1::SERVING_STATE_SERVING);
  EXPECT_EQ(before.organizations(), 1);
  EXPECT_EQ(before.registries(), 0);
  EXPECT_EQ(before.start_time().seconds(), kStart / kSecond);
  EXPECT_GT(before.schema_version(), 0);
  EXPECT_FALSE(before.version().empty());
  AddRegistry("national");
  EXPECT_THAT(Import("list: '~/lists/national'", "2125550177\n2125550178\n"), IsOk());
  const v1::GetSystemStatusResponse after = Must<v1::GetSystemStatusRequest>("");
  EXPECT_EQ(after.registries(), 1);
  EXPECT_EQ(after.registry_numbers(), 2);
  EXPECT_GT(after.registry_memory_bytes(), 0);
  EXPECT_GT(after.revision(), before.revision());
}

}  // namespace
}  // namespace dnc
