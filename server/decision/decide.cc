#include "server/decision/decide.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace dnc {
namespace {

// Gathers matches, and the next instant at which a rule that is known now begins.
class Judge {
 public:
  explicit Judge(const Question& question)
      : question_(question), next_change_(question.now + question.max_validity_micros) {}

  const Question& question() const { return question_; }
  void Match(MatchedRule rule) { decision_.rules.push_back(std::move(rule)); }
  void ChangesAt(UnixMicros time) {
    if (time > question_.now) next_change_ = std::min(next_change_, time);
  }
  // The effect of a rule that blocks `classes`.
  v1::Verdict EffectOn(uint32_t classes) const {
    return ClassBlocked(classes, question_.message_class) ? v1::VERDICT_DENY : v1::VERDICT_ALLOW;
  }
  Decision Finish() &&;

 private:
  const Question& question_;
  UnixMicros next_change_;
  Decision decision_;
};

int Rank(v1::Verdict verdict) {
  if (verdict == v1::VERDICT_DENY) return 0;
  return verdict == v1::VERDICT_UNKNOWN ? 1 : 2;
}

Decision Judge::Finish() && {
  const auto stronger = [](const MatchedRule& a, const MatchedRule& b) {
    return Rank(a.effect) < Rank(b.effect);
  };
  if (!std::is_sorted(decision_.rules.begin(), decision_.rules.end(), stronger)) {
    std::stable_sort(decision_.rules.begin(), decision_.rules.end(), stronger);  // allocates
  }
  decision_.verdict = decision_.rules.empty() ? v1::VERDICT_ALLOW : decision_.rules.front().effect;
  decision_.valid_until = decision_.verdict == v1::VERDICT_ALLOW ? next_change_ : question_.now;
  return std::move(decision_);
}

// An entry of a contact point or a lead. `subject` has what names it.
void MatchEntry(const EntryFacts& entry, const CatalogOrganization& owner,
                const MatchedRule& subject, Judge* judge) {
  const CatalogList* list = owner.ListByNumber(entry.list);
  if (list != nullptr && !ScopeApplies(judge->question(), list->record.list())) return;
  if (!ChannelBlocked(entry.channels, judge->question().channel)) return;
  if (entry.expire_time != 0 && entry.expire_time <= judge->question().now) return;
  if (!entry.begun && entry.effective_time > judge->question().now) {
    judge->ChangesAt(entry.effective_time);
    return;
  }
  MatchedRule rule = subject;
  rule.effect = judge->EffectOn(entry.message_classes);
  rule.owner = &owner;
  rule.list = list;
  rule.entry = entry.id;
  rule.since = entry.effective_time;
  rule.until = entry.expire_time;
  judge->Match(std::move(rule));
}

void MatchPointEntries(const PointFacts& facts, Judge* judge) {
  MatchedRule subject;
  subject.type = v1::REASON_TYPE_CONTACT_POINT_ON_LIST;
  subject.point = &facts.point;
  for (const EntryFacts& entry : facts.own.entries) {
    MatchEntry(entry, *judge->question().organization, subject, judge);
  }
  for (const EntryFacts& entry : facts.global.entries) {
    MatchEntry(entry, *judge->question().global, subject, judge);
  }
}

void MatchLeadEntries(absl::string_view lead, const LeadStateFacts& state,
                      const ContactPoint* point, Judge* judge) {
  MatchedRule subject;
  subject.type = v1::REASON_TYPE_LEAD_ON_LIST;
  subject.lead = lead;
  subject.point = point;
  for (const EntryFacts& entry : state.entries) {
    MatchEntry(entry, *judge->question().organization, subject, judge);
  }
}

// A status that the catalog does not have may restrict.
void MatchUnknownStatus(absl::string_view lead, const ContactPoint* point, Judge* judge) {
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_STATUS_RESTRICTS;
  rule.effect = v1::VERDICT_UNKNOWN;
  rule.lead = lead;
  rule.point = point;
  judge->Match(std::move(rule));
}

void MatchStatus(absl::string_view lead, const LeadStateFacts& state, const ContactPoint* point,
                 Judge* judge) {
  const CatalogStatus* status = judge->question().organization->StatusByNumber(state.status);
  if (status == nullptr) return MatchUnknownStatus(lead, point, judge);
  if (!status->restricts) return;
  if (!ChannelBlocked(status->restricted_channels, judge->question().channel)) return;
  const UnixMicros until = status->RestrictionEnd(state.status_time);
  if (until != 0 && until <= judge->question().now) return;
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_STATUS_RESTRICTS;
  rule.effect = judge->EffectOn(0);
  rule.status = status;
  rule.lead = lead;
  rule.point = point;
  rule.since = state.status_time;
  rule.until = until;
  judge->Match(std::move(rule));
}

void MatchNurture(absl::string_view lead, const LeadStateFacts& state, const ContactPoint* point,
                  Judge* judge) {
  if (state.nurture_until <= judge->question().now) return;
  if (!ChannelBlocked(state.nurture_channels, judge->question().channel)) return;
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_NURTURE;
  rule.effect = judge->EffectOn(0);
  rule.lead = lead;
  rule.point = point;
  rule.since = state.nurture_since;
  rule.until = state.nurture_until;
  judge->Match(std::move(rule));
}

// Nobody is named, so nobody is allowed.
void MatchNothingAsked(Judge* judge) {
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_NO_CONTACT_POINT;
  rule.effect = v1::VERDICT_UNKNOWN;
  judge->Match(std::move(rule));
}

void MatchNamedLead(const Facts& facts, Judge* judge) {
  if (!facts.lead.known) {
    MatchedRule rule;
    rule.type = v1::REASON_TYPE_LEAD_UNKNOWN;
    rule.effect = v1::VERDICT_UNKNOWN;
    rule.lead = facts.lead.id;
    judge->Match(std::move(rule));
    return;
  }
  MatchLeadEntries(facts.lead.id, facts.lead.state, nullptr, judge);
  MatchStatus(facts.lead.id, facts.lead.state, nullptr, judge);
  MatchNurture(facts.lead.id, facts.lead.state, nullptr, judge);
  if (facts.lead.state.deleted) {
    MatchedRule rule;
    rule.type = v1::REASON_TYPE_LEAD_UNKNOWN;
    rule.effect = v1::VERDICT_UNKNOWN;
    rule.lead = facts.lead.id;
    judge->Match(std::move(rule));
  }
  if (facts.points.empty()) {
    MatchedRule rule;
    rule.type = v1::REASON_TYPE_NO_CONTACT_POINT;
    rule.effect = v1::VERDICT_UNKNOWN;
    rule.lead = facts.lead.id;
    judge->Match(std::move(rule));
  }
}

// Leads that have the contact point. Another lead's flag says that a person at this address asked
// to be left alone, so it always counts; its status and nurture period are about the work with
// that lead, so they count only where the check names no lead.
void MatchLeadsOfPoint(const Facts& facts, const PointFacts& point, Judge* judge) {
  for (const LeadOfPoint& reference : point.own.leads) {
    if (facts.names_lead && reference.lead == facts.lead.id) continue;  // judged by name
    MatchLeadEntries(reference.lead, reference.state, &point.point, judge);
    if (facts.names_lead) continue;
    MatchStatus(reference.lead, reference.state, &point.point, judge);
    MatchNurture(reference.lead, reference.state, &point.point, judge);
  }
}

// A registry that cannot vouch for the absence of a number cannot allow it.
void MatchRegistryGaps(const CatalogList& list, MatchedRule rule, Judge* judge) {
  rule.effect = v1::VERDICT_UNKNOWN;
  if (!list.has_version() || list.numbers == nullptr) {
    rule.type = v1::REASON_TYPE_REGISTRY_EMPTY;
    return judge->Match(std::move(rule));
  }
  if (!list.Covers(rule.point->phone)) {
    rule.type = v1::REASON_TYPE_AREA_CODE_NOT_SUBSCRIBED;
    judge->Match(rule);
  }
  if (!list.IsFresh(judge->question().now)) {
    rule.type = v1::REASON_TYPE_REGISTRY_STALE;
    rule.since = std::min(list.StaleTime(), judge->question().now);
    return judge->Match(std::move(rule));
  }
  judge->ChangesAt(list.StaleTime());
}

void MatchRegistry(const RegistryFact& fact, const ContactPoint& point, Judge* judge) {
  MatchedRule rule;
  rule.list = fact.list;
  rule.point = &point;
  rule.since = fact.list->as_of;
  rule.overridable = true;
  if (fact.member) {
    rule.type = v1::REASON_TYPE_CONTACT_POINT_ON_REGISTRY;
    judge->Match(rule);
  }
  MatchRegistryGaps(*fact.list, std::move(rule), judge);
}

void MatchStore(Judge* judge) {
  if (judge->question().store_writable) return;
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_STORE_NOT_WRITABLE;
  rule.effect = v1::VERDICT_UNKNOWN;
  judge->Match(std::move(rule));
}

}  // namespace

bool ScopeApplies(const Question& question, const v1::DncList& list) {
  const bool brand_applies = list.brand().empty() || question.brand.empty() ||
                             absl::EqualsIgnoreCase(list.brand(), question.brand);
  const bool campaign_applies = list.campaign().empty() || question.campaign.empty() ||
                                absl::EqualsIgnoreCase(list.campaign(), question.campaign);
  return brand_applies && campaign_applies;
}

void AppendRegistries(const Question& question, const CatalogOrganization& organization,
                      absl::InlinedVector<RegistryFact, 4>* registries) {
  for (const auto& [id, list] : organization.lists) {
    if (!list->is_registry() || !list->Blocks(question.channel, question.message_class)) continue;
    if (ScopeApplies(question, list->record.list())) registries->push_back({list.get(), false});
  }
}

Decision Decide(const Question& question, const Facts& facts) {
  Judge judge(question);
  if (facts.names_lead) {
    MatchNamedLead(facts, &judge);
  } else if (facts.points.empty()) {
    MatchNothingAsked(&judge);
  }
  for (const PointFacts& point : facts.points) {
    MatchPointEntries(point, &judge);
    MatchLeadsOfPoint(facts, point, &judge);
    for (const RegistryFact& registry : point.registries) {
      MatchRegistry(registry, point.point, &judge);
    }
  }
  MatchStore(&judge);
  return std::move(judge).Finish();
}

}  // namespace dnc
