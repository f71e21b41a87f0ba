// What holds of every decision, tried on thousands of random facts. The seed is fixed, so a failure
// can be repeated; its trace names the round.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/unit/decision/scenario.h"

namespace dnc {
namespace {

constexpr int kRounds = 20'000;
constexpr int64_t kHorizon = 12;  // times fall this near to now, so that they often collide

// Random questions and facts.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  int64_t Upto(int64_t most) {  // 0 to most
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(most + 1));
  }
  bool OneIn(int64_t n) { return Upto(n - 1) == 0; }

  Question RandomQuestion() {
    Question question = MakeQuestion();
    question.channel = static_cast<v1::Channel>(1 + Upto(2));
    question.message_class = static_cast<v1::MessageClass>(1 + Upto(2));
    if (OneIn(3)) question.brand = OneIn(2) ? "a" : "b";
    if (OneIn(3)) question.campaign = OneIn(2) ? "x" : "y";
    question.max_validity_micros = Upto(kHorizon);
    question.store_writable = !OneIn(10);
    return question;
  }

  EntryFacts Entry() {
    EntryFacts entry;
    entry.id.revision = ++revision_;
    entry.list = static_cast<uint32_t>(1 + Upto(4));
    if (OneIn(2)) entry.channels = static_cast<uint32_t>(2 * (1 + Upto(6)));
    if (OneIn(2)) entry.message_classes = static_cast<uint32_t>(2 * (1 + Upto(6)));
    entry.effective_time = kNow + Upto(kHorizon) - kHorizon / 2;
    entry.begun = OneIn(4);
    if (OneIn(2)) entry.expire_time = kNow + Upto(kHorizon) - kHorizon / 2;
    return entry;
  }

  LeadStateFacts Lead() {
    LeadStateFacts state;
    state.status = static_cast<uint32_t>(Upto(6));
    state.status_time = kNow - 200 + Upto(kHorizon) - kHorizon / 2;
    if (OneIn(3)) state.nurture_until = kNow + Upto(kHorizon) - kHorizon / 2;
    if (OneIn(3)) state.nurture_channels = 2;
    if (OneIn(3)) state.entries.push_back(Entry());
    return state;
  }

  LeadOfPoint Reference() {
    if (OneIn(4)) return {"ann", Lead()};
    return {names_.emplace_back(absl::StrCat("lead-", ++revision_)), Lead()};
  }

  RegistryFact Registry() {
    static constexpr const char* kIds[] = {"national", "stale",    "stale-soon",
                                           "empty",    "area-212", "litigators"};
    return {TheWorld().List(kIds[Upto(5)]), OneIn(5)};
  }

  PointFacts Point() {
    PointFacts point;
    point.point = {ContactKind::kPhone, OneIn(3) ? 16465551234 : kPhone, {}};
    if (OneIn(3)) point.own.entries.push_back(Entry());
    if (OneIn(6)) point.global.entries.push_back(Entry());
    if (OneIn(3)) point.own.leads.push_back(Reference());
    if (OneIn(4)) point.registries.push_back(Registry());
    return point;
  }

  Facts RandomFacts() {
    Facts facts;
    for (int64_t points = OneIn(8) ? 0 : 1 + Upto(1); points > 0; --points) {
      facts.points.push_back(Point());
    }
    facts.names_lead = facts.points.empty() || OneIn(2);
    if (!facts.names_lead) return facts;
    facts.lead.id = "ann";
    facts.lead.known = !OneIn(6);
    if (facts.lead.known) facts.lead.state = Lead();
    return facts;
  }

  // Makes the facts more restrictive in one way; `keeps_rules`: every rule that matched before
  // matches afterwards.
  std::string Restrict(Facts* facts, Question* question, bool* keeps_rules);

 private:
  std::string RestrictPoint(PointFacts* point, bool* keeps_rules);
  std::string RestrictState(LeadStateFacts* state, bool* keeps_rules);
  std::string RestrictEntry(EntryFacts* entry, bool* keeps_rules);

  std::deque<std::string> names_;  // facts point to them
  std::mt19937_64 random_;
  uint64_t revision_ = 0;
};

// Widens an entry: more channels, more classes, or without end.
std::string Generator::RestrictEntry(EntryFacts* entry, bool* keeps_rules) {
  *keeps_rules = false;
  switch (Upto(2)) {
    case 0:
      if (entry->channels != 0) entry->channels = OneIn(2) ? 0 : entry->channels | 6;
      return "more channels";
    case 1:
      if (entry->message_classes != 0) entry->message_classes = entry->message_classes | 6;
      return "more classes";
    default:
      entry->expire_time = 0;
      return "without end";
  }
}

std::string Generator::RestrictState(LeadStateFacts* state, bool* keeps_rules) {
  switch (Upto(3)) {
    case 0:
      state->entries.push_back(Entry());
      return "a lead's entry";
    case 1:
      *keeps_rules = false;
      state->status = 2;
      return "a status that restricts";
    case 2:
      *keeps_rules = false;
      state->nurture_until = std::max(state->nurture_until, kNow + Upto(kHorizon));
      state->nurture_channels = 0;
      return "a nurture period";
    default:
      if (state->entries.empty()) return "nothing";
      return RestrictEntry(&state->entries.front(), keeps_rules);
  }
}

std::string Generator::RestrictPoint(PointFacts* point, bool* keeps_rules) {
  switch (Upto(6)) {
    case 0:
      point->own.entries.push_back(Entry());
      return "an entry";
    case 1:
      point->global.entries.push_back(Entry());
      return "a global entry";
    case 2:
      point->own.leads.push_back(Reference());
      return "another lead";
    case 3:
      point->registries.push_back(Registry());
      return "a registry";
    case 4:
      *keeps_rules = point->registries.empty();
      for (RegistryFact& registry : point->registries) registry.member = true;
      return "membership";
    case 5:
      if (point->own.leads.empty()) return "nothing";
      return RestrictState(&point->own.leads.front().state, keeps_rules);
    default:
      if (point->own.entries.empty()) return "nothing";
      return RestrictEntry(&point->own.entries.front(), keeps_rules);
  }
}

std::string Generator::Restrict(Facts* facts, Question* question, bool* keeps_rules) {
  *keeps_rules = true;
  if (OneIn(12)) {
    question->store_writable = false;
    return "a store that cannot write";
  }
  if (facts->lead.known && OneIn(3)) return RestrictState(&facts->lead.state, keeps_rules);
  if (facts->points.empty()) return "nothing";
  if (OneIn(12)) {
    facts->points.push_back(Point());
    return "another contact point";
  }
  return RestrictPoint(&facts->points.back(), keeps_rules);
}

int Restrictiveness(v1::Verdict verdict) {
  return verdict == v1::VERDICT_ALLOW ? 0 : verdict == v1::VERDICT_UNKNOWN ? 1 : 2;
}

TEST(DecidePropertyTest, RestrictingNeverLoosens) {
  Generator generator(20240501);
  int changed = 0;
  for (int round = 0; round < kRounds; ++round) {
    Question question = generator.RandomQuestion();
    Facts facts = generator.RandomFacts();
    const Decision before = Decide(question, facts);
    const std::vector<std::string> rules = Describe(before);
    bool keeps_rules = true;
    const std::string how = generator.Restrict(&facts, &question, &keeps_rules);
    SCOPED_TRACE(absl::StrCat("round ", round, ": added ", how));
    const Decision after = Decide(question, facts);
    EXPECT_GE(Restrictiveness(after.verdict), Restrictiveness(before.verdict));
    EXPECT_LE(after.valid_until, before.valid_until);
    if (keeps_rules) {
      EXPECT_THAT(Describe(after), testing::IsSupersetOf(rules));
    }
    if (after.verdict != before.verdict) ++changed;
    if (HasFailure()) return;
  }
  EXPECT_GT(changed, kRounds / 20);  // or the generator restricts nothing
}

// An ALLOW may be relied on until valid_until: asked again at any instant before, it is the same.
TEST(DecidePropertyTest, AllowHoldsUntilItsEnd) {
  Generator generator(7);
  int allowed = 0;
  int ended = 0;
  for (int round = 0; round < kRounds; ++round) {
    Question question = generator.RandomQuestion();
    const Facts facts = generator.RandomFacts();
    const Decision first = Decide(question, facts);
    if (first.verdict != v1::VERDICT_ALLOW) {
      ASSERT_EQ(first.valid_until, kNow) << "round " << round;
      continue;
    }
    ++allowed;
    ASSERT_LE(first.valid_until, kNow + question.max_validity_micros) << "round " << round;
    for (UnixMicros time = kNow; time < first.valid_until; ++time) {
      question.now = time;
      ASSERT_EQ(Decide(question, facts).verdict, v1::VERDICT_ALLOW)
          << "round " << round << " at " << time;
    }
    question.now = first.valid_until;
    if (Decide(question, facts).verdict != v1::VERDICT_ALLOW) ++ended;
  }
  EXPECT_GT(allowed, kRounds / 20);
  EXPECT_GT(ended, 20);  // some end because a rule begins at that very instant
}

// The verdict is that of the most restrictive rule, and rules are sorted by what they say.
TEST(DecidePropertyTest, VerdictIsTheFirstRule) {
  Generator generator(11);
  std::set<v1::Verdict> seen;
  for (int round = 0; round < kRounds; ++round) {
    const Question question = generator.RandomQuestion();
    const Facts facts = generator.RandomFacts();
    const Decision decision = Decide(question, facts);
    seen.insert(decision.verdict);
    v1::Verdict expected = v1::VERDICT_ALLOW;
    int least = 2;
    for (const MatchedRule& rule : decision.rules) {
      if (Restrictiveness(rule.effect) > Restrictiveness(expected)) expected = rule.effect;
      ASSERT_LE(Restrictiveness(rule.effect), least) << "round " << round;
      least = Restrictiveness(rule.effect);
      ASSERT_NE(rule.type, v1::REASON_TYPE_UNSPECIFIED) << "round " << round;
      ASSERT_TRUE(rule.until == 0 || rule.until > kNow) << "round " << round;
    }
    ASSERT_EQ(decision.verdict, expected) << "round " << round;
  }
  EXPECT_EQ(seen.size(), 3u);
}

// Facts about several contact points: the answer is the most restrictive of each one's.
TEST(DecidePropertyTest, PointsAddUp) {
  Generator generator(13);
  for (int round = 0; round < kRounds / 4; ++round) {
    const Question question = generator.RandomQuestion();
    Facts both;
    both.points = {generator.Point(), generator.Point()};
    Facts first;
    first.points = {both.points[0]};
    Facts second;
    second.points = {both.points[1]};
    const Decision whole = Decide(question, both);
    const Decision one = Decide(question, first);
    const Decision two = Decide(question, second);
    ASSERT_EQ(Restrictiveness(whole.verdict),
              std::max(Restrictiveness(one.verdict), Restrictiveness(two.verdict)))
        << "round " << round;
    ASSERT_EQ(whole.valid_until, std::min(one.valid_until, two.valid_until)) << "round " << round;
  }
}

}  // namespace
}  // namespace dnc
