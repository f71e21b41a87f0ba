// A small world for tests of the decision, and decisions as text to compare.
//
// Time is in microseconds around kNow; an ALLOW is good until kNow + kValidity at the most.
//
//   acme's lists     internal (1), brand-a (2), campaign-x (3), a-and-x (4)
//   acme's registries  national: as of 950, stale at 1050; stale: since 1000; stale-soon: at 1001;
//                      empty; area-212: that area code only, without a limit of age
//   global's lists   internal (1); registry: litigators, without a limit of age
//   acme's statuses  open (1), dead (2), no-calls (3), resting (4) for 200, disabled (5), archived
//   (6)
#ifndef DNC_TESTS_UNIT_DECISION_SCENARIO_H_
#define DNC_TESTS_UNIT_DECISION_SCENARIO_H_

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "server/decision/decide.h"

namespace dnc {

inline constexpr UnixMicros kNow = 1000;
inline constexpr int64_t kValidity = 100;
inline constexpr UnixMicros kFull = kNow + kValidity;
inline constexpr v1::Verdict kAllow = v1::VERDICT_ALLOW;
inline constexpr v1::Verdict kUnknown = v1::VERDICT_UNKNOWN;
inline constexpr uint64_t kPhone = 12125551234;

struct World {
  World();
  const CatalogList* List(const std::string& id) const;  // acme's, or global's

  CatalogOrganization acme;
  CatalogOrganization global;
};
const World& TheWorld();

Question MakeQuestion();
// Changes of it.
inline void Sms(Question* question) { question->channel = v1::CHANNEL_SMS; }
inline void Emergency(Question* question) { question->message_class = v1::MESSAGE_CLASS_EMERGENCY; }

// A member or non-member of a registry.
struct Registry {
  std::string id;
  bool member = false;
};

// Facts and what Decide must say of them. Records are text protos.
struct Scenario {
  std::string name;
  void (*ask)(Question* question) = [](Question*) {};
  std::string own = {};     // SubjectRecord of the contact point
  std::string global = {};  // SubjectRecord
  std::vector<Registry> registries = {};
  std::optional<std::string> lead = {};  // names the lead "ann"; its LeadState, or "unknown"
  uint64_t phone = kPhone;               // 0: no contact point
  v1::Verdict verdict = v1::VERDICT_DENY;
  std::vector<std::string> rules = {};
  UnixMicros valid_until = kNow;

  friend std::ostream& operator<<(std::ostream& out, const Scenario& scenario) {
    return out << scenario.name;
  }
};

// Names a parameterised test after its scenario.
inline std::string NameOf(const testing::TestParamInfo<Scenario>& info) { return info.param.name; }

Facts MakeFacts(const Scenario& scenario);

// "DENY CONTACT_POINT_ON_LIST acme/internal entry=acme/7-0 since=5 until=9", with each part that
// the rule has: list, entry, status=, lead=, point=, since=, until=, overridable.
std::string Describe(const MatchedRule& rule);
std::vector<std::string> Describe(const Decision& decision);

// Asks and compares verdict, rules in their order, and valid_until.
void Expect(const Scenario& scenario);

}  // namespace dnc

#endif  // DNC_TESTS_UNIT_DECISION_SCENARIO_H_
