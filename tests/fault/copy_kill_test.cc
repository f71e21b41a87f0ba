// A server that is killed while it copies actions, or applies a template, to 500 statuses: after
// the next start all of them have them, or none.
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/fault/fault_fixture.h"

namespace dnc::testing {
namespace {

constexpr int kTargets = 500;
constexpr char kBig[] = "organizations/torture/workflows/big";
constexpr char kTemplateName[] = "organizations/torture/templates/opt-outs";

v1::Action OptOutAction(const std::string& id) {
  v1::Action action;
  action.set_name(id);
  action.set_display_name("Do not contact");
  action.add_operations()->mutable_add_to_dnc_list()->set_reason("asked");
  return action;
}

std::string Target(int i) { return absl::StrCat(kBig, "/statuses/s", i); }

class CopyKillTest : public FaultTest {
 protected:
  void SetUp() override {
    StartServer();
    v1::ApplyWorkflowRequest workflow;
    workflow.mutable_actor()->set_id("tests/fault");
    workflow.mutable_workflow()->set_name(kBig);
    workflow.mutable_workflow()->set_record_type("person");
    v1::Status* source = workflow.mutable_workflow()->add_statuses();
    source->set_name("source");
    source->set_system_status(v1::SYSTEM_STATUS_NEW);
    *source->add_actions() = OptOutAction("copied");
    for (int i = 0; i < kTargets; ++i) {
      v1::Status* status = workflow.mutable_workflow()->add_statuses();
      status->set_name(absl::StrCat("s", i));
      status->set_system_status(v1::SYSTEM_STATUS_NEW);
    }
    ASSERT_TRUE(client().Call(workflow).ok());
    v1::CreateTemplateRequest created;
    created.mutable_actor()->set_id("tests/fault");
    created.set_parent(kOrganization);
    created.set_template_id("opt-outs");
    created.mutable_template_()->set_record_type("person");
    *created.mutable_template_()->add_actions() = OptOutAction("applied");
    const auto response = client().Call(created);
    ASSERT_TRUE(response.ok()) << response.status();
  }

  // How many of the targets have an action of that id.
  int Having(const std::string& id) {
    v1::GetWorkflowRequest request;
    request.set_name(kBig);
    const auto response = client().Call(request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return -1;
    int having = 0;
    for (const v1::Status& status : response->workflow().statuses()) {
      if (status.name() == absl::StrCat(kBig, "/statuses/source")) continue;
      for (const v1::Action& action : status.actions()) {
        if (action.name() == absl::StrCat(status.name(), "/actions/", id)) ++having;
      }
    }
    return having;
  }

  int64_t LogBytes() const {
    int64_t bytes = 0;
    std::error_code gone;  // a log that is removed meanwhile
    for (const auto& file : std::filesystem::directory_iterator(data_dir() + "/store")) {
      if (file.path().extension() != ".log") continue;
      const auto size = std::filesystem::file_size(file, gone);
      if (!gone) bytes += static_cast<int64_t>(size);
    }
    return bytes;
  }

  // Makes the call in a thread of its own and kills the server as soon as `more` bytes of it are in
  // the log, or it has ended. Answers whether it was acknowledged.
  template <typename Request>
  bool KillDuring(const Request& request, int64_t more) {
    const int64_t before = LogBytes();
    std::atomic<bool> ended = false;
    std::atomic<bool> acknowledged = false;
    std::thread caller([&] {
      acknowledged = client().Call(request).ok();
      ended = true;
    });
    while (!ended && LogBytes() < before + more) std::this_thread::yield();
    server().Signal(SIGKILL);
    caller.join();
    server().Wait(absl::Seconds(30));
    return acknowledged;
  }

  void ExpectAllOrNone(const std::string& id, bool acknowledged) {
    const int having = Having(id);
    EXPECT_TRUE(having == kTargets || (having == 0 && !acknowledged)) << having;
  }
};

TEST_F(CopyKillTest, CopyActionsLeavesAllOrNothing) {
  v1::CopyActionsRequest request;
  request.mutable_actor()->set_id("tests/fault");
  request.set_source(absl::StrCat(kBig, "/statuses/source"));
  request.set_conflict_policy(v1::CONFLICT_POLICY_REPLACE);
  for (int i = 0; i < kTargets; ++i) request.add_targets(Target(i));
  for (const int64_t more : {1, 100'000, 1}) {
    const bool acknowledged = KillDuring(request, more);
    RestartServer();
    ExpectAllOrNone("copied", acknowledged);
  }
}

TEST_F(CopyKillTest, ApplyTemplateLeavesAllOrNothing) {
  v1::ApplyTemplateRequest request;
  request.mutable_actor()->set_id("tests/fault");
  request.set_template_(kTemplateName);
  for (int i = 0; i < kTargets; ++i) request.add_targets(Target(i));
  for (const int64_t more : {1, 100'000, 1}) {
    const bool acknowledged = KillDuring(request, more);
    RestartServer();
    ExpectAllOrNone("applied", acknowledged);
    v1::ListTemplateCopiesRequest copies;
    copies.set_template_(kTemplateName);
    copies.set_page_size(1000);
    const auto listed = client().Call(copies);
    ASSERT_TRUE(listed.ok()) << listed.status();
    EXPECT_EQ(listed->copies_size(), Having("applied"));
  }
}

}  // namespace
}  // namespace dnc::testing
