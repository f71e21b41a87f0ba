// Leads: the one that the check names, and others that share the contact point.
#include <gtest/gtest.h>

#include "tests/unit/decision/scenario.h"

namespace dnc {
namespace {

constexpr char kOnPoint[] = " point=+12125551234";

std::string OnPoint(const std::string& rule) { return rule + kOnPoint; }

class DecideLeadTest : public testing::TestWithParam<Scenario> {};
TEST_P(DecideLeadTest, Answers) { Expect(GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    NamedLead, DecideLeadTest,
    testing::Values(
        Scenario{.name = "Unknown",
                 .lead = "unknown",
                 .verdict = kUnknown,
                 .rules = {"UNKNOWN LEAD_UNKNOWN lead=ann"}},
        Scenario{.name = "UnknownWithFlaggedPoint",
                 .own = "entries { revision: 7 list: 1 }",
                 .lead = "unknown",
                 .rules = {"DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0"
                           " point=+12125551234",
                           "UNKNOWN LEAD_UNKNOWN lead=ann"}},
        Scenario{.name = "UnknownWithoutPoint",
                 .lead = "unknown",
                 .phone = 0,
                 .verdict = kUnknown,
                 .rules = {"UNKNOWN LEAD_UNKNOWN lead=ann"}},
        Scenario{.name = "Open", .lead = "status: 1", .verdict = kAllow, .valid_until = kFull},
        Scenario{.name = "WithoutPoint",
                 .lead = "status: 1",
                 .phone = 0,
                 .verdict = kUnknown,
                 .rules = {"UNKNOWN NO_CONTACT_POINT lead=ann"}},
        Scenario{.name = "NobodyIsNamed",
                 .phone = 0,
                 .verdict = v1::VERDICT_UNKNOWN,
                 .rules = {"UNKNOWN NO_CONTACT_POINT"}},
        Scenario{.name = "FlaggedWithoutPoint",
                 .lead = "entries { revision: 7 list: 1 }",
                 .phone = 0,
                 .rules = {"DENY LEAD_ON_LIST acme/internal entry=acme/7-0 lead=ann",
                           "UNKNOWN NO_CONTACT_POINT lead=ann"}},
        Scenario{.name = "Flagged",
                 .lead = "entries { revision: 7 list: 1 effective_time: 5 expire_time: 2000 }",
                 .rules = {"DENY LEAD_ON_LIST acme/internal entry=acme/7-0 lead=ann since=5"
                           " until=2000"}},
        Scenario{.name = "FlaggedForAnotherChannel",
                 .lead = "entries { revision: 7 list: 1 channels: 4 }",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "FlaggedLater",
                 .lead = "entries { revision: 7 list: 1 effective_time: 1030 }",
                 .verdict = kAllow,
                 .valid_until = 1030},
        // Its own reference at the contact point is the same lead, not another.
        Scenario{.name = "CountsOnce",
                 .own = "leads { lead: 'ann' state { status: 2 nurture_until: 1001"
                        " entries { revision: 7 list: 1 } } }",
                 .lead = "status: 2 nurture_until: 1001 entries { revision: 7 list: 1 }",
                 .rules = {"DENY LEAD_ON_LIST acme/internal entry=acme/7-0 lead=ann",
                           "DENY STATUS_RESTRICTS status=dead lead=ann",
                           "DENY NURTURE lead=ann until=1001"}}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Status, DecideLeadTest,
    testing::Values(
        Scenario{.name = "Restricts",
                 .lead = "status: 2 status_time: 400",
                 .rules = {"DENY STATUS_RESTRICTS status=dead lead=ann since=400"}},
        Scenario{.name = "RestrictsItsChannel",
                 .lead = "status: 3 status_time: 400",
                 .rules = {"DENY STATUS_RESTRICTS status=no-calls lead=ann since=400"}},
        Scenario{.name = "RestrictsAnotherChannel",
                 .ask = Sms,
                 .lead = "status: 3 status_time: 400",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "DisabledStillRestricts",
                 .lead = "status: 5",
                 .rules = {"DENY STATUS_RESTRICTS status=disabled lead=ann"}},
        Scenario{.name = "ArchivedStillRestricts",
                 .lead = "status: 6",
                 .rules = {"DENY STATUS_RESTRICTS status=archived lead=ann"}},
        Scenario{.name = "OneThatIsNotThereMayRestrict",
                 .lead = "status: 7",
                 .verdict = v1::VERDICT_UNKNOWN,
                 .rules = {"UNKNOWN STATUS_RESTRICTS lead=ann"}},
        Scenario{.name = "EmergencyIsExempt",
                 .ask = Emergency,
                 .lead = "status: 2 status_time: 400",
                 .verdict = kAllow,
                 .rules = {"ALLOW STATUS_RESTRICTS status=dead lead=ann since=400"},
                 .valid_until = kFull},
        Scenario{.name = "LastInstant",  // entered at 801, for 200
                 .lead = "status: 4 status_time: 801",
                 .rules = {"DENY STATUS_RESTRICTS status=resting lead=ann since=801 until=1001"}},
        Scenario{.name = "EndedNow",
                 .lead = "status: 4 status_time: 800",
                 .verdict = kAllow,
                 .valid_until = kFull}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Nurture, DecideLeadTest,
    testing::Values(Scenario{.name = "Runs",
                             .lead = "nurture_since: 300 nurture_until: 1001",
                             .rules = {"DENY NURTURE lead=ann since=300 until=1001"}},
                    Scenario{.name = "EndedNow",
                             .lead = "nurture_since: 300 nurture_until: 1000",
                             .verdict = kAllow,
                             .valid_until = kFull},
                    Scenario{.name = "AnotherChannel",
                             .ask = Sms,
                             .lead = "nurture_until: 2000 nurture_channels: 2",
                             .verdict = kAllow,
                             .valid_until = kFull},
                    Scenario{.name = "EmergencyIsExempt",
                             .ask = Emergency,
                             .lead = "nurture_until: 2000",
                             .verdict = kAllow,
                             .rules = {"ALLOW NURTURE lead=ann until=2000"},
                             .valid_until = kFull}),
    NameOf);

constexpr char kBob[] =
    "leads { lead: 'bob' state { status: 2 status_time: 400 nurture_since: 300"
    " nurture_until: 1500 entries { revision: 7 list: 1 } } }";

INSTANTIATE_TEST_SUITE_P(
    OtherLead, DecideLeadTest,
    testing::Values(
        Scenario{.name = "AllCountWhereNoLeadIsNamed",
                 .own = kBob,
                 .rules = {OnPoint("DENY LEAD_ON_LIST acme/internal entry=acme/7-0 lead=bob"),
                           OnPoint("DENY STATUS_RESTRICTS status=dead lead=bob") + " since=400",
                           OnPoint("DENY NURTURE lead=bob") + " since=300 until=1500"}},
        Scenario{.name = "OnlyFlagCountsBesideNamed",
                 .own = kBob,
                 .lead = "status: 1",
                 .rules = {OnPoint("DENY LEAD_ON_LIST acme/internal entry=acme/7-0 lead=bob")}},
        Scenario{.name = "FlagCountsBesideUnknown",
                 .own = kBob,
                 .lead = "unknown",
                 .rules = {OnPoint("DENY LEAD_ON_LIST acme/internal entry=acme/7-0 lead=bob"),
                           "UNKNOWN LEAD_UNKNOWN lead=ann"}},
        Scenario{.name = "StatusAloneBesideNamed",
                 .own = "leads { lead: 'bob' state { status: 2 nurture_until: 1500 } }",
                 .lead = "status: 1",
                 .verdict = kAllow,
                 .valid_until = kFull},
        Scenario{.name = "FlagLaterBesideNamed",
                 .own = "leads { lead: 'bob' state { entries { revision: 7 list: 1"
                        " effective_time: 1040 } } }",
                 .lead = "status: 1",
                 .verdict = kAllow,
                 .valid_until = 1040},
        Scenario{.name = "SecondOfThree",
                 .own = "leads { lead: 'abe' state { status: 1 } }"
                        "leads { lead: 'bob' state { status: 3 } }"
                        "leads { lead: 'cid' state { status: 1 } }",
                 .rules = {OnPoint("DENY STATUS_RESTRICTS status=no-calls lead=bob")}},
        Scenario{.name = "ItselfWhereNoLeadIsNamed",
                 .own = "leads { lead: 'ann' state { status: 2 } }",
                 .rules = {OnPoint("DENY STATUS_RESTRICTS status=dead lead=ann")}}),
    NameOf);

// The first status of an organization has the number 0, which is also what a state that says
// nothing has.
TEST(DecideLeadWithoutStatusesTest, NumberZeroIsNoExemption) {
  Question question = MakeQuestion();
  question.organization = &TheWorld().global;  // has no statuses
  Facts facts;
  facts.names_lead = true;
  facts.lead.id = "ann";
  facts.lead.known = true;
  facts.points.emplace_back().point = {ContactKind::kPhone, kPhone, {}};
  EXPECT_EQ(Decide(question, facts).verdict, v1::VERDICT_UNKNOWN);
}

}  // namespace
}  // namespace dnc
