#include "server/handler/contact_handler.h"

#include <functional>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/error/item_error.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/workflow/shape.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kMaxContacts = 1'000;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kDefaultCheckAge = int64_t{24} * 3600 * kSecond;
constexpr int64_t kMaxCheckAge = int64_t{31} * 24 * 3600 * kSecond;

absl::StatusOr<int64_t> CheckAgeOf(bool given, const google::protobuf::Duration& duration,
                                   absl::string_view field) {
  if (!given) return kDefaultCheckAge;
  DNC_RETURN_IF_ERROR(CheckDuration(duration, field));
  const int64_t age = TimeUtil::DurationToMicroseconds(duration);
  if (age >= kSecond && age <= kMaxCheckAge) return age;
  return InvalidField(field, "not from 1 second to 31 days");
}

absl::Status Unavailable(const absl::Status& status) {
  return MakeError(v1::ERROR_REASON_RECORDING_UNAVAILABLE,
                   absl::StrCat("the contact was not kept: ", status.message(),
                                "; repeat the call once the gateway can write again"),
                   {});
}

// What of the contacts differs, as fields of the report.
std::string FieldsReportedOtherwise(const storage::v1::RecordedContact& before,
                                    const ContactReport& report, absl::string_view contact_hash) {
  const v1::JudgedContact& one = before.contact();
  const v1::JudgedContact& other = report.contact;
  std::vector<absl::string_view> fields;
  const auto compare = [&](absl::string_view field, bool same) {
    if (!same) fields.push_back(field);
  };
  compare("contact_point", before.contact_hash() == contact_hash);
  compare("channel", one.channel() == other.channel());
  compare("message_class", one.message_class() == other.message_class());
  compare("lead", one.lead() == other.lead());
  compare("contact_time", one.contact_time() == other.contact_time());
  compare("campaign", one.campaign() == other.campaign());
  compare("brand", one.brand() == other.brand());
  compare("outcome", one.outcome() == other.outcome());
  compare("external_id", one.external_id() == other.external_id());
  // Of the report it is kept as a part of the fingerprint only.
  if (fields.empty()) fields.emplace_back("decision_id");
  return absl::StrJoin(fields, ", ");
}

absl::Status IdReused(const std::string& id, const std::string& differs) {
  return MakeError(v1::ERROR_REASON_CONTACT_ID_REUSED,
                   absl::StrCat("contact_id: another contact was reported as ", id,
                                ", which differs in ", differs,
                                "; repeat a report with the values that it had, and report another "
                                "contact under an id of its own"),
                   {{"contact", id}});
}

absl::Status CheckCountOf(const v1::ReportContactsRequest& message) {
  if (message.contacts().empty()) return MissingField("contacts", "give 1 to 1,000 contacts");
  return CheckCount("contacts", message.contacts_size(), kMaxContacts);
}

}  // namespace

// Holds the stripes of some ids, taken in one order by everybody.
class ContactHandler::Turns {
 public:
  Turns(std::array<absl::Mutex, kStripes>* stripes,
        const std::vector<const v1::ReportedContact*>& contacts)
      : stripes_(stripes) {
    for (const v1::ReportedContact* contact : contacts) {
      taken_.insert(std::hash<std::string>()(contact->contact_id()) % kStripes);
    }
    Lock();
  }
  ~Turns() { Unlock(); }
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

 private:
  void Lock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (const size_t stripe : taken_) (*stripes_)[stripe].Lock();
  }
  void Unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
    for (const size_t stripe : taken_) (*stripes_)[stripe].Unlock();
  }

  std::array<absl::Mutex, kStripes>* const stripes_;
  std::set<size_t> taken_;
};

// What becomes of one contact: it was reported before, or is judged and added to `rows`.
absl::Status ContactHandler::Settle(const ContactBench& bench, const Wanted& wanted,
                                    absl::StatusOr<ContactReport> report,
                                    std::vector<ContactRow>* rows, Result* result) {
  DNC_RETURN_IF_ERROR(report.status());
  const std::string& id = report->contact.contact_id();
  const std::string hash = HashOf(bench.secret, bench.organization, report->points.front());
  const uint32_t org = bench.organization.number();
  std::optional<storage::v1::RecordedContact> before;
  for (const ContactRow& row : *rows) {
    if (row.record.contact().contact_id() == id) before = row.record;
  }
  if (!before.has_value()) {
    DNC_ASSIGN_OR_RETURN(before, contacts_->Find(org, id));
  }
  if (before.has_value()) {
    if (before->fingerprint() != report->fingerprint) {
      return IdReused(id, FieldsReportedOtherwise(*before, *report, hash));
    }
    result->contact = before->contact();
    result->repeated = true;
    return absl::OkStatus();
  }
  if (report->made.time <= clock_->Now() - contacts_->retention_micros()) {
    return InvalidField("contact_time",
                        "lies further back than contacts are kept (contacts_retention_days)");
  }
  DNC_RETURN_IF_ERROR(JudgeContact(bench, &*report));
  report->contact.set_reporter(std::string(wanted.reporter));
  *report->contact.mutable_report_time() = TimeUtil::MicrosecondsToTimestamp(clock_->Now());
  ContactRow& row = rows->emplace_back();
  row.org = org;
  row.time = report->made.time;
  row.lead = report->lead;
  row.record.set_fingerprint(report->fingerprint);
  row.record.set_contact_hash(hash);
  *row.record.mutable_contact() = report->contact;
  result->contact = std::move(report->contact);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ContactHandler::Result>> ContactHandler::ReportAll(
    const Wanted& wanted) {
  DNC_RETURN_IF_ERROR(sources_.recorder->Flush());
  const Turns turns(&stripes_, wanted.contacts);
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const absl::string_view id,
                       OrganizationIdOf(wanted.organization, "organization"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, std::string(id)));
  const ContactBench bench{*view, *organization, *sources_.store, *sources_.secret,
                           wanted.max_check_age};
  std::vector<Result> results(wanted.contacts.size());
  std::vector<ContactRow> rows;
  for (size_t i = 0; i < results.size(); ++i) {
    results[i].status =
        Settle(bench, wanted, ReadContact(*organization, *wanted.contacts[i], clock_->Now()), &rows,
               &results[i]);
  }
  const absl::Status added = contacts_->Add(rows);
  if (!added.ok()) return Unavailable(added);
  return results;
}

absl::Status ContactHandler::Report(const v1::ReportContactRequest& request,
                                    absl::string_view reporter,
                                    v1::ReportContactResponse* response) {
  DNC_RETURN_IF_ERROR(OrganizationIdOf(request.organization(), "organization").status());
  if (!request.has_contact()) return MissingField("contact", "say which contact was made");
  Wanted wanted{request.organization(), 0, reporter, {&request.contact()}};
  DNC_ASSIGN_OR_RETURN(wanted.max_check_age, CheckAgeOf(request.has_max_check_age(),
                                                        request.max_check_age(), "max_check_age"));
  DNC_ASSIGN_OR_RETURN(std::vector<Result> results, ReportAll(wanted));
  Result& result = results.front();
  DNC_RETURN_IF_ERROR(WithFieldPrefix(result.status, "contact."));
  *response->mutable_contact() = std::move(result.contact);
  response->set_repeated(result.repeated);
  return absl::OkStatus();
}

absl::Status ContactHandler::CheckConfig(const v1::ReportContactsConfig& config) const {
  DNC_RETURN_IF_ERROR(
      WithFieldPrefix(OrganizationIdOf(config.organization(), "organization").status(), "config."));
  DNC_RETURN_IF_ERROR(
      CheckAgeOf(config.has_max_check_age(), config.max_check_age(), "config.max_check_age")
          .status());
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const absl::string_view id,
                       OrganizationIdOf(config.organization(), "config.organization"));
  return FindOrganization(*view, std::string(id)).status();
}

absl::Status ContactHandler::Report(const v1::ReportContactsConfig& config,
                                    const v1::ReportContactsRequest& message,
                                    absl::string_view reporter,
                                    v1::ReportContactsResponse* response) {
  DNC_RETURN_IF_ERROR(CheckCountOf(message));
  Wanted wanted{config.organization(), 0, reporter, {}};
  DNC_ASSIGN_OR_RETURN(
      wanted.max_check_age,
      CheckAgeOf(config.has_max_check_age(), config.max_check_age(), "config.max_check_age"));
  for (const v1::ReportedContact& contact : message.contacts()) wanted.contacts.push_back(&contact);
  DNC_ASSIGN_OR_RETURN(std::vector<Result> results, ReportAll(wanted));
  for (size_t i = 0; i < results.size(); ++i) {
    v1::ContactReportResult* result = response->add_results();
    const absl::Status status =
        WithFieldPrefix(results[i].status, absl::StrCat("contacts[", i, "]."));
    if (!status.ok()) {
      FillItemError(status, result->mutable_error());
      continue;
    }
    *result->mutable_contact() = std::move(results[i].contact);
    result->set_repeated(results[i].repeated);
  }
  return absl::OkStatus();
}

}  // namespace dnc
