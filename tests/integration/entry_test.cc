// Lists and entries: added, never shortened, ended only by a revocation with evidence.
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

class EntryTest : public GatewayTest {
 protected:
  v1::AddEntryResponse Add(absl::string_view entry) {
    return Must<v1::AddEntryRequest>(absl::StrCat("parent: '~' entry {", entry, "}"));
  }
  Reply<v1::AddEntryResponse> TryAdd(absl::string_view entry) {
    return Ask<v1::AddEntryRequest>(absl::StrCat("parent: '~' entry {", entry, "}"));
  }
  Reply<v1::RevokeEntryResponse> Revoke(const std::string& name, absl::string_view more = "") {
    return Ask<v1::RevokeEntryRequest>(
        absl::StrCat("name: '", name, "' evidence: 'signed form 7' ", more));
  }
  // A time that is `micros` after the start.
  static std::string At(absl::string_view field, int64_t micros) {
    return absl::StrCat(field, " { seconds: ", (kStart + micros) / kSecond, " } ");
  }
  static std::string Until(int64_t seconds) {
    return absl::StrCat(" expire_time { seconds: ", kStart / kSecond + seconds, " } ");
  }
};

constexpr char kBobsPhone[] = "contact_point { phone: '(212) 555-0102' } ";

TEST_F(EntryTest, AnEntryBlocksAndIsRead) {
  const auto added = Add(absl::StrCat(kBobsPhone, "reason: 'asked by mail' evidence: 'letter 4'"));
  EXPECT_TRUE(added.created());
  const v1::Entry& entry = added.entry();
  EXPECT_EQ(entry.contact_point().phone(), kBobPhone);
  EXPECT_EQ(entry.list(), "organizations/acme/lists/internal");
  EXPECT_EQ(entry.source(), "api");
  EXPECT_EQ(entry.actor().id(), "users/jane");
  EXPECT_EQ(entry.effective_time().seconds(), kStart / kSecond);
  EXPECT_EQ(entry.create_time().seconds(), kStart / kSecond);
  EXPECT_EQ(entry.revision(), added.revision());
  EXPECT_FALSE(entry.has_expire_time());
  const auto read = Must<v1::GetEntryRequest>(absl::StrCat("name: '", entry.name(), "'"));
  EXPECT_THAT(read.entry(), EqualsProto(entry));
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
  EXPECT_EQ(GetList("internal").entry_count(), 1);
}

TEST_F(EntryTest, ASubjectThatIsBlockedAsMuchIsLeftAsItIs) {
  const auto first = Add(kBobsPhone);
  for (const std::string& less :
       {std::string(), std::string("channels: CHANNEL_SMS "), Until(60),
        std::string("message_classes: MESSAGE_CLASS_MARKETING "),
        absl::StrCat("effective_time { seconds: ", kStart / kSecond + 60, " } ")}) {
    const auto again = Add(absl::StrCat(kBobsPhone, less));
    EXPECT_FALSE(again.created()) << less;
    EXPECT_EQ(again.entry().name(), first.entry().name()) << less;
  }
  EXPECT_EQ(GetList("internal").entry_count(), 1);
}

TEST_F(EntryTest, AnEntryThatBlocksMoreIsNewAndTheHeldOneIsKept) {
  const auto first = Add(absl::StrCat(kBobsPhone, "channels: CHANNEL_VOICE ", Until(60)));
  for (const std::string& more :
       {absl::StrCat("channels: CHANNEL_VOICE ", Until(61)),
        absl::StrCat("channels: CHANNEL_SMS ", Until(60)), std::string("channels: CHANNEL_VOICE "),
        absl::StrCat("channels: CHANNEL_VOICE message_classes: MESSAGE_CLASS_EMERGENCY ",
                     Until(60))}) {
    EXPECT_TRUE(Add(absl::StrCat(kBobsPhone, more)).created()) << more;
  }
  const auto held = Must<v1::GetEntryRequest>(absl::StrCat("name: '", first.entry().name(), "'"));
  EXPECT_THAT(held.entry(), EqualsProto(first.entry()));
}

TEST_F(EntryTest, AShorterEntryNeverShortensALongerOne) {
  Add(kBobsPhone);
  Add(absl::StrCat(kBobsPhone, Until(60)));
  clock().Advance(3600 * kSecond);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, AnEntryThatHasNotBegunDoesNotCoverOneForNow) {
  Add(absl::StrCat(kBobsPhone, "effective_time { seconds: ", kStart / kSecond + 60, " } "));
  EXPECT_TRUE(Add(kBobsPhone).created());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, AnEntryForALeadCoversItsContactPoints) {
  const auto added = Add("lead: '~/leads/ann'");
  EXPECT_EQ(added.contact_point_entries_size(), 2);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("channel: CHANNEL_EMAIL contact_point { email: 'ann@example.com' }"),
            v1::VERDICT_DENY);
  EXPECT_TRUE(GetLead("ann").do_not_contact());
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/ann' contact_points { phone: '2125550150' } }");
  EXPECT_EQ(PhoneVerdict("2125550150"), v1::VERDICT_DENY);
  EXPECT_THAT(TryAdd("lead: '~/leads/none'"), Refused("LEAD_NOT_FOUND"));
}

TEST_F(EntryTest, ARevocationWithEvidenceAllowsAgainAndStaysOnTheRecord) {
  const std::string name = Add(kBobsPhone).entry().name();
  clock().Advance(kDay);
  const auto revoked = Revoke(name, "actor { id: 'users/kim' }");
  ASSERT_THAT(revoked, IsOk());
  EXPECT_EQ(revoked->entry().revoke_evidence(), "signed form 7");
  EXPECT_EQ(revoked->entry().revoke_actor().id(), "users/kim");
  EXPECT_EQ(revoked->entry().revoke_time().seconds(), (kStart + kDay) / kSecond);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  const auto read = Must<v1::GetEntryRequest>(absl::StrCat("name: '", name, "'"));
  EXPECT_THAT(read.entry(), EqualsProto(revoked->entry()));
  EXPECT_EQ(GetList("internal").entry_count(), 0);
  EXPECT_THAT(Revoke(name), Refused("ENTRY_ALREADY_REVOKED"));
  EXPECT_EQ(GetList("internal").entry_count(), 0);
  EXPECT_TRUE(Add(kBobsPhone).created());  // a new opt-out is a new entry
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, AnOptOutThatAnEntryCoversIsNotRevokedUnseen) {
  const v1::Entry read = Add(kBobsPhone).entry();
  clock().Advance(kDay);
  const v1::ApplyActionResponse again = Apply("bob", "dnc");  // covered for the phone
  EXPECT_THAT(again.results(0).covering_entries(), testing::ElementsAre(read.name()));
  EXPECT_THAT(Revoke(read.name(), absl::StrCat("etag: '", read.etag(), "'")),
              Refused("ETAG_MISMATCH"));
  EXPECT_THAT(Revoke(read.name(), At("consent_time", kDay / 2)),
              Refused("CONSENT_OLDER_THAN_OPT_OUT"));
  EXPECT_THAT(Revoke(read.name(), At("consent_time", kDay)), Refused("CONSENT_OLDER_THAN_OPT_OUT"));
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);

  const v1::Entry now =
      Must<v1::GetEntryRequest>(absl::StrCat("name: '", read.name(), "'")).entry();
  EXPECT_EQ(now.last_request_time().seconds(), (kStart + kDay) / kSecond);
  EXPECT_EQ(now.last_request_actor().id(), "users/jane");
  clock().Advance(kDay);
  const auto revoked = Revoke(
      read.name(), absl::StrCat("etag: '", now.etag(), "' ", At("consent_time", kDay + kSecond)));
  ASSERT_THAT(revoked, IsOk());
  EXPECT_EQ(revoked->entry().consent_time().seconds(), (kStart + kDay) / kSecond + 1);
  EXPECT_NE(revoked->entry().etag(), now.etag());
}

TEST_F(EntryTest, ConsentMustHaveBeenGiven) {
  const std::string name = Add(kBobsPhone).entry().name();
  EXPECT_THAT(Revoke(name, At("consent_time", kDay)), RefusedAt("INVALID_FIELD", "consent_time"));
  EXPECT_THAT(Revoke(name, "consent_time { nanos: -1 }"),
              RefusedAt("INVALID_FIELD", "consent_time"));
  EXPECT_THAT(Revoke(name, At("consent_time", -kDay)), Refused("CONSENT_OLDER_THAN_OPT_OUT"));
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, AClockSetBackHidesNothingThatBlocks) {
  clock().Advance(kDay);
  Add("lead: '~/leads/bob'");
  clock().Advance(-kDay);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_DENY);
  EXPECT_TRUE(GetLead("bob").do_not_contact());
  EXPECT_EQ(Must<v1::ListEntriesRequest>("parent: '~' active_only: true").entries_size(), 2);
}

TEST_F(EntryTest, ARevocationEndsOneEntryOnly) {
  const std::string first = Add(absl::StrCat(kBobsPhone, "channels: CHANNEL_VOICE")).entry().name();
  Add(absl::StrCat(kBobsPhone, "channels: CHANNEL_VOICE channels: CHANNEL_SMS"));
  EXPECT_THAT(Revoke(first), IsOk());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, ARevokedLeadEntryLeavesTheEntriesOfItsContactPoints) {
  const auto added = Add("lead: '~/leads/bob'");
  EXPECT_THAT(Revoke(added.entry().name()), IsOk());
  EXPECT_FALSE(GetLead("bob").do_not_contact());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_DENY);
  for (const std::string& name : added.contact_point_entries()) EXPECT_THAT(Revoke(name), IsOk());
  EXPECT_EQ(VerdictOf("lead: '~/leads/bob'"), v1::VERDICT_ALLOW);
  // Revoked entries cover nothing that is added later.
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/bob' contact_points { phone: '2125550151' } }");
  EXPECT_EQ(PhoneVerdict("2125550151"), v1::VERDICT_ALLOW);
}

TEST_F(EntryTest, ARevocationNeedsEvidenceAndAnActor) {
  const std::string name = Add(kBobsPhone).entry().name();
  EXPECT_THAT(Ask<v1::RevokeEntryRequest>(absl::StrCat("name: '", name, "'")),
              RefusedAt("REQUIRED_FIELD_MISSING", "evidence"));
  EXPECT_THAT(Revoke(name, "actor {}"), RefusedAt("REQUIRED_FIELD_MISSING", "actor.id"));
  EXPECT_THAT(Revoke("organizations/acme/entries/none"), Refused("ENTRY_NOT_FOUND"));
  EXPECT_THAT(Revoke("organizations/acme/entries/1-99999999999999999999"),
              Refused("ENTRY_NOT_FOUND"));
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, AnotherOrganizationCannotRevoke) {
  const std::string name = Add(kBobsPhone).entry().name();
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  const std::string foreign =
      absl::StrCat("organizations/beta/entries/", name.substr(name.rfind('/') + 1));
  EXPECT_THAT(Revoke(foreign), Refused("ENTRY_NOT_FOUND"));
  EXPECT_THAT(Ask<v1::GetEntryRequest>(absl::StrCat("name: '", foreign, "'")),
              Refused("ENTRY_NOT_FOUND"));
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, ValidateOnlyWritesNothing) {
  const auto dry = Must<v1::AddEntryRequest>(
      absl::StrCat("parent: '~' validate_only: true entry {", kBobsPhone, "}"));
  EXPECT_TRUE(dry.created());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_ALLOW);
  const std::string name = Add(kBobsPhone).entry().name();
  EXPECT_THAT(Revoke(name, "validate_only: true"), IsOk());
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
}

TEST_F(EntryTest, EntriesAndRevocationsAreThereAfterARestart) {
  Add(kBobsPhone);
  Apply("ann", "dnc");
  const std::string gone = Add("contact_point { phone: '2125550152' }").entry().name();
  EXPECT_THAT(Revoke(gone), IsOk());
  const int64_t revision = Revision();
  Restart();
  EXPECT_EQ(Revision(), revision);
  EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_DENY);
  EXPECT_EQ(VerdictOf("lead: '~/leads/ann'"), v1::VERDICT_DENY);
  EXPECT_EQ(PhoneVerdict("2125550152"), v1::VERDICT_ALLOW);
  EXPECT_EQ(GetList("internal").entry_count(), 4);
}

TEST_F(EntryTest, RefusesMalformedEntries) {
  AddRegistry("national");
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  EXPECT_THAT(TryAdd(""), RefusedAt("REQUIRED_FIELD_MISSING", "entry.contact_point"));
  EXPECT_THAT(TryAdd("contact_point {}"),
              RefusedAt("REQUIRED_FIELD_MISSING", "entry.contact_point"));
  EXPECT_THAT(TryAdd(absl::StrCat(kBobsPhone, Until(0))),
              RefusedAt("INVALID_FIELD", "entry.expire_time"));
  EXPECT_THAT(TryAdd(absl::StrCat(kBobsPhone, "expire_time { seconds: 999999999999999 }")),
              RefusedAt("INVALID_FIELD", "entry.expire_time"));
  EXPECT_THAT(TryAdd(absl::StrCat(kBobsPhone, "effective_time { seconds: -999999999999999 }")),
              RefusedAt("INVALID_FIELD", "entry.effective_time"));
  EXPECT_THAT(TryAdd(absl::StrCat(kBobsPhone, "reason: '", std::string(513, 'r'), "'")),
              RefusedAt("INVALID_FIELD", "entry.reason"));
  EXPECT_THAT(TryAdd(absl::StrCat(kBobsPhone, "list: '~/lists/none'")), Refused("LIST_NOT_FOUND"));
  EXPECT_THAT(TryAdd(absl::StrCat(kBobsPhone, "list: '~/lists/national'")),
              Refused("LIST_KIND_MISMATCH"));
  EXPECT_THAT(TryAdd(absl::StrCat(kBobsPhone, "list: 'organizations/beta/lists/internal'")),
              RefusedAt("INVALID_FIELD", "entry.list"));
  EXPECT_THAT(TryAdd("lead: 'organizations/beta/leads/x'"),
              RefusedAt("INVALID_FIELD", "entry.lead"));
}

TEST_F(EntryTest, RefusesMalformedLists) {
  const auto create = [&](absl::string_view list) {
    return Ask<v1::CreateListRequest>(absl::StrCat("parent: '~' list_id: 'x' list {", list, "}"));
  };
  EXPECT_THAT(create("kind: LIST_KIND_INTERNAL channels: CHANNEL_SMS"),
              RefusedAt("INVALID_FIELD", "list"));
  EXPECT_THAT(create("kind: LIST_KIND_REGISTRY max_age {}"),
              RefusedAt("INVALID_FIELD", "list.max_age"));
  EXPECT_THAT(create("kind: LIST_KIND_REGISTRY message_classes: 9"),
              RefusedAt("INVALID_FIELD", "list.message_classes"));
  EXPECT_THAT(
      Ask<v1::CreateListRequest>("parent: '~' list_id: 'X' list { kind: LIST_KIND_REGISTRY }"),
      RefusedAt("INVALID_FIELD", "list_id"));
}

// A max_age beyond what microseconds can count must not wrap round to "never stale".
TEST_F(EntryTest, AnAgeBeyondAllReasonIsRefused) {
  for (const char* seconds : {"9223372036854775807", "18446744073709"}) {
    EXPECT_THAT(
        Ask<v1::CreateListRequest>(absl::StrCat("parent: '~' list_id: 'x", seconds,
                                                "' list { kind: LIST_KIND_REGISTRY max_age { "
                                                "seconds: ",
                                                seconds, " } }")),
        RefusedAt("INVALID_FIELD", "list.max_age"));
  }
}

}  // namespace
}  // namespace dnc
