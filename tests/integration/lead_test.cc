// Leads: created and updated, never weakened.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

class LeadTest : public GatewayTest {};

TEST_F(LeadTest, AnUpsertCreatesThenUpdatesWhatIsSet) {
  const auto created = Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/cat' display_name: 'Cat' record_type: 'contact' status: '~s/new' "
      "contact_points { phone: '212-555-0120' } contact_points { email: 'Cat@Example.com' } }");
  EXPECT_TRUE(created.created());
  EXPECT_EQ(created.revision(), Revision());
  const v1::Lead& lead = created.lead();
  EXPECT_EQ(lead.contact_points(0).phone(), "+12125550120");
  EXPECT_EQ(lead.contact_points(1).email(), "cat@example.com");
  EXPECT_EQ(lead.create_time().seconds(), kStart / kSecond);
  EXPECT_EQ(lead.status_time().seconds(), kStart / kSecond);
  EXPECT_THAT(GetLead("cat"), EqualsProto(lead));
  clock().Advance(kDay);
  const auto updated = Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/cat' contact_points { phone: '+12125550121' } }");
  EXPECT_FALSE(updated.created());
  EXPECT_EQ(updated.lead().contact_points_size(), 3);
  EXPECT_EQ(updated.lead().display_name(), "Cat");
  EXPECT_EQ(updated.lead().create_time().seconds(), kStart / kSecond);
  EXPECT_EQ(updated.lead().update_time().seconds(), (kStart + kDay) / kSecond);
  EXPECT_EQ(updated.lead().status_time().seconds(), kStart / kSecond);
  EXPECT_NE(updated.lead().etag(), lead.etag());
}

TEST_F(LeadTest, AnUpsertThatSaysNothingNewChangesNothing) {
  const v1::Lead before = GetLead("ann");
  clock().Advance(kDay);
  AddLead("ann", "contact_points { phone: '212 555 0101' }");
  EXPECT_THAT(GetLead("ann"), EqualsProto(before));
}

TEST_F(LeadTest, AStaleEtagIsRefused) {
  const std::string etag = GetLead("ann").etag();
  const std::string update =
      absl::StrCat("lead { name: '~/leads/ann' display_name: 'Ann', etag: '", etag, "' }");
  Must<v1::UpsertLeadRequest>(update);
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(update), Refused("ETAG_MISMATCH"));
}

TEST_F(LeadTest, AnEtagAsksForALeadThatExists) {
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>("lead { name: '~/leads/nobody' record_type: 'contact' "
                                         "status: '~s/new' etag: '7' }"),
              Refused("ETAG_MISMATCH"));
}

TEST_F(LeadTest, AnUpsertMovesTheLeadWhereItMayGo) {
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/working' }");
  EXPECT_THAT(GetLead("ann").status(), testing::EndsWith("/working"));
  const auto move = [&](const char* status) {
    return Ask<v1::UpsertLeadRequest>(
        absl::StrCat("lead { name: '~/leads/ann' status: '", status, "' }"));
  };
  EXPECT_THAT(move("~s/none"), Refused("STATUS_NOT_FOUND"));
  EXPECT_THAT(move("~/workflows/support/statuses/open"), Refused("RECORD_TYPE_MISMATCH"));
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/won' system_status: SYSTEM_STATUS_WON state: OBJECT_STATE_DISABLED } "
      "allow_affected: true");
  EXPECT_THAT(move("~s/won"), Refused("STATUS_DISABLED"));
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' record_type: 'company' }"),
              Refused("RECORD_TYPE_MISMATCH"));
}

TEST_F(LeadTest, AnUpsertNeverLiftsAnOptOut) {
  Apply("ann", "dnc");
  Must<v1::UpsertLeadRequest>(
      "allow_lifting_restriction: true lead { name: '~/leads/ann' status: '~s/working' "
      "do_not_contact: false contact_points { phone: '+12125550101' } }");
  EXPECT_TRUE(GetLead("ann").do_not_contact());
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
}

// The opt-out may be the status alone, and a CRM that does not know of it says "new" every night.
TEST_F(LeadTest, AnUpsertLiftsNoRestrictionUnlessThatIsMeant) {
  const std::string nightly = "lead { name: '~/leads/ann' display_name: 'A' status: '~s/new' } ";
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/closed' }");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(nightly), RefusedAt("RESTRICTION_LIFTED", "lead.status"));
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(nightly + "validate_only: true"),
              Refused("RESTRICTION_LIFTED"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(GetLead("ann").display_name(), "");
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' display_name: 'A' }");
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/closed' }");
  Must<v1::UpsertLeadRequest>(nightly + "allow_lifting_restriction: true");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
}

TEST_F(LeadTest, ARowThatWouldLiftARestrictionIsRefusedAlone) {
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/closed' }");
  const std::string rows =
      "parent: '~' leads { name: '~/leads/bob' status: '~s/working' } "
      "leads { name: '~/leads/ann' status: '~s/new' } ";
  const auto response = Must<v1::BatchUpsertLeadsRequest>(rows);
  EXPECT_FALSE(response.results(0).has_error());
  EXPECT_EQ(response.results(1).error().reason(), "RESTRICTION_LIFTED");
  EXPECT_EQ(response.results(1).error().field(), "leads[1].status");
  EXPECT_THAT(GetLead("bob").status(), testing::EndsWith("/working"));
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_THAT(Ask<v1::BatchUpsertLeadsRequest>(rows + "all_or_nothing: true"),
              RefusedAt("RESTRICTION_LIFTED", "leads[1].status"));
  Must<v1::BatchUpsertLeadsRequest>(rows + "allow_lifting_restriction: true");
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
}

TEST_F(LeadTest, ARestrictionThatHasRunOutHoldsNobody) {
  Must<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/cooling' }");
  const char* const back = "lead { name: '~/leads/ann' status: '~s/new' }";
  clock().Advance(7 * kDay - 1);
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(back), Refused("RESTRICTION_LIFTED"));
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>("lead { name: '~/leads/ann' status: '~s/closed' }"),
              Refused("RESTRICTION_LIFTED"))
      << "it restricts fewer channels";
  clock().Advance(1);
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(back), IsOk());
}

TEST_F(LeadTest, OutputFieldsOfTheRequestAreIgnored) {
  const auto lead = Must<v1::UpsertLeadRequest>(
                        "lead { name: '~/leads/cat' record_type: 'contact' status: '~s/new' "
                        "do_not_contact: true nurture_until { seconds: 4000000000 } create_time { "
                        "seconds: 5 } contact_points { phone: '2125550120' } }")
                        .lead();
  EXPECT_FALSE(lead.do_not_contact());
  EXPECT_FALSE(lead.has_nurture_until());
  EXPECT_EQ(lead.create_time().seconds(), kStart / kSecond);
  EXPECT_EQ(VerdictOf("lead: '~/leads/cat'"), v1::VERDICT_ALLOW);
}

TEST_F(LeadTest, ValidateOnlyWritesNothing) {
  const auto dry = Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/cat' record_type: 'contact' status: '~s/new' } validate_only: true");
  EXPECT_TRUE(dry.created());
  EXPECT_EQ(dry.revision(), 0);
  EXPECT_THAT(Ask<v1::GetLeadRequest>("name: '~/leads/cat'"), Refused("LEAD_NOT_FOUND"));
}

TEST_F(LeadTest, ABatchWritesTheGoodRowsAndTellsTheOthers) {
  const auto response = Must<v1::BatchUpsertLeadsRequest>(
      "parent: '~' "
      "leads { name: '~/leads/good' record_type: 'contact' status: '~s/new' } "
      "leads { name: '~/leads/bad phone' record_type: 'contact' status: '~s/new' } "
      "leads { name: '~/leads/p' record_type: 'contact' status: '~s/new' contact_points { phone: "
      "'1' } } "
      "leads { name: '~/leads/s' record_type: 'contact' } "
      "leads { name: '~/leads/ann' } "
      "leads { name: 'organizations/beta/leads/x' record_type: 'contact' status: '~s/new' }");
  ASSERT_EQ(response.results_size(), 6);
  EXPECT_TRUE(response.results(0).created());
  EXPECT_EQ(response.results(1).error().reason(), "INVALID_FIELD");
  EXPECT_EQ(response.results(1).error().field(), "leads[1].name");
  EXPECT_EQ(response.results(2).error().field(), "leads[2].contact_points[0].phone");
  EXPECT_EQ(response.results(3).error().reason(), "REQUIRED_FIELD_MISSING");
  EXPECT_TRUE(response.results(4).unchanged());
  EXPECT_EQ(response.results(5).error().field(), "leads[5].name");
  EXPECT_THAT(Ask<v1::GetLeadRequest>("name: '~/leads/good'"), IsOk());
  EXPECT_THAT(Ask<v1::GetLeadRequest>("name: '~/leads/p'"), Refused("LEAD_NOT_FOUND"));
}

TEST_F(LeadTest, ARowRefusedByTheStateNamesItsOwnField) {
  const auto response = Must<v1::BatchUpsertLeadsRequest>(
      "parent: '~' leads { name: '~/leads/p' record_type: 'contact' status: '~s/new' "
      "contact_points { phone: '1' } } leads { name: '~/leads/s' record_type: 'contact' }");
  EXPECT_EQ(response.results(1).error().field(), "leads[1].status");
}

TEST_F(LeadTest, AllOrNothingWritesNothingWhereOneRowIsRefused) {
  const char* const good = "leads { name: '~/leads/g' record_type: 'contact' status: '~s/new' } ";
  const auto ask = [&](const char* bad) {
    return Ask<v1::BatchUpsertLeadsRequest>(
        absl::StrCat("parent: '~' all_or_nothing: true ", good, bad));
  };
  EXPECT_THAT(ask("leads { name: '~/leads/s' record_type: 'contact' }"),
              Refused("REQUIRED_FIELD_MISSING"));
  EXPECT_THAT(ask("leads { name: '~/leads/s' contact_points { phone: '1' } }"),
              RefusedAt("INVALID_PHONE_NUMBER", "leads[1].contact_points[0].phone"));
  EXPECT_THAT(ask("leads { name: '~/leads/ann' record_type: 'company' }"),
              Refused("RECORD_TYPE_MISMATCH"));
  EXPECT_THAT(Ask<v1::GetLeadRequest>("name: '~/leads/g'"), Refused("LEAD_NOT_FOUND"));
}

TEST_F(LeadTest, ABatchTakesAThousandAndRefusesOneMore) {
  v1::BatchUpsertLeadsRequest batch;
  batch.set_parent("organizations/acme");
  for (int i = 0; i < 1001; ++i) {
    *batch.add_leads() = Parse<v1::Lead>(
        absl::StrCat("name: '~/leads/m", i, "' record_type: 'contact' status: '~s/new'"));
  }
  EXPECT_THAT(Send(batch), RefusedAt("LIMIT_EXCEEDED", "leads"));
  batch.mutable_leads()->RemoveLast();
  EXPECT_THAT(Send(batch), IsOk());
}

TEST_F(LeadTest, RefusesMalformedLeads) {
  const auto ask = [&](const std::string& text) {
    return Ask<v1::UpsertLeadRequest>(absl::StrCat("lead {", text, "}"));
  };
  const std::string cat = "name: '~/leads/cat' record_type: 'contact' status: '~s/new' ";
  EXPECT_THAT(ask(""), RefusedAt("REQUIRED_FIELD_MISSING", "lead.name"));
  EXPECT_THAT(ask("name: '~/leads/a b'"), RefusedAt("INVALID_FIELD", "lead.name"));
  EXPECT_THAT(ask("name: '~/leads/cat' status: '~s/new'"),
              RefusedAt("REQUIRED_FIELD_MISSING", "lead.record_type"));
  EXPECT_THAT(ask(cat + "display_name: '" + std::string(257, 'x') + "'"),
              RefusedAt("INVALID_FIELD", "lead.display_name"));
  EXPECT_THAT(ask(cat + "contact_points {}"),
              RefusedAt("REQUIRED_FIELD_MISSING", "lead.contact_points[0]"));
  EXPECT_THAT(ask("name: 'organizations/none/leads/x'"), Refused("ORGANIZATION_NOT_FOUND"));
  std::string many = cat;
  for (int i = 0; i < 101; ++i) absl::StrAppend(&many, "contact_points { phone: '2125550101' }");
  EXPECT_THAT(ask(many), RefusedAt("LIMIT_EXCEEDED", "lead.contact_points"));
}

TEST_F(LeadTest, ALeadHoldsAHundredContactPoints) {
  std::string full = "lead { name: '~/leads/cat' record_type: 'contact' status: '~s/new' ";
  for (int i = 0; i < 100; ++i) {
    absl::StrAppend(&full, "contact_points { phone: '", 13105550000 + i, "' }");
  }
  Must<v1::UpsertLeadRequest>(full + "}");
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(
                  "lead { name: '~/leads/cat' contact_points { phone: '2125550163' } }"),
              Refused("LIMIT_EXCEEDED"));
}

TEST_F(LeadTest, AContactPointIsSharedByAtMost4096LeadsAndAnOptOutStillHolds) {
  v1::BatchUpsertLeadsRequest batch;
  batch.set_parent("organizations/acme");
  int refused = 0;
  for (int i = 0; i < 4097; ++i) {
    *batch.add_leads() = Parse<v1::Lead>(absl::StrCat("name: '~/leads/m", i,
                                                      "' record_type: 'contact' status: '~s/new' "
                                                      "contact_points { phone: '+12125550170' }"));
    if (batch.leads_size() < 1000 && i < 4096) continue;
    const auto reply = Send(batch);
    ASSERT_THAT(reply, IsOk());
    for (const v1::LeadResult& result : reply->results()) {
      if (!result.has_error()) continue;
      ++refused;
      EXPECT_EQ(result.error().reason(), "CONTACT_POINT_SHARED_TOO_WIDELY");
    }
    batch.clear_leads();
  }
  EXPECT_EQ(refused, 1);
  EXPECT_THAT(Ask<v1::UpsertLeadRequest>(
                  "lead { name: '~/leads/ann' contact_points { phone: '+12125550170' } }"),
              Refused("CONTACT_POINT_SHARED_TOO_WIDELY"));
  EXPECT_EQ(PhoneVerdict("+12125550170"), v1::VERDICT_ALLOW);
  Must<v1::ApplyActionRequest>(
      "lead: '~/leads/ann' action: '~s/new/actions/dnc' contact_points { "
      "phone: '+12125550170' }");
  EXPECT_EQ(PhoneVerdict("+12125550170"), v1::VERDICT_DENY);
}

}  // namespace
}  // namespace dnc
