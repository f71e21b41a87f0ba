// Imports, upserts, merges and deletions keep every entry.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;
using testing::EndsWith;

class MonotoneMerges : public GatewayTest {
 protected:
  std::vector<std::string> LeadsOf(absl::string_view more) {
    std::vector<std::string> ids;
    const auto page = Must<v1::ListLeadsRequest>(absl::StrCat("parent: '~' ", more));
    for (const v1::Lead& lead : page.leads()) {
      ids.push_back(lead.name().substr(lead.name().rfind('/') + 1));
    }
    return ids;
  }
  int EntriesOf(absl::string_view lead) {
    return Must<v1::ListEntriesRequest>(
               absl::StrCat("parent: '~' active_only: true lead: '~/leads/", lead, "'"))
        .entries_size();
  }
};

TEST_F(MonotoneMerges, ADeletedLeadGoesOnBlockingItsContactPoints) {
  Must<v1::AddEntryRequest>("parent: '~' entry { lead: '~/leads/ann' }");
  const std::string etag = GetLead("ann").etag();
  EXPECT_THAT(Ask<v1::DeleteLeadRequest>("name: '~/leads/ann' etag: 'old'"),
              Refused("ETAG_MISMATCH"));
  const auto deleted =
      Must<v1::DeleteLeadRequest>(absl::StrCat("name: '~/leads/ann' etag: '", etag, "'"));
  EXPECT_TRUE(deleted.lead().has_delete_time());
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(EntriesOf("ann"), 1);
  // Lists leave it out; it can be read.
  EXPECT_THAT(LeadsOf(""), ElementsAre("bob"));
  EXPECT_THAT(LeadsOf("status: '~s/new'"), ElementsAre("bob"));
  EXPECT_THAT(LeadsOf(absl::StrCat("contact_point { phone: '", kAnnPhone, "' }")), ElementsAre());
  EXPECT_THAT(LeadsOf("show_deleted: true"), ElementsAre("ann", "bob"));
  EXPECT_TRUE(GetLead("ann").has_delete_time());
  EXPECT_THAT(Ask<v1::DeleteLeadRequest>("name: '~/leads/ann'"), RefusedAt("LEAD_DELETED", "name"));
  Restart();
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(MonotoneMerges, ADeletedLeadIsNeverAllowed) {
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_ALLOW);
  Must<v1::DeleteLeadRequest>("name: '~/leads/bob'");
  EXPECT_THAT(ReasonTypes(Check("lead: '~/leads/bob'")), ElementsAre(v1::REASON_TYPE_LEAD_UNKNOWN));
  // An opt-out of it still counts, nothing else does.
  EXPECT_THAT(Ask<v1::ApplyActionRequest>("lead: '~/leads/bob' action: '~s/new/actions/advance'"),
              Refused("LEAD_DELETED"));
  const auto response = Apply("bob", "dnc");
  EXPECT_EQ(response.results(0).outcome(), v1::OperationResult::OUTCOME_APPLIED);
  EXPECT_EQ(response.results(1).reason(), "LEAD_DELETED");
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(MonotoneMerges, AnUpsertBringsADeletedLeadBackWithAllItsEntries) {
  Apply("ann", "dnc");
  Apply("bob", "later");
  for (const char* lead : {"ann", "bob"}) {
    Must<v1::DeleteLeadRequest>(absl::StrCat("name: '~/leads/", lead, "'"));
  }
  const auto back = Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/ann' record_type: 'contact' contact_points { phone: '+12125550107' } "
      "}");
  EXPECT_TRUE(back.created());
  EXPECT_TRUE(back.lead().do_not_contact());
  EXPECT_FALSE(back.lead().has_delete_time());
  EXPECT_THAT(back.lead().status(), EndsWith("/closed"));
  EXPECT_EQ(PhoneVerdict("+12125550107"), v1::VERDICT_DENY);  // it joined a flagged lead
  const auto batch = Must<v1::BatchUpsertLeadsRequest>(
      "parent: '~' leads { name: '~/leads/bob' record_type: 'contact' status: '~s/new' }");
  EXPECT_TRUE(batch.results(0).created());
  EXPECT_TRUE(GetLead("bob").has_nurture_until());
  EXPECT_THAT(LeadsOf(""), ElementsAre("ann", "bob"));
  EXPECT_THAT(LeadsOf("status: '~s/new'"), ElementsAre("bob"));
}

TEST_F(MonotoneMerges, AMergeTakesOverAllThatRestricts) {
  AddLead("cat", "contact_points { phone: '+12125550103' }");
  Must<v1::AddEntryRequest>(
      "parent: '~' entry { lead: '~/leads/cat' channels: CHANNEL_VOICE evidence: 'call 1' }");
  Must<v1::ApplyActionRequest>(
      "lead: '~/leads/cat' action: '~s/new/actions/later' actor { id: 'users/jane' }");
  const auto merged = Must<v1::MergeLeadsRequest>("source: '~/leads/cat' target: '~/leads/bob'");
  EXPECT_EQ(merged.lead().contact_points_size(), 2);
  EXPECT_TRUE(merged.lead().do_not_contact());
  EXPECT_TRUE(merged.lead().has_nurture_until());
  ASSERT_EQ(merged.moved_entries_size(), 1);
  ASSERT_EQ(merged.added_entries_size(), 1);  // bob's own phone is covered now
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("+12125550103"), v1::VERDICT_DENY);
  EXPECT_EQ(EntriesOf("bob"), 1);
  EXPECT_EQ(EntriesOf("cat"), 0);
  EXPECT_THAT(LeadsOf("show_deleted: true"), ElementsAre("ann", "bob"));
  EXPECT_THAT(LeadsOf("contact_point { phone: '+12125550103' }"), ElementsAre("bob"));
  // What is asked of the source is told where it went, and an opt-out follows.
  const auto gone = Ask<v1::GetLeadRequest>("name: '~/leads/cat'");
  EXPECT_THAT(gone, Refused("LEAD_MERGED"));
  EXPECT_EQ(gone.metadata("merged_into"), "organizations/acme/leads/bob");
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>("lead { name: '~/leads/cat' status: '~s/new' }"),
              RefusedAt("LEAD_MERGED", "lead.name"));
  EXPECT_EQ(VerdictOf("lead: '~/leads/cat'"), v1::VERDICT_UNKNOWN);
  Must<v1::CreateActionRequest>(
      "parent: '~s/new' action_id: 'again' action { operations { remove_restriction { lists: "
      "'~/lists/internal' } } }");
  for (const char* action : {"advance", "later", "again"}) {
    const auto refused = Ask<v1::ApplyActionRequest>(
        absl::StrCat("lead: '~/leads/cat' evidence: 'form' contact_points { phone: '+12125550188' "
                     "} action: '~s/new/actions/",
                     action, "'"));
    EXPECT_THAT(refused, Refused("LEAD_MERGED")) << action;
    EXPECT_EQ(refused.metadata("merged_into"), "organizations/acme/leads/bob");
  }
  EXPECT_EQ(EntriesOf("bob"), 1);
  const auto applied = Apply("cat", "dnc");
  EXPECT_EQ(applied.lead(), "organizations/acme/leads/bob");
  EXPECT_THAT(GetLead("bob").status(), EndsWith("/closed"));
  // The entry that moved is revoked where it is now.
  Must<v1::RevokeEntryRequest>(
      absl::StrCat("name: '", merged.moved_entries(0), "' evidence: 'form 3'"));
  EXPECT_EQ(EntriesOf("bob"), 1);  // that of dnc
  Restart();
  EXPECT_EQ(PhoneVerdict("+12125550103"), v1::VERDICT_DENY);
}

TEST_F(MonotoneMerges, AMergeRefusesWhatItCannotKeep) {
  EXPECT_THAT(Ask<v1::MergeLeadsRequest>("source: '~/leads/ann' target: '~/leads/none'"),
              RefusedAt("LEAD_NOT_FOUND", "target"));
  EXPECT_THAT(Ask<v1::MergeLeadsRequest>("source: '~/leads/ann' target: '~/leads/ann'"),
              RefusedAt("INVALID_FIELD", "target"));
  EXPECT_THAT(
      Ask<v1::MergeLeadsRequest>("source: '~/leads/ann' target: 'organizations/beta/leads/ann'"),
      RefusedAt("INVALID_FIELD", "target"));
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/firm' record_type: 'company' status: "
      "'~/workflows/support/statuses/open' }");
  EXPECT_THAT(Ask<v1::MergeLeadsRequest>("source: '~/leads/ann' target: '~/leads/firm'"),
              RefusedAt("RECORD_TYPE_MISMATCH", "target"));
  // ann's status restricts contact, bob's does not.
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/closed' }");
  const char* const lifting = "source: '~/leads/ann' target: '~/leads/bob' ";
  EXPECT_THAT(Ask<v1::MergeLeadsRequest>(lifting), RefusedAt("RESTRICTION_LIFTED", "source"));
  EXPECT_THAT(Ask<v1::MergeLeadsRequest>(
                  absl::StrCat(lifting, "target_etag: 'x' allow_lifting_restriction: true")),
              Refused("ETAG_MISMATCH"));
  // More contact points than a lead has.
  std::string points;
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&points, "contact_points { email: 'p", i, "@example.com' } ");
  }
  AddLead("many", points);
  EXPECT_THAT(Ask<v1::MergeLeadsRequest>("source: '~/leads/bob' target: '~/leads/many'"),
              HasReason("LIMIT_EXCEEDED"));
  EXPECT_THAT(LeadsOf(""), ElementsAre("ann", "bob", "firm", "many"));
  EXPECT_EQ(GetLead("bob").contact_points_size(), 1);
  Must<v1::MergeLeadsRequest>(absl::StrCat(lifting, "allow_lifting_restriction: true"));
}

TEST_F(MonotoneMerges, NothingLaterUndoesAnEarlierOptOut) {
  const auto opt_out = Apply("ann", "dnc");
  const int before = EntriesOf("ann");
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/ann' status: '~s/working' display_name: 'Ann B.' } "
      "allow_lifting_restriction: true");
  Must<v1::BatchUpsertLeadsRequest>(
      "parent: '~' leads { name: '~/leads/ann' status: '~s/new' contact_points { phone: "
      "'+12125550101' } }");
  Apply("ann", "later");
  Apply("ann", "advance");
  EXPECT_EQ(EntriesOf("ann"), before);
  for (const std::string& entry : opt_out.entries()) {
    EXPECT_FALSE(
        Must<v1::GetEntryRequest>(absl::StrCat("name: '", entry, "'")).entry().has_revoke_time());
  }
  clock().Advance(400 * kDay);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

TEST_F(MonotoneMerges, ARenamedOrRecategorisedActionKeepsItsDncOperation) {
  const auto action = Must<v1::UpdateActionRequest>(
                          "action { name: '~s/new/actions/dnc' display_name: 'Stop' category: "
                          "ACTION_CATEGORY_CLOSE operations { add_to_dnc_list {} } operations { "
                          "move_to_status { status: '~s/closed' } } }")
                          .action();
  EXPECT_TRUE(action.operations(0).has_add_to_dnc_list());
  const char* const until =
      "action { name: '~s/new/actions/dnc' operations { add_to_dnc_list { expire_time { seconds: "
      "4102444800 } } } }";
  EXPECT_THAT(Ask<v1::UpdateActionRequest>(until), Refused("DNC_OPERATION_DROPPED"));
  EXPECT_EQ(Apply("ann", "dnc").results(0).outcome(), v1::OperationResult::OUTCOME_APPLIED);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

}  // namespace
}  // namespace dnc
