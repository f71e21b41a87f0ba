#include "client/cli/workflow_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/yaml_place.h"
#include "client/error.h"

namespace dnc::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr char kSales[] = R"(
x-shared:
  dnc: &dnc
    id: do-not-contact
    display_name: Do not contact
    category: do-not-contact
    operations:
      - add_to_dnc_list: {list: internal, channels: [voice, sms], reason: asked}
      - move_to_status: dead
workflow: sales
display_name: Sales
record_type: contact
lists:
  - {id: partners, kind: registry, max_age: 31d, channels: voice}
statuses:
  - id: new
    system_status: new
    actions:
      - *dnc
      - id: later
        category: defer
        operations: [{nurture: {duration: 90d}}, {move_to_status: support/open}]
  - id: dead
    system_status: dead
    restriction: {channels: [voice], duration: 30d}
    actions: [*dnc]
  - id: lost
    system_status: lost
    state: disabled
    restriction:
)";

absl::StatusOr<std::vector<WorkflowDocument>> Parse(const std::string& text) {
  return ParseWorkflowYaml(text, "f.yaml", Names("acme"));
}

TEST(WorkflowYaml, ReadsEverything) {
  const auto documents = Parse(kSales);
  ASSERT_TRUE(documents.ok()) << documents.status();
  ASSERT_EQ(documents->size(), 1u);
  const v1::Workflow& workflow = (*documents)[0].workflow;
  EXPECT_EQ(workflow.name(), "organizations/acme/workflows/sales");
  EXPECT_EQ(workflow.record_type(), "contact");
  ASSERT_EQ(workflow.statuses_size(), 3);
  const v1::Status& fresh = workflow.statuses(0);
  EXPECT_EQ(fresh.name(), "new");
  EXPECT_EQ(fresh.system_status(), v1::SYSTEM_STATUS_NEW);
  EXPECT_FALSE(fresh.has_restriction());
  ASSERT_EQ(fresh.actions_size(), 2);
  const v1::Action& dnc = fresh.actions(0);
  EXPECT_EQ(dnc.category(), v1::ACTION_CATEGORY_DO_NOT_CONTACT);
  EXPECT_EQ(dnc.operations(0).add_to_dnc_list().list(), "organizations/acme/lists/internal");
  EXPECT_EQ(dnc.operations(0).add_to_dnc_list().channels_size(), 2);
  EXPECT_FALSE(dnc.operations(0).add_to_dnc_list().has_duration());
  EXPECT_EQ(dnc.operations(1).move_to_status().status(),
            "organizations/acme/workflows/sales/statuses/dead");
  EXPECT_EQ(fresh.actions(1).operations(0).nurture().duration().seconds(), 90 * 86400);
  EXPECT_EQ(fresh.actions(1).operations(1).move_to_status().status(),
            "organizations/acme/workflows/support/statuses/open");
  EXPECT_EQ(workflow.statuses(1).restriction().duration().seconds(), 30 * 86400);
  EXPECT_EQ(workflow.statuses(1).actions(0).name(), "do-not-contact");
  EXPECT_TRUE(workflow.statuses(2).has_restriction());
  EXPECT_TRUE(workflow.statuses(2).restriction().channels().empty());
  EXPECT_EQ(workflow.statuses(2).state(), v1::OBJECT_STATE_DISABLED);
}

TEST(WorkflowYaml, ReadsLists) {
  const auto documents = Parse(kSales);
  ASSERT_TRUE(documents.ok());
  ASSERT_EQ((*documents)[0].lists.size(), 1u);
  const v1::DncList& list = (*documents)[0].lists[0];
  EXPECT_EQ(list.name(), "organizations/acme/lists/partners");
  EXPECT_EQ(list.kind(), v1::LIST_KIND_REGISTRY);
  EXPECT_EQ(list.max_age().seconds(), 31 * 86400);
  EXPECT_EQ(list.channels(0), v1::CHANNEL_VOICE);
}

TEST(WorkflowYaml, ReadsSeveralDocuments) {
  const auto documents =
      Parse("workflow: a\nrecord_type: x\n---\nworkflow: b\nrecord_type: x\n---\n");
  ASSERT_TRUE(documents.ok()) << documents.status();
  EXPECT_EQ(documents->size(), 2u);
}

TEST(WorkflowYaml, SaysWhereAndWhatIsWrong) {
  const std::string head = "workflow: a\nrecord_type: x\nstatuses:\n  - id: s\n";
  const std::string good = head + "    system_status: new\n";
  const std::string action = good + "    actions:\n      - id: a\n        operations:\n";
  // Text, where, what.
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"", "f.yaml", "holds no workflow"},
      {"- 1\n", "f.yaml:1:1: ", "must be a mapping"},
      {"workflow: a\n", "f.yaml:1:1: ", "record_type"},
      {"workflow:\nrecord_type: x\n", "f.yaml:1:1: ", "needs the key \"workflow\""},
      {"workflow: [\n", "f.yaml:", ""},
      {"workflow: a/b\nrecord_type: x\n", "f.yaml:1:11: ", "names no workflow"},
      {"workflow: a\nrecord_type: x\nstatus: []\n", "f.yaml:3:1: ", "unknown key \"status\""},
      {"workflow: a\nworkflow: b\nrecord_type: x\n", "f.yaml:2:1: ", "stands twice"},
      {"workflow: a\nrecord_type: x\nstatuses: 1\n", "f.yaml:3:11: ", "must be a sequence"},
      {head, "f.yaml:4:5: ", "system_status"},
      {head + "    system_status: old\n", "f.yaml:5:20: ", "new, working, nurture"},
      {good + "    state: off\n", "f.yaml:6:12: ", "enabled, disabled, archived"},
      {good + "    restriction: {channels: [fone]}\n", "f.yaml:6:30: ", "voice, sms"},
      {good + "    restriction: {duration: 30}\n", "f.yaml:6:29: ", "no duration"},
      {good + "    restriction: {channel: voice}\n", "f.yaml:6:19: ", "channels, duration"},
      {good + "    actions:\n      - id: a\n", "f.yaml:7:9: ", "operations"},
      {action + "          - {}\n", "f.yaml:9:13: ", "exactly one"},
      {action + "          - {nurture: {duration: 1d}, move_to_status: s}\n",
       "f.yaml:9:13: ", "exactly one"},
      {action + "          - explode: now\n", "f.yaml:9:13: ", "add_to_dnc_list"},
      {action + "          - nurture: {}\n", "f.yaml:9:22: ", "duration"},
      {action + "          - move_to_status: [a]\n", "f.yaml:9:29: ", "WORKFLOW/STATUS"},
      {action + "          - add_to_dnc_list: {lead_only: perhaps}\n",
       "f.yaml:9:42: ", "true or false"},
  };
  for (const auto& [text, where, what] : cases) {
    const auto status = Parse(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_THAT(std::string(status.message()), StartsWith(where)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(what)) << text;
  }
}

TEST(WorkflowYaml, TextThatIsNotUtf8IsRefusedAtItsPlace) {
  for (const char* text :
       {"workflow: a\nrecord_type: contact\ndisplay_name: \"\xff\"\n",
        "workflow: a\nrecord_type: contact\nstatuses:\n  - {id: n, system_status: new, "
        "visible_to: [\xff]}\n"}) {
    EXPECT_THAT(std::string(Parse(text).status().message()), HasSubstr("is not UTF-8"));
  }
}

// What the gateway says of a field, at its place in the file.
TEST(YamlPlace, LeadsFromAFieldToItsLine) {
  const std::string text =
      "# one\n---\n---\nworkflow: a\n---\nworkflow: sales\nstatuses:\n  - id: new\n"
      "    actions:\n      - id: stop\n        operations:\n          - add_to_dnc_list:\n"
      "              until: 2020-01-01\n";
  const std::vector<std::pair<std::string, std::string>> places = {
      {"workflow.statuses[0].actions[0].operations[0].add_to_dnc_list.expire_time", "f.yaml:13:22"},
      {"workflow.statuses[0].actions[0].category", "f.yaml:10:9"},
      {"workflow.statuses[0].name", "f.yaml:8:9"},
      {"workflow.statuses[7].name", "f.yaml:8:3"},
      {"workflow.etag", "f.yaml:6:1"},
      {"lists[0].kind", "f.yaml:6:1"}};
  for (const auto& [field, place] : places) {
    google::rpc::ErrorInfo info;
    info.set_reason("INVALID_FIELD");
    (*info.mutable_metadata())["field"] = field;
    const absl::Status placed =
        AtPlace(WithErrorInfo(absl::InvalidArgumentError("no"), info), {"f.yaml", text, 1});
    EXPECT_EQ(placed.message(), absl::StrCat(place, ": no")) << field;
    EXPECT_EQ(ErrorFieldOf(placed), field);
  }
  EXPECT_EQ(AtPlace(absl::InternalError("no"), {"f.yaml", text, 1}).message(), "no");
  EXPECT_TRUE(AtPlace(absl::OkStatus(), {"f.yaml", text, 0}).ok());
}

}  // namespace
}  // namespace dnc::cli
