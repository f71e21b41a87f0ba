#include "tests/integration/any_method.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace dnc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr const char* kServices[] = {
    "AccessService",       "CheckService",    "ActionService",   "LeadService",
    "RegistryService",     "WorkflowService", "SystemService",   "ReportService",
    "OrganizationService", "OptOutService",   "TemplateService", "ContactService",
    "DecisionService",     "AuditService",    "WatchService",    "DiagnoseService"};

// The comments above the fields of a proto file's messages, by "Message.field".
std::map<std::string, std::string> FieldComments(const std::string& name) {
  static const auto* const kMessage = new std::regex(R"(^message (\w+) \{)");
  static const auto* const kField = new std::regex(R"(^ +(?:repeated )?[\w.]+ (\w+) = \d+;)");
  static const auto* const kComment = new std::regex(R"(^ *// ?(.*))");
  std::map<std::string, std::string> comments;
  std::ifstream file(absl::StrCat(DNC_SOURCE_DIR "/proto/", name));
  EXPECT_TRUE(file.is_open()) << name;
  std::string message;
  std::string comment;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_search(line, match, *kComment)) {
      absl::StrAppend(&comment, comment.empty() ? "" : " ", match.str(1));
      continue;
    }
    if (std::regex_search(line, match, *kMessage)) message = match[1];
    if (std::regex_search(line, match, *kField)) {
      comments[absl::StrCat(message, ".", match.str(1))] = comment;
    }
    comment.clear();
  }
  return comments;
}

}  // namespace

std::vector<const MethodDescriptor*> ProductMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const char* name : kServices) {
    const auto* service =
        DescriptorPool::generated_pool()->FindServiceByName(absl::StrCat("dnc.v1.", name));
    EXPECT_NE(service, nullptr) << name;
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      methods.push_back(service->method(i));
    }
  }
  return methods;
}

const MethodDescriptor* ProductMethod(const std::string& name) {
  for (const MethodDescriptor* method : ProductMethods()) {
    if (method->name() == name) return method;
  }
  return nullptr;
}

std::unique_ptr<google::protobuf::Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

CallStatus CallMethod(RpcClient* client, const MethodDescriptor& method, const std::string& request,
                      std::string* response) {
  const std::string path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  if (!method.client_streaming() && !method.server_streaming()) {
    return client->Call(path, request, response);
  }
  const auto stream = client->Open(path);
  stream->Write(request);
  stream->WritesDone();
  if (method.name() == "WatchChanges") return FirstOf(*stream);
  while (stream->Read(response)) {
  }
  CallStatus end = stream->Finish();
  if (!end.ok() || method.name() != "StreamChecks") return end;
  v1::StreamChecksResponse checks;
  EXPECT_TRUE(checks.ParseFromString(*response));
  return checks.answers().empty() ? CallStatus() : StatusOf(checks.answers(0).error());
}

CallStatus StatusOf(const v1::ItemError& error) {
  CallStatus status;
  if (error.code() == 0) return status;
  status.code = static_cast<absl::StatusCode>(error.code());
  status.message = error.message();
  status.info.emplace();
  status.info->set_reason(error.reason());
  status.info->set_domain("dnc.v1");
  *status.info->mutable_metadata() = error.metadata();
  if (!error.field().empty()) (*status.info->mutable_metadata())["field"] = error.field();
  return status;
}

CallStatus FirstOf(RpcStream& stream) {
  std::string message;
  if (!stream.Read(&message)) return stream.Finish();
  stream.Cancel();
  const CallStatus ended = stream.Finish();
  EXPECT_EQ(ended.code, absl::StatusCode::kCancelled);
  return CallStatus();
}

bool IsOutputOnly(const FieldDescriptor& field) {
  static auto* const kComments =
      new std::map<std::string, std::map<std::string, std::string>>;  // by file
  const Descriptor* type = field.containing_type();
  const std::string& file = type->file()->name();
  if (!absl::StartsWith(file, "dnc/v1/") || type->containing_type() != nullptr) return false;
  if (kComments->count(file) == 0) (*kComments)[file] = FieldComments(file);
  const auto comment = kComments->at(file).find(absl::StrCat(type->name(), ".", field.name()));
  if (comment == kComments->at(file).end()) {
    ADD_FAILURE() << field.full_name() << " has no comment";
    return false;
  }
  return absl::StrContains(comment->second, "Output only");
}

const std::vector<FullRequest>& FullRequests() {
  static const auto* const kRequests = new std::vector<FullRequest>{
      {"CheckContact",
       "organization: '~' lead: '~/leads/ann' contact_point { phone: '2125550101' "
       "default_region: 'US' } channel: CHANNEL_VOICE message_class: MESSAGE_CLASS_MARKETING "
       "campaign: 'spring' brand: 'home'"},
      {"BatchCheckContacts",
       "organization: '~' items { lead: '~/leads/ann' contact_point { phone: '2125550101' "
       "default_region: 'US' } channel: CHANNEL_SMS campaign: 'spring' brand: 'home' }"},
      {"FilterContacts",
       "config { organization: '~' channel: CHANNEL_VOICE campaign: 'spring' brand: 'home' "
       "default_region: 'US' } phones: 12125550101 raw: '212 555 0102'"},
      {"StreamChecks",
       "checks { id: 7 request { organization: '~' lead: '~/leads/ann' contact_point { phone: "
       "'2125550101' default_region: 'US' } channel: CHANNEL_VOICE message_class: "
       "MESSAGE_CLASS_MARKETING campaign: 'spring' brand: 'home' } }"},
      {"CreateOrganization",
       "organization_id: 'beta' organization { display_name: 'Beta' default_region: 'DE' } "
       "request_id: 'full-1' actor { id: 'users/jane' origin: 'screen' }"},
      {"GetOrganization", "name: '~'"},
      {"ListOrganizations", "page_size: 1"},
      {"UpdateOrganization",
       "organization { name: '~' display_name: 'Acme Inc.' default_region: 'US' dnc_action_naming "
       "{ "
       "pattern: '.+' description: 'any name' enforcement: ENFORCEMENT_WARN } } request_id: "
       "'full-20' actor { id: 'users/jane' origin: 'screen' }"},
      {"ListNamingViolations", "parent: '~' naming { pattern: 'x+' description: 'only x' }"},
      {"CreateList",
       "parent: '~' list_id: 'partners' list { display_name: 'Partners' kind: "
       "LIST_KIND_INTERNAL brand: 'home' campaign: 'spring' } request_id: 'full-2' actor { id: "
       "'users/jane' origin: 'screen' }"},
      {"CreateList",
       "parent: '~' list_id: 'national' list { display_name: 'National' kind: "
       "LIST_KIND_REGISTRY brand: 'home' campaign: 'spring' channels: CHANNEL_VOICE "
       "message_classes: MESSAGE_CLASS_MARKETING max_age { seconds: 2678400 } } request_id: "
       "'full-3' actor { id: 'users/jane' origin: 'screen' }"},
      {"UpdateList",
       "list { name: '~/lists/national' display_name: 'Nation' kind: LIST_KIND_REGISTRY brand: "
       "'home' campaign: 'spring' channels: CHANNEL_VOICE message_classes: MESSAGE_CLASS_MARKETING "
       "max_age { seconds: 2678400 } } request_id: 'full-21' actor { id: 'users/jane' origin: "
       "'screen' }"},
      {"GetList", "name: '~/lists/partners'"},
      {"ListLists", "parent: '~'"},
      {"CreateWorkflow",
       "parent: '~' workflow_id: 'w' workflow { display_name: 'W' record_type: 'contact' "
       "statuses { name: 's' display_name: 'S' system_status: SYSTEM_STATUS_NEW restriction { "
       "channels: CHANNEL_FAX duration { seconds: 60 } } actions { name: 'a' display_name: 'A' "
       "category: ACTION_CATEGORY_OTHER roles: 'agent' operations { add_to_dnc_list { list: "
       "'~/lists/partners' channels: CHANNEL_VOICE reason: 'asked' duration { seconds: 60 } } } "
       "operations { move_to_status { status: '~/workflows/w/statuses/s' } } operations { nurture "
       "{ "
       "duration { seconds: 60 } channels: CHANNEL_SMS } } } actions { name: 'r' operations { "
       "remove_restriction { lists: '~/lists/partners' channels: CHANNEL_SMS end_nurture: true } } "
       "} visible_to_roles: 'agent' } } request_id: 'full-4' actor { id: "
       "'users/jane' origin: 'screen' }"},
      {"UpdateWorkflow",
       "workflow { name: '~/workflows/w' display_name: 'W2' record_type: 'contact' } status_order: "
       "'s' request_id: 'full-22' actor { id: 'users/jane' origin: 'screen' }"},
      {"GetWorkflow", "name: '~/workflows/w'"},
      {"ListWorkflows", "parent: '~'"},
      {"ApplyWorkflow",
       "workflow { name: '~/workflows/v' display_name: 'V' record_type: 'contact' statuses { "
       "name: 's' display_name: 'S' system_status: SYSTEM_STATUS_NEW restriction { channels: "
       "CHANNEL_FAX duration { seconds: 60 } } actions { name: 'a' display_name: 'A' category: "
       "ACTION_CATEGORY_OTHER operations { add_to_dnc_list { list: '~/lists/others' channels: "
       "CHANNEL_VOICE reason: 'asked' duration { seconds: 60 } } } operations { move_to_status { "
       "status: '~/workflows/v/statuses/s' } } operations { nurture { duration { seconds: 60 } "
       "channels: CHANNEL_SMS } } } } } lists { name: '~/lists/others' display_name: 'Others' "
       "kind: LIST_KIND_INTERNAL brand: 'home' campaign: 'spring' } lists { name: "
       "'~/lists/state' kind: LIST_KIND_REGISTRY channels: CHANNEL_VOICE message_classes: "
       "MESSAGE_CLASS_MARKETING max_age { seconds: 60 } } request_id: 'full-5' actor { id: "
       "'users/jane' origin: 'screen' }"},
      {"CreateStatus",
       "parent: '~/workflows/w' status_id: 't' status { display_name: 'T' system_status: "
       "SYSTEM_STATUS_NEW restriction { channels: CHANNEL_FAX duration { seconds: 60 } } actions "
       "{ name: 'a' display_name: 'A' category: ACTION_CATEGORY_OTHER operations { "
       "add_to_dnc_list { list: '~/lists/partners' channels: CHANNEL_VOICE reason: 'asked' "
       "duration { seconds: 60 } } } operations { move_to_status { status: "
       "'~/workflows/w/statuses/s' } } operations { nurture { duration { seconds: 60 } channels: "
       "CHANNEL_SMS } } } } request_id: 'full-6' actor { id: 'users/jane' origin: 'screen' }"},
      {"GetStatus", "name: '~/workflows/w/statuses/t'"},
      {"ListStatuses", "parent: '~/workflows/w'"},
      {"UpdateStatus",
       "status { name: '~/workflows/w/statuses/t' display_name: 'U' system_status: "
       "SYSTEM_STATUS_WON restriction { channels: CHANNEL_FAX duration { seconds: 90 } } } "
       "request_id: 'full-7' actor { id: 'users/jane' origin: 'screen' }"},
      {"CreateAction",
       "parent: '~/workflows/w/statuses/t' action_id: 'b' action { display_name: 'B' category: "
       "ACTION_CATEGORY_OTHER operations { add_to_dnc_list { list: '~/lists/partners' channels: "
       "CHANNEL_VOICE reason: 'asked' duration { seconds: 60 } } } operations { move_to_status { "
       "status: '~/workflows/w/statuses/s' } } operations { nurture { duration { seconds: 60 } "
       "channels: CHANNEL_SMS } } } request_id: 'full-8' actor { id: 'users/jane' origin: "
       "'screen' }"},
      {"GetAction", "name: '~/workflows/w/statuses/t/actions/b'"},
      {"ListActions", "parent: '~/workflows/w/statuses/t'"},
      {"UpdateAction",
       "action { name: '~/workflows/w/statuses/t/actions/b' display_name: 'C' category: "
       "ACTION_CATEGORY_CLOSE operations { add_to_dnc_list { list: '~/lists/partners' channels: "
       "CHANNEL_VOICE reason: 'asked' duration { seconds: 90 } } } operations { move_to_status { "
       "status: '~/workflows/w/statuses/s' } } operations { nurture { duration { seconds: 60 } "
       "channels: CHANNEL_SMS } } } request_id: 'full-9' actor { id: 'users/jane' origin: "
       "'screen' }"},
      {"CopyActions",
       "source: '~/workflows/w/statuses/t' actions: 'b' targets: '~/workflows/w/statuses/s' "
       "request_id: 'full-10' actor { id: 'users/jane' origin: 'screen' }"},
      {"DeleteAction",
       "name: '~/workflows/w/statuses/t/actions/b' allow_dropping_dnc: true request_id: "
       "'full-11' actor { id: 'users/jane' origin: 'screen' }"},
      {"UpsertLead",
       "lead { name: '~/leads/cat' display_name: 'Cat' record_type: 'contact' status: '~s/new' "
       "contact_points { phone: '2125550111' default_region: 'US' } contact_points { email: "
       "'cat@example.com' } contact_points { other: 'cat@chat' } } request_id: 'full-12' actor { "
       "id: 'users/jane' origin: 'screen' }"},
      {"GetLead", "name: '~/leads/cat'"},
      {"ListLeads", "parent: '~' status: '~s/new' contact_point { phone: '2125550111' }"},
      {"BatchUpsertLeads",
       "parent: '~' all_or_nothing: true leads { name: '~/leads/eve' display_name: 'Eve' "
       "record_type: 'contact' status: '~s/new' contact_points { phone: '2125550112' "
       "default_region: 'US' } } request_id: 'full-13' actor { id: 'users/jane' origin: 'screen' "
       "}"},
      {"GetLead", "name: '~/leads/eve'"},
      {"ApplyAction",
       "lead: '~/leads/dan' action: '~s/new/actions/later' contact_points { phone: '2125550113' "
       "default_region: 'US' } evidence: 'call 7' request_id: 'full-14' actor { id: 'users/jane' "
       "origin: 'screen' }"},
      {"AddEntry",
       "parent: '~' entry { list: '~/lists/partners' contact_point { phone: '2125550114' "
       "default_region: 'US' } channels: CHANNEL_VOICE message_classes: MESSAGE_CLASS_MARKETING "
       "reason: 'asked' evidence: 'letter' effective_time { seconds: 1768478400 } expire_time { "
       "seconds: 1968478400 } } request_id: 'full-15' actor { id: 'users/jane' origin: 'screen' }"},
      {"AddEntry",
       "parent: '~' entry { lead: '~/leads/bob' } request_id: 'full-16' actor { id: 'users/jane' "
       "origin: 'screen' }"},
      {"GetEntry", "name: '$ENTRY'"},
      {"ListEntries", "parent: '~' list: '~/lists/partners' contact_point { phone: '2125550114' }"},
      {"ListEntries", "parent: '~' lead: '~/leads/bob'"},
      {"RevokeEntry",
       "name: '$ENTRY' evidence: 'a signed form' request_id: 'full-17' actor { id: 'users/jane' "
       "origin: 'screen' }"},
      {"ImportList",
       "config { list: '~/lists/national' format: 'plain' file_name: '2026-01-05_212.txt' "
       "default_region: 'US' area_codes: '212' actor { id: 'users/jane' origin: 'screen' } } "
       "data: '2125550177\\n' complete: true"},
      {"ImportList",
       "config { list: '~/lists/partners' reason: 'asked' actor { id: 'users/jane' } } "
       "data: '2125550178\\n' complete: true"},
      {"DeleteLead",
       "name: '~/leads/eve' request_id: 'full-23' actor { id: 'users/jane' origin: 'screen' }"},
      {"MergeLeads",
       "source: '~/leads/dan' target: '~/leads/cat' request_id: 'full-24' actor { id: 'users/jane' "
       "origin: 'screen' }"},
      {"DiagnoseMissingAction",
       "parent: '~' user: 'users/jane' status: '~s/new' lead: '~/leads/ann' action_id: 'dnc'"},
      {"DiagnoseCopy", "source: '~s/new' actions: 'dnc' targets: '~s/working' user: 'users/jane'"},
      {"DiagnoseMissingOptions", "parent: '~' users: 'users/jane' workflow: '~/workflows/sales'"},
      {"DiagnoseActiveReports", "parent: '~' leads: '~/leads/ann' channel: CHANNEL_SMS"},
      {"DiagnoseContactedLead",
       "parent: '~' lead: '~/leads/ann' contact_point { phone: '2125550101' default_region: 'US' } "
       "channel: CHANNEL_VOICE campaign: 'spring' brand: 'home' at_time { seconds: 1768478400 }"},
      {"GetDecision", "name: '~/decisions/$DECISION'"},
      {"ListDecisions",
       "parent: '~' lead: '~/leads/bob' contact_point { phone: '2125550102' default_region: 'US' } "
       "caller: 'local' campaign: 'spring' decision_id: '$DECISION'"},
      {"ReportContact",
       "organization: '~' contact { contact_id: 'call 1' contact_point { phone: '2125550102' "
       "default_region: 'US' } channel: CHANNEL_VOICE lead: '~/leads/bob' contact_time { seconds: "
       "1768478400 } campaign: 'spring' brand: 'home' decision_id: '$DECISION' outcome: 'answered' "
       "external_id: 'x' }"},
      {"ReportContacts",
       "config { organization: '~' } contacts { contact_id: 'call 2' contact_point { phone: "
       "'2125550102' } channel: CHANNEL_VOICE contact_time { seconds: 1768478400 } }"},
      {"ListContacts",
       "parent: '~' filter { campaign: 'spring' lead: '~/leads/bob' contact_point { phone: "
       "'2125550102' default_region: 'US' } }"},
      {"ListContactViolations",
       "parent: '~' filter { campaign: 'spring' lead: '~/leads/bob' contact_point { phone: "
       "'2125550102' default_region: 'US' } }"},
      {"ListAuditRecords",
       "parent: '~' object: '~/leads/ann' actor: 'users/jane' principal: 'local' kind: "
       "'ApplyAction' disposition: AUDIT_DISPOSITION_APPLIED request_id: 'full-9' period { "
       "start_time { seconds: 1 } end_time { seconds: 4000000000 } } first_revision: 1 "
       "last_revision: 2 descending: true"},
      {"GetAuditRecord", "parent: '~' revision: 2"},
      {"GetAuditHead", "parent: '~'"},
      {"ExportAudit", "parent: '~' first_revision: 1 last_revision: 2"},
      {"VerifyAudit",
       "parent: '~' first_revision: 1 last_revision: 2 expected_hash: "
       "'0000000000000000000000000000000000000000000000000000000000000000'"},
      {"WatchChanges",
       "parent: '~' start_revision: 1 kinds: CHANGE_KIND_ENTRY_ADDED list: '~/lists/internal' "
       "channels: CHANNEL_VOICE"},
      {"CountDncActions",
       "parent: '~' period { start_time { seconds: 1 } } time_zone: 'Europe/Berlin' group_by: "
       "DNC_ACTION_DIMENSION_DAY statuses: '~s/new' actions: '~s/new/actions/dnc' users: "
       "'users/jane'"},
      {"ListDncLeads",
       "parent: '~' statuses: '~s/new' reasons: 'asked' channels: CHANNEL_VOICE lists: "
       "'~/lists/internal' period { end_time { seconds: 4000000000 } } flagged_only: true "
       "page_size: 5"},
      {"ListActiveLeads",
       "parent: '~' statuses: '~s/new' system_statuses: SYSTEM_STATUS_NEW record_type: 'contact' "
       "channel: CHANNEL_SMS page_size: 5"},
      {"GetCoverage", "parent: '~' kinds: KIND_REGISTRY_STALE max_findings: 5"},
      {"CountBlockedChecks",
       "parent: '~' period { start_time { seconds: 1 } } channels: CHANNEL_VOICE campaigns: "
       "'spring'"},
      {"MeasureEffectTimes",
       "parent: '~' paths: OPT_OUT_PATH_ACTION limit { seconds: 60 } max_late: 5"},
      {"CreateRole",
       "parent: '~' role_id: 'importer' role { display_name: 'Importer' description: 'imports' "
       "permissions: 'lists.read' permissions: 'lists.import' } request_id: 'full-access-1' actor "
       "{ "
       "id: 'users/jane' origin: 'screen' }"},
      {"UpdateRole",
       "role { name: '~/roles/importer' display_name: 'Importers' description: 'imports lists' "
       "permissions: 'lists.import' } request_id: 'full-access-2' actor { id: 'users/jane' origin: "
       "'screen' }"},
      {"GetRole", "name: '~/roles/importer'"},
      {"ListRoles", "parent: '~'"},
      {"CreateGroup",
       "parent: '~' group_id: 'inside' group { display_name: 'Inside' members: 'users/kim' "
       "workflows "
       "{ workflow: '~/workflows/sales' } } request_id: 'full-access-3' actor { id: 'users/jane' "
       "origin: 'screen' }"},
      {"UpdateGroup",
       "name: '~/groups/inside' display_name: 'Inside sales' add_members: 'users/joe' "
       "remove_members: 'users/kim' add_workflows: '~/workflows/support' remove_workflows: "
       "'~/workflows/sales' request_id: 'full-access-4' actor { id: 'users/jane' origin: 'screen' "
       "}"},
      {"SyncGroup",
       "name: '~/groups/inside' workflows: '~/workflows/support' request_id: 'full-access-5' actor "
       "{ "
       "id: 'users/jane' origin: 'screen' }"},
      {"GetGroup", "name: '~/groups/inside'"},
      {"ListGroups", "parent: '~' member: 'users/joe' workflow: '~/workflows/support'"},
      {"CreateRoleBinding",
       "parent: '~' binding_id: 'inside-importer' binding { role: '~/roles/importer' group: "
       "'~/groups/inside' scope: '~' } request_id: 'full-access-6' actor { id: 'users/jane' "
       "origin: "
       "'screen' }"},
      {"GetRoleBinding", "name: '~/bindings/inside-importer'"},
      {"ListRoleBindings",
       "parent: '~' principal: 'users/joe' group: '~/groups/inside' role: '~/roles/importer' "
       "scope: "
       "'~'"},
      {"DeleteRoleBinding",
       "name: '~/bindings/inside-importer' request_id: 'full-access-7' actor { id: 'users/jane' "
       "origin: 'screen' }"},
      {"DeleteRole",
       "name: '~/roles/importer' request_id: 'full-access-8' actor { id: 'users/jane' origin: "
       "'screen' }"},
      {"DeleteGroup",
       "name: '~/groups/inside' request_id: 'full-access-9' actor { id: 'users/jane' origin: "
       "'screen' }"},
      {"ListPermissions", ""},
      {"TestPermissions", "resource: '~' permissions: 'checks.check'"},
      {"ListAvailableActions",
       "lead: '~/leads/bob' principal: 'users/joe' actions: '~s/new/actions/later'"},
      {"RecordOptOut",
       "parent: '~' opt_out { contact_point { phone: '2125550180' default_region: 'US' } lead: "
       "'~/leads/eve' received_time { seconds: 1768478400 } keyword_reply { text: 'stop' medium: "
       "REPLY_MEDIUM_SMS language: 'en' } message_id: 'm-1' replied_class: MESSAGE_CLASS_MARKETING "
       "brand: 'home' campaign: 'spring' evidence: 'log 7' } request_id: 'full-optout-1' actor { "
       "id: "
       "'users/jane' origin: 'screen' }"},
      {"RecordOptOut",
       "parent: '~' opt_out { contact_point { email: 'zoe@example.com' } received_time { seconds: "
       "1768478400 } one_click { post_body: 'List-Unsubscribe=One-Click' } } request_id: "
       "'full-optout-2' actor { id: 'users/jane' origin: 'screen' }"},
      {"RecordOptOut",
       "parent: '~' opt_out { contact_point { phone: '2125550181' } received_time { seconds: "
       "1768478400 } phone_call { agent: 'users/kim' recording: 'tape 4' } channels: CHANNEL_SMS "
       "message_classes: MESSAGE_CLASS_MARKETING } request_id: 'full-optout-3' actor { id: "
       "'users/jane' origin: 'screen' }"},
      {"RecordOptOut",
       "parent: '~' opt_out { lead: '~/leads/eve' received_time { seconds: 1768478400 } letter { "
       "reference: 'folder 9' } } request_id: 'full-optout-4' actor { id: 'users/jane' origin: "
       "'screen' }"},
      {"RecordOptOut",
       "parent: '~' opt_out { contact_point { email: 'max@example.com' } received_time { seconds: "
       "1768478400 } email_reply { subject: 'Re: hello' text: 'unsubscribe' language: 'en' } } "
       "request_id: 'full-optout-5' actor { id: 'users/jane' origin: 'screen' }"},
      {"ListOptOuts",
       "parent: '~' outcome: OPT_OUT_OUTCOME_OPTED_OUT record_period { start_time { seconds: 1 } "
       "}"},
      {"ListOptOutKeywords", "parent: '~'"},
      {"GetReview", "name: '$REVIEW'"},
      {"ListReviews", "parent: '~' state: REVIEW_STATE_PENDING kind: REVIEW_KIND_NEAR_MISS"},
      {"ResolveReview",
       "name: '$REVIEW' decision: REVIEW_DECISION_DISMISS reason: 'a bus stop' request_id: "
       "'full-optout-6' actor { id: 'users/jane' origin: 'screen' }"},
      {"CreateTemplate",
       "parent: '~' template_id: 'opt-outs' template { display_name: 'Opt-outs' record_type: "
       "'contact' actions { name: 'stop' display_name: 'Stop' category: "
       "ACTION_CATEGORY_DO_NOT_CONTACT operations { add_to_dnc_list { list: '~/lists/partners' "
       "channels: CHANNEL_VOICE reason: 'asked' } } } } request_id: 'full-template-1' actor { id: "
       "'users/jane' origin: 'screen' }"},
      {"UpdateTemplate",
       "template { name: '~/templates/opt-outs' display_name: 'Opting out' record_type: 'contact' "
       "actions { name: 'stop' display_name: 'Stop it' category: ACTION_CATEGORY_DO_NOT_CONTACT "
       "operations { add_to_dnc_list { reason: 'asked' list: '~/lists/partners' } } } } "
       "request_id: "
       "'full-template-2' actor { id: 'users/jane' origin: 'screen' }"},
      {"GetTemplate", "name: '~/templates/opt-outs'"},
      {"ListTemplates", "parent: '~'"},
      {"ApplyTemplate",
       "template: '~/templates/opt-outs' actions: 'stop' targets: '~s/won' conflict_policy: "
       "CONFLICT_POLICY_FAIL adjustments: ADJUSTMENT_POLICY_KEEP request_id: 'full-template-3' "
       "actor { id: 'users/jane' origin: 'screen' }"},
      {"ListTemplateCopies", "template: '~/templates/opt-outs'"},
      {"DeleteTemplate",
       "name: '~/templates/opt-outs' request_id: 'full-template-4' actor { id: 'users/jane' "
       "origin: "
       "'screen' }"},
      {"GetSystemStatus", ""},
  };
  return *kRequests;
}

}  // namespace dnc
