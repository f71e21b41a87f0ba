// Entries beneath the API: which are added, what a covering one notes, and what checks read of them
// whatever becomes of the clock.
#include "server/state/entries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::EntryRecord;
using storage::v1::EntrySummary;
using storage::v1::SubjectRecord;
using testing::FromText;

constexpr uint32_t kAcme = kGlobalNumber + 1;  // the first that was created
constexpr uint64_t kDigits = 12125550001;
constexpr char kPhone[] = "contact_point { phone: '+12125550001' } ";
constexpr UnixMicros kSecond = 1'000'000;
constexpr UnixMicros kDay = 24 * 3600 * kSecond;

class EntriesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::SetUpAcme(&gateway_);
    now_ = testing::AddPhoneEntry("+12125550009").propose_time();
  }

  static std::string At(absl::string_view field, UnixMicros time) {
    return absl::StrCat(field, " { seconds: ", time / kSecond, " } ");
  }
  Outcome Apply(const std::string& body) {
    Mutation mutation = FromText(body);
    mutation.set_propose_time(now_);
    mutation.mutable_actor()->set_id("users/kim");
    const Outcome outcome = gateway_.Apply(mutation);
    EXPECT_EQ(outcome.code(), 0) << outcome.message();
    return outcome;
  }
  v1::AddEntryResponse Add(const std::string& more = "") {
    v1::AddEntryResponse response;
    EXPECT_TRUE(response.ParseFromString(
        Apply(absl::StrCat("add_entry { entry {", kPhone, more, "} }")).response()));
    return response;
  }
  storage::v1::ImportEntriesResult Import(const std::string& more = "") {
    storage::v1::ImportEntriesResult result;
    EXPECT_TRUE(result.ParseFromString(
        Apply(absl::StrCat("import_entries { list: '~/lists/internal' entries {", kPhone, more,
                           "} }"))
            .response()));
    return result;
  }
  void Revoke(const std::string& name) {
    Apply(absl::StrCat("revoke_entry { name: '", name, "' evidence: 'signed' }"));
  }
  EntryRecord Record(const std::string& name) {
    EntryRecord record;
    const auto id = ParseEntryId(name.substr(name.rfind('/') + 1));
    EXPECT_TRUE(record.ParseFromString(
        gateway_.Rows()[static_cast<size_t>(Family::kEntries)].at(keys::Entry(kAcme, *id))));
    return record;
  }
  SubjectRecord Subject() {
    SubjectRecord record;
    EXPECT_TRUE(record.ParseFromString(gateway_.Rows()[static_cast<size_t>(Family::kSubjects)].at(
        keys::PhoneSubject(kAcme, kDigits))));
    return record;
  }

  testing::Gateway gateway_;
  UnixMicros now_ = 0;
};

TEST_F(EntriesTest, WhatHasBegunByTheClockAloneCoversNothingInForceNow) {
  const auto later = Add(At("effective_time", now_ + kDay));
  now_ += 2 * kDay;
  const auto opt_out = Add();
  EXPECT_TRUE(opt_out.created()) << "a clock set back would undo it";
  now_ -= 2 * kDay;
  EXPECT_TRUE(IsActive(Record(opt_out.entry().name()).entry(), now_));
  EXPECT_FALSE(IsActive(Record(later.entry().name()).entry(), now_));
  EXPECT_FALSE(Add().created()) << "what was in force once covers, whatever the clock says";
}

TEST_F(EntriesTest, OneThatBeginsSoonerCoversOneThatBeginsLater) {
  Add(At("effective_time", now_ + kDay));
  EXPECT_FALSE(Add(At("effective_time", now_ + kDay)).created());
  EXPECT_FALSE(Add(At("effective_time", now_ + 2 * kDay)).created());
  EXPECT_TRUE(Add(At("effective_time", now_ + kDay - kSecond)).created());
}

TEST_F(EntriesTest, AClockThatJumpsAheadLosesNothing) {
  Add(absl::StrCat("channels: CHANNEL_SMS ", At("expire_time", now_ + 90 * kDay)));
  const UnixMicros true_time = now_;
  now_ += 1000 * kDay;
  Add("channels: CHANNEL_VOICE");
  now_ = true_time;
  bool sms = false;
  const SubjectRecord subject = Subject();
  for (const EntrySummary& entry : subject.entries()) {
    sms = sms || (ChannelBlocked(entry.channels(), v1::CHANNEL_SMS) && IsActive(entry, now_));
  }
  EXPECT_TRUE(sms);
}

TEST_F(EntriesTest, ACoveredRequestIsNotedByTheEntryThatCoversIt) {
  const v1::Entry first = Add("evidence: 'call 1'").entry();
  EXPECT_EQ(TimeUtil::TimestampToMicroseconds(first.last_request_time()), now_);
  EXPECT_FALSE(first.has_last_request_actor());
  now_ += kDay;
  const v1::AddEntryResponse again = Add("evidence: 'call 2'");
  EXPECT_FALSE(again.created());
  EXPECT_EQ(again.entry().name(), first.name());
  EXPECT_EQ(TimeUtil::TimestampToMicroseconds(again.entry().last_request_time()), now_);
  EXPECT_EQ(again.entry().last_request_actor().id(), "users/kim");
  EXPECT_EQ(again.entry().last_request_evidence(), "call 2");
  EXPECT_EQ(again.entry().evidence(), "call 1");
  EXPECT_NE(again.entry().etag(), first.etag());
  // A letter that was written before arrives: the last request stays the last.
  const v1::Entry letter = Add(At("effective_time", now_ - kDay / 2)).entry();
  EXPECT_EQ(TimeUtil::TimestampToMicroseconds(letter.last_request_time()), now_);
  EXPECT_NE(letter.etag(), again.entry().etag());
}

TEST_F(EntriesTest, AnImportIsNotedOnlyWhereItTellsOfALaterRequest) {
  const v1::Entry first = Add().entry();
  const std::string before = Record(first.name()).SerializeAsString();
  now_ += kDay;
  EXPECT_EQ(Import().unchanged(), 1);
  EXPECT_EQ(Import(At("effective_time", now_ - 10 * kDay)).unchanged(), 1);
  EXPECT_EQ(Record(first.name()).SerializeAsString(), before);
  const UnixMicros asked = now_ - kDay / 2;
  EXPECT_EQ(Import(At("effective_time", asked)).unchanged(), 1);
  const std::string noted = Record(first.name()).SerializeAsString();
  EXPECT_EQ(LastRequestTime(Record(first.name()).entry()), asked);
  EXPECT_EQ(Import(At("effective_time", asked)).unchanged(), 1);
  EXPECT_EQ(Record(first.name()).SerializeAsString(), noted) << "the same file again";
}

TEST_F(EntriesTest, AnEntryWhoseRecordCannotBeReadCoversNothing) {
  const v1::Entry first = Add().entry();
  WriteSet damage;
  damage.Put(Family::kEntries,
             keys::Entry(kAcme, *ParseEntryId(first.name().substr(first.name().rfind('/') + 1))),
             "\xff");
  ASSERT_TRUE(gateway_.store().Commit(damage, Durability::kSynced).ok());
  EXPECT_TRUE(Add().created());
}

TEST_F(EntriesTest, ARequestSaysNothingOfWhatIsForTheServerToSay) {
  const v1::Entry entry =
      Add("revoke_time { seconds: 1 } revoke_actor { id: 'x' } revoke_evidence: 'x' "
          "consent_time { seconds: 1 } last_request_time { seconds: 9999999999 } "
          "last_request_actor { id: 'x' } last_request_evidence: 'x' etag: 'x'")
          .entry();
  EXPECT_FALSE(entry.has_revoke_time() || entry.has_revoke_actor() || entry.has_consent_time() ||
               entry.has_last_request_actor());
  EXPECT_EQ(entry.revoke_evidence() + entry.last_request_evidence(), "");
  EXPECT_EQ(entry.etag(), absl::StrCat(entry.revision()));
  EXPECT_EQ(TimeUtil::TimestampToMicroseconds(entry.last_request_time()), now_);
  Revoke(entry.name());
}

TEST_F(EntriesTest, OneThatIsProlongedForEverKeepsItsRecordShort) {
  std::string last;
  for (int i = 0; i < 500; ++i) {
    last = Add(At("expire_time", now_ + kDay + i * kSecond)).entry().name();
    ASSERT_LE(Subject().entries_size(), 101);
  }
  const auto end = [&] {
    UnixMicros latest = 0;
    const SubjectRecord subject = Subject();
    for (const EntrySummary& entry : subject.entries()) {
      latest = std::max(latest, entry.expire_time());
    }
    return (latest - now_ - kDay) / kSecond;
  };
  EXPECT_EQ(end(), 499);
  for (int i = 498; i >= 0; --i) {
    Revoke(last);
    ASSERT_EQ(end(), i) << "the one before is in force again";
    const SubjectRecord subject = Subject();
    for (const EntrySummary& entry : subject.entries()) {
      if ((entry.expire_time() - now_ - kDay) / kSecond != i) continue;
      last = absl::StrCat("organizations/acme/entries/", entry.revision(), "-", entry.ordinal());
    }
  }
}

// Whatever was added and revoked, each entry that is not revoked is blocked by a summary, and no
// revoked one has one.
TEST_F(EntriesTest, NoEntryThatIsNotRevokedIsForgotten) {
  std::mt19937_64 random(7);
  const auto draw = [&](uint64_t below) { return random() % below; };
  std::vector<std::string> names;
  for (int i = 0; i < 1500; ++i) {
    if (draw(5) == 0 && !names.empty()) {
      const size_t at = draw(names.size());
      Revoke(names[at]);
      names.erase(names.begin() + static_cast<ptrdiff_t>(at));
      continue;
    }
    const std::string channel =
        draw(30) == 0 ? "" : absl::StrCat("channels: ", 1 + draw(3), " ");  // none: all of them
    const int64_t seconds = i + static_cast<int64_t>(draw(5));
    const auto added =
        Add(absl::StrCat(channel, At("expire_time", now_ + kDay + seconds * kSecond)));
    if (added.created()) names.push_back(added.entry().name());
  }
  EXPECT_GT(names.size(), 300u);
  EXPECT_LT(Subject().entries_size(), 200) << "nothing was superseded";
  // What was added last covers most; without it the others must block again.
  while (names.size() > 150) {
    Revoke(names.back());
    names.pop_back();
  }
  const SubjectRecord subject = Subject();
  for (const std::string& name : names) {
    const v1::Entry entry = Record(name).entry();
    const bool blocked = std::any_of(
        subject.entries().begin(), subject.entries().end(), [&](const EntrySummary& held) {
          return held.expire_time() >= TimeUtil::TimestampToMicroseconds(entry.expire_time()) &&
                 MaskCovers(held.channels(), MaskOf(entry.channels()), kAllChannels);
        });
    EXPECT_TRUE(blocked) << entry.ShortDebugString();
  }
  for (const EntrySummary& held : subject.entries()) {
    const std::string name =
        absl::StrCat("organizations/acme/entries/", held.revision(), "-", held.ordinal());
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name << " is revoked";
  }
}

}  // namespace
}  // namespace dnc
