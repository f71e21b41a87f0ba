// The log determines the state: the same mutations give the same bytes, however they are batched
// and wherever the process was restarted.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

using storage::v1::AuditRecord;
using testing::Dump;
using testing::FromText;
using testing::Gateway;

std::string Phone(uint64_t n) { return absl::StrCat("+121255", 50'000 + n); }

// Draws mutations of every kind, of few objects, so that many collide.
class Draws {
 public:
  explicit Draws(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t limit) { return random_() % limit; }

  Mutation Next() {
    const std::string id = Below(3) == 0 ? absl::StrCat("id-", Below(60)) : "";
    switch (Below(6)) {
      case 0:
        return Configuration(id);
      case 3:
        return Access(id);
      case 4:
        return FromText(TemplateBody(), id);
      case 5:
        return FromText(OptOutBody(), id);
      case 1:
        return Registry(id);
      default:
        return Lead(id);
    }
  }

 private:
  std::string Name(absl::string_view prefix, uint64_t below) {
    return absl::StrCat(prefix, Below(below));
  }
  // Of the workflow sales.
  std::string Status() { return Below(2) == 0 ? "~s/new" : Name("~s/s", 4); }
  std::string Restriction() {
    return Below(2) == 0 ? absl::StrCat("restriction { duration { seconds: ", 60 * Below(9), "} }")
                         : "";
  }
  std::string Operations() {
    if (Below(2) == 0) return "operations { add_to_dnc_list { channels: CHANNEL_SMS } }";
    return absl::StrCat("operations { move_to_status { status: '", Status(), "' } }");
  }
  std::string Content(absl::string_view lead) {
    return absl::StrCat("name: '~/leads/", lead, "' record_type: '",
                        Below(9) == 0 ? "company" : "person", "' status: '", Status(),
                        "' contact_points { phone: '", Phone(Below(50)), "' }");
  }

  Mutation Configuration(const std::string& id) {
    const std::string status = Name("s", 4);
    const std::string action = Name("a", 4);
    const std::string parent = Status();
    switch (Below(13)) {
      case 0: {
        Mutation mutation = FromText(
            absl::StrCat("create_organization { organization_id: '", Name("org", 5), "' }"), id);
        mutation.set_organization("global");
        return mutation;
      }
      case 1: {
        const std::string workflow = Name("w", 5);
        return FromText(absl::StrCat("create_workflow { workflow_id: '", workflow,
                                     "' workflow { name: '~/workflows/", workflow,
                                     "' record_type: 'person' } }"),
                        id);
      }
      case 2:
        return FromText(
            absl::StrCat("apply_workflow { workflow { name: '~/workflows/sales' display_name: '",
                         Name("Sales ", 9), "' record_type: '",
                         Below(4) == 0 ? "company" : "person", "' } }"),
            id);
      case 3:
        return FromText(
            absl::StrCat("create_status { parent: '~/workflows/sales' status_id: '", status,
                         "' status { name: '~s/", status, "' ", Restriction(), "} }"),
            id);
      case 4:
        return FromText(absl::StrCat("update_status { status { name: '~s/", status,
                                     "' system_status: SYSTEM_STATUS_WORKING ", Restriction(),
                                     "} allow_lifting_restriction: ", Below(2) == 0, "}"),
                        id);
      case 5:
        return FromText(absl::StrCat("create_action { parent: '", parent, "' action_id: '", action,
                                     "' action { name: '", parent, "/actions/", action, "' ",
                                     Operations(), "} }"),
                        id);
      case 6:
        return FromText(absl::StrCat("update_action { action { name: '", parent, "/actions/",
                                     action, "' ", Operations(), "} }"),
                        id);
      case 7:
        return FromText(absl::StrCat("delete_action { name: '", parent, "/actions/", action, "' }"),
                        id);
      case 8:
        return FromText(absl::StrCat("copy_actions { source: '", parent, "' targets: '~s/", status,
                                     "' targets: '~s/dead' conflict_policy: ", 1 + Below(4),
                                     " allow_partial: ", Below(2) == 0, "}"),
                        id);
      case 9:
        return FromText(
            absl::StrCat("update_workflow { workflow { name: '~/workflows/sales' display_name: '",
                         Name("Sales ", 9), "' } status_order: '", status, "' }"),
            id);
      case 10:
        return FromText(
            absl::StrCat("update_organization { organization { name: '~' "
                         "display_name: '",
                         Name("Acme ", 9), "' etag: '", Below(3) == 0 ? "old" : "", "' } }"),
            id);
      case 11:
        return FromText(absl::StrCat("update_list { list { name: '~/lists/", Name("list-", 10),
                                     "' display_name: '", Name("List ", 9), "' } }"),
                        id);
      default:
        return testing::CreateRegistry(Name("list-", 10));
    }
  }

  Mutation Access(const std::string& id) {
    Mutation mutation = FromText(AccessBody(), id);
    mutation.set_principal("users/u1");
    mutation.set_principal_is_administrator(Below(3) != 0);
    return mutation;
  }
  std::string AccessBody() {
    const std::string role = Name("r", 4);
    const std::string binding = Name("b", 5);
    const std::string group = Name("g", 3);
    switch (Below(9)) {
      case 0:
        return absl::StrCat("create_role { role_id: '", role, "' role { name: '~/roles/", role,
                            "' permissions: 'leads.read' } }");
      case 1:
        return absl::StrCat("update_role { role { name: '~/roles/", role,
                            "' permissions: 'leads.write' } }");
      case 2:
        return absl::StrCat("delete_role { name: '~/roles/", role, "' }");
      case 3:
        return absl::StrCat("create_role_binding { binding_id: '", binding,
                            "' binding { name: '~/bindings/", binding, "' role: '~/roles/",
                            Below(2) == 0 ? role : "administrator", "' ",
                            Below(2) == 0 ? absl::StrCat("group: '~/groups/", group, "'")
                                          : absl::StrCat("principal: 'users/", Name("u", 3), "'"),
                            " scope: '", Below(2) == 0 ? "~" : Status(), "' } }");
      case 4:
        return absl::StrCat("delete_role_binding { name: '~/bindings/", binding, "' }");
      case 5:
        return absl::StrCat("create_group { group_id: '", group, "' group { name: '~/groups/",
                            group, "' members: 'users/", Name("u", 3), "' workflows { workflow: '",
                            Below(4) == 0 ? "~/workflows/none" : "~/workflows/sales", "' } } }");
      case 6:
        return absl::StrCat("update_group { name: '~/groups/", group, "' add_members: 'users/",
                            Name("u", 3), "' remove_members: 'users/", Name("v", 3), "' }");
      case 7:
        return absl::StrCat("delete_group { name: '~/groups/", group, "' }");
      default:
        return absl::StrCat("sync_group { name: '~/groups/", group, "' workflows: '~/workflows/",
                            Below(4) == 0 ? "none" : "sales", "' }");
    }
  }

  std::string TemplateBody() {
    const std::string name = Name("t", 4);
    const std::string content =
        absl::StrCat("template { name: '~/templates/", name, "' record_type: '",
                     Below(6) == 0 ? "company" : "person", "' actions { name: '~/templates/", name,
                     "/actions/a0' ", Operations(), "} }");
    switch (Below(4)) {
      case 0:
        return absl::StrCat("create_template { template_id: '", name, "' ", content, " }");
      case 1:
        return absl::StrCat("update_template { ", content, " allow_dropping_dnc: true }");
      case 2:
        return absl::StrCat("delete_template { name: '~/templates/", name, "' }");
      default:
        return absl::StrCat("apply_template { template: '~/templates/", name, "' targets: '",
                            Status(), "' conflict_policy: ", 1 + Below(4),
                            " adjustments: ", 1 + Below(2), " allow_dropping_dnc: ", Below(2) == 0,
                            " }");
    }
  }

  // As the preparer has judged it.
  std::string OptOutBody() {
    if (Below(3) == 0) {
      return absl::StrCat("resolve_review { name: '~/reviews/", Below(300),
                          "' decision: ", 1 + Below(2), " reason: 'read' }");
    }
    const bool told = Below(2) == 0;
    const bool by_lead = told && Below(2) == 0;
    return absl::StrCat("record_opt_out { parent: '~' opt_out { ",
                        by_lead
                            ? absl::StrCat("lead: '~/leads/lead-", Below(60), "' ")
                            : absl::StrCat("contact_point { phone: '", Phone(Below(50)), "' } "),
                        Below(3) == 0 ? absl::StrCat("message_id: 'm", Below(30), "' ") : "",
                        told ? "letter { reference: 'box 1' } outcome: OPT_OUT_OUTCOME_OPTED_OUT "
                             : "keyword_reply { text: 'please stop' medium: REPLY_MEDIUM_SMS } "
                               "outcome: OPT_OUT_OUTCOME_REVIEW ",
                        "received_time { seconds: ", Below(100), " } } }");
  }

  Mutation Registry(const std::string& id) {
    switch (Below(4)) {
      case 0:
        return FromText(
            absl::StrCat("add_entry { entry { list: '~/lists/", Below(9) == 0 ? "none" : "internal",
                         "' contact_point { phone: '", Phone(Below(50)), "' } } }"),
            id);
      case 1:
        return testing::RevokeEntry(absl::StrCat(Below(300), "-", Below(3)));
      case 2: {
        std::string entries;
        for (int i = 0; i < 3; ++i) {
          absl::StrAppend(&entries, "entries { contact_point { phone: '", Phone(Below(80)),
                          "' } }");
        }
        return FromText(absl::StrCat("import_entries { list: '~/lists/internal' ", entries, "}"),
                        id);
      }
      default:
        return FromText(absl::StrCat("activate_version { list: '~/lists/", Name("list-", 10),
                                     "' version { version: 1 as_of_time { seconds: ", Below(100),
                                     " } } base_version: ", Below(2), " allow_shrink: true }"),
                        id);
    }
  }

  Mutation Lead(const std::string& id) {
    const uint64_t number = Below(30);
    const std::string lead = absl::StrCat("lead-", number);
    switch (Below(7)) {
      case 0:
        return testing::OptOutLead(lead, {Phone(Below(50)), Phone(Below(50))}, id);
      case 1:
        return testing::OptOutLead(lead, {}, id);
      case 2:
        return FromText(absl::StrCat("upsert_lead { lead {", Content(lead), "} }"), id);
      case 3:
        return FromText(
            absl::StrCat("batch_upsert_leads { leads {", Content(lead), "} leads {",
                         Content(Name("lead-", 30)), "} all_or_nothing: ", Below(2) == 0, "}"),
            id);
      case 4:
        return FromText(absl::StrCat("delete_lead { name: '~/leads/", lead, "' }"), id);
      case 5:
        return FromText(absl::StrCat("merge_leads { source: '~/leads/", lead,
                                     "' target: '~/leads/lead-", (number + 1 + Below(29)) % 30,
                                     "' allow_lifting_restriction: ", Below(2) == 0, " }"),
                        id);
      default:
        return FromText(
            absl::StrCat("apply_action { lead: '~/leads/", lead, "' action: '", Status(),
                         "/actions/", Name("a", 4), "' actor { id: 'tests' } }"),
            id);
    }
  }

  std::mt19937_64 random_;
};

std::vector<Mutation> History(uint64_t seed, int count) {
  Draws draws(seed);
  std::vector<Mutation> history = {testing::CreateAcme(), testing::ApplySales()};
  for (int i = 0; i < count; ++i) {
    history.push_back(draws.Next());
    history.back().set_propose_time(history.back().propose_time() + i * int64_t{10'000'000});
  }
  return history;
}

// Batches of random sizes up to `max_batch`; opens everything again every so many batches (0:
// never).
void Replay(const std::vector<Mutation>& history, size_t max_batch, size_t batches_per_restart,
            Gateway* gateway) {
  std::mt19937_64 random(max_batch);
  size_t batches = 0;
  for (size_t at = 0; at < history.size();) {
    const size_t size = std::min(history.size() - at, 1 + random() % max_batch);
    gateway->Apply(std::vector<Mutation>(history.begin() + static_cast<ptrdiff_t>(at),
                                         history.begin() + static_cast<ptrdiff_t>(at + size)));
    at += size;
    if (batches_per_restart != 0 && ++batches % batches_per_restart == 0) gateway->Open();
  }
}

// Batches of random sizes, each judged, in two pieces, while the one before it commits on another
// thread.
void ReplayOverlapping(const std::vector<Mutation>& history, Gateway* gateway) {
  StateMachine& state = gateway->state();
  std::mt19937_64 random(7);
  std::unique_ptr<JudgedBatch> committing;
  for (size_t at = 0; at < history.size();) {
    std::thread commit;
    std::unique_ptr<JudgedBatch> batch = state.Begin();
    if (committing != nullptr) {
      commit = std::thread([&] { EXPECT_TRUE(state.Commit(committing.get()).ok()); });
    }
    for (int piece = 0; piece < 2 && at < history.size(); ++piece) {
      std::vector<LogEntry> entries;
      int64_t revision = batch->revision;
      for (size_t size = 1 + random() % 20; size > 0 && at < history.size(); --size) {
        entries.push_back({++revision, history[at++]});
      }
      state.Judge(std::move(entries), batch.get());
    }
    if (commit.joinable()) commit.join();
    committing = std::move(batch);
  }
  EXPECT_TRUE(state.Commit(committing.get()).ok());
}

void ExpectSame(const Gateway& one, const Gateway& other) {
  const Dump left = one.Rows();
  const Dump right = other.Rows();
  for (size_t i = 0; i < left.size(); ++i) {
    EXPECT_TRUE(left[i] == right[i]) << "family " << kFamilyNames[i] << " differs";
  }
  EXPECT_EQ(one.CatalogText(), other.CatalogText());
}

std::vector<AuditRecord> Audit(const Gateway& gateway) {
  std::vector<AuditRecord> records;
  const Dump rows = gateway.Rows();
  for (const auto& [key, value] : rows[static_cast<size_t>(Family::kAudit)]) {
    EXPECT_TRUE(records.emplace_back().ParseFromString(value));
  }
  return records;
}

constexpr int kMutations = 1'200;
constexpr uint64_t kSeeds[] = {1, 2, 3};

class ReplayTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ReplayTest, GivesTheSameBytes) {
  const std::vector<Mutation> history = History(GetParam(), kMutations);
  Gateway one_by_one;
  Replay(history, 1, 0, &one_by_one);
  Gateway again;
  Replay(history, 1, 0, &again);
  ExpectSame(one_by_one, again);
  Gateway in_batches;
  Replay(history, 50, 0, &in_batches);
  ExpectSame(one_by_one, in_batches);
  Gateway with_restarts;
  Replay(history, 20, 3, &with_restarts);
  ExpectSame(one_by_one, with_restarts);
  EXPECT_TRUE(with_restarts.FilterIsComplete());
  Gateway overlapping;
  ReplayOverlapping(history, &overlapping);
  ExpectSame(one_by_one, overlapping);
  EXPECT_TRUE(overlapping.FilterIsComplete());
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplayTest, ::testing::ValuesIn(kSeeds));

// Else the test above would prove little.
TEST(ReplayHistoryTest, HasEveryKindOfMutationAndOfOutcome) {
  std::map<int, std::set<AuditRecord::Disposition>> seen;
  size_t with_much_metadata = 0;
  size_t repeated = 0;
  for (const uint64_t seed : kSeeds) {
    Gateway gateway;
    Replay(History(seed, kMutations), 50, 0, &gateway);
    for (const AuditRecord& record : Audit(gateway)) {
      seen[record.mutation().body_case()].insert(record.disposition());
      if (record.outcome().error().metadata_size() > 2) ++with_much_metadata;
      if (record.disposition() == AuditRecord::DISPOSITION_REPEATED) ++repeated;
    }
  }
  const google::protobuf::OneofDescriptor& kinds = *Mutation::descriptor()->FindOneofByName("body");
  for (int i = 0; i < kinds.field_count(); ++i) {
    const google::protobuf::FieldDescriptor& kind = *kinds.field(i);
    EXPECT_EQ(seen[kind.number()].count(AuditRecord::DISPOSITION_APPLIED), 1u) << kind.name();
    if (kind.name() == "import_entries") continue;  // nothing of it is refused
    EXPECT_EQ(seen[kind.number()].count(AuditRecord::DISPOSITION_REFUSED), 1u) << kind.name();
  }
  EXPECT_GT(with_much_metadata, 10u);
  EXPECT_GT(repeated, 0u);
}

}  // namespace
}  // namespace dnc
