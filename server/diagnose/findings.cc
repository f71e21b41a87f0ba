#include "server/diagnose/findings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace dnc {
namespace {

using v1::Finding;

std::string Counted(int count, absl::string_view what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

void AddUser(absl::string_view user, Finding* finding) {
  if (user.empty()) return;
  const auto& users = finding->users();
  if (std::find(users.begin(), users.end(), user) != users.end()) return;
  finding->set_user_count(finding->user_count() + 1);
  if (finding->users_size() < kMostUsers) finding->add_users(std::string(user));
}

// Where a finding concerns one user, its command is for that one.
void NameUser(Finding* finding) {
  if (finding->user_count() != 1 || !finding->has_remedy()) return;
  absl::StrReplaceAll({{" USER", absl::StrCat(" ", finding->users(0))}},
                      finding->mutable_remedy()->mutable_command());
}

}  // namespace

Finding MakeFinding(Finding::Kind kind, Finding::Severity severity, absl::string_view object,
                    absl::string_view related, std::string message) {
  Finding finding;
  finding.set_kind(kind);
  finding.set_severity(severity);
  finding.set_object(std::string(object));
  finding.set_related(std::string(related));
  finding.set_message(std::move(message));
  return finding;
}

void FindingList::Add(Finding finding, absl::string_view user) {
  const auto [place, is_new] = places_.try_emplace(
      Key(finding.severity(), finding.kind(), finding.object(), finding.related()),
      findings_.size());
  if (is_new) findings_.push_back(std::move(finding));
  AddUser(user, &findings_[place->second]);
}

bool FindingList::Has(Finding::Severity severity) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& finding) { return finding.severity() == severity; });
}

void FindingList::Write(absl::string_view nothing,
                        google::protobuf::RepeatedPtrField<Finding>* findings,
                        v1::Diagnosis* diagnosis) && {
  if (findings_.empty()) {
    findings_.push_back(MakeFinding(Finding::KIND_NOTHING_FOUND, Finding::SEVERITY_INFO, "", "",
                                    std::string(nothing)));
  }
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const Finding& a, const Finding& b) { return a.severity() < b.severity(); });
  for (Finding& finding : findings_) {
    if (finding.severity() == Finding::SEVERITY_CAUSE) {
      diagnosis->set_causes(diagnosis->causes() + 1);
    } else if (finding.severity() == Finding::SEVERITY_WARNING) {
      diagnosis->set_warnings(diagnosis->warnings() + 1);
    }
  }
  diagnosis->set_message(DiagnosisText(*diagnosis, findings_.front().message(), nothing));
  const size_t listed = std::min(findings_.size(), kMostFindings);
  diagnosis->set_omitted(static_cast<int32_t>(findings_.size() - listed));
  for (size_t i = 0; i < listed; ++i) {
    NameUser(&findings_[i]);
    *findings->Add() = std::move(findings_[i]);
  }
}

std::string DiagnosisText(const v1::Diagnosis& diagnosis, absl::string_view first_cause,
                          absl::string_view nothing) {
  std::string text;
  if (diagnosis.causes() > 0) text = Counted(diagnosis.causes(), "cause");
  if (diagnosis.warnings() > 0) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", Counted(diagnosis.warnings(), "warning"));
  }
  if (diagnosis.causes() == 0) {
    return absl::StrCat(nothing, text.empty() ? "" : "; ", text);
  }
  return absl::StrCat(text, ": ", first_cause);
}

}  // namespace dnc
