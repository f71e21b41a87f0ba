// Every List method, page by page.
#include <functional>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::ElementsAre;

class ListingTest : public GatewayTest {
 protected:
  // All pages of `text`, two rows at a time; `names(response)` are the names of a page.
  template <typename Request, typename Names>
  std::vector<std::string> AllPages(const std::string& text, Names names) {
    std::vector<std::string> all;
    std::string token;
    do {
      const auto page = Must<Request>(
          absl::StrCat(text, " page_size: 2 page_token: '", absl::CEscape(token), "'"));
      const std::vector<std::string> part = names(page);
      EXPECT_LE(part.size(), 2u);
      all.insert(all.end(), part.begin(), part.end());
      token = page.next_page_token();
    } while (!token.empty() && all.size() < 1000);
    const std::set<std::string> distinct(all.begin(), all.end());
    EXPECT_EQ(distinct.size(), all.size());
    return all;
  }

  template <typename Rows>
  static std::vector<std::string> IdsOf(const Rows& rows) {
    std::vector<std::string> ids;
    for (const auto& row : rows) ids.push_back(row.name().substr(row.name().rfind('/') + 1));
    return ids;
  }

  std::vector<std::string> Leads(const std::string& filter) {
    return AllPages<v1::ListLeadsRequest>("parent: '~' " + filter,
                                          [](const auto& page) { return IdsOf(page.leads()); });
  }

  std::vector<std::string> Entries(const std::string& filter) {
    return AllPages<v1::ListEntriesRequest>("parent: '~' " + filter,
                                            [](const auto& page) { return IdsOf(page.entries()); });
  }

  // A token with the tag of a good one and a key of the client's making.
  static std::string Tampered(const std::string& token, const std::string& key) {
    std::string decoded;
    EXPECT_TRUE(absl::WebSafeBase64Unescape(token, &decoded));
    return absl::WebSafeBase64Escape(decoded.substr(0, 8) + key);
  }
};

TEST_F(ListingTest, OrganizationsComeById) {
  for (const char* id : {"zeta", "beta", "mu"}) {
    Must<v1::CreateOrganizationRequest>(absl::StrCat("organization_id: '", id, "'"));
  }
  EXPECT_THAT(AllPages<v1::ListOrganizationsRequest>(
                  "", [](const auto& page) { return IdsOf(page.organizations()); }),
              ElementsAre("acme", "beta", "global", "mu", "zeta"));
}

TEST_F(ListingTest, WorkflowsComeByIdWithoutStatuses) {
  for (const char* id : {"c", "a", "b"}) {
    Must<v1::CreateWorkflowRequest>(
        absl::StrCat("parent: '~' workflow_id: '", id, "' workflow { record_type: 'contact' }"));
  }
  EXPECT_THAT(AllPages<v1::ListWorkflowsRequest>("parent: '~'",
                                                 [](const auto& page) {
                                                   for (const auto& workflow : page.workflows()) {
                                                     EXPECT_EQ(workflow.statuses_size(), 0);
                                                   }
                                                   return IdsOf(page.workflows());
                                                 }),
              ElementsAre("a", "b", "c", "sales", "support"));
}

TEST_F(ListingTest, StatusesAndActionsComeInTheirOrder) {
  EXPECT_THAT(
      AllPages<v1::ListStatusesRequest>("parent: '~/workflows/sales'",
                                        [](const auto& page) { return IdsOf(page.statuses()); }),
      ElementsAre("new", "working", "cooling", "closed", "won"));
  EXPECT_THAT(AllPages<v1::ListActionsRequest>(
                  "parent: '~s/new'", [](const auto& page) { return IdsOf(page.actions()); }),
              ElementsAre("dnc", "novoice", "pause", "advance", "later"));
}

TEST_F(ListingTest, ListsComeById) {
  for (const char* id : {"z", "b", "a"}) AddRegistry(id);
  EXPECT_THAT(AllPages<v1::ListListsRequest>("parent: '~'",
                                             [](const auto& page) { return IdsOf(page.lists()); }),
              ElementsAre("a", "b", "internal", "z"));
}

TEST_F(ListingTest, LeadsComeByIdAndByStatus) {
  for (const char* id : {"eve", "cat", "dan"}) AddLead(id, "");
  Apply("cat", "advance");
  Apply("bob", "advance");
  EXPECT_THAT(Leads(""), ElementsAre("ann", "bob", "cat", "dan", "eve"));
  EXPECT_THAT(Leads("status: '~s/new'"), ElementsAre("ann", "dan", "eve"));
  EXPECT_THAT(Leads("status: '~s/working'"), ElementsAre("bob", "cat"));
  EXPECT_THAT(Leads("status: '~s/won'"), ElementsAre());
  EXPECT_THAT(Ask<v1::ListLeadsRequest>("parent: '~' status: '~s/none'"),
              Refused("STATUS_NOT_FOUND"));
}

TEST_F(ListingTest, LeadsOfAContactPointComeByIdInPages) {
  for (const char* id : {"eve", "cat", "dan"}) {
    AddLead(id, "contact_points { phone: '+12125550101' }");
  }
  Apply("dan", "advance");
  const std::string ann = "contact_point { phone: '(212) 555-0101' } ";
  EXPECT_THAT(Leads(ann + "status: '~s/working'"), ElementsAre("dan"));
  EXPECT_THAT(Leads(ann), ElementsAre("ann", "cat", "dan", "eve"));
  EXPECT_THAT(Leads("contact_point { phone: '2125550199' }"), ElementsAre());
  EXPECT_THAT(Ask<v1::ListLeadsRequest>("parent: '~' contact_point { phone: 'x' }"),
              RefusedAt("INVALID_PHONE_NUMBER", "contact_point.phone"));
}

TEST_F(ListingTest, EntriesComeInTheOrderOfTheirCreation) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    const std::string name = AddPhoneEntry(absl::StrCat("+", 12125550300 + i)).name();
    names.push_back(name.substr(name.rfind('/') + 1));
  }
  EXPECT_EQ(Entries(""), names);
  EXPECT_EQ(Entries("list: '~/lists/internal'"), names);
}

TEST_F(ListingTest, EntriesAreFiltered) {
  Must<v1::CreateListRequest>("parent: '~' list_id: 'l' list { kind: LIST_KIND_INTERNAL }");
  AddPhoneEntry(kBobPhone, "channels: CHANNEL_SMS");
  clock().Advance(kDay);
  const std::string second = absl::StrCat("seconds: ", (kStart + kDay) / kSecond);
  AddPhoneEntry(kBobPhone, "list: '~/lists/l'");
  Apply("ann", "novoice");
  const std::string revoked = AddPhoneEntry("+12125550199").name();
  Must<v1::RevokeEntryRequest>(absl::StrCat("name: '", revoked, "' evidence: 'e'"));
  const std::string bob = "contact_point { phone: '212-555-0102' } ";
  EXPECT_EQ(Entries("").size(), 6u);
  EXPECT_EQ(Entries(bob).size(), 2u);
  EXPECT_EQ(Entries(bob + "list: '~/lists/l'").size(), 1u);
  EXPECT_EQ(Entries(bob + "channel: CHANNEL_VOICE").size(), 1u);
  EXPECT_EQ(Entries("channel: CHANNEL_SMS").size(), 3u);
  EXPECT_EQ(Entries("lead: '~/leads/ann'").size(), 1u);
  EXPECT_EQ(Entries("lead: '~/leads/bob'").size(), 0u);
  EXPECT_EQ(Entries("active_only: true").size(), 5u);
  EXPECT_EQ(Entries(absl::StrCat("create_period { end_time {", second, "} }")).size(), 1u);
  EXPECT_EQ(Entries(absl::StrCat("create_period { start_time {", second, "} }")).size(), 5u);
}

// Those in force are named by the contact point's record, those that were revoked by the index.
TEST_F(ListingTest, EntriesOfAContactPointComeOnceEachWhateverBecomesOfThemMeanwhile) {
  std::vector<std::string> added;
  for (int64_t day = 1; day <= 6; ++day) {
    added.push_back(AddPhoneEntry(kBobPhone, absl::StrCat("expire_time { seconds: ",
                                                          kStart / kSecond + day * 86'400, " }"))
                        .name());
  }
  const auto revoke = [](const std::string& name) {
    return absl::StrCat("name: '", name, "' evidence: 'signed'");
  };
  Must<v1::RevokeEntryRequest>(revoke(added[3]));
  const std::string asked =
      absl::StrCat("parent: '~' page_size: 2 contact_point { phone: '", kBobPhone, "' } ");
  std::vector<std::string> listed;
  std::string token;
  do {
    const auto page = Must<v1::ListEntriesRequest>(
        absl::StrCat(asked, "page_token: '", absl::CEscape(token), "'"));
    for (const v1::Entry& entry : page.entries()) listed.push_back(entry.name());
    token = page.next_page_token();
    if (listed.size() == 2) {
      Must<v1::RevokeEntryRequest>(revoke(added[1]));  // was told already
      Must<v1::RevokeEntryRequest>(revoke(added[4]));  // comes later
    }
  } while (!token.empty());
  EXPECT_EQ(listed, added);
}

TEST_F(ListingTest, TheFiltersOfEntriesNarrowEachOther) {
  AddPhoneEntry(kBobPhone);
  Apply("ann", "novoice");
  EXPECT_EQ(Entries("contact_point { phone: '212-555-0102' } lead: '~/leads/ann'").size(), 0u);
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  const auto other =
      Ask<v1::ListEntriesRequest>("parent: '~' lead: 'organizations/beta/leads/ann'");
  // Another organization's lead has no entries here.
  EXPECT_TRUE(!other.ok() || other->entries().empty()) << testing::PrintToString(other);
}

// Nothing could be in it, so that an empty answer would say nothing.
TEST_F(ListingTest, APeriodThatEndsBeforeItBeginsIsRefused) {
  const auto text = [](absl::string_view field) {
    return absl::StrCat("parent: '~' ", field,
                        " { start_time { seconds: 2 } end_time { seconds: 1 } }");
  };
  constexpr char kFiltered[] =
      "parent: '~' filter { period { start_time { seconds: 2 } end_time { seconds: 1 } } }";
  EXPECT_THAT(Ask<v1::ListDecisionsRequest>(text("period")),
              RefusedAt("INVALID_FIELD", "period.end_time"));
  EXPECT_THAT(Ask<v1::ListAuditRecordsRequest>(text("period")),
              RefusedAt("INVALID_FIELD", "period.end_time"));
  EXPECT_THAT(Ask<v1::ListContactsRequest>(kFiltered),
              RefusedAt("INVALID_FIELD", "filter.period.end_time"));
  EXPECT_THAT(Ask<v1::ListContactViolationsRequest>(kFiltered),
              RefusedAt("INVALID_FIELD", "filter.period.end_time"));
  EXPECT_THAT(Ask<v1::ListEntriesRequest>(text("create_period")),
              RefusedAt("INVALID_FIELD", "create_period.end_time"));
  EXPECT_THAT(Ask<v1::ListOptOutsRequest>(text("record_period")),
              RefusedAt("INVALID_FIELD", "record_period.end_time"));
  EXPECT_THAT(Ask<v1::DiagnoseContactedLeadRequest>(
                  absl::StrCat(text("period"), " contact_point { phone: '+12125550123' }")),
              RefusedAt("INVALID_FIELD", "period.end_time"));
}

TEST_F(ListingTest, AForeignTokenIsRefused) {
  for (const char* id : {"eve", "cat", "dan"}) AddLead(id, "");
  const auto first = Must<v1::ListLeadsRequest>("parent: '~' page_size: 1");
  const std::string token = absl::StrCat("page_token: '", first.next_page_token(), "'");
  EXPECT_THAT(Ask<v1::ListLeadsRequest>(absl::StrCat("parent: '~' status: '~s/new' ", token)),
              RefusedAt("INVALID_FIELD", "page_token"));
  EXPECT_THAT(Ask<v1::ListEntriesRequest>(absl::StrCat("parent: '~' ", token)),
              RefusedAt("INVALID_FIELD", "page_token"));
  EXPECT_THAT(Ask<v1::ListLeadsRequest>("parent: '~' page_token: '!!!'"),
              RefusedAt("INVALID_FIELD", "page_token"));
  // The page size may change from page to page.
  EXPECT_THAT(Ask<v1::ListLeadsRequest>(absl::StrCat("parent: '~' page_size: 3 ", token)), IsOk());
}

TEST_F(ListingTest, ATokenOfTheClientsMakingIsRefused) {
  for (const char* id : {"eve", "cat", "dan"}) AddLead(id, "");
  const auto leads = Must<v1::ListLeadsRequest>("parent: '~' page_size: 1");
  const auto statuses = Must<v1::ListStatusesRequest>("parent: '~/workflows/sales' page_size: 1");
  const auto by_status = Must<v1::ListLeadsRequest>("parent: '~' status: '~s/new' page_size: 1");
  for (const std::string& key : {std::string(1, '\0'), std::string("\xff"), std::string("x")}) {
    EXPECT_THAT(Ask<v1::ListLeadsRequest>(absl::StrCat(
                    "parent: '~' page_token: '", Tampered(leads.next_page_token(), key), "'")),
                RefusedAt("INVALID_FIELD", "page_token"));
    EXPECT_THAT(
        Ask<v1::ListLeadsRequest>(absl::StrCat("parent: '~' status: '~s/new' page_token: '",
                                               Tampered(by_status.next_page_token(), key), "'")),
        RefusedAt("INVALID_FIELD", "page_token"));
  }
  // Keys of the right contact point, and longer or shorter than any.
  for (const char* expiry : {"1900000000", "1900000001"}) {
    AddPhoneEntry(kBobPhone, absl::StrCat("expire_time { seconds: ", expiry, " }"));
  }
  const std::string of_bob =
      absl::StrCat("parent: '~' page_size: 1 contact_point { phone: '", kBobPhone, "' } ");
  std::string decoded;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(Must<v1::ListEntriesRequest>(of_bob).next_page_token(),
                                          &decoded));
  for (const std::string& token : {decoded + "x", decoded.substr(0, decoded.size() - 1)}) {
    EXPECT_THAT(Ask<v1::ListEntriesRequest>(
                    absl::StrCat(of_bob, "page_token: '", absl::WebSafeBase64Escape(token), "'")),
                RefusedAt("INVALID_FIELD", "page_token"));
  }
  for (const char* index : {"-1", "-2147483648", "x"}) {
    EXPECT_THAT(Ask<v1::ListStatusesRequest>(
                    absl::StrCat("parent: '~/workflows/sales' page_token: '",
                                 Tampered(statuses.next_page_token(), index), "'")),
                RefusedAt("INVALID_FIELD", "page_token"));
  }
}

TEST_F(ListingTest, PageSizesAreBounded) {
  EXPECT_THAT(Ask<v1::ListEntriesRequest>("parent: '~' page_size: -1"),
              RefusedAt("INVALID_FIELD", "page_size"));
  std::string text = "parent: '~' ";
  for (int i = 0; i < 1000; ++i) {
    absl::StrAppend(&text, "leads { name: '~/leads/m", i,
                    "' record_type: 'contact' status: '~s/new' }");
  }
  Must<v1::BatchUpsertLeadsRequest>(text);
  EXPECT_EQ(Must<v1::ListLeadsRequest>("parent: '~'").leads_size(), 100);
  EXPECT_EQ(Must<v1::ListLeadsRequest>("parent: '~' page_size: 100000").leads_size(), 1000);
}

}  // namespace
}  // namespace dnc
