#include "tests/fault/verifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace dnc::testing {
namespace {

constexpr size_t kItemsPerCheck = 1000;

}  // namespace

// One item of a batch of checks.
struct Verifier::Probe {
  size_t place;
  std::string lead;  // one of the two
  std::string phone;
};

bool Verifier::Took(const absl::Status& status) {
  if (status.ok()) return true;
  findings_->errors.push_back(status.ToString());
  return false;
}

void Verifier::CheckBatch(const std::vector<Probe>& probes) {
  if (probes.empty()) return;
  v1::BatchCheckContactsRequest request;
  request.set_organization(kOrganization);
  for (const Probe& probe : probes) {
    v1::CheckItem* item = request.add_items();
    item->set_channel(v1::CHANNEL_VOICE);
    item->set_message_class(v1::MESSAGE_CLASS_MARKETING);
    if (probe.lead.empty()) {
      item->mutable_contact_point()->set_phone(probe.phone);
    } else {
      item->set_lead(probe.lead);
    }
  }
  const absl::StatusOr<v1::BatchCheckContactsResponse> response = client_->Call(request);
  if (!Took(response.status())) return;
  for (size_t i = 0; i < probes.size(); ++i) {
    const bool denied = static_cast<int>(i) < response->results_size() &&
                        response->results(static_cast<int>(i)).verdict() == v1::VERDICT_DENY;
    if (!denied) findings_->lost.insert(probes[i].place);
  }
}

void Verifier::CheckDenied(size_t first, size_t past) {
  std::vector<Probe> probes;
  for (size_t place = first; place < past; ++place) {
    const Asked asked = ledger_->Get(place);
    if (!asked.answer.has_value()) continue;
    for (const std::string& phone : asked.opt_out.phones) probes.push_back({place, "", phone});
    if (!asked.opt_out.lead.empty()) probes.push_back({place, asked.opt_out.lead, ""});
    if (probes.size() >= kItemsPerCheck - 8) CheckBatch(std::exchange(probes, {}));
  }
  CheckBatch(probes);
}

void Verifier::CheckAudit() {
  v1::VerifyAuditRequest request;
  request.set_parent(kOrganization);
  const absl::StatusOr<v1::VerifyAuditResponse> verified = client_->Verify(request);
  if (!Took(verified.status())) return;
  if (!verified->complete()) findings_->errors.push_back("the audit trail was not verified whole");
  for (const v1::AuditProblem& problem : verified->problems()) {
    findings_->errors.push_back(problem.message());
  }
}

absl::StatusOr<int> Verifier::CountEntries(const v1::ListEntriesRequest& request) {
  DNC_ASSIGN_OR_RETURN(const v1::ListEntriesResponse response, client_->Call(request));
  return response.entries_size();
}

absl::Status Verifier::ObserveLead(const OptOut& opt_out, Observed* observed) {
  v1::GetLeadRequest get;
  get.set_name(opt_out.lead);
  const absl::StatusOr<v1::GetLeadResponse> lead = client_->Call(get);
  if (absl::IsNotFound(lead.status())) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(lead.status());
  observed->lead_known = true;
  observed->lead_moved = lead->lead().status() == kDeadStatus;
  observed->lead_flagged = lead->lead().do_not_contact();
  DNC_ASSIGN_OR_RETURN(const v1::CheckContactResponse check, CheckLead(*client_, opt_out.lead));
  observed->lead.denied = check.verdict() == v1::VERDICT_DENY;
  v1::ListEntriesRequest list;
  list.set_parent(kOrganization);
  list.set_lead(opt_out.lead);
  list.set_active_only(true);
  DNC_ASSIGN_OR_RETURN(observed->lead.entries, CountEntries(list));
  return absl::OkStatus();
}

absl::StatusOr<Observed> Verifier::Observe(const OptOut& opt_out) {
  Observed observed;
  if (!opt_out.lead.empty()) DNC_RETURN_IF_ERROR(ObserveLead(opt_out, &observed));
  for (const std::string& phone : opt_out.phones) {
    Subject subject;
    DNC_ASSIGN_OR_RETURN(const v1::CheckContactResponse check, CheckPhone(*client_, phone));
    subject.denied = check.verdict() == v1::VERDICT_DENY;
    v1::ListEntriesRequest list;
    list.set_parent(kOrganization);
    list.mutable_contact_point()->set_phone(phone);
    list.set_active_only(true);
    DNC_ASSIGN_OR_RETURN(subject.entries, CountEntries(list));
    observed.phones.push_back(subject);
  }
  return observed;
}

// An acknowledged one must be there whole, and once.
absl::Status Verifier::JudgeWhole(size_t place) {
  const OptOut opt_out = ledger_->Get(place).opt_out;
  DNC_ASSIGN_OR_RETURN(const Observed observed, Observe(opt_out));
  const Presence presence = PresenceOf(opt_out, observed);
  if (presence == Presence::kAbsent) findings_->lost.insert(place);
  if (presence == Presence::kHalf) findings_->half_applied.insert(place);
  if (AppliedTwice(observed)) findings_->repeated.insert(place);
  return absl::OkStatus();
}

absl::Status Verifier::SettleOne(size_t place, int64_t revision) {
  const OptOut opt_out = ledger_->Get(place).opt_out;
  DNC_ASSIGN_OR_RETURN(const Observed observed, Observe(opt_out));
  const Presence presence = PresenceOf(opt_out, observed);
  if (presence == Presence::kHalf) findings_->half_applied.insert(place);
  ++(presence == Presence::kAbsent ? findings_->in_doubt_absent : findings_->in_doubt_kept);
  DNC_ASSIGN_OR_RETURN(const Answer first, PerformOptOut(*client_, opt_out));
  // What was there already must be answered as it was applied, before this start; what was not
  // must be applied now.
  const bool applied_before = first.revision <= revision;
  if (applied_before != (presence != Presence::kAbsent)) findings_->repeated.insert(place);
  DNC_ASSIGN_OR_RETURN(const Answer second, PerformOptOut(*client_, opt_out));
  if (second != first) findings_->repeated.insert(place);
  ledger_->Acknowledge(place, first);
  return JudgeWhole(place);
}

void Verifier::SettleDoubts(size_t first, size_t past) {
  const absl::StatusOr<v1::GetSystemStatusResponse> status =
      client_->Call(v1::GetSystemStatusRequest());
  if (!Took(status.status())) return;
  for (size_t place = first; place < past; ++place) {
    if (ledger_->Get(place).in_doubt()) Took(SettleOne(place, status->revision()));
  }
}

absl::Status Verifier::SampleOne(size_t place) {
  const Asked asked = ledger_->Get(place);
  if (!asked.answer.has_value()) return absl::OkStatus();
  DNC_RETURN_IF_ERROR(JudgeWhole(place));
  DNC_ASSIGN_OR_RETURN(const Answer again, PerformOptOut(*client_, asked.opt_out));
  if (again != *asked.answer) findings_->repeated.insert(place);
  return absl::OkStatus();
}

void Verifier::Sample(size_t first, size_t past, size_t count, std::mt19937_64& random) {
  if (first == past) return;
  std::uniform_int_distribution<size_t> places(first, past - 1);
  for (size_t i = 0; i < count; ++i) Took(SampleOne(places(random)));
}

}  // namespace dnc::testing
