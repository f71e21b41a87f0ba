// What a block of a send list is read from, judged by and answered with, each against the plain
// way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/contact/nanp.h"
#include "server/contact/phone.h"
#include "server/handler/block_registries.h"
#include "server/handler/filter_answer.h"
#include "server/handler/filter_request.h"
#include "tests/unit/catalog/catalog_builder.h"
#include "tests/unit/decision/scenario.h"

namespace dnc {
namespace {

using Random = std::mt19937_64;

uint64_t Below(Random& random, uint64_t end) { return random() % end; }

// Cuts the bytes at random, also into empty pieces.
std::vector<absl::string_view> Cut(absl::string_view bytes, Random& random) {
  std::vector<absl::string_view> pieces;
  while (!bytes.empty()) {
    const size_t size = std::min<size_t>(bytes.size(), Below(random, 12));
    pieces.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return pieces;
}

std::string RandomRequest(Random& random) {
  v1::FilterContactsRequest request;
  for (uint64_t i = Below(random, 40); i > 0; --i) request.add_phones(random());
  if (Below(random, 3) == 0) request.add_raw("12125550101");
  if (Below(random, 5) == 0) request.mutable_config()->set_organization("organizations/acme");
  std::string bytes = request.SerializeAsString();
  if (Below(random, 3) == 0) bytes += bytes;  // two columns, one after the other
  if (Below(random, 3) == 0)
    absl::StrAppend(&bytes,
                    "\x11"
                    "12345678");  // a phone, not packed
  if (Below(random, 4) == 0)
    bytes.append("\x12\x81\x00\x07", 4);  // a length that is no whole phone
  if (Below(random, 4) == 0)
    bytes.append("\x92\x00\x00", 3);  // a tag, and more bytes than it needs
  if (Below(random, 4) == 0) bytes.append("\x12\x80\x00", 3);  // a length with more than it needs
  // One phone and a half.
  if (Below(random, 4) == 0)
    absl::StrAppend(&bytes, absl::string_view("\x12\x0c", 2), "123456789012");
  if (Below(random, 3) == 0) bytes.resize(Below(random, bytes.size() + 1));
  return bytes;
}

TEST(NanpShapesTest, TellsWhatEachNumberTells) {
  std::vector<uint64_t> numbers = {0, 1, ~uint64_t{0}, 12'012'000'000, 112'120'000'000};
  for (uint64_t prefix = 11'998; prefix < 20'003; ++prefix) {
    numbers.push_back(prefix * 1'000'000);
    numbers.push_back(prefix * 1'000'000 + 999'999);
  }
  for (size_t first = 0; first < numbers.size(); first += 64) {
    const absl::Span<const uint64_t> some = absl::MakeConstSpan(numbers).subspan(first, 64);
    const uint64_t shapes = NanpShapes(some);
    for (size_t i = 0; i < some.size(); ++i) {
      EXPECT_EQ((shapes >> i & 1) != 0, HasNanpShape(some[i])) << some[i];
    }
    if (some.size() < 64) {
      EXPECT_EQ(shapes >> some.size(), 0u);
    }
  }
}

TEST(FilterRequest, ReadsWhatProtobufReads) {
  Random random(1);
  FilterRequest read;  // of all, as a stream's
  int good = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string bytes = RandomRequest(random);
    v1::FilterContactsRequest wanted;
    const bool is_request = wanted.ParseFromString(bytes);
    ASSERT_EQ(read.Parse(Cut(bytes, random)), is_request) << testing::PrintToString(bytes);
    good += is_request;
    if (!is_request) wanted.Clear();
    ASSERT_THAT(read.phones(), testing::ElementsAreArray(wanted.phones()));
    wanted.clear_phones();
    ASSERT_EQ(read.rest().SerializeAsString(), wanted.SerializeAsString());
  }
  EXPECT_GT(good, 5'000);
  EXPECT_LT(good, 19'000);
}

// A registry of any state, which has some of the phones; and all that it has.
std::set<uint64_t> AddRandomRegistry(const std::vector<uint64_t>& phones, Random& random,
                                     CatalogOrganization* organization) {
  std::string text =
      absl::StrCat("name: 'r", organization->lists.size(), "' kind: LIST_KIND_REGISTRY ");
  if (Below(random, 2) == 0) absl::StrAppend(&text, "max_age { nanos: 100000 } ");
  if (Below(random, 6) == 0) absl::StrAppend(&text, "channels: CHANNEL_SMS ");
  if (Below(random, 6) == 0) absl::StrAppend(&text, "brand: 'a' ");
  if (Below(random, 5) == 0) {
    AddList(text, organization);  // empty
    return {};
  }
  const uint64_t as_of = 850'000 + 50'000 * Below(random, 4);  // some are stale
  absl::StrAppend(&text, "active_version { as_of_time { nanos: ", as_of, " } ",
                  Below(random, 3) == 0 ? "area_codes: '212' " : "", "}");
  AddList(text, organization);
  std::set<uint64_t> members;
  for (const uint64_t phone : phones) {
    if (Below(random, 3) == 0) members.insert(phone);
  }
  NumberSet::Builder builder;
  for (const uint64_t member : members) EXPECT_TRUE(builder.Add(member).ok());
  auto list = std::make_shared<CatalogList>(*organization->lists_by_number.back());
  list->numbers = std::move(builder).Build();
  organization->PutList(std::move(list));
  return members;
}

struct RandomWorld {
  CatalogOrganization acme = MakeOrganization("acme", 1);
  CatalogOrganization global = MakeOrganization("global", 0);
  std::vector<std::pair<const CatalogList*, std::set<uint64_t>>> registries;
  std::vector<uint64_t> phones;
  Question question;

  explicit RandomWorld(Random& random) {
    for (uint64_t i = 1 + Below(random, 200); i > 0; --i) {
      constexpr uint64_t kFirst[] = {12125550000, 16465550000, 442079460000};
      phones.push_back(kFirst[Below(random, 3)] + Below(random, 50));
    }
    for (CatalogOrganization* organization : {&acme, &global}) {
      for (uint64_t i = Below(random, 4); i > 0; --i) {
        std::set<uint64_t> members = AddRandomRegistry(phones, random, organization);
        registries.emplace_back(organization->lists_by_number.back().get(), std::move(members));
      }
    }
    question.organization = Below(random, 5) == 0 ? &global : &acme;
    question.global = &global;
    question.channel = Below(random, 3) == 0 ? v1::CHANNEL_SMS : v1::CHANNEL_VOICE;
    question.message_class =
        Below(random, 5) == 0 ? v1::MESSAGE_CLASS_TRANSACTIONAL : v1::MESSAGE_CLASS_MARKETING;
    question.brand = Below(random, 3) == 0 ? "b" : "";
    question.now = kNow;
    question.max_validity_micros = kValidity;
    question.store_writable = Below(random, 4) != 0;
  }

  // As a check of it alone.
  std::string Decided(uint64_t phone) const {
    Facts facts;
    PointFacts& point = facts.points.emplace_back();
    point.point = {ContactKind::kPhone, phone, {}};
    AppendRegistries(question, *question.organization, &point.registries);
    if (question.organization != &global) AppendRegistries(question, global, &point.registries);
    for (RegistryFact& fact : point.registries) {
      for (const auto& [list, members] : registries) {
        if (list == fact.list) fact.member = members.count(phone) != 0;
      }
    }
    const Decision decision = Decide(question, facts);
    if (decision.verdict == v1::VERDICT_ALLOW) return absl::StrCat("until ", decision.valid_until);
    const MatchedRule& rule = decision.rules.front();
    return absl::StrCat(decision.verdict, " ", rule.type, " ", NameOfList(rule));
  }
  static std::string NameOfList(const MatchedRule& rule) {
    return rule.list == nullptr ? "" : absl::StrCat(rule.list->id, " of ", rule.list->channels);
  }
};

std::string Told(const BlockRegistries::Outcome& outcome) {
  if (outcome.verdict == v1::VERDICT_ALLOW) return absl::StrCat("until ", outcome.valid_until);
  return absl::StrCat(outcome.verdict, " ", outcome.rule.type, " ",
                      RandomWorld::NameOfList(outcome.rule));
}

TEST(BlockRegistries, DecidesAboutManyAsAboutEach) {
  Random random(2);
  BlockRegistries block;  // of all, as a stream's
  std::set<std::string> seen;
  for (int i = 0; i < 1'500; ++i) {
    const RandomWorld world(random);
    block.Begin(world.question, world.phones);
    const size_t all = world.phones.size();
    const size_t cut = std::min<size_t>(all, 64 * (random() % 4));
    if (cut > 0) block.Look(0, cut);
    if (cut < all) block.Look(cut, all - cut);
    ASSERT_TRUE(block.can_group());
    for (size_t first = 0; first < world.phones.size(); first += 64) {
      const size_t count = std::min<size_t>(64, world.phones.size() - first);
      uint64_t left = (~uint64_t{0} >> (64 - count)) & (random() | random());
      while (left != 0) {
        uint64_t alike = 0;
        const std::string told = Told(block.Next(first / 64, left, &alike));
        ASSERT_NE(alike, 0u);
        ASSERT_EQ(alike & ~left, 0u);
        left &= ~alike;
        for (; alike != 0; alike &= alike - 1) {
          const uint64_t phone = world.phones[first + static_cast<size_t>(std::countr_zero(alike))];
          ASSERT_EQ(told, world.Decided(phone)) << phone << " of world " << i;
        }
        seen.insert(told);
      }
    }
  }
  EXPECT_GT(seen.size(), 20u);
}

TEST(BlockRegistries, RefusesToTellMoreApartThanItCan) {
  Random random(3);
  CatalogOrganization global = MakeOrganization("global", 0);
  for (int i = 0; i < 33; ++i) {
    AddList(absl::StrCat("name: 'r", i, "' kind: LIST_KIND_REGISTRY active_version {}"), &global);
  }
  Question question = MakeQuestion();
  question.organization = question.global = &global;
  BlockRegistries block;
  const std::vector<uint64_t> phones = {kPhone};
  block.Begin(question, phones);
  EXPECT_FALSE(block.can_group());
}

// Types and lists of rules, more than one byte of a reason tells apart.
std::vector<MatchedRule> ManyRules(size_t count) {
  static const auto* const lists = [] {
    auto* made = new CatalogOrganization(MakeOrganization("acme", 1));
    for (int i = 0; i < 300; ++i) {
      AddList(absl::StrCat("name: 'l", i, "' kind: LIST_KIND_INTERNAL"), made);
    }
    return made;
  }();
  std::vector<MatchedRule> rules(count);
  for (size_t i = 0; i < count; ++i) {
    rules[i].type = v1::REASON_TYPE_CONTACT_POINT_ON_LIST;
    rules[i].list = lists->ListByNumber(static_cast<uint32_t>(i));  // none of number 0
  }
  return rules;
}

class AnswerTest : public testing::Test {
 protected:
  // Judges at random, and says what the answer must be.
  v1::FilterContactsResponse Judge(size_t count, const std::vector<MatchedRule>& rules) {
    v1::FilterContactsResponse wanted;
    wanted.set_count(static_cast<uint32_t>(count));
    std::string verdicts((count + 3) / 4, '\0');
    const auto put = [&](size_t i, v1::Verdict verdict) {
      verdicts[i / 4] = static_cast<char>(verdicts[i / 4] | verdict << 2 * (i % 4));
    };
    const size_t words = count / 64;  // the rest one by one, as raw texts
    for (size_t word = 0; word < words; ++word) {
      const uint64_t refused = Below(random_, 3) == 0 ? 0 : random_();
      const uint64_t unknown = refused & random_();
      answer_.SetWord(word, refused & ~unknown, unknown);
      for (size_t i = 0; i < 64; ++i) {
        put(word * 64 + i, (unknown >> i & 1) != 0   ? v1::VERDICT_UNKNOWN
                           : (refused >> i & 1) != 0 ? v1::VERDICT_DENY
                                                     : v1::VERDICT_ALLOW);
      }
      AddReasons(static_cast<size_t>(std::popcount(refused)), rules, &wanted);
    }
    for (size_t i = words * 64; i < count; ++i) {
      const auto verdict = static_cast<v1::Verdict>(1 + Below(random_, 3));
      put(i, verdict);
      if (verdict == v1::VERDICT_ALLOW) continue;
      answer_.Set(i, verdict);
      AddReasons(1, rules, &wanted);
    }
    wanted.set_verdicts(verdicts);
    return wanted;
  }

  void AddReasons(size_t times, const std::vector<MatchedRule>& rules,
                  v1::FilterContactsResponse* wanted) {
    if (times == 0) return;
    const MatchedRule& rule = rules[Below(random_, rules.size())];
    const uint32_t place = answer_.PlaceOf(rule, MakeQuestion());
    if (place == static_cast<uint32_t>(wanted->rules_size())) {
      v1::FilterRule* named = wanted->add_rules();
      named->set_type(rule.type);
      if (rule.list != nullptr) named->set_list(rule.list->id);
    }
    answer_.AddReasons(place, times);
    for (size_t i = 0; i < times; ++i) wanted->add_reasons(place);
  }

  Random random_{4};
  FilterAnswerColumns answer_;
};

TEST_F(AnswerTest, IsWhatProtobufWouldWrite) {
  const DecisionId id = {5, 6, 7, 0};
  for (int i = 0; i < 2'000; ++i) {
    const bool with_reasons = Below(random_, 4) != 0;
    const size_t count = Below(random_, 1'000);
    answer_.Begin(count, with_reasons);
    v1::FilterContactsResponse wanted = Judge(count, ManyRules(i % 2 == 0 ? 3 : 300));
    wanted.set_revision(9);
    wanted.mutable_evaluate_time()->set_nanos(kNow * 1'000);
    wanted.mutable_valid_for()->set_nanos(7'000);
    wanted.set_decision_id(std::string(DecisionText(id).view()));
    if (!with_reasons) {
      wanted.clear_rules();
      wanted.clear_reasons();
    }
    WireWriter bytes;
    answer_.Write(MakeQuestion(), 9, kNow + 7, id, &bytes);
    ASSERT_EQ(std::string(bytes.bytes()), wanted.SerializeAsString()) << i;
  }
}

}  // namespace
}  // namespace dnc
