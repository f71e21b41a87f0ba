#include "server/name/resource_name.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "server/error/error.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

constexpr size_t kMaxNameBytes = 512;

// A segment of a name's pattern: the collection and where its id goes.
struct Segment {
  absl::string_view collection;
  std::string ResourceName::*part;
};

constexpr Segment kOrganization{"organizations", &ResourceName::organization};
constexpr Segment kWorkflow{"workflows", &ResourceName::workflow};
constexpr Segment kStatus{"statuses", &ResourceName::status};
constexpr Segment kAction{"actions", &ResourceName::action};
constexpr Segment kLead{"leads", &ResourceName::lead};
constexpr Segment kList{"lists", &ResourceName::list};
constexpr Segment kEntry{"entries", &ResourceName::entry};
constexpr Segment kReview{"reviews", &ResourceName::review};
constexpr Segment kRole{"roles", &ResourceName::role};
constexpr Segment kBinding{"bindings", &ResourceName::binding};
constexpr Segment kGroup{"groups", &ResourceName::group};
constexpr Segment kTemplate{"templates", &ResourceName::template_id};

std::string Pattern(absl::Span<const Segment> segments) {
  std::string pattern;
  for (const Segment& segment : segments) {
    absl::StrAppend(&pattern, pattern.empty() ? "" : "/", segment.collection, "/{id}");
  }
  return pattern;
}

// Takes "collection/id" off the front of `rest`, and the '/' after it.
bool TakeSegment(absl::string_view collection, absl::string_view* rest, absl::string_view* id) {
  if (!absl::ConsumePrefix(rest, collection) || !absl::ConsumePrefix(rest, "/")) return false;
  *id = rest->substr(0, rest->find('/'));
  rest->remove_prefix(id->size());
  return !id->empty();
}

bool Matches(absl::Span<const Segment> segments, absl::string_view name,
             absl::Span<absl::string_view> ids) {
  for (size_t i = 0; i < segments.size(); ++i) {
    if (i > 0 && !absl::ConsumePrefix(&name, "/")) return false;
    if (!TakeSegment(segments[i].collection, &name, &ids[i])) return false;
  }
  return name.empty();
}

// The ids of the name's segments.
absl::Status Split(absl::Span<const Segment> segments, absl::string_view name,
                   absl::string_view field, absl::Span<absl::string_view> ids) {
  if (name.empty()) return MissingField(field, absl::StrCat("give ", Pattern(segments)));
  if (name.size() <= kMaxNameBytes && Matches(segments, name, ids)) return absl::OkStatus();
  return InvalidField(field, absl::StrCat("not of the form ", Pattern(segments)));
}

constexpr size_t kMostSegments = 4;

absl::StatusOr<ResourceName> Parse(std::initializer_list<Segment> segments, absl::string_view name,
                                   absl::string_view field) {
  std::array<absl::string_view, kMostSegments> ids;
  DNC_RETURN_IF_ERROR(Split(segments, name, field, absl::MakeSpan(ids)));
  ResourceName parsed;
  const absl::string_view* id = ids.data();
  for (const Segment& segment : segments) parsed.*segment.part = std::string(*id++);
  return parsed;
}

bool IsIdChar(char c) {
  return absl::ascii_islower(static_cast<unsigned char>(c)) ||
         absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

bool IsLeadIdChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
         absl::string_view("-_.:@+").find(c) != absl::string_view::npos;
}

}  // namespace

absl::StatusOr<ResourceName> ParseOrganizationName(absl::string_view name,
                                                   absl::string_view field) {
  return Parse({kOrganization}, name, field);
}

absl::StatusOr<absl::string_view> OrganizationIdOf(absl::string_view name,
                                                   absl::string_view field) {
  absl::string_view id;
  DNC_RETURN_IF_ERROR(Split({&kOrganization, 1}, name, field, {&id, 1}));
  return id;
}

absl::StatusOr<LeadIds> LeadIdsOf(absl::string_view name, absl::string_view field) {
  static constexpr std::array<Segment, 2> kSegments = {kOrganization, kLead};
  std::array<absl::string_view, 2> ids;
  DNC_RETURN_IF_ERROR(Split(kSegments, name, field, absl::MakeSpan(ids)));
  DNC_RETURN_IF_ERROR(ValidateLeadId(ids[1], field));
  return LeadIds{ids[0], ids[1]};
}

absl::StatusOr<ResourceName> ParseWorkflowName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kWorkflow}, name, field);
}

absl::StatusOr<ResourceName> ParseStatusName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kWorkflow, kStatus}, name, field);
}

absl::StatusOr<ResourceName> ParseActionName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kWorkflow, kStatus, kAction}, name, field);
}

absl::StatusOr<ResourceName> ParseLeadName(absl::string_view name, absl::string_view field) {
  DNC_ASSIGN_OR_RETURN(ResourceName parsed, Parse({kOrganization, kLead}, name, field));
  DNC_RETURN_IF_ERROR(ValidateLeadId(parsed.lead, field));
  return parsed;
}

absl::StatusOr<ResourceName> ParseListName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kList}, name, field);
}

absl::StatusOr<ResourceName> ParseEntryName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kEntry}, name, field);
}

absl::StatusOr<ResourceName> ParseReviewName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kReview}, name, field);
}

absl::StatusOr<ResourceName> ParseTemplateName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kTemplate}, name, field);
}

absl::StatusOr<ResourceName> ParseRoleName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kRole}, name, field);
}

absl::StatusOr<ResourceName> ParseBindingName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kBinding}, name, field);
}

absl::StatusOr<ResourceName> ParseGroupName(absl::string_view name, absl::string_view field) {
  return Parse({kOrganization, kGroup}, name, field);
}

NameParts LeadNameParts(absl::string_view organization, absl::string_view lead) {
  return {"organizations/", organization, "/leads/", lead};
}

NameParts EntryNameParts(absl::string_view organization, absl::string_view entry) {
  return {"organizations/", organization, "/entries/", entry};
}

std::string OrganizationName(absl::string_view organization) {
  return absl::StrCat("organizations/", organization);
}

std::string WorkflowName(absl::string_view organization, absl::string_view workflow) {
  return absl::StrCat("organizations/", organization, "/workflows/", workflow);
}

std::string StatusName(absl::string_view organization, absl::string_view workflow,
                       absl::string_view status) {
  return absl::StrCat(WorkflowName(organization, workflow), "/statuses/", status);
}

std::string LeadName(absl::string_view organization, absl::string_view lead) {
  return absl::StrJoin(LeadNameParts(organization, lead), "");
}

std::string ListName(absl::string_view organization, absl::string_view list) {
  return absl::StrCat("organizations/", organization, "/lists/", list);
}

std::string EntryName(absl::string_view organization, absl::string_view entry) {
  return absl::StrJoin(EntryNameParts(organization, entry), "");
}

std::string OptOutName(absl::string_view organization, absl::string_view opt_out) {
  return absl::StrCat("organizations/", organization, "/optouts/", opt_out);
}

std::string ReviewName(absl::string_view organization, absl::string_view review) {
  return absl::StrCat("organizations/", organization, "/reviews/", review);
}

std::string TemplateName(absl::string_view organization, absl::string_view template_id) {
  return absl::StrCat("organizations/", organization, "/templates/", template_id);
}

std::string RoleName(absl::string_view organization, absl::string_view role) {
  return absl::StrCat("organizations/", organization, "/roles/", role);
}

std::string BindingName(absl::string_view organization, absl::string_view binding) {
  return absl::StrCat("organizations/", organization, "/bindings/", binding);
}

std::string GroupName(absl::string_view organization, absl::string_view group) {
  return absl::StrCat("organizations/", organization, "/groups/", group);
}

std::string ActionName(absl::string_view status_name, absl::string_view action) {
  return absl::StrCat(status_name, "/actions/", action);
}

absl::string_view LastPart(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return slash == absl::string_view::npos ? name : name.substr(slash + 1);
}

absl::Status ValidateId(absl::string_view id, absl::string_view field) {
  if (id.empty()) return MissingField(field, "give an id");
  if (id.size() <= 63 && absl::ascii_islower(static_cast<unsigned char>(id.front())) &&
      std::all_of(id.begin(), id.end(), IsIdChar)) {
    return absl::OkStatus();
  }
  return InvalidField(field, "an id is 1 to 63 of a-z, 0-9, '-' and '_', starting with a letter");
}

bool IsLeadId(absl::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), IsLeadIdChar);
}

absl::Status ValidateLeadId(absl::string_view id, absl::string_view field) {
  if (IsLeadId(id)) return absl::OkStatus();
  return InvalidField(field, "a lead id is 1 to 128 of letters, digits and - _ . : @ +");
}

bool IsPrincipal(absl::string_view id) {
  return !id.empty() && id.size() <= 128 &&
         std::all_of(id.begin(), id.end(), [](char c) { return IsLeadIdChar(c) || c == '/'; });
}

absl::Status ValidatePrincipal(absl::string_view id, absl::string_view field) {
  if (id.empty()) return MissingField(field, "name a principal, e.g. users/jane");
  if (IsPrincipal(id)) return absl::OkStatus();
  return InvalidField(field, "a principal is 1 to 128 of letters, digits and - _ . : @ + /");
}

}  // namespace dnc
