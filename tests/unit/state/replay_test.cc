// The log determines the state: the same mutations give the same bytes, however they are batched
// and wherever the process was restarted.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

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
    switch (Below(3)) {
      case 0:
        return Configuration(id);
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
    switch (Below(10)) {
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
      default:
        return testing::CreateRegistry(Name("list-", 10));
    }
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
    const std::string lead = Name("lead-", 30);
    switch (Below(5)) {
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

constexpr int kMutations = 500;
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
