#include "tests/fault/scenario.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace dnc::testing {
namespace {

constexpr char kWorkflow[] = "organizations/torture/workflows/sales";
constexpr char kNewStatus[] = "organizations/torture/workflows/sales/statuses/new";
constexpr char kOptOutAction[] =
    "organizations/torture/workflows/sales/statuses/new/actions/opt-out";
constexpr char kRecordType[] = "person";
constexpr int64_t kPhonesPerOptOut = 4;
constexpr size_t kEvidenceBytes = 1000;  // so that buffers fill and logs rotate

// Numbers that can be dialled: area code 212, exchanges 220 to 999 without the N11 ones.
std::string PhoneOf(int64_t n) {
  const int64_t exchange = n / 10'000;  // 0..699
  return absl::StrFormat("+1212%d%02d%04d", 3 + exchange / 80, 20 + exchange % 80, n % 10'000);
}

void SetActor(v1::Actor* actor) { actor->set_id("tests/fault"); }

v1::Workflow SalesWorkflow() {
  v1::Workflow workflow;
  workflow.set_name(kWorkflow);
  workflow.set_record_type(kRecordType);
  v1::Status* fresh = workflow.add_statuses();
  fresh->set_name(kNewStatus);
  fresh->set_system_status(v1::SYSTEM_STATUS_NEW);
  v1::Action* action = fresh->add_actions();
  action->set_name(kOptOutAction);
  action->set_display_name("Opt out");
  action->set_category(v1::ACTION_CATEGORY_DO_NOT_CONTACT);
  action->add_operations()->mutable_add_to_dnc_list();
  action->add_operations()->mutable_move_to_status()->set_status(kDeadStatus);
  v1::Status* dead = workflow.add_statuses();
  dead->set_name(kDeadStatus);
  dead->set_system_status(v1::SYSTEM_STATUS_DEAD);
  return workflow;
}

absl::StatusOr<Answer> PerformAction(GatewayClient& client, const OptOut& opt_out) {
  v1::ApplyActionRequest request;
  request.set_lead(opt_out.lead);
  request.set_action(kOptOutAction);
  request.set_request_id(opt_out.request_id);
  request.set_evidence(std::string(kEvidenceBytes, 'e'));
  SetActor(request.mutable_actor());
  if (opt_out.kind == OptOutKind::kNewLead) {
    for (const std::string& phone : opt_out.phones) request.add_contact_points()->set_phone(phone);
  }
  const absl::StatusOr<v1::ApplyActionResponse> response = client.Call(request);
  if (!response.ok()) return response.status();
  return Answer{response->revision(), {response->entries().begin(), response->entries().end()}};
}

absl::StatusOr<Answer> PerformAddEntry(GatewayClient& client, const OptOut& opt_out) {
  v1::AddEntryRequest request;
  request.set_parent(kOrganization);
  request.set_request_id(opt_out.request_id);
  SetActor(request.mutable_actor());
  request.mutable_entry()->set_reason("asked not to be called");
  request.mutable_entry()->set_evidence(std::string(kEvidenceBytes, 'e'));
  if (opt_out.kind == OptOutKind::kLeadEntry) {
    request.mutable_entry()->set_lead(opt_out.lead);
  } else {
    request.mutable_entry()->mutable_contact_point()->set_phone(opt_out.phones.front());
  }
  const absl::StatusOr<v1::AddEntryResponse> response = client.Call(request);
  if (!response.ok()) return response.status();
  Answer answer{response->revision(), {response->entry().name()}};
  for (const std::string& name : response->contact_point_entries()) answer.entries.push_back(name);
  return answer;
}

}  // namespace

OptOut MakeOptOut(OptOutKind kind, int64_t number, int phones) {
  OptOut opt_out;
  opt_out.kind = kind;
  opt_out.request_id = absl::StrCat("opt-out-", number);
  const bool has_lead = kind != OptOutKind::kPhoneEntry;
  if (has_lead) opt_out.lead = absl::StrCat(kOrganization, "/leads/lead-", number);
  const int count = has_lead ? phones : 1;
  for (int i = 0; i < count; ++i) opt_out.phones.push_back(PhoneOf(number * kPhonesPerOptOut + i));
  return opt_out;
}

absl::Status SetUpScenario(GatewayClient& client) {
  v1::CreateOrganizationRequest organization;
  organization.set_organization_id("torture");
  SetActor(organization.mutable_actor());
  const absl::Status created = client.Call(organization).status();
  if (!created.ok() && !absl::IsAlreadyExists(created)) return created;
  v1::ApplyWorkflowRequest workflow;
  *workflow.mutable_workflow() = SalesWorkflow();
  SetActor(workflow.mutable_actor());
  return client.Call(workflow).status();
}

absl::Status PrepareOptOut(GatewayClient& client, const OptOut& opt_out) {
  if (opt_out.kind != OptOutKind::kKnownLead && opt_out.kind != OptOutKind::kLeadEntry) {
    return absl::OkStatus();
  }
  v1::UpsertLeadRequest request;
  SetActor(request.mutable_actor());
  v1::Lead* lead = request.mutable_lead();
  lead->set_name(opt_out.lead);
  lead->set_record_type(kRecordType);
  lead->set_status(kNewStatus);
  for (const std::string& phone : opt_out.phones) lead->add_contact_points()->set_phone(phone);
  return client.Call(request).status();
}

absl::StatusOr<Answer> PerformOptOut(GatewayClient& client, const OptOut& opt_out) {
  return opt_out.moves_lead() ? PerformAction(client, opt_out) : PerformAddEntry(client, opt_out);
}

absl::StatusOr<v1::CheckContactResponse> CheckPhone(GatewayClient& client,
                                                    const std::string& phone) {
  v1::CheckContactRequest request;
  request.set_organization(kOrganization);
  request.mutable_contact_point()->set_phone(phone);
  request.set_channel(v1::CHANNEL_VOICE);
  request.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  return client.Call(request);
}

absl::StatusOr<v1::CheckContactResponse> CheckLead(GatewayClient& client, const std::string& lead) {
  v1::CheckContactRequest request;
  request.set_organization(kOrganization);
  request.set_lead(lead);
  request.set_channel(v1::CHANNEL_VOICE);
  request.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  return client.Call(request);
}

}  // namespace dnc::testing
