// The log determines the state: the same mutations give the same bytes, however they are batched
// and wherever the process was restarted.
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc {
namespace {

using testing::Dump;
using testing::Gateway;

std::string Phone(uint64_t n) { return absl::StrCat("+121255", 50'000 + n); }

// A history with every kind of row: many collide, many are refused, some repeat.
std::vector<Mutation> History(uint64_t seed, int count) {
  std::mt19937_64 random(seed);
  const auto draw = [&](uint64_t below) { return random() % below; };
  std::vector<Mutation> history = {testing::CreateAcme(), testing::ApplySales()};
  for (int i = 0; i < count; ++i) {
    const std::string lead = absl::StrCat("lead-", draw(30));
    const std::string id = draw(3) == 0 ? absl::StrCat("id-", draw(40)) : "";
    switch (draw(6)) {
      case 0:
        history.push_back(testing::OptOutLead(lead, {Phone(draw(50)), Phone(draw(50))}, id));
        break;
      case 1:
        history.push_back(testing::OptOutLead(lead, {}, id));
        break;
      case 2:
        history.push_back(testing::AddPhoneEntry(Phone(draw(50)), id));
        break;
      case 3:
        history.push_back(testing::UpsertLead(lead, {Phone(draw(50)), Phone(draw(50))}));
        break;
      case 4:
        history.push_back(testing::RevokeEntry(absl::StrCat(draw(100), "-", draw(3))));
        break;
      default:
        history.push_back(testing::CreateRegistry(absl::StrCat("list-", draw(10))));
    }
    history.back().set_propose_time(history.back().propose_time() + i);
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

class ReplayTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(ReplayTest, GivesTheSameBytes) {
  const std::vector<Mutation> history = History(GetParam(), 300);
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
  EXPECT_GT(one_by_one.Rows()[static_cast<size_t>(Family::kEntries)].size(), 20u)
      << "the history does nothing";
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReplayTest, ::testing::Values(1, 2, 3));

}  // namespace
}  // namespace dnc
