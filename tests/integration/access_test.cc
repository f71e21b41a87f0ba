// The seam where authentication and authorisation sit: every method goes through both.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "server/error/error.h"
#include "tests/integration/any_method.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;

// Knows nobody.
class NobodyAuthenticator : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const CallerEvidence&) const override {
    return MakeError(v1::ERROR_REASON_UNAUTHENTICATED, "who are you?");
  }
};

// Knows everybody by what they say.
class TrustingAuthenticator : public Authenticator {
 public:
  absl::StatusOr<Principal> Authenticate(const CallerEvidence& evidence) const override {
    return Principal{absl::StrCat("somebody at ", evidence.peer().substr(0, 5))};
  }
};

// Lets nobody do anything, and remembers who asked for what.
class RefusingAuthorizer : public Authorizer {
 public:
  absl::Status Authorize(const Principal& principal, absl::string_view method,
                         Resources resources) const override {
    absl::MutexLock lock(&mu_);
    asked_[std::string(method)] = absl::StrJoin(resources, " ");
    callers_.insert(principal.id);
    if (allowing_) return absl::OkStatus();
    return MakeError(v1::ERROR_REASON_PERMISSION_DENIED, "you may not do that",
                     {{"permission", "any"}, {"resource", ""}, {"predefined_roles", ""}});
  }
  absl::Status Require(const Principal& principal, absl::string_view permission,
                       Resources resources) const override {
    return Authorize(principal, permission, resources);
  }
  std::map<std::string, std::string> asked() const {
    absl::MutexLock lock(&mu_);
    return asked_;
  }
  std::set<std::string> callers() const {
    absl::MutexLock lock(&mu_);
    return callers_;
  }
  void set_allowing(bool allowing) {
    absl::MutexLock lock(&mu_);
    allowing_ = allowing;
  }

 private:
  mutable absl::Mutex mu_;
  mutable std::map<std::string, std::string> asked_ ABSL_GUARDED_BY(mu_);
  mutable std::set<std::string> callers_ ABSL_GUARDED_BY(mu_);
  bool allowing_ ABSL_GUARDED_BY(mu_) = true;
};

// One request a method, with the resources that it names; "" where it is about the whole server.
struct AccessRow {
  const char* request;
  const char* resources;
};

const std::map<std::string, AccessRow>& Rows() {
  static const auto* const rows = new std::map<std::string, AccessRow>{
      {"CheckContact", {"organization: '~' lead: '~/leads/ann'", "~"}},
      {"BatchCheckContacts", {"organization: '~' items { lead: '~/leads/ann' }", "~"}},
      {"FilterContacts", {"config { organization: '~' }", "~"}},
      {"StreamChecks", {"checks { request { organization: '~' lead: '~/leads/ann' } }", "~"}},
      {"CreateOrganization", {"organization_id: 'beta'", ""}},
      {"GetOrganization", {"name: '~'", "~"}},
      {"ListOrganizations", {"", ""}},
      {"CreateWorkflow", {"parent: '~' workflow_id: 'w'", "~"}},
      {"GetWorkflow", {"name: '~/workflows/w'", "~/workflows/w"}},
      {"ListWorkflows", {"parent: '~'", "~"}},
      {"ApplyWorkflow", {"workflow { name: '~/workflows/w' }", "~/workflows/w"}},
      {"CreateStatus", {"parent: '~/workflows/w' status_id: 't'", "~/workflows/w"}},
      {"GetStatus", {"name: '~s/won'", "~s/won"}},
      {"ListStatuses", {"parent: '~/workflows/w'", "~/workflows/w"}},
      {"UpdateStatus", {"status { name: '~s/won' }", "~s/won"}},
      {"CreateAction", {"parent: '~s/won' action_id: 'a'", "~s/won"}},
      {"GetAction", {"name: '~s/won/actions/a'", "~s/won/actions/a"}},
      {"ListActions", {"parent: '~s/won'", "~s/won"}},
      {"UpdateAction", {"action { name: '~s/won/actions/a' }", "~s/won/actions/a"}},
      {"DeleteAction", {"name: '~s/won/actions/a'", "~s/won/actions/a"}},
      {"UpdateOrganization", {"organization { name: '~' }", "~"}},
      {"UpdateWorkflow", {"workflow { name: '~/workflows/w' }", "~/workflows/w"}},
      {"ListNamingViolations", {"parent: '~'", "~"}},
      {"UpdateList", {"list { name: '~/lists/l' }", "~/lists/l"}},
      {"DeleteLead", {"name: '~/leads/ann'", "~/leads/ann"}},
      {"MergeLeads", {"source: '~/leads/ann' target: '~/leads/bob'", "~/leads/ann ~/leads/bob"}},
      {"CopyActions",
       {"source: '~s/new' targets: '~s/won' targets: '~s/closed'", "~s/new ~s/won ~s/closed"}},
      {"ApplyAction",
       {"lead: '~/leads/ann' action: '~s/new/actions/dnc'", "~/leads/ann ~s/new/actions/dnc"}},
      {"UpsertLead", {"lead { name: '~/leads/ann' }", "~/leads/ann"}},
      {"GetLead", {"name: '~/leads/ann'", "~/leads/ann"}},
      {"ListLeads", {"parent: '~' status: '~s/new'", "~ ~s/new"}},
      {"BatchUpsertLeads", {"parent: '~' leads { name: '~/leads/ann' }", "~"}},
      {"CreateList", {"parent: '~' list_id: 'l'", "~"}},
      {"GetList", {"name: '~/lists/l'", "~/lists/l"}},
      {"ListLists", {"parent: '~'", "~"}},
      {"AddEntry", {"parent: '~' entry { lead: '~/leads/ann' }", "~"}},
      {"GetEntry", {"name: '~/entries/1-0'", "~/entries/1-0"}},
      {"ListEntries", {"parent: '~' lead: '~/leads/ann'", "~"}},
      {"RevokeEntry", {"name: '~/entries/1-0'", "~/entries/1-0"}},
      {"ImportList", {"config { list: '~/lists/l' }", "~/lists/l"}},
      {"ListAuditRecords", {"parent: '~'", "~"}},
      {"GetAuditRecord", {"parent: '~' revision: 1", "~"}},
      {"GetAuditHead", {"parent: '~'", "~"}},
      {"ExportAudit", {"parent: '~'", "~"}},
      {"VerifyAudit", {"parent: '~'", "~"}},
      {"WatchChanges", {"parent: '~'", "~"}},
      {"ListAvailableActions", {"lead: '~/leads/ann'", "~/leads/ann"}},
      {"CreateRole", {"parent: '~' role_id: 'r'", "~"}},
      {"UpdateRole", {"role { name: '~/roles/r' }", "~/roles/r"}},
      {"DeleteRole", {"name: '~/roles/r'", "~/roles/r"}},
      {"GetRole", {"name: '~/roles/agent'", "~/roles/agent"}},
      {"ListRoles", {"parent: '~'", "~"}},
      {"CreateRoleBinding", {"parent: '~' binding_id: 'b'", "~"}},
      {"DeleteRoleBinding", {"name: '~/bindings/b'", "~/bindings/b"}},
      {"GetRoleBinding", {"name: '~/bindings/b'", "~/bindings/b"}},
      {"ListRoleBindings", {"parent: '~' scope: '~s/new'", "~"}},
      {"ListPermissions", {"", ""}},
      {"TestPermissions", {"resource: '~s/new'", "~s/new"}},
      {"CreateGroup", {"parent: '~' group_id: 'g'", "~"}},
      {"UpdateGroup", {"name: '~/groups/g'", "~/groups/g"}},
      {"DeleteGroup", {"name: '~/groups/g'", "~/groups/g"}},
      {"GetGroup", {"name: '~/groups/g'", "~/groups/g"}},
      {"ListGroups", {"parent: '~'", "~"}},
      {"SyncGroup", {"name: '~/groups/g'", "~/groups/g"}},
      {"CountDncActions", {"parent: '~'", "~"}},
      {"ListDncLeads", {"parent: '~' statuses: '~s/new'", "~"}},
      {"ListActiveLeads", {"parent: '~' statuses: '~s/new'", "~"}},
      {"GetCoverage", {"parent: '~'", "~"}},
      {"CountBlockedChecks", {"parent: '~'", "~"}},
      {"MeasureEffectTimes", {"parent: '~'", "~"}},
      {"GetSystemStatus", {"", ""}},
  };
  return *rows;
}

std::vector<const MethodDescriptor*> AllMethods() {
  std::vector<const MethodDescriptor*> methods;
  for (const char* file : {"access", "action", "audit", "check", "lead", "organization", "registry",
                           "report", "system", "watch", "workflow"}) {
    const auto* descriptor =
        DescriptorPool::generated_pool()->FindFileByName(absl::StrCat("dnc/v1/", file, ".proto"));
    for (int s = 0; s < descriptor->service_count(); ++s) {
      for (int m = 0; m < descriptor->service(s)->method_count(); ++m) {
        methods.push_back(descriptor->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::string PathOf(const MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

class AccessTest : public GatewayTest {
 protected:
  AccessTest() {
    parts().authenticator = &trusting_;
    parts().authorizer = &authorizer_;
  }

  CallStatus Call(const MethodDescriptor& method) {
    const std::unique_ptr<google::protobuf::Message> request(
        google::protobuf::MessageFactory::generated_factory()
            ->GetPrototype(method.input_type())
            ->New());
    const auto row = Rows().find(method.name());
    EXPECT_NE(row, Rows().end()) << method.full_name() << " has no row";
    if (row != Rows().end()) ReadText(row->second.request, request.get());
    std::string response;
    return CallMethod(&client(), method, request->SerializeAsString(), &response);
  }

  const NobodyAuthenticator nobody_;
  const TrustingAuthenticator trusting_;
  RefusingAuthorizer authorizer_;
};

TEST_F(AccessTest, ARefusingAuthorizerStopsEveryMethodAndIsToldWhatItIsAbout) {
  const int64_t revision = Revision();
  authorizer_.set_allowing(false);
  for (const MethodDescriptor* method : AllMethods()) {
    SCOPED_TRACE(method->full_name());
    EXPECT_THAT(Call(*method), Refused("PERMISSION_DENIED"));
    v1::GetListRequest expected;  // only to spell the resources out
    ReadText(absl::StrCat("name: '", Rows().at(method->name()).resources, "'"), &expected);
    EXPECT_EQ(authorizer_.asked()[PathOf(*method)], expected.name());
  }
  EXPECT_THAT(authorizer_.callers(), testing::ElementsAre("somebody at ipv4:"));
  authorizer_.set_allowing(true);
  EXPECT_EQ(Revision(), revision);
}

TEST_F(AccessTest, ACallerWhoIsNotKnownGetsNowhere) {
  StopServer();
  parts().authenticator = &nobody_;
  Restart();
  const size_t asked = authorizer_.asked().size();
  for (const MethodDescriptor* method : AllMethods()) {
    SCOPED_TRACE(method->full_name());
    EXPECT_THAT(Call(*method), Refused("UNAUTHENTICATED"));
  }
  EXPECT_EQ(authorizer_.asked().size(), asked);
}

// The organization that is judged is the one that is answered for, however the bytes spell it.
TEST_F(AccessTest, OfSeveralOrganizationsInOneCheckTheLastCounts) {
  const std::string check =
      Parse<v1::CheckContactRequest>("organization: '~' lead: '~/leads/ann' channel: CHANNEL_VOICE")
          .SerializeAsString();
  const std::string other =
      Parse<v1::CheckContactRequest>("organization: 'organizations/beta'").SerializeAsString();
  constexpr char kMethod[] = "/dnc.v1.CheckService/CheckContact";
  std::string response;
  EXPECT_THAT(client().Call(kMethod, other + check, &response), IsOk());
  EXPECT_EQ(authorizer_.asked()[kMethod], "organizations/acme");
  EXPECT_THAT(client().Call(kMethod, check + other, &response), Refused("ORGANIZATION_NOT_FOUND"));
  EXPECT_EQ(authorizer_.asked()[kMethod], "organizations/beta");
  // A group, which only protobuf reads past.
  const std::string group = "\x7b\x7c";
  EXPECT_THAT(client().Call(kMethod, other + group + check, &response), IsOk());
  EXPECT_EQ(authorizer_.asked()[kMethod], "organizations/acme");
}

}  // namespace
}  // namespace dnc
