#include "tests/unit/decision/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "server/contact/contact_point.h"
#include "server/decision/record_facts.h"
#include "server/name/resource_name.h"
#include "tests/unit/catalog/catalog_builder.h"

namespace dnc {
namespace {

void AddLists(CatalogOrganization* acme, CatalogOrganization* global) {
  for (const char* list : {"name: 'internal' kind: LIST_KIND_INTERNAL",
                           "name: 'brand-a' kind: LIST_KIND_INTERNAL brand: 'a'",
                           "name: 'campaign-x' kind: LIST_KIND_INTERNAL campaign: 'x'",
                           "name: 'a-and-x' kind: LIST_KIND_INTERNAL brand: 'a' campaign: 'x'",
                           "name: 'national' kind: LIST_KIND_REGISTRY max_age { nanos: 100000 }"
                           "active_version { as_of_time { nanos: 950000 } }",
                           "name: 'stale' kind: LIST_KIND_REGISTRY max_age { nanos: 100000 }"
                           "active_version { as_of_time { nanos: 900000 } }",
                           "name: 'stale-soon' kind: LIST_KIND_REGISTRY max_age { nanos: 100000 }"
                           "active_version { as_of_time { nanos: 901000 } }",
                           "name: 'empty' kind: LIST_KIND_REGISTRY max_age { nanos: 100000 }",
                           "name: 'area-212' kind: LIST_KIND_REGISTRY "
                           "active_version { area_codes: '212' as_of_time { nanos: 500000 } }"}) {
    AddList(list, acme);
  }
  AddList("name: 'internal' kind: LIST_KIND_INTERNAL", global);
  AddList("name: 'litigators' kind: LIST_KIND_REGISTRY active_version {}", global);
}

constexpr char kWorkflow[] = R"(
    name: 'sales' record_type: 'contact'
    statuses { name: 'new' }
    statuses { name: 'open' }
    statuses { name: 'dead' restriction {} }
    statuses { name: 'no-calls' restriction { channels: CHANNEL_VOICE } }
    statuses { name: 'resting' restriction { duration { nanos: 200000 } } }
    statuses { name: 'disabled' state: OBJECT_STATE_DISABLED restriction {} }
    statuses { name: 'archived' state: OBJECT_STATE_ARCHIVED restriction {} })";

// The bytes of a record; they outlive the facts.
template <typename Record>
absl::string_view Stored(const Record& record) {
  static auto* const kept = new std::deque<std::string>();
  return kept->emplace_back(record.SerializeAsString());
}

SubjectFacts MakeSubject(const std::string& text) {
  SubjectFacts facts;
  EXPECT_TRUE(ReadSubjectFacts(Stored(FromText<storage::v1::SubjectRecord>(text)), &facts));
  return facts;
}

LeadStateFacts MakeState(const std::string& text) {
  storage::v1::LeadRecord record;
  *record.mutable_state() = FromText<storage::v1::LeadState>(text);
  LeadStateFacts facts;
  EXPECT_TRUE(ReadLeadFacts(Stored(record), &facts, nullptr));
  return facts;
}

std::string Short(absl::string_view name) {
  return absl::StrReplaceAll(name, {{"organizations/", ""}, {"lists/", ""}});
}

}  // namespace

World::World() : acme(MakeOrganization("acme", 1)), global(MakeOrganization("global", 0)) {
  AddLists(&acme, &global);
  AddWorkflow(kWorkflow, &acme);
}

const CatalogList* World::List(const std::string& id) const {
  const CatalogList* list = acme.FindList(id);
  return list != nullptr ? list : global.FindList(id);
}

const World& TheWorld() {
  static const World* const world = new World();
  return *world;
}

Question MakeQuestion() {
  Question question;
  question.organization = &TheWorld().acme;
  question.global = &TheWorld().global;
  question.channel = v1::CHANNEL_VOICE;
  question.now = kNow;
  question.max_validity_micros = kValidity;
  return question;
}

Facts MakeFacts(const Scenario& scenario) {
  Facts facts;
  if (scenario.phone != 0) {
    PointFacts point;
    point.point = {ContactKind::kPhone, scenario.phone, {}};
    point.own = MakeSubject(scenario.own);
    point.global = MakeSubject(scenario.global);
    for (const Registry& registry : scenario.registries) {
      point.registries.push_back({TheWorld().List(registry.id), registry.member});
    }
    facts.points.push_back(std::move(point));
  }
  if (scenario.lead.has_value()) {
    facts.names_lead = true;
    facts.lead.id = "ann";
    facts.lead.known = *scenario.lead != "unknown";
    if (facts.lead.known) facts.lead.state = MakeState(*scenario.lead);
  }
  return facts;
}

std::string Describe(const MatchedRule& rule) {
  const std::string type = v1::ReasonType_Name(rule.type);
  const std::string effect = v1::Verdict_Name(rule.effect);
  std::string text = absl::StrCat(absl::StripPrefix(effect, "VERDICT_"), " ",
                                  absl::StripPrefix(type, "REASON_TYPE_"));
  if (rule.list != nullptr) absl::StrAppend(&text, " ", Short(rule.list->record.list().name()));
  if (rule.entry.has_value()) {
    absl::StrAppend(&text, " entry=", rule.owner->id, "/", FormatEntryId(*rule.entry));
  }
  if (rule.status != nullptr) {
    absl::StrAppend(&text, " status=", LastPart(rule.status->proto().name()));
  }
  if (!rule.lead.empty()) absl::StrAppend(&text, " lead=", rule.lead);
  if (rule.point != nullptr) absl::StrAppend(&text, " point=", ToString(*rule.point));
  if (rule.since != 0) absl::StrAppend(&text, " since=", rule.since);
  if (rule.until != 0) absl::StrAppend(&text, " until=", rule.until);
  if (rule.overridable) absl::StrAppend(&text, " overridable");
  return text;
}

std::vector<std::string> Describe(const Decision& decision) {
  std::vector<std::string> rules;
  for (const MatchedRule& rule : decision.rules) rules.push_back(Describe(rule));
  return rules;
}

void Expect(const Scenario& scenario) {
  SCOPED_TRACE(scenario.name);
  Question question = MakeQuestion();
  scenario.ask(&question);
  const Facts facts = MakeFacts(scenario);
  const Decision decision = Decide(question, facts);
  EXPECT_EQ(v1::Verdict_Name(decision.verdict), v1::Verdict_Name(scenario.verdict));
  EXPECT_THAT(Describe(decision), testing::ElementsAreArray(scenario.rules));
  EXPECT_EQ(decision.valid_until, scenario.valid_until);
}

}  // namespace dnc
