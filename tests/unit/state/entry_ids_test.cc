// Which entries a contact point or a lead ever had: what its record and the index say together is
// what a walk over all entries finds, whatever became of them.
#include "server/state/entry_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/name/resource_name.h"
#include "server/subject/subject.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

using storage::v1::EntryRecord;
using testing::FromText;

constexpr uint32_t kAcmeNumber = kGlobalNumber + 1;  // the first that was created
constexpr UnixMicros kOneDay = 24 * 3600 * UnixMicros{1'000'000};

using Ids = std::vector<std::string>;

class EntryIdsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::SetUpAcme(&gateway_);
    now_ = testing::AddPhoneEntry("+12125550009").propose_time();
  }

  Outcome Apply(const std::string& body) {
    Mutation mutation = FromText(body);
    mutation.set_propose_time(now_);
    mutation.mutable_actor()->set_id("users/kim");
    return gateway_.Apply(mutation);
  }
  Ids IdsOf(const EntryOwner& owner, EntryId first = {}, size_t most = 1'000'000) {
    Ids ids;
    const absl::Status status =
        owner.ForEachEntry(gateway_.store().Latest(), first, [&](EntryId id) {
          ids.push_back(FormatEntryId(id));
          return ids.size() < most;
        });
    EXPECT_TRUE(status.ok()) << status;
    return ids;
  }
  static EntryOwner PhoneOwner(uint64_t digits) {
    return EntryOwner::Subject(keys::PhoneSubject(kAcmeNumber, digits));
  }
  std::map<std::string, std::string> RowsOf(Family family) const {
    testing::Dump rows = gateway_.Rows();
    return std::move(rows[static_cast<size_t>(family)]);
  }
  size_t IndexRows(const EntryOwner& owner) const {
    const auto rows = RowsOf(Family::kIndex);
    return static_cast<size_t>(std::count_if(rows.begin(), rows.end(), [&](const auto& row) {
      return absl::StartsWith(row.first, owner.index_prefix());
    }));
  }
  // By owner: "+12125550001" or "lead-1".
  std::map<std::string, Ids> ByWalking() {
    std::map<std::string, Ids> by_owner;
    const auto rows = RowsOf(Family::kEntries);
    for (const auto& [key, value] : rows) {
      EntryRecord record;
      EXPECT_TRUE(record.ParseFromString(value));
      const v1::Entry& entry = record.entry();
      const std::string owner =
          entry.has_lead() ? std::string(LastPart(entry.lead())) : entry.contact_point().phone();
      by_owner[owner].push_back(FormatEntryId(keys::EntryIdOfKey(key)));
    }
    return by_owner;
  }
  void ExpectTheSameAsByWalking() {
    for (const auto& [owner, ids] : ByWalking()) {
      const bool is_phone = owner[0] == '+';
      EXPECT_EQ(IdsOf(is_phone ? PhoneOwner(std::stoull(owner.substr(1)))
                               : EntryOwner::Lead(kAcmeNumber, owner)),
                ids)
          << owner;
    }
  }
  std::string NameOfSome(std::mt19937* random) {
    const auto rows = RowsOf(Family::kEntries);
    auto row = rows.begin();
    std::advance(row, static_cast<ptrdiff_t>((*random)() % rows.size()));
    return EntryName("acme", FormatEntryId(keys::EntryIdOfKey(row->first)));
  }

  testing::Gateway gateway_;
  UnixMicros now_ = 0;
};

TEST_F(EntryIdsTest, AnOptOutWritesNoRowOfItAndIsFoundAllTheSame) {
  ASSERT_EQ(gateway_.Apply(testing::OptOutLead("ann", {"+12125550001"})).code(), 0);
  const EntryOwner phone = PhoneOwner(12125550001);
  const EntryOwner lead = EntryOwner::Lead(kAcmeNumber, "ann");
  EXPECT_EQ(IndexRows(phone), 0u);
  EXPECT_EQ(IndexRows(lead), 0u);
  EXPECT_EQ(IdsOf(phone).size(), 1u);
  EXPECT_EQ(IdsOf(lead).size(), 1u);
  ExpectTheSameAsByWalking();
}

TEST_F(EntryIdsTest, ARevokedOneIsFoundByTheIndex) {
  ASSERT_EQ(gateway_.Apply(testing::AddPhoneEntry("+12125550001")).code(), 0);
  const EntryOwner phone = PhoneOwner(12125550001);
  const Ids before = IdsOf(phone);
  ASSERT_EQ(before.size(), 1u);
  ASSERT_EQ(gateway_.Apply(testing::RevokeEntry(EntryName("acme", before.front()))).code(), 0);
  EXPECT_EQ(IndexRows(phone), 1u);
  EXPECT_EQ(IdsOf(phone), before);
  ASSERT_EQ(gateway_.Apply(testing::AddPhoneEntry("+12125550001")).code(), 0);
  EXPECT_EQ(IdsOf(phone).size(), 2u);
  ExpectTheSameAsByWalking();
}

// Beyond a hundred summaries, one that covers others takes their place in the record.
TEST_F(EntryIdsTest, ThoseWhosePlaceAnotherTookAreFoundByTheIndex) {
  constexpr int kProlonged = 130;
  for (int i = 1; i <= kProlonged; ++i) {
    const int64_t until = (now_ + i * kOneDay) / 1'000'000;
    ASSERT_EQ(Apply(absl::StrCat("add_entry { entry { contact_point { phone: '+12125550001' } "
                                 "expire_time { seconds: ",
                                 until, " } } }"))
                  .code(),
              0);
  }
  const EntryOwner phone = PhoneOwner(12125550001);
  EXPECT_GT(IndexRows(phone), 50u);
  EXPECT_EQ(IdsOf(phone).size(), static_cast<size_t>(kProlonged));
  ExpectTheSameAsByWalking();
}

TEST_F(EntryIdsTest, BeginsAndStopsWhereItIsTold) {
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(Apply(absl::StrCat("add_entry { entry { contact_point { phone: '+12125550001' } "
                                 "expire_time { seconds: ",
                                 (now_ + (i + 1) * kOneDay) / 1'000'000, " } } }"))
                  .code(),
              0);
  }
  const EntryOwner phone = PhoneOwner(12125550001);
  const Ids all = IdsOf(phone);
  ASSERT_EQ(all.size(), 6u);
  for (const size_t revoked : {1u, 3u}) {
    ASSERT_EQ(gateway_.Apply(testing::RevokeEntry(EntryName("acme", all[revoked]))).code(), 0);
  }
  for (size_t begin = 0; begin < all.size(); ++begin) {
    for (size_t most = 1; begin + most <= all.size(); ++most) {
      const Ids wanted(all.begin() + static_cast<ptrdiff_t>(begin),
                       all.begin() + static_cast<ptrdiff_t>(begin + most));
      EXPECT_EQ(IdsOf(phone, *ParseEntryId(all[begin]), most), wanted) << begin << " " << most;
    }
  }
}

// A store of schema version 2 has a row for every entry.
TEST_F(EntryIdsTest, RowsOfAnOlderVersionNameNoneTwice) {
  ASSERT_EQ(gateway_.Apply(testing::OptOutLead("ann", {"+12125550001"})).code(), 0);
  const EntryOwner phone = PhoneOwner(12125550001);
  const Ids ids = IdsOf(phone);
  WriteSet writes;
  writes.Put(Family::kIndex, keys::WithEntryId(phone.index_prefix(), *ParseEntryId(ids.front())),
             "");
  ASSERT_TRUE(gateway_.store().Commit(writes, Durability::kSynced).ok());
  EXPECT_EQ(IdsOf(phone), ids);
}

TEST_F(EntryIdsTest, ARecordThatCannotBeReadIsSaid) {
  ASSERT_EQ(gateway_.Apply(testing::OptOutLead("ann", {"+12125550001"})).code(), 0);
  WriteSet writes;
  writes.Put(Family::kSubjects, keys::PhoneSubject(kAcmeNumber, 12125550001), "\xff garbage");
  ASSERT_TRUE(gateway_.store().Commit(writes, Durability::kSynced).ok());
  const absl::Status status =
      PhoneOwner(12125550001).ForEachEntry(gateway_.store().Latest(), {}, [](EntryId) {
        return true;
      });
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
}

TEST_F(EntryIdsTest, NothingIsLostWhateverHappens) {
  std::mt19937 random(7);
  const auto phone = [&] { return absl::StrCat("+1212555000", random() % 4); };
  int i = 0;
  // New ones now and then: one that was merged takes part in nothing more.
  const auto lead = [&] {
    return absl::StrCat("lead-", static_cast<uint32_t>(i) / 30 + random() % 5);
  };
  int applied = 0;
  for (; i < 600; ++i) {
    now_ += kOneDay;
    Outcome outcome;
    switch (random() % 6) {
      case 0:
        outcome = gateway_.Apply(testing::UpsertLead(lead(), {phone()}));
        break;
      case 1:
        outcome = gateway_.Apply(testing::OptOutLead(lead(), {phone()}));
        break;
      case 2:
        outcome = Apply(absl::StrCat(
            "add_entry { entry { contact_point { phone: '", phone(), "' } expire_time { seconds: ",
            (now_ + static_cast<int64_t>(random() % 50) * kOneDay) / 1'000'000, " } } }"));
        break;
      case 3:
        outcome = Apply(absl::StrCat("add_entry { entry { lead: '~/leads/", lead(), "' } }"));
        break;
      case 4:
        outcome = gateway_.Apply(testing::RevokeEntry(NameOfSome(&random)));
        break;
      default:
        outcome =
            Apply(absl::StrCat("merge_leads { source: '~/leads/", lead(), "' target: '~/leads/",
                               lead(), "' allow_lifting_restriction: true }"));
    }
    applied += outcome.code() == 0 ? 1 : 0;
    if (::testing::Test::HasFailure()) return;
    if (i % 20 == 19) ExpectTheSameAsByWalking();
  }
  EXPECT_GT(applied, 200) << "most of it must not have been refused";
}

}  // namespace
}  // namespace dnc
