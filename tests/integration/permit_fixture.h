// A gateway with the development authenticator: the fixture calls as users/root, an administrator
// of the server, and tests as anybody.
#ifndef DNC_TESTS_INTEGRATION_PERMIT_FIXTURE_H_
#define DNC_TESTS_INTEGRATION_PERMIT_FIXTURE_H_

#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {

class PermitTest : public GatewayTest {
 protected:
  PermitTest() {
    config().auth = kDevelopmentAuth;
    config().administrators = {"users/root"};
    set_principal("users/root");
  }

  // As that principal; the actor is whom the text names, else nobody.
  template <typename Request>
  Reply<ResponseOf<Request>> AskAs(const std::string& principal, absl::string_view text) {
    const Request request = Parse<Request>(text);
    Reply<ResponseOf<Request>> reply;
    std::string bytes;
    static_cast<CallStatus&>(reply) = ClientOf(principal).Call(MethodOf(Request::descriptor()),
                                                               request.SerializeAsString(), &bytes);
    if (reply.ok()) {
      EXPECT_TRUE(reply.value.ParseFromString(bytes));
    }
    return reply;
  }

  RpcClient& ClientOf(const std::string& principal) {
    std::unique_ptr<RpcClient>& client = clients_[principal];
    if (client == nullptr) client = RpcClient::Connect(port(), principal);
    return *client;
  }
  void ForgetClients() { clients_.clear(); }

  // Gives the role; `more` has further fields of the binding. The binding's id is the role's and
  // the user's, as "agent-kim".
  void Bind(const std::string& role, const std::string& user, const std::string& more = "") {
    Must<v1::CreateRoleBindingRequest>(absl::StrCat("parent: '~' binding_id: '", role, "-", user,
                                                    "' binding { role: '~/roles/", role,
                                                    "' principal: 'users/", user, "' ", more, "}"));
  }
  // Changes an action of the status `new`, so that groups are outdated in it.
  void ChangeLater(const std::string& more = "") {
    Must<v1::UpdateActionRequest>(
        absl::StrCat("action { name: '~s/new/actions/later' operations { nurture { duration { "
                     "seconds: 60 } } } ",
                     more, "}"));
  }

 private:
  std::map<std::string, std::unique_ptr<RpcClient>> clients_;
};

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_PERMIT_FIXTURE_H_
