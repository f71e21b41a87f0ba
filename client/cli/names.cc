#include "client/cli/names.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

constexpr absl::string_view kPrefix = "organizations/";

// A kind of resource: the collections that lead to it, below the organization.
struct Kind {
  absl::string_view noun;
  absl::string_view example;
  std::vector<absl::string_view> collections;
};

bool AnyEmpty(const std::vector<absl::string_view>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](absl::string_view p) { return p.empty(); });
}

std::string FullForm(const Kind& kind) {
  std::string form = "organizations/…";
  for (const absl::string_view collection : kind.collections) {
    absl::StrAppend(&form, "/", collection, "/…");
  }
  return form;
}

absl::Status WrongForm(const Kind& kind, absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" names no ", kind.noun, "; write ",
                                                 kind.example, " or ", FullForm(kind)));
}

bool IsFullName(const Kind& kind, absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  if (parts.size() != 2 + 2 * kind.collections.size() || AnyEmpty(parts)) return false;
  for (size_t i = 0; i < kind.collections.size(); ++i) {
    if (parts[2 + 2 * i] != kind.collections[i]) return false;
  }
  return true;
}

absl::StatusOr<std::string> Complete(const Names& names, const Kind& kind, absl::string_view text) {
  if (absl::StartsWith(text, kPrefix)) {
    if (!IsFullName(kind, text)) return WrongForm(kind, text);
    return std::string(text);
  }
  const std::vector<absl::string_view> ids = absl::StrSplit(text, '/');
  if (ids.size() != kind.collections.size() || AnyEmpty(ids)) return WrongForm(kind, text);
  DNC_ASSIGN_OR_RETURN(std::string name, names.Organization());
  for (size_t i = 0; i < ids.size(); ++i) {
    absl::StrAppend(&name, "/", kind.collections[i], "/", ids[i]);
  }
  return name;
}

}  // namespace

Names::Names(absl::string_view organization)
    : organization_(absl::StripPrefix(organization, kPrefix)) {}

absl::StatusOr<std::string> Names::Organization() const {
  if (organization_.empty()) {
    return absl::InvalidArgumentError(
        "no organization: give --org ID or set DNC_ORG; `dncctl orgs list` shows what there is");
  }
  if (absl::StrContains(organization_, '/')) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", organization_, "\" names no organization; write e.g. --org acme"));
  }
  return absl::StrCat(kPrefix, organization_);
}

absl::StatusOr<std::string> Names::Lead(absl::string_view text) const {
  return Complete(*this, {"lead", "its id, e.g. 42", {"leads"}}, text);
}
absl::StatusOr<std::string> Names::List(absl::string_view text) const {
  return Complete(*this, {"list", "its id, e.g. internal", {"lists"}}, text);
}
absl::StatusOr<std::string> Names::Entry(absl::string_view text) const {
  return Complete(*this, {"entry", "its id", {"entries"}}, text);
}
absl::StatusOr<std::string> Names::Review(absl::string_view text) const {
  return Complete(*this, {"review", "its id", {"reviews"}}, text);
}
absl::StatusOr<std::string> Names::Template(absl::string_view text) const {
  return Complete(*this, {"template", "its id, e.g. opt-outs", {"templates"}}, text);
}
absl::StatusOr<std::string> Names::Role(absl::string_view text) const {
  return Complete(*this, {"role", "its id, e.g. agent", {"roles"}}, text);
}
absl::StatusOr<std::string> Names::Binding(absl::string_view text) const {
  return Complete(*this, {"binding", "its id, e.g. jane-agent", {"bindings"}}, text);
}
absl::StatusOr<std::string> Names::Group(absl::string_view text) const {
  return Complete(*this, {"group", "its id, e.g. inside-sales", {"groups"}}, text);
}
absl::StatusOr<std::string> Names::Workflow(absl::string_view text) const {
  return Complete(*this, {"workflow", "its id, e.g. sales", {"workflows"}}, text);
}
absl::StatusOr<std::string> Names::Status(absl::string_view text) const {
  return Complete(*this, {"status", "WORKFLOW/STATUS, e.g. sales/new", {"workflows", "statuses"}},
                  text);
}
absl::StatusOr<std::string> Names::Action(absl::string_view text) const {
  return Complete(*this,
                  {"action",
                   "WORKFLOW/STATUS/ACTION, e.g. sales/new/do-not-contact",
                   {"workflows", "statuses", "actions"}},
                  text);
}

std::string ShortName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (!absl::StartsWith(name, kPrefix) || parts.size() % 2 != 0) return std::string(name);
  if (parts.size() == 2) return std::string(parts[1]);
  std::vector<absl::string_view> ids;
  for (size_t i = 3; i < parts.size(); i += 2) ids.push_back(parts[i]);
  return absl::StrJoin(ids, "/");
}

}  // namespace dnc::cli
