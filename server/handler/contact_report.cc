// Reports of contacts: their shape.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/error.h"
#include "server/handler/contact_judge.h"
#include "server/handler/decision_handler.h"
#include "server/subject/subject.h"
#include "server/workflow/shape.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr size_t kMaxContactId = 128;
constexpr size_t kMaxOutcome = 128;
constexpr size_t kMaxExternalId = 256;

absl::Status CheckContactId(const std::string& id) {
  if (id.empty()) return MissingField("contact_id", "give your own id of the contact");
  const bool printable = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isprint(static_cast<unsigned char>(c));
  });
  if (printable && id.size() <= kMaxContactId) return absl::OkStatus();
  return InvalidField("contact_id", "not 1 to 128 printable ASCII characters");
}

absl::Status CheckHow(const v1::ReportedContact& contact) {
  if (contact.channel() == v1::CHANNEL_UNSPECIFIED) {
    return MissingField("channel", "one of VOICE, SMS, EMAIL, MAIL, FAX and MESSAGING");
  }
  if (!v1::Channel_IsValid(contact.channel())) return InvalidField("channel", "unknown value");
  if (v1::MessageClass_IsValid(contact.message_class())) return absl::OkStatus();
  return InvalidField("message_class", "unknown value");
}

absl::StatusOr<UnixMicros> ReadContactTime(const v1::ReportedContact& contact, UnixMicros now) {
  if (!contact.has_contact_time()) return MissingField("contact_time", "say when it was made");
  DNC_RETURN_IF_ERROR(CheckTimestamp(contact.contact_time(), "contact_time"));
  const int64_t time = TimeUtil::TimestampToMicroseconds(contact.contact_time());
  if (time < 0) return InvalidField("contact_time", "lies before 1970");
  if (time <= now + kReporterSkewMicros) return time;
  return InvalidField("contact_time", "lies in the future; is the reporter's clock right?");
}

absl::Status ReadPoints(const CatalogOrganization& organization, const v1::ReportedContact& contact,
                        RawPoints* points) {
  if (!contact.has_contact_point()) {
    return MissingField("contact_point", "say who was contacted");
  }
  const absl::string_view region = RegionOf(ViewOf(contact.contact_point()),
                                            organization.record.organization().default_region());
  DNC_RETURN_IF_ERROR(
      CheckRegionFor(contact.channel(), ViewOf(contact.contact_point()), "contact_point"));
  DNC_ASSIGN_OR_RETURN(ContactPoint point,
                       NormalizeContactPoint(contact.contact_point(), region, "contact_point"));
  DNC_RETURN_IF_ERROR(CheckChannelReaches(contact.channel(), point.kind, "contact_point"));
  *points = ReadingsOf(std::move(point), contact.channel(), region);
  return absl::OkStatus();
}

// The same report in other words is the same.
std::string FingerprintOf(const ContactReport& report, const std::string& subject,
                          const std::string& decision_id) {
  return Sha256(absl::StrCat(report.contact.SerializeAsString(), "|", subject, "|", decision_id));
}

}  // namespace

absl::StatusOr<ContactReport> ReadContact(const CatalogOrganization& organization,
                                          const v1::ReportedContact& contact, UnixMicros now) {
  DNC_RETURN_IF_ERROR(CheckContactId(contact.contact_id()));
  DNC_RETURN_IF_ERROR(CheckHow(contact));
  ContactReport report;
  DNC_RETURN_IF_ERROR(ReadPoints(organization, contact, &report.points));
  ContactMade& made = report.made;
  made.channel = contact.channel();
  made.message_class = EffectiveClass(contact.message_class());
  DNC_ASSIGN_OR_RETURN(made.time, ReadContactTime(contact, now));
  DNC_ASSIGN_OR_RETURN(made.campaign, RecordedScope(contact.campaign(), "campaign"));
  DNC_ASSIGN_OR_RETURN(made.brand, RecordedScope(contact.brand(), "brand"));
  DNC_ASSIGN_OR_RETURN(report.lead, LeadOf(organization, contact.lead(), "lead"));
  DNC_RETURN_IF_ERROR(CheckText(contact.outcome(), kMaxOutcome, "outcome"));
  DNC_RETURN_IF_ERROR(CheckText(contact.external_id(), kMaxExternalId, "external_id"));
  if (!contact.decision_id().empty()) {
    report.decision = ParseDecisionId(contact.decision_id());
    if (!report.decision.has_value()) {
      return InvalidField("decision_id", "not 32 hexadecimal digits, as answers of checks have");
    }
  }
  v1::JudgedContact& judged = report.contact;
  judged.set_contact_id(contact.contact_id());
  judged.set_contact_point(MaskContact(ToString(report.points.front())));
  judged.set_channel(made.channel);
  judged.set_message_class(made.message_class);
  judged.set_lead(contact.lead());
  *judged.mutable_contact_time() = TimeUtil::MicrosecondsToTimestamp(made.time);
  judged.set_campaign(made.campaign);
  judged.set_brand(made.brand);
  judged.set_outcome(contact.outcome());
  judged.set_external_id(contact.external_id());
  report.fingerprint = FingerprintOf(
      report, SubjectKey(organization.number(), report.points.front()), contact.decision_id());
  return report;
}

}  // namespace dnc
