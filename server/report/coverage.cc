#include "server/report/coverage.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"
#include "server/workflow/group_sync.h"
#include "server/workflow/rules.h"

namespace dnc {
namespace {

using v1::CoverageFinding;

constexpr int64_t kDefaultFindings = 100;
constexpr int64_t kMostFindings = 100'000;

CoverageFinding Finding(CoverageFinding::Kind kind, const std::string& subject,
                        const std::string& related, std::string message) {
  CoverageFinding finding;
  finding.set_kind(kind);
  finding.set_subject(subject);
  finding.set_related(related);
  finding.set_message(std::move(message));
  return finding;
}

bool IsEnabledDncAction(const v1::Action& action) {
  return action.state() == v1::OBJECT_STATE_ENABLED && HasDncOperation(action);
}

std::string SystemStatusText(const CatalogStatus& status) {
  const std::string& name = v1::SystemStatus_Name(status.proto().system_status());
  return std::string(absl::StripPrefix(name, "SYSTEM_STATUS_"));
}

// Where an action leaves the lead, and why not where it would move it.
struct Fate {
  const CatalogStatus* status;
  std::string last_target;  // of its last move; empty: it has none
  std::string obstacle;     // why that move cannot be made; empty: it can
};

Fate FateOf(const CatalogOrganization& organization, const CatalogStatus& from,
            const v1::Action& action) {
  Fate fate{&from, "", ""};
  for (const v1::Operation& operation : action.operations()) {
    if (!operation.has_move_to_status()) continue;
    fate.last_target = operation.move_to_status().status();
    const absl::StatusOr<const CatalogStatus*> target =
        FindMoveTarget(organization, fate.last_target, from.record_type, "");
    fate.obstacle = target.ok() ? "" : std::string(target.status().message());
    if (target.ok()) fate.status = *target;
  }
  return fate;
}

std::string AliveText(const v1::Action& action, const Fate& fate) {
  std::string what;
  if (fate.last_target.empty()) {
    what = "does not move the lead";
  } else if (!fate.obstacle.empty()) {
    what = absl::StrCat("cannot move the lead (", absl::StripPrefix(fate.obstacle, ": "), ")");
  } else {
    what = absl::StrCat("moves the lead to a status that means ", SystemStatusText(*fate.status));
  }
  return absl::StrCat(action.display_name(), " puts a lead on a DNC list and ", what,
                      ", so that it stays among the leads that are worked; let it move to a status "
                      "that means DEAD");
}

void FindActionGaps(const CatalogOrganization& organization, const CatalogStatus& status,
                    CoverageFindings* findings, v1::CoverageSummary* summary) {
  int64_t dnc_actions = 0;
  for (const v1::Action& action : status.proto().actions()) {
    if (!IsEnabledDncAction(action)) continue;
    ++dnc_actions;
    const Fate fate = FateOf(organization, status, action);
    if (IsDead(*fate.status)) continue;
    findings->Add(CoverageFinding::KIND_DNC_ACTION_LEAVES_ALIVE, [&] {
      return Finding(CoverageFinding::KIND_DNC_ACTION_LEAVES_ALIVE, action.name(), fate.last_target,
                     AliveText(action, fate));
    });
  }
  summary->set_dnc_actions(summary->dnc_actions() + dnc_actions);
  if (dnc_actions > 0) return;
  findings->Add(CoverageFinding::KIND_STATUS_WITHOUT_DNC_ACTION, [&] {
    return Finding(CoverageFinding::KIND_STATUS_WITHOUT_DNC_ACTION, status.proto().name(), "",
                   absl::StrCat(status.proto().display_name(),
                                " offers no enabled action that adds to a DNC list: who works its "
                                "leads cannot record an opt-out; add one, copy one from another "
                                "status, or apply a template"));
  });
}

void FindRegistryGap(const CatalogList& list, const AreaCodeCounts& numbers, UnixMicros now,
                     CoverageFindings* findings) {
  const std::string& name = list.record.list().name();
  if (!list.has_version() || !list.problem.empty()) {
    return findings->Add(CoverageFinding::KIND_REGISTRY_EMPTY, [&] {
      return Finding(CoverageFinding::KIND_REGISTRY_EMPTY, name, "",
                     "the registry has no version that can be read, so that every check which asks "
                     "it answers UNKNOWN; import a full file");
    });
  }
  if (!list.IsFresh(now)) {
    findings->Add(CoverageFinding::KIND_REGISTRY_STALE, [&] {
      const std::string date =
          absl::FormatTime("%Y-%m-%d", absl::FromUnixMicros(list.as_of), absl::UTCTimeZone());
      return Finding(
          CoverageFinding::KIND_REGISTRY_STALE, name, "",
          absl::StrCat("the content is of ", list.undated ? "a date that nobody gave" : date,
                       ", and is permitted to be ",
                       absl::FormatDuration(absl::Microseconds(list.max_age)),
                       " old: checks answer UNKNOWN; import a ",
                       list.undated ? "file with its date" : "newer file"));
    });
  }
  if (list.area_codes.empty()) return;
  for (size_t code = 0; code < numbers.size(); ++code) {
    if (numbers[code] == 0 || list.area_codes[code]) continue;
    findings->Add(CoverageFinding::KIND_REGISTRY_NOT_SUBSCRIBED, [&] {
      CoverageFinding finding = Finding(
          CoverageFinding::KIND_REGISTRY_NOT_SUBSCRIBED, name, "",
          absl::StrCat("leads have phone numbers in area code ", code,
                       ", which the registry's subscription does not cover: checks answer UNKNOWN; "
                       "subscribe to it and import a full file"));
      finding.set_area_code(absl::StrCat(code));
      finding.set_contact_points(numbers[code]);
      return finding;
    });
  }
}

}  // namespace

absl::StatusOr<CoverageFindings> CoverageFindings::Create(const v1::GetCoverageRequest& request) {
  CoverageFindings findings;
  if (request.max_findings() < 0 || request.max_findings() > kMostFindings) {
    return InvalidField("max_findings",
                        absl::StrCat("must be 1 to ", kMostFindings, ", or 0 for the default"));
  }
  findings.most_ = request.max_findings() == 0 ? kDefaultFindings : request.max_findings();
  for (int i = 0; i < request.kinds_size(); ++i) {
    const int kind = request.kinds(i);
    const std::string field = absl::StrCat("kinds[", i, "]");
    if (kind == CoverageFinding::KIND_UNSPECIFIED || !CoverageFinding::Kind_IsValid(kind)) {
      return InvalidField(field, "no kind of finding that this server knows");
    }
    if (std::exchange(findings.wanted_[static_cast<size_t>(kind)], true)) {
      return InvalidField(field, "named before; leave it out");
    }
  }
  if (request.kinds().empty()) {
    findings.wanted_.fill(true);
    findings.wanted_[CoverageFinding::KIND_UNSPECIFIED] = false;
  }
  return findings;
}

void CoverageFindings::Add(CoverageFinding::Kind kind,
                           const std::function<CoverageFinding()>& make) {
  if (!wants(kind)) return;
  if (keeps(kind)) kept_.push_back(make());
  ++counts_[static_cast<size_t>(kind)];
}

bool CoverageFindings::Pop(CoverageFinding* finding) {
  if (kept_.empty()) return false;
  *finding = std::move(kept_.front());
  kept_.pop_front();
  return true;
}

void CoverageFindings::FillCounts(v1::CoverageSummary* summary) const {
  for (size_t kind = 0; kind < kKinds; ++kind) {
    if (!wanted_[kind]) continue;
    v1::CoverageCount* count = summary->add_counts();
    count->set_kind(static_cast<CoverageFinding::Kind>(kind));
    count->set_count(counts_[kind]);
  }
}

void FindWorkflowGaps(const CatalogOrganization& organization, const StatusFilter& sees,
                      CoverageFindings* findings, v1::CoverageSummary* summary) {
  for (const auto& [id, workflow] : organization.workflows) {
    if (workflow->record.workflow().state() != v1::OBJECT_STATE_ENABLED) continue;
    for (const std::string& status_id : workflow->record.status_order()) {
      const CatalogStatus* status = workflow->FindStatus(status_id);
      if (status == nullptr || !status->enabled() || !sees(*status)) continue;
      summary->set_statuses(summary->statuses() + 1);
      FindActionGaps(organization, *status, findings, summary);
    }
  }
}

void FindGroupGaps(const CatalogOrganization& organization, CoverageFindings* findings) {
  for (const auto& by_id : organization.access->groups) {
    const v1::Group& group = *by_id.second;
    for (const v1::GroupWorkflow& bound : group.workflows()) {
      const CatalogWorkflow* workflow = organization.FindWorkflow(LastPart(bound.workflow()));
      if (workflow == nullptr ||
          !ChangedSince(workflow->record.workflow().etag(), bound.synced_etag())) {
        continue;
      }
      findings->Add(CoverageFinding::KIND_GROUP_OUTDATED, [&] {
        return Finding(CoverageFinding::KIND_GROUP_OUTDATED, group.name(), bound.workflow(),
                       absl::StrCat(bound.workflow(), " has changed since ", group.display_name(),
                                    " was synchronised with it: its users may miss actions; see "
                                    "what changed, then synchronise the group"));
      });
    }
  }
}

void FindRegistryGaps(const CatalogOrganization& organization, const CatalogOrganization& global,
                      const AreaCodeCounts& numbers, UnixMicros now, CoverageFindings* findings,
                      v1::CoverageSummary* summary) {
  std::vector<const CatalogOrganization*> owners = {&organization};
  if (organization.number() != kGlobalNumber) owners.push_back(&global);
  for (const CatalogOrganization* owner : owners) {
    for (const auto& [id, list] : owner->lists) {
      if (!list->is_registry()) continue;
      summary->set_registries(summary->registries() + 1);
      FindRegistryGap(*list, numbers, now, findings);
    }
  }
}

void FindLeadGap(const std::string& lead, bool flagged, const CatalogStatus* status,
                 CoverageFindings* findings) {
  const bool dead = status != nullptr && IsDead(*status);
  if (flagged == dead) return;
  const CoverageFinding::Kind kind = flagged ? CoverageFinding::KIND_FLAGGED_LEAD_NOT_DEAD
                                             : CoverageFinding::KIND_DEAD_LEAD_NOT_FLAGGED;
  findings->Add(kind, [&] {
    return Finding(
        kind, lead, status == nullptr ? "" : status->proto().name(),
        flagged
            ? "the lead is not to be contacted and stands in a status that is worked; move it "
              "to a status that means DEAD"
            : "the lead is closed for good and has no entry of its own, so that nothing but its "
              "status and its contact points' entries keep it from being contacted; apply a DNC "
              "action if the person asked for it");
  });
}

}  // namespace dnc
