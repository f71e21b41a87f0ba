// Roles and permissions: who may do what where.
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/auth/permissions.h"
#include "tests/integration/any_method.h"
#include "tests/integration/permit_fixture.h"

namespace dnc {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RolesAndPermissions : public PermitTest {
 protected:
  // Calls the method with a request that is good but for who asks.
  CallStatus CallFull(const std::string& principal, const FullRequest& full) {
    const auto* method = ProductMethod(full.method);
    const auto request = NewMessage(method->input_type());
    ReadText(absl::StrReplaceAll(full.text, {{"$ENTRY", "organizations/acme/entries/1-0"},
                                             {"$REVIEW", "organizations/acme/reviews/1"},
                                             {"$DECISION", std::string(32, '0')}}),
             request.get());
    std::string response;
    return CallMethod(&ClientOf(principal), *method, request->SerializeAsString(), &response);
  }
  static const MethodNeed& NeedOfMethod(const std::string& name) {
    const auto* method = ProductMethod(name);
    return *NeedOf(absl::StrCat("/", method->service()->full_name(), "/", name));
  }
};

TEST_F(RolesAndPermissions, WhoeverDoesNotSayWhoTheyAreGetsNowhere) {
  for (const std::string& nobody : {std::string(), std::string("no body"), std::string(129, 'x')}) {
    SCOPED_TRACE(nobody);
    EXPECT_THAT(AskAs<v1::GetOrganizationRequest>(nobody, "name: '~'"), Refused("UNAUTHENTICATED"));
    EXPECT_THAT(AskAs<v1::CheckContactRequest>(
                    nobody, "organization: '~' lead: '~/leads/ann' channel: CHANNEL_VOICE"),
                Refused("UNAUTHENTICATED"));
    EXPECT_THAT(AskAs<v1::GetSystemStatusRequest>(nobody, ""), Refused("UNAUTHENTICATED"));
  }
}

TEST_F(RolesAndPermissions, WithoutARoleEveryMethodIsRefusedNamingItsPermissionAndTheWayOut) {
  int refused = 0;
  for (const FullRequest& full : FullRequests()) {
    SCOPED_TRACE(absl::StrCat(full.method, " ", full.text));
    const MethodNeed& need = NeedOfMethod(full.method);
    const CallStatus status = CallFull("users/stranger", full);
    if (need.permission == nullptr) {
      EXPECT_THAT(status, IsOk());
      continue;
    }
    ++refused;
    EXPECT_THAT(status, Refused("PERMISSION_DENIED"));
    EXPECT_EQ(status.metadata("permission"), need.permission->name);
    EXPECT_EQ(status.metadata("predefined_roles"), PredefinedRolesWith(need.permission->name));
    EXPECT_EQ(status.metadata("resource").empty(), need.permission->server_wide);
    EXPECT_THAT(status.message, HasSubstr("users/stranger"));
  }
  EXPECT_GT(refused, 50);
}

TEST_F(RolesAndPermissions, EachPredefinedRoleMayDoExactlyWhatItsPermissionsSay) {
  for (const PredefinedRole& role : PredefinedRoles()) {
    Bind(std::string(role.id), std::string(role.id));
  }
  // One call a method, whatever else is wrong with it.
  std::map<std::string, const FullRequest*> methods;
  for (const FullRequest& full : FullRequests()) methods[full.method] = &full;
  for (const PredefinedRole& role : PredefinedRoles()) {
    const std::string user = absl::StrCat("users/", role.id);
    for (const auto& [name, full] : methods) {
      SCOPED_TRACE(absl::StrCat(role.id, " ", name));
      const MethodNeed& need = NeedOfMethod(name);
      // What changes is not sent by those who may: the others are to find it as it is.
      const bool may = need.permission == nullptr || (role.permissions & need.set) != 0;
      if (may && !absl::StartsWith(name, "Get") && !absl::StartsWith(name, "List")) continue;
      if (may && name == "ListAvailableActions") continue;  // it asks about somebody else
      const CallStatus status = CallFull(user, *full);
      if (may) {
        EXPECT_NE(status.reason(), "PERMISSION_DENIED") << status.message;
      } else {
        EXPECT_THAT(status, Refused("PERMISSION_DENIED"));
        EXPECT_EQ(status.metadata("permission"), need.permission->name);
      }
    }
  }
}

TEST_F(RolesAndPermissions, AnAgentWorksLeadsAndConfiguresNothing) {
  Bind("agent", "kim");
  EXPECT_THAT(AskAs<v1::CheckContactRequest>(
                  "users/kim", "organization: '~' lead: '~/leads/ann' channel: CHANNEL_VOICE"),
              IsOk());
  EXPECT_THAT(AskAs<v1::ApplyActionRequest>("users/kim",
                                            "lead: '~/leads/ann' action: '~s/new/actions/dnc'"),
              IsOk());
  EXPECT_THAT(AskAs<v1::DeleteActionRequest>("users/kim",
                                             "name: '~s/new/actions/dnc' allow_dropping_dnc: true"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::CreateOrganizationRequest>("users/kim", "organization_id: 'beta'"),
              Refused("PERMISSION_DENIED"));
  // Another organization is out of reach.
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: 'organizations/beta'"),
              Refused("PERMISSION_DENIED"));
}

TEST_F(RolesAndPermissions, AScopeIsAnOrganizationAWorkflowOrAStatus) {
  Bind("agent", "kim", "scope: '~s/new'");
  const auto apply = [&](const std::string& lead, const std::string& action) {
    return AskAs<v1::ApplyActionRequest>(
        "users/kim",
        absl::StrCat("lead: '~/leads/", lead, "' action: '~s/", action, "' validate_only: true"));
  };
  EXPECT_THAT(apply("ann", "new/actions/later"), IsOk());
  const auto refused = apply("ann", "working/actions/dnc");
  EXPECT_THAT(refused, Refused("PERMISSION_DENIED"));
  EXPECT_EQ(refused.metadata("resource"),
            "organizations/acme/workflows/sales/statuses/working/actions/dnc");
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~' status: '~s/new'"), IsOk());
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~' status: '~s/won'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~'"),
              Refused("PERMISSION_DENIED"));
  // A lead is readable as long as it is in a status that is.
  EXPECT_THAT(AskAs<v1::GetLeadRequest>("users/kim", "name: '~/leads/ann'"), IsOk());
  Apply("ann", "advance");
  EXPECT_THAT(AskAs<v1::GetLeadRequest>("users/kim", "name: '~/leads/ann'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::GetWorkflowRequest>("users/kim", "name: '~/workflows/sales'"),
              Refused("PERMISSION_DENIED"));
  // A status whose name only begins like it is another.
  Must<v1::CreateStatusRequest>(
      "parent: '~/workflows/sales' status_id: 'newer' status { system_status: SYSTEM_STATUS_NEW }");
  EXPECT_THAT(AskAs<v1::GetStatusRequest>("users/kim", "name: '~s/newer'"),
              Refused("PERMISSION_DENIED"));

  Bind("workflow-editor", "kim", "scope: '~/workflows/sales'");
  EXPECT_THAT(AskAs<v1::GetWorkflowRequest>("users/kim", "name: '~/workflows/sales'"), IsOk());
  EXPECT_THAT(AskAs<v1::GetWorkflowRequest>("users/kim", "name: '~/workflows/support'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::CreateWorkflowRequest>(
                  "users/kim", "parent: '~' workflow_id: 'w' workflow { record_type: 'contact' }"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::CopyActionsRequest>(
                  "users/kim", "source: '~s/new' targets: '~/workflows/support/statuses/open'"),
              Refused("PERMISSION_DENIED"));
  // Lists are the organization's, whatever workflow they come with.
  Bind("compliance-officer", "kim", "scope: '~/workflows/sales'");
  const auto with_list =
      AskAs<v1::ApplyWorkflowRequest>("users/kim",
                                      "workflow { name: '~/workflows/sales' record_type: 'contact' "
                                      "} lists { name: '~/lists/l' kind: "
                                      "LIST_KIND_INTERNAL }");
  EXPECT_THAT(with_list, Refused("PERMISSION_DENIED"));
  EXPECT_EQ(with_list.metadata("permission"), "lists.write");
  // A binding's scope must exist.
  EXPECT_THAT(
      Ask<v1::CreateRoleBindingRequest>(
          "parent: '~' binding_id: 'b' binding { role: '~/roles/agent' principal: 'x' scope: "
          "'~s/none' }"),
      Refused("STATUS_NOT_FOUND"));
}

TEST_F(RolesAndPermissions, ACustomRoleIsAPermissionSetInForceAtOnce) {
  Must<v1::CreateRoleRequest>("parent: '~' role_id: 'importer' role { permissions: 'lists.read' }");
  Bind("importer", "kim");
  EXPECT_THAT(AskAs<v1::ListListsRequest>("users/kim", "parent: '~'"), IsOk());
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~'"),
              Refused("PERMISSION_DENIED"));
  Must<v1::UpdateRoleRequest>("role { name: '~/roles/importer' permissions: 'leads.read' }");
  EXPECT_THAT(AskAs<v1::ListListsRequest>("users/kim", "parent: '~'"),
              Refused("PERMISSION_DENIED"));
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~'"), IsOk());
  const auto in_use = Ask<v1::DeleteRoleRequest>("name: '~/roles/importer'");
  EXPECT_THAT(in_use, Refused("STILL_IN_USE"));
  EXPECT_EQ(in_use.metadata("used_by"), "organizations/acme/bindings/importer-kim");
  // All of it outlives the server.
  ForgetClients();
  Restart();
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~'"), IsOk());
  Must<v1::DeleteRoleBindingRequest>("name: '~/bindings/importer-kim'");
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~'"),
              Refused("PERMISSION_DENIED"));
  Must<v1::DeleteRoleRequest>("name: '~/roles/importer'");
  EXPECT_THAT(Ask<v1::GetRoleRequest>("name: '~/roles/importer'"), Refused("ROLE_NOT_FOUND"));
}

TEST_F(RolesAndPermissions, BadInputIsNamedAndNothingChanges) {
  const int64_t revision = Revision();
  const auto field_of = [](const CallStatus& status) {
    EXPECT_THAT(status, Refused("INVALID_FIELD"));
    return status.metadata("field");
  };
  EXPECT_EQ(field_of(Ask<v1::CreateRoleRequest>("parent: '~' role_id: 'r' role { permissions: "
                                                "'leads.read' permissions: 'leads.raed' }")),
            "role.permissions[1]");
  EXPECT_EQ(field_of(Ask<v1::CreateRoleRequest>("parent: '~' role_id: 'r' role { permissions: "
                                                "'organizations.create' }")),
            "role.permissions[0]");
  EXPECT_EQ(field_of(Ask<v1::UpdateRoleRequest>("role { name: '~/roles/agent' }")), "role.name");
  EXPECT_EQ(field_of(Ask<v1::CreateRoleBindingRequest>(
                "parent: '~' binding_id: 'b' binding { role: '~/roles/agent' principal: 'a b' }")),
            "binding.principal");
  EXPECT_EQ(field_of(Ask<v1::CreateRoleBindingRequest>(
                "parent: '~' binding_id: 'b' binding { role: 'organizations/beta/roles/agent' "
                "principal: 'x' }")),
            "binding.role");
  EXPECT_EQ(field_of(Ask<v1::CreateRoleBindingRequest>(
                "parent: '~' binding_id: 'b' binding { role: '~/roles/agent' principal: 'x' scope: "
                "'~/lists/internal' }")),
            "binding.scope");
  EXPECT_EQ(Revision(), revision);
}

TEST_F(RolesAndPermissions, NobodyGrantsWhatTheyDoNotHave) {
  Must<v1::CreateRoleRequest>(
      "parent: '~' role_id: 'hr' role { permissions: 'roles.write' permissions: 'bindings.write' "
      "permissions: 'groups.write' permissions: 'leads.read' }");
  Bind("hr", "kim");
  const auto bind = [&](const std::string& id, const std::string& role, const std::string& more) {
    return AskAs<v1::CreateRoleBindingRequest>(
        "users/kim", absl::StrCat("parent: '~' binding_id: '", id, "' binding { role: '~/roles/",
                                  role, "' ", more, " }"));
  };
  const auto refused = bind("b1", "administrator", "principal: 'users/kim'");
  EXPECT_THAT(refused, Refused("GRANT_EXCEEDS_OWN"));
  EXPECT_EQ(refused.metadata("scope"), "organizations/acme");
  EXPECT_THAT(bind("b2", "hr", "principal: 'users/joe'"), IsOk());
  EXPECT_THAT(AskAs<v1::CreateRoleRequest>(
                  "users/kim", "parent: '~' role_id: 'r' role { permissions: 'entries.revoke' }"),
              Refused("GRANT_EXCEEDS_OWN"));
  EXPECT_THAT(AskAs<v1::CreateRoleRequest>(
                  "users/kim", "parent: '~' role_id: 'r' role { permissions: 'leads.read' }"),
              IsOk());
  // Nor by changing a role that they have, or one that somebody else has.
  const auto grown = AskAs<v1::UpdateRoleRequest>(
      "users/kim",
      "role { name: '~/roles/r' permissions: 'leads.read' permissions: 'leads.write' }");
  EXPECT_THAT(grown, Refused("GRANT_EXCEEDS_OWN"));
  EXPECT_EQ(grown.metadata("permission"), "leads.write");
  // A role in one workflow is no role in all.
  Bind("agent", "kim", "scope: '~/workflows/sales'");
  EXPECT_THAT(bind("b3", "agent", "principal: 'users/joe'"), Refused("GRANT_EXCEEDS_OWN"));
  EXPECT_THAT(bind("b4", "agent", "principal: 'users/joe' scope: '~s/new'"), IsOk());
  // Nor by joining a group that has it.
  Must<v1::CreateGroupRequest>("parent: '~' group_id: 'admins' group { members: 'users/ada' }");
  Must<v1::CreateRoleBindingRequest>(
      "parent: '~' binding_id: 'admins' binding { role: '~/roles/administrator' group: "
      "'~/groups/admins' }");
  EXPECT_THAT(AskAs<v1::UpdateGroupRequest>("users/kim",
                                            "name: '~/groups/admins' add_members: 'users/kim'"),
              Refused("GRANT_EXCEEDS_OWN"));
  EXPECT_THAT(AskAs<v1::UpdateGroupRequest>("users/ada",
                                            "name: '~/groups/admins' add_members: 'users/bea'"),
              IsOk());
  // An administrator grants anything, and a dry run says so too.
  EXPECT_THAT(AskAs<v1::CreateRoleBindingRequest>(
                  "users/bea",
                  "parent: '~' binding_id: 'b5' validate_only: true binding { role: "
                  "'~/roles/administrator' principal: 'users/joe' }"),
              IsOk());
}

TEST_F(RolesAndPermissions, TheLastAdministratorStays) {
  Bind("administrator", "ada");
  EXPECT_THAT(
      AskAs<v1::DeleteRoleBindingRequest>("users/ada", "name: '~/bindings/administrator-ada'"),
      Refused("LAST_ADMINISTRATOR"));
  EXPECT_THAT(Ask<v1::DeleteRoleBindingRequest>("name: '~/bindings/administrator-ada'"),
              Refused("LAST_ADMINISTRATOR"));
  Must<v1::CreateGroupRequest>("parent: '~' group_id: 'admins' group { members: 'users/bea' }");
  // A role in a part of the organization is not the whole.
  Bind("administrator", "cal", "scope: '~/workflows/sales'");
  EXPECT_THAT(Ask<v1::DeleteRoleBindingRequest>("name: '~/bindings/administrator-ada'"),
              Refused("LAST_ADMINISTRATOR"));
  Must<v1::CreateRoleBindingRequest>(
      "parent: '~' binding_id: 'admins' binding { role: '~/roles/administrator' group: "
      "'~/groups/admins' }");
  Must<v1::DeleteRoleBindingRequest>("name: '~/bindings/administrator-ada'");
  EXPECT_THAT(Ask<v1::UpdateGroupRequest>("name: '~/groups/admins' remove_members: 'users/bea'"),
              Refused("LAST_ADMINISTRATOR"));
  EXPECT_THAT(AskAs<v1::ListRoleBindingsRequest>("users/bea", "parent: '~'"), IsOk());
}

TEST_F(RolesAndPermissions, TheActorIsThePrincipalUnlessItMayNameAnother) {
  Bind("agent", "kim");
  const auto added = AskAs<v1::AddEntryRequest>(
      "users/kim", "parent: '~' entry { contact_point { phone: '+12125550199' } }");
  ASSERT_THAT(added, IsOk());
  EXPECT_EQ(added->entry().actor().id(), "users/kim");
  const auto named = AskAs<v1::AddEntryRequest>(
      "users/kim",
      "parent: '~' actor { id: 'users/joe' } entry { contact_point { phone: '+12125550198' } }");
  EXPECT_THAT(named, Refused("PERMISSION_DENIED"));
  EXPECT_EQ(named.metadata("permission"), "actors.name");
  Must<v1::CreateRoleRequest>("parent: '~' role_id: 'crm' role { permissions: 'actors.name' }");
  Bind("crm", "kim");
  EXPECT_THAT(AskAs<v1::AddEntryRequest>("users/kim",
                                         "parent: '~' actor { id: 'users/joe' } entry { "
                                         "contact_point { phone: '+12125550198' } }"),
              IsOk());
}

TEST_F(RolesAndPermissions, ReConsentIsAPermissionOfItsOwn) {
  Bind("workflow-editor", "ed");
  Bind("agent", "kim");
  Bind("compliance-officer", "cara");
  const std::string action =
      "parent: '~s/closed' action_id: 'again' action { operations { remove_restriction { lists: "
      "'~/lists/internal' } } }";
  const auto saved = AskAs<v1::CreateActionRequest>("users/ed", action);
  EXPECT_THAT(saved, Refused("PERMISSION_DENIED"));
  EXPECT_EQ(saved.metadata("permission"), "actions.reconsent");
  Bind("compliance-officer", "ed", "scope: '~s/closed'");
  EXPECT_THAT(AskAs<v1::CreateActionRequest>("users/ed", action), IsOk());
  Apply("ann", "dnc");
  clock().Advance(kDay);
  const std::string again =
      "lead: '~/leads/ann' action: '~s/closed/actions/again' evidence: 'signed form'";
  const auto applied = AskAs<v1::ApplyActionRequest>("users/kim", again);
  EXPECT_THAT(applied, Refused("PERMISSION_DENIED"));
  EXPECT_EQ(applied.metadata("permission"), "actions.reconsent");
  EXPECT_THAT(AskAs<v1::ApplyActionRequest>("users/cara", again), IsOk());
}

TEST_F(RolesAndPermissions, AStatusIsSeenOnlyByTheRolesThatMay) {
  Bind("agent", "kim");
  Bind("compliance-officer", "cara");
  Bind("administrator", "ada");
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/closed' system_status: SYSTEM_STATUS_DEAD restriction { channels: "
      "CHANNEL_VOICE channels: CHANNEL_SMS } visible_to_roles: 'compliance-officer' }");
  const auto ids = [&](const std::string& user) {
    std::vector<std::string> names;
    const auto reply = AskAs<v1::ListStatusesRequest>(user, "parent: '~/workflows/sales'");
    EXPECT_THAT(reply, IsOk());
    for (const auto& status : reply.value.statuses()) {
      names.push_back(status.name().substr(status.name().rfind('/') + 1));
    }
    return names;
  };
  EXPECT_THAT(ids("users/kim"), ElementsAre("new", "working", "cooling", "won"));
  EXPECT_THAT(ids("users/cara"), Contains("closed"));
  EXPECT_THAT(ids("users/ada"), Contains("closed"));
  EXPECT_THAT(AskAs<v1::GetStatusRequest>("users/kim", "name: '~s/closed'"),
              Refused("STATUS_NOT_FOUND"));
  EXPECT_THAT(AskAs<v1::ListActionsRequest>("users/kim", "parent: '~s/closed'"),
              Refused("STATUS_NOT_FOUND"));
  EXPECT_THAT(AskAs<v1::ListLeadsRequest>("users/kim", "parent: '~' status: '~s/closed'"),
              Refused("STATUS_NOT_FOUND"));
  const auto workflow = AskAs<v1::GetWorkflowRequest>("users/kim", "name: '~/workflows/sales'");
  ASSERT_THAT(workflow, IsOk());
  EXPECT_EQ(workflow->workflow().statuses_size(), 4);
  EXPECT_THAT(AskAs<v1::GetStatusRequest>("users/cara", "name: '~s/closed'"), IsOk());
  // Checks judge it for everybody.
  Apply("ann", "dnc");
  EXPECT_EQ(AskAs<v1::CheckContactRequest>(
                "users/kim", "organization: '~' lead: '~/leads/ann' channel: CHANNEL_VOICE")
                ->verdict(),
            v1::VERDICT_DENY);
  // A role that does not exist is not saved, and one that is named stays.
  EXPECT_THAT(Ask<v1::UpdateStatusRequest>("status { name: '~s/won' system_status: "
                                           "SYSTEM_STATUS_WON visible_to_roles: 'none' }"),
              Refused("ROLE_NOT_FOUND"));
}

TEST_F(RolesAndPermissions, CallersLearnWhatTheyMayDo) {
  Bind("checker", "dialler");
  Bind("agent", "dialler", "scope: '~/workflows/sales'");
  const auto own = AskAs<v1::TestPermissionsRequest>(
      "users/dialler",
      "resource: '~s/new' permissions: 'checks.check' permissions: "
      "'actions.apply' permissions: 'roles.write' permissions: 'system.read'");
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(own->principal(), "users/dialler");
  EXPECT_FALSE(own->administrator());
  EXPECT_THAT(own->permissions(), ElementsAre("actions.apply", "checks.check"));
  EXPECT_THAT(own->roles(),
              ElementsAre("organizations/acme/roles/agent", "organizations/acme/roles/checker"));
  const auto whole = AskAs<v1::TestPermissionsRequest>("users/dialler", "resource: '~'");
  EXPECT_THAT(whole->permissions(), Not(Contains("actions.apply")));
  const auto stranger = AskAs<v1::TestPermissionsRequest>("users/x", "resource: '~'");
  EXPECT_THAT(stranger->permissions(), IsEmpty());
  EXPECT_TRUE(AskAs<v1::TestPermissionsRequest>("users/root", "resource: '~'")->administrator());
  // What is not there gives nobody anything, which is not the same as having no permission.
  EXPECT_THAT(AskAs<v1::TestPermissionsRequest>("users/dialler", "resource: '~s/none'"),
              Refused("STATUS_NOT_FOUND"));
  EXPECT_THAT(AskAs<v1::TestPermissionsRequest>("users/dialler", "resource: '~/workflows/none'"),
              Refused("WORKFLOW_NOT_FOUND"));
  EXPECT_THAT(AskAs<v1::TestPermissionsRequest>("users/x", "resource: '~s/none'"), IsOk());
  const auto misspelt =
      AskAs<v1::TestPermissionsRequest>("users/dialler", "resource: '~' permissions: 'leads.raed'");
  EXPECT_THAT(misspelt, RefusedAt("INVALID_FIELD", "permissions[0]"));
  EXPECT_THAT(misspelt.message, HasSubstr("\"leads.raed\""));
  // Who asks about an organization that is not there learns no more.
  EXPECT_THAT(AskAs<v1::TestPermissionsRequest>("users/x", "resource: 'organizations/none'"),
              IsOk());
  const auto all = AskAs<v1::ListPermissionsRequest>("users/x", "");
  EXPECT_EQ(static_cast<size_t>(all->permissions_size()), Permissions().size());
}

TEST_F(RolesAndPermissions, BindingsAreListedByWhoRoleAndScope) {
  Must<v1::CreateGroupRequest>("parent: '~' group_id: 'inside' group { members: 'users/kim' }");
  Must<v1::CreateRoleBindingRequest>(
      "parent: '~' binding_id: 'inside' binding { role: '~/roles/agent' group: '~/groups/inside' "
      "scope: '~s/new' }");
  Bind("auditor", "kim");
  Bind("auditor", "joe");
  const auto list = [&](const std::string& filter) {
    std::vector<std::string> ids;
    const auto listed = Must<v1::ListRoleBindingsRequest>("parent: '~' " + filter);
    for (const auto& binding : listed.bindings()) {
      ids.push_back(binding.name().substr(binding.name().rfind('/') + 1));
    }
    return ids;
  };
  EXPECT_THAT(list(""), ElementsAre("auditor-joe", "auditor-kim", "inside"));
  EXPECT_THAT(list("principal: 'users/kim'"), ElementsAre("auditor-kim", "inside"));
  EXPECT_THAT(list("group: '~/groups/inside'"), ElementsAre("inside"));
  EXPECT_THAT(list("role: '~/roles/auditor'"), ElementsAre("auditor-joe", "auditor-kim"));
  EXPECT_THAT(list("scope: '~/workflows/sales'"), ElementsAre("inside"));
  const auto page = Must<v1::ListRoleBindingsRequest>("parent: '~' page_size: 1");
  EXPECT_EQ(page.bindings_size(), 1);
  EXPECT_FALSE(page.next_page_token().empty());
}

}  // namespace
}  // namespace dnc
