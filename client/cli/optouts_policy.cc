#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/opt_out_text.h"
#include "client/cli/options.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

struct PolicyOptions {
  std::vector<std::string> add;
  std::vector<std::string> remove;
  int near_misses = v1::NEAR_MISS_HANDLING_UNSPECIFIED;
  int scope = v1::REVOCATION_SCOPE_UNSPECIFIED;
  int classes = v1::REVOKED_CLASSES_UNSPECIFIED;
  WriteOptions write;

  bool changes() const {
    return !add.empty() || !remove.empty() || near_misses != 0 || scope != 0 || classes != 0;
  }
};

absl::Status Change(const PolicyOptions& options, v1::OptOutPolicy* policy) {
  auto* keywords = policy->mutable_additional_keywords();
  for (const std::string& word : options.remove) {
    const auto end = std::remove(keywords->begin(), keywords->end(), word);
    if (end == keywords->end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", Printable(word),
                       "\" is none of the organization's own keywords; the built-in ones "
                       "cannot be taken away"));
    }
    keywords->erase(end, keywords->end());
  }
  for (const std::string& word : options.add) *keywords->Add() = word;
  if (options.near_misses != 0) {
    policy->set_near_misses(static_cast<v1::NearMissHandling>(options.near_misses));
  }
  if (options.scope != 0) policy->set_scope(static_cast<v1::RevocationScope>(options.scope));
  if (options.classes != 0) policy->set_classes(static_cast<v1::RevokedClasses>(options.classes));
  return absl::OkStatus();
}

void Print(Session& session, const v1::OptOutPolicy& policy) {
  session.out() << OptOutPolicyText(policy, "");
}

// The gateway keeps no keyword that counts anyway.
void TellBuiltIn(Session& session, const std::vector<std::string>& added,
                 const v1::OptOutPolicy& policy) {
  const auto& kept = policy.additional_keywords();
  for (const std::string& word : added) {
    if (std::find(kept.begin(), kept.end(), word) != kept.end()) continue;
    session.err() << "dncctl: \"" << Printable(word)
                  << "\" is built in, counts anyway, and is not added\n";
  }
}

absl::StatusOr<int> Policy(Session& session, const PolicyOptions& options) {
  v1::GetOrganizationRequest get;
  DNC_ASSIGN_OR_RETURN(*get.mutable_name(), session.names().Organization());
  DNC_ASSIGN_OR_RETURN(const auto held, session.gateway().Call(get));
  if (!options.changes()) {
    const v1::OptOutPolicy& policy = held.organization().opt_out_policy();
    return PrintAnswer(session, policy, [&] { Print(session, policy); });
  }
  v1::UpdateOrganizationRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  v1::Organization* organization = request.mutable_organization();
  organization->set_name(get.name());
  organization->set_etag(held.organization().etag());
  *organization->mutable_opt_out_policy() = held.organization().opt_out_policy();
  DNC_RETURN_IF_ERROR(Change(options, organization->mutable_opt_out_policy()));
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  const v1::OptOutPolicy& policy = response.organization().opt_out_policy();
  TellBuiltIn(session, options.add, policy);
  return PrintWrite(session, response, [&] { Print(session, policy); });
}

}  // namespace

void AddOptOutsPolicyCommand(CLI::App& optouts, Command& chosen) {
  auto options = std::make_shared<PolicyOptions>();
  CLI::App* command =
      AddCommand(optouts, "policy", "Show or change how an organization takes opt-outs",
                 "dncctl optouts policy\n"
                 "dncctl optouts policy --add-keyword \"no gracias\" --near-misses block");
  AddTexts(*command, "--add-keyword", options->add, "A word or phrase that counts as well");
  AddTexts(*command, "--remove-keyword", options->remove, "One of the organization's own");
  AddEnum(*command, "--near-misses", options->near_misses, NearMissNames(),
          "Whether they block until they are reviewed");
  AddEnum(*command, "--scope", options->scope, RevocationScopeNames(),
          "How far an opt-out reaches that names a brand or campaign");
  AddEnum(*command, "--classes", options->classes, RevokedClassesNames(),
          "Which message classes a reply blocks");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Policy(s, *options); }; });
}

}  // namespace dnc::cli
