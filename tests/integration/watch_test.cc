// Watching: every change once, in order, from any revision on.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/contract/version1.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Watch : public GatewayTest {
 protected:
  // A consumer that remembers what it was told.
  class Consumer {
   public:
    Consumer(RpcClient* client, absl::string_view request) : stream_(client) {
      EXPECT_TRUE(stream_.Write(Parse<v1::WatchChangesRequest>(request)));
      stream_.WritesDone();
    }
    ~Consumer() {
      if (!ended_) {
        stream_.Cancel();
        stream_.Finish();
      }
    }

    // False: the stream has ended.
    bool Read() {
      auto message = stream_.Read();
      if (!message.has_value()) return false;
      for (const v1::Change& change : message->changes()) {
        EXPECT_GT(change.revision(), checkpoint_) << change.ShortDebugString();
        EXPECT_LE(change.revision(), message->checkpoint_revision());
        EXPECT_TRUE(changes_.empty() || changes_.back().revision() <= change.revision());
        changes_.push_back(change);
      }
      EXPECT_GE(message->checkpoint_revision(), checkpoint_);
      EXPECT_GE(message->head_revision(), message->checkpoint_revision());
      checkpoint_ = message->checkpoint_revision();
      return true;
    }
    void ReadUpTo(int64_t revision) {
      while (checkpoint_ < revision) ASSERT_TRUE(Read());
    }
    CallStatus Finish() {
      ended_ = true;
      return stream_.Finish();
    }

    const std::vector<v1::Change>& changes() const { return changes_; }
    int64_t checkpoint() const { return checkpoint_; }
    // "kind name" of each change since `revision`.
    std::vector<std::string> Texts(int64_t since = 0) const {
      std::vector<std::string> texts;
      for (const v1::Change& change : changes_) {
        if (change.revision() < since) continue;
        const std::string name = change.has_entry()    ? change.entry().name()
                                 : change.has_lead()   ? change.lead().name()
                                 : change.has_status() ? change.status().name()
                                                       : change.list().name();
        texts.push_back(absl::StrCat(v1::ChangeKind_Name(change.kind()).substr(12), " ",
                                     name.substr(name.rfind('/') + 1)));
      }
      return texts;
    }
    // The entries of the changes, each with how often it was told.
    std::map<std::string, int> Entries() const {
      std::map<std::string, int> entries;
      for (const v1::Change& change : changes_) {
        if (change.has_entry()) ++entries[change.entry().name()];
      }
      return entries;
    }

   private:
    TypedStream<v1::WatchChangesRequest> stream_;
    std::vector<v1::Change> changes_;
    int64_t checkpoint_ = -1;
    bool ended_ = false;
  };

  std::unique_ptr<Consumer> Start(absl::string_view request) {
    return std::make_unique<Consumer>(&client(), absl::StrCat("parent: '~' ", request));
  }
  std::unique_ptr<Consumer> StartAt(int64_t revision, absl::string_view more = "") {
    return Start(absl::StrCat("start_revision: ", revision, " ", more));
  }

  // A batch of leads whose one revision is more than a stream's window holds.
  int64_t AddManyLeads(int batch) {
    v1::BatchUpsertLeadsRequest request;
    request.set_parent("organizations/acme");
    request.mutable_actor()->set_id("users/jane");
    for (int i = 0; i < 1000; ++i) {
      v1::Lead* lead = request.add_leads();
      lead->set_name(absl::StrCat("organizations/acme/leads/many-", batch, "-", i));
      lead->set_display_name(std::string(200, 'x'));
      lead->set_record_type("contact");
      lead->set_status("organizations/acme/workflows/sales/statuses/new");
    }
    const auto reply = Send(request);
    EXPECT_THAT(reply, IsOk());
    return reply->revision();
  }
};

TEST_F(Watch, TellsOfAnActionAndGoesOnLive) {
  const auto consumer = Start("");
  ASSERT_TRUE(consumer->Read());
  EXPECT_EQ(consumer->checkpoint(), Revision());
  EXPECT_THAT(consumer->changes(), IsEmpty());
  const int64_t revision = Apply("ann", "dnc").revision();
  consumer->ReadUpTo(revision);
  EXPECT_THAT(consumer->Texts(), ElementsAre("LEAD_MOVED ann", "LEAD_FLAGGED ann",
                                             absl::StrCat("ENTRY_ADDED ", revision, "-0"),
                                             absl::StrCat("ENTRY_ADDED ", revision, "-1"),
                                             absl::StrCat("ENTRY_ADDED ", revision, "-2")));
  EXPECT_EQ(consumer->changes()[0].previous_status(),
            "organizations/acme/workflows/sales/statuses/new");
  EXPECT_EQ(consumer->changes()[0].time().seconds(), kStart / kSecond);
  EXPECT_EQ(consumer->changes()[3].entry().contact_point().phone(), kAnnPhone);
}

TEST_F(Watch, TellsOfEveryKindOfChange) {
  const int64_t begin = Revision() + 1;
  const auto entry = AddPhoneEntry("+12125550177");
  Must<v1::AddEntryRequest>("parent: '~' entry { contact_point { phone: '+12125550177' } }");
  Must<v1::RevokeEntryRequest>(absl::StrCat("name: '", entry.name(), "' evidence: 'signed form'"));
  AddLead("cat", "contact_points { phone: '+12125550178' }");
  Must<v1::UpsertLeadRequest>(
      "lead { name: '~/leads/cat' contact_points { phone: '+12125550179' } }");
  Apply("cat", "later");
  Must<v1::UpdateStatusRequest>(
      "status { name: '~s/working' system_status: SYSTEM_STATUS_WORKING restriction { channels: "
      "CHANNEL_SMS } }");
  AddRegistry("national");
  EXPECT_THAT(Import("list: '~/lists/national' format: 'plain'", "2125550188\n"), IsOk());
  Must<v1::UpdateListRequest>("list { name: '~/lists/national' max_age { seconds: 86400 } }");
  Must<v1::MergeLeadsRequest>("source: '~/leads/cat' target: '~/leads/bob'");
  Must<v1::DeleteLeadRequest>("name: '~/leads/bob'");
  const auto consumer = StartAt(begin);
  consumer->ReadUpTo(Revision());
  const std::string id = entry.name().substr(entry.name().rfind('/') + 1);
  const std::vector<std::string> texts = consumer->Texts();
  for (const std::string& text :
       {absl::StrCat("ENTRY_ADDED ", id), absl::StrCat("ENTRY_UPDATED ", id),
        absl::StrCat("ENTRY_REVOKED ", id), std::string("LEAD_CREATED cat"),
        std::string("CONTACT_POINTS_CHANGED cat"), std::string("LEAD_NURTURED cat"),
        std::string("STATUS_CHANGED working"), std::string("LIST_VERSION_ACTIVATED national"),
        std::string("LIST_CHANGED national"), std::string("LEAD_MERGED cat"),
        std::string("CONTACT_POINTS_CHANGED bob"), std::string("LEAD_DELETED bob")}) {
    EXPECT_THAT(texts, Contains(text));
  }
  for (const v1::Change& change : consumer->changes()) {
    if (change.kind() == v1::CHANGE_KIND_CONTACT_POINTS_CHANGED &&
        change.lead().name() == "organizations/acme/leads/cat") {
      ASSERT_EQ(change.gained_contact_points_size(), 1);
      EXPECT_EQ(change.gained_contact_points(0).phone(), "+12125550179");
    }
    if (change.kind() == v1::CHANGE_KIND_LEAD_MERGED) {
      EXPECT_EQ(change.merged_into(), "organizations/acme/leads/bob");
    }
  }
}

// Writers write all the time while consumers begin in the past and come to the present.
TEST_F(Watch, NothingIsMissedOrToldTwiceWhereHistoryMeetsThePresent) {
  constexpr int kWriters = 4;
  constexpr int kEntries = 60;
  const int64_t begin = Revision() + 1;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([this, w] {
      for (int i = 0; i < kEntries; ++i) AddPhoneEntry(absl::StrCat("+1212558", w, 100 + i));
    });
  }
  std::vector<std::unique_ptr<Consumer>> consumers;
  for (int i = 0; i < 6; ++i) {
    consumers.push_back(StartAt(begin));
    ASSERT_TRUE(consumers.back()->Read());
  }
  for (std::thread& writer : writers) writer.join();
  const int64_t end = Revision();
  for (const auto& consumer : consumers) {
    consumer->ReadUpTo(end);
    const std::map<std::string, int> entries = consumer->Entries();
    EXPECT_THAT(entries, SizeIs(kWriters * kEntries));
    for (const auto& [name, times] : entries) EXPECT_EQ(times, 1) << name;
  }
}

TEST_F(Watch, IsResumedAfterACheckpoint) {
  const int64_t begin = Revision() + 1;
  for (int i = 0; i < 20; ++i) AddPhoneEntry(absl::StrCat("+121255501", 60 + i));
  std::map<std::string, int> entries;
  int64_t next = begin;
  for (const int64_t stop : {begin + 5, begin + 12, Revision()}) {
    const auto consumer = StartAt(next);
    consumer->ReadUpTo(stop);
    for (const auto& [name, times] : consumer->Entries()) entries[name] += times;
    next = consumer->checkpoint() + 1;
  }
  EXPECT_THAT(entries, SizeIs(20));
  for (const auto& [name, times] : entries) EXPECT_EQ(times, 1) << name;
}

TEST_F(Watch, OtherOrganizationsMoveTheCheckpointAndGlobalListsAreTold) {
  Must<v1::CreateOrganizationRequest>("organization_id: 'beta'");
  Must<v1::CreateListRequest>(
      "parent: 'organizations/global' list_id: 'national' list { kind: LIST_KIND_REGISTRY }");
  const auto consumer = Start("");
  ASSERT_TRUE(consumer->Read());
  Must<v1::AddEntryRequest>(
      "parent: 'organizations/beta' entry { contact_point { phone: '+12125550199' } }");
  consumer->ReadUpTo(Revision());
  EXPECT_THAT(consumer->changes(), IsEmpty());
  EXPECT_THAT(Import("list: 'organizations/global/lists/national' format: 'plain'", "2125550188\n"),
              IsOk());
  consumer->ReadUpTo(Revision());
  EXPECT_THAT(consumer->Texts(), ElementsAre("LIST_VERSION_ACTIVATED national"));
}

TEST_F(Watch, FiltersByKindListAndChannel) {
  Must<v1::CreateListRequest>("parent: '~' list_id: 'partners' list { kind: LIST_KIND_INTERNAL }");
  const int64_t begin = Revision() + 1;
  const std::string sms = AddPhoneEntry("+12125550177", "channels: CHANNEL_SMS").name();
  const std::string partner = AddPhoneEntry("+12125550178", "list: '~/lists/partners'").name();
  Apply("bob", "advance");
  const auto told = [&](absl::string_view filter) {
    const auto consumer = StartAt(begin, filter);
    consumer->ReadUpTo(Revision());
    return consumer->Texts();
  };
  const auto added = [](const std::string& name) {
    return absl::StrCat("ENTRY_ADDED ", name.substr(name.rfind('/') + 1));
  };
  EXPECT_THAT(told("kinds: CHANGE_KIND_LEAD_MOVED"), ElementsAre("LEAD_MOVED bob"));
  EXPECT_THAT(told("list: '~/lists/partners'"), ElementsAre(added(partner)));
  EXPECT_THAT(told("channels: CHANNEL_EMAIL kinds: CHANGE_KIND_ENTRY_ADDED"),
              ElementsAre(added(partner)));
  EXPECT_THAT(told("channels: CHANNEL_SMS kinds: CHANGE_KIND_ENTRY_ADDED"),
              ElementsAre(added(sms), added(partner)));
}

TEST_F(Watch, BadRequestsAreRefused) {
  const auto refusal = [&](absl::string_view request) {
    Consumer consumer(&client(), request);
    EXPECT_FALSE(consumer.Read());
    return consumer.Finish();
  };
  EXPECT_THAT(refusal("parent: 'organizations/none'"), Refused("ORGANIZATION_NOT_FOUND"));
  EXPECT_THAT(refusal("parent: '~' list: '~/lists/none'"), Refused("LIST_NOT_FOUND"));
  EXPECT_EQ(refusal("parent: '~' kinds: 0").metadata("field"), "kinds[0]");
  EXPECT_EQ(refusal("parent: '~' kinds: CHANGE_KIND_ENTRY_ADDED kinds: CHANGE_KIND_ENTRY_ADDED")
                .metadata("field"),
            "kinds[1]");
  EXPECT_EQ(refusal("parent: '~' start_revision: -1").metadata("field"), "start_revision");
  const CallStatus future = refusal(absl::StrCat("parent: '~' start_revision: ", Revision() + 2));
  EXPECT_THAT(future, Refused("FUTURE_REVISION"));
  EXPECT_EQ(future.metadata("newest_revision"), absl::StrCat(Revision()));
  const auto next = StartAt(Revision() + 1);
  EXPECT_TRUE(next->Read());
}

// Of a release that did not record what it changed there is no history.
TEST_F(Watch, ARevisionThatIsTooOldSaysWhereHistoryBegins) {
  StopServer();
  version1::TakeBack(data_dir() + "/store");
  Restart();
  const int64_t first = Apply("ann", "dnc").revision();
  Consumer old(&client(), "parent: '~' start_revision: 1");
  EXPECT_FALSE(old.Read());
  const CallStatus gone = old.Finish();
  EXPECT_THAT(gone, Refused("HISTORY_GONE"));
  EXPECT_EQ(gone.metadata("oldest_revision"), absl::StrCat(first));
  const auto consumer = StartAt(first);
  consumer->ReadUpTo(first);
  EXPECT_THAT(consumer->Texts(), Contains("LEAD_FLAGGED ann"));
}

TEST_F(Watch, ASlowConsumerIsToldAndResumesWithoutLoss) {
  StopServer();
  parts().watch_buffer = 3;
  Restart();
  const int64_t begin = Revision() + 1;
  const auto slow = StartAt(begin);
  ASSERT_TRUE(slow->Read());  // it has caught up
  int64_t last = 0;
  for (int batch = 0; batch < 12; ++batch) last = AddManyLeads(batch);
  while (slow->Read()) {
  }
  const CallStatus cut = slow->Finish();
  ASSERT_THAT(cut, Refused("SLOW_CONSUMER"));
  EXPECT_EQ(cut.metadata("resume_revision"), absl::StrCat(slow->checkpoint() + 1));
  EXPECT_LT(slow->checkpoint(), last);
  const auto resumed = StartAt(slow->checkpoint() + 1);
  resumed->ReadUpTo(last);
  EXPECT_EQ(slow->changes().size() + resumed->changes().size(), 12'000u);
}

TEST_F(Watch, EveryEntryOfABulkImportIsTold) {
  std::string file;
  for (int i = 0; i < 250; ++i) absl::StrAppend(&file, "+1212556", 1000 + i, "\n");
  const int64_t begin = Revision() + 1;
  EXPECT_THAT(Import("list: '~/lists/internal' format: 'plain'", file), IsOk());
  Must<v1::RevokeEntryRequest>(
      absl::StrCat("name: '~/entries/", begin, "-7' evidence: 'signed form'"));
  const auto consumer = StartAt(begin);
  consumer->ReadUpTo(Revision());
  int imported = 0;
  for (const v1::Change& change : consumer->changes()) {
    if (change.kind() != v1::CHANGE_KIND_ENTRY_IMPORTED) continue;
    ++imported;
    EXPECT_FALSE(change.entry().has_revoke_time());
  }
  EXPECT_EQ(imported, 250);
  EXPECT_EQ(consumer->changes().back().kind(), v1::CHANGE_KIND_ENTRY_REVOKED);
}

TEST_F(Watch, ADrainingServerEndsWithAFinalCheckpoint) {
  const auto consumer = Start("");
  ASSERT_TRUE(consumer->Read());
  AddPhoneEntry("+12125550177");
  consumer->ReadUpTo(Revision());
  const int64_t last = Revision();
  server().BeginDrain();
  while (consumer->Read()) {
  }
  EXPECT_THAT(consumer->Finish(), Refused("SHUTTING_DOWN"));
  EXPECT_EQ(consumer->checkpoint(), last);
  EXPECT_THAT(consumer->changes(), SizeIs(1));
}

}  // namespace
}  // namespace dnc
