// Requests about opt-outs and reviews. What a reply means, and its deadline, go into the mutation.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/handler/preparer_parts.h"
#include "server/name/resource_name.h"
#include "server/optout/deadline.h"
#include "server/optout/one_click.h"
#include "server/optout/reply.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;
using storage::v1::Mutation;
using v1::OptOut;

constexpr size_t kMaxReplyText = 4096;
constexpr size_t kMaxMailSubject = 1024;
constexpr size_t kMaxPostBody = 4096;
constexpr size_t kMaxReference = 512;
constexpr size_t kMaxAgent = 256;
constexpr size_t kMaxMessageId = 256;
constexpr size_t kMaxResolveReason = 512;

// What a request may say of an opt-out; the rest is output.
OptOut InputOf(OptOut given) {
  given.clear_name();
  given.clear_outcome();
  given.clear_keyword();
  given.clear_blocks();
  given.clear_entries();
  given.clear_covering_entries();
  given.clear_review();
  given.clear_review_cause();
  given.clear_lead_unknown();
  given.clear_effective_time();
  given.clear_deadline();
  given.clear_deadline_rule();
  given.clear_delay();
  given.clear_late();
  given.clear_actor();
  given.clear_revision();
  return given;
}

// Leaves the beginning of a text that is valid UTF-8. False: it was no longer than that.
bool Shorten(size_t limit, std::string* text) {
  if (text->size() <= limit) return false;
  size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xC0) == 0x80) --end;
  text->resize(end);
  return true;
}

// What somebody sent is never refused for its length. True: something was left out.
bool ShortenReply(OptOut* opt_out) {
  if (opt_out->has_keyword_reply()) {
    return Shorten(kMaxReplyText, opt_out->mutable_keyword_reply()->mutable_text());
  }
  if (!opt_out->has_email_reply()) return false;
  v1::EmailReply* reply = opt_out->mutable_email_reply();
  const bool subject = Shorten(kMaxMailSubject, reply->mutable_subject());
  const bool text = Shorten(kMaxReplyText, reply->mutable_text());
  return subject || text;
}

absl::Status CheckLanguage(const std::string& language, absl::string_view field) {
  const bool two_letters = language.size() == 2 &&
                           absl::ascii_islower(static_cast<unsigned char>(language[0])) &&
                           absl::ascii_islower(static_cast<unsigned char>(language[1]));
  if (language.empty() || two_letters) return absl::OkStatus();
  return InvalidField(field, "not two small letters of ISO 639-1 such as \"fr\"");
}

absl::Status Mismatch(absl::string_view way, absl::string_view channel, absl::string_view kind) {
  return MakeError(v1::ERROR_REASON_CHANNEL_MISMATCH,
                   absl::StrCat("opt_out.contact_point: ", way, " comes from ", kind),
                   {{"field", "opt_out.contact_point"}, {"channel", std::string(channel)}});
}

absl::Status CheckKeywordReply(const OptOut& opt_out) {
  const v1::KeywordReply& reply = opt_out.keyword_reply();
  if (reply.text().empty()) {
    return MissingField("opt_out.keyword_reply.text", "give the text as it was received");
  }
  DNC_RETURN_IF_ERROR(CheckLanguage(reply.language(), "opt_out.keyword_reply.language"));
  switch (reply.medium()) {
    case v1::REPLY_MEDIUM_SMS:
    case v1::REPLY_MEDIUM_RCS:
      if (opt_out.contact_point().has_phone()) return absl::OkStatus();
      return Mismatch("a text message", "SMS", "a phone number");
    case v1::REPLY_MEDIUM_MESSAGING:
      if (opt_out.has_contact_point()) return absl::OkStatus();
      return MissingField("opt_out.contact_point", "name the account that the reply came from");
    default:
      return InvalidField("opt_out.keyword_reply.medium", "use SMS, RCS or MESSAGING");
  }
}

absl::Status CheckOneClick(const OptOut& opt_out) {
  constexpr absl::string_view kField = "opt_out.one_click.post_body";
  const std::string& body = opt_out.one_click().post_body();
  if (!opt_out.contact_point().has_email()) {
    return Mismatch("a one-click unsubscribe", "EMAIL", "an e-mail address");
  }
  if (body.empty()) return MissingField(kField, "give the body of the POST");
  if (body.size() > kMaxPostBody) {
    return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                     absl::StrCat(kField, ": ", body.size(), " bytes, at most ", kMaxPostBody),
                     {{"field", std::string(kField)},
                      {"limit", absl::StrCat(kMaxPostBody)},
                      {"actual", absl::StrCat(body.size())}});
  }
  if (IsOneClickBody(body)) return absl::OkStatus();
  return InvalidField(kField,
                      "it lacks the pair List-Unsubscribe=One-Click (RFC 8058); a request without "
                      "it is no unsubscribe, but may be a link scanner's");
}

absl::Status CheckEmailReply(const OptOut& opt_out) {
  const v1::EmailReply& reply = opt_out.email_reply();
  if (!opt_out.contact_point().has_email()) {
    return Mismatch("an e-mail reply", "EMAIL", "an e-mail address");
  }
  if (reply.subject().empty() && reply.text().empty()) {
    return MissingField("opt_out.email_reply.text", "give subject or text");
  }
  return CheckLanguage(reply.language(), "opt_out.email_reply.language");
}

absl::Status CheckTold(const OptOut& opt_out) {
  if (!opt_out.has_contact_point() && opt_out.lead().empty()) {
    return MissingField("opt_out.contact_point", "name a contact point or a lead");
  }
  if (opt_out.has_letter()) {
    const std::string& reference = opt_out.letter().reference();
    if (reference.empty()) {
      return MissingField("opt_out.letter.reference", "say where the letter is kept");
    }
    return CheckText(reference, kMaxReference, "opt_out.letter.reference");
  }
  const v1::PhoneCall& call = opt_out.phone_call();
  if (call.agent().empty()) {
    return MissingField("opt_out.phone_call.agent", "say who took the call, e.g. users/jane");
  }
  DNC_RETURN_IF_ERROR(CheckText(call.agent(), kMaxAgent, "opt_out.phone_call.agent"));
  return CheckText(call.recording(), kMaxReference, "opt_out.phone_call.recording");
}

absl::Status CheckWay(const OptOut& opt_out) {
  switch (opt_out.way_case()) {
    case OptOut::kKeywordReply:
      return CheckKeywordReply(opt_out);
    case OptOut::kOneClick:
      return CheckOneClick(opt_out);
    case OptOut::kEmailReply:
      return CheckEmailReply(opt_out);
    case OptOut::kPhoneCall:
    case OptOut::kLetter:
      return CheckTold(opt_out);
    case OptOut::WAY_NOT_SET:
      break;
  }
  return MissingField("opt_out.keyword_reply",
                      "say how it arrived: keyword_reply, one_click, phone_call, letter or "
                      "email_reply");
}

// What a person can have narrowed, and what the message was that they replied to.
absl::Status CheckReach(const OptOut& opt_out) {
  const bool told = opt_out.has_phone_call() || opt_out.has_letter();
  if (!told && !opt_out.channels().empty()) {
    return InvalidField("opt_out.channels",
                        "only somebody who calls or writes a letter can name channels; leave it "
                        "out, and all are blocked");
  }
  if (!told && !opt_out.message_classes().empty()) {
    return InvalidField(
        "opt_out.message_classes",
        "only somebody who calls or writes a letter can name classes; leave it out, "
        "and the organization's policy decides");
  }
  DNC_RETURN_IF_ERROR(CheckChannels(opt_out.channels(), "opt_out.channels"));
  DNC_RETURN_IF_ERROR(CheckClasses(opt_out.message_classes(), "opt_out.message_classes"));
  if (v1::MessageClass_IsValid(opt_out.replied_class())) return absl::OkStatus();
  return InvalidField("opt_out.replied_class", "use MARKETING, TRANSACTIONAL or EMERGENCY");
}

absl::Status ShapeSubject(const std::string& organization, const std::string& region,
                          OptOut* opt_out) {
  if (!opt_out->lead().empty()) {
    DNC_ASSIGN_OR_RETURN(const ResourceName lead, ParseLeadName(opt_out->lead(), "opt_out.lead"));
    if (lead.organization != organization) {
      return InvalidField("opt_out.lead",
                          absl::StrCat("must belong to ", OrganizationName(organization)));
    }
  }
  if (!opt_out->has_contact_point()) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(
      const ContactPoint point,
      NormalizeContactPoint(opt_out->contact_point(), region, "opt_out.contact_point"));
  *opt_out->mutable_contact_point() = ToProto(point);
  return absl::OkStatus();
}

absl::Status ShapeOptOut(const std::string& organization, const std::string& region, UnixMicros now,
                         OptOut* opt_out) {
  *opt_out = InputOf(std::move(*opt_out));
  DNC_RETURN_IF_ERROR(ShapeSubject(organization, region, opt_out));
  DNC_RETURN_IF_ERROR(CheckWay(*opt_out));
  if (!opt_out->has_received_time()) {
    return MissingField("opt_out.received_time", "say when the person sent or said it");
  }
  DNC_RETURN_IF_ERROR(CheckPast(opt_out->received_time(), now, "opt_out.received_time"));
  DNC_RETURN_IF_ERROR(CheckText(opt_out->message_id(), kMaxMessageId, "opt_out.message_id"));
  DNC_RETURN_IF_ERROR(ShapeScope("opt_out.brand", opt_out->mutable_brand()));
  DNC_RETURN_IF_ERROR(ShapeScope("opt_out.campaign", opt_out->mutable_campaign()));
  DNC_RETURN_IF_ERROR(CheckText(opt_out->evidence(), kMaxEvidence, "opt_out.evidence"));
  return CheckReach(*opt_out);
}

// Into the mutation goes what the reply means by the words that count now. `shortened`: it is the
// beginning of one, and what the rest says is for a person to judge.
absl::Status JudgeOptOut(const std::vector<std::string>& additional, bool shortened,
                         OptOut* opt_out) {
  ReplyJudgement judged;
  if (opt_out->has_keyword_reply()) {
    const v1::KeywordReply& reply = opt_out->keyword_reply();
    DNC_ASSIGN_OR_RETURN(judged, JudgeReply(reply.text(), reply.language(), additional));
  } else if (opt_out->has_email_reply()) {
    DNC_ASSIGN_OR_RETURN(judged, JudgeEmail(opt_out->email_reply(), additional));
  } else {
    judged.outcome = v1::OPT_OUT_OUTCOME_OPTED_OUT;
  }
  if (shortened && judged.outcome != v1::OPT_OUT_OUTCOME_OPTED_OUT &&
      judged.outcome != v1::OPT_OUT_OUTCOME_REVIEW) {
    judged = {v1::OPT_OUT_OUTCOME_REVIEW, "",
              "is too long: only its beginning was judged and kept"};
  }
  opt_out->set_outcome(judged.outcome);
  opt_out->set_keyword(judged.keyword);
  opt_out->set_review_cause(judged.cause);
  if (judged.outcome != v1::OPT_OUT_OUTCOME_OPTED_OUT &&
      judged.outcome != v1::OPT_OUT_OUTCOME_REVIEW) {
    return absl::OkStatus();
  }
  const Deadline deadline =
      OptOutDeadline(opt_out->has_one_click() || opt_out->has_email_reply(),
                     TimeUtil::TimestampToMicroseconds(opt_out->received_time()));
  *opt_out->mutable_deadline() = TimeUtil::MicrosecondsToTimestamp(deadline.time);
  opt_out->set_deadline_rule(std::string(deadline.rule));
  return absl::OkStatus();
}

// The organization's own words, as they are now.
std::vector<std::string> AdditionalKeywords(const StateMachine& state,
                                            const std::string& organization) {
  const StateMachine::ViewGuard view = state.Read();
  const CatalogOrganization* found = view->catalog->Find(organization);
  if (found == nullptr) return {};
  const auto& keywords = found->record.organization().opt_out_policy().additional_keywords();
  return {keywords.begin(), keywords.end()};
}

}  // namespace

Preparer::Result Preparer::Prepare(const v1::RecordOptOutRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_RETURN_IF_ERROR(CheckNotGlobal(parent.organization, "parent"));
  DNC_ASSIGN_OR_RETURN(const std::string region, DefaultRegion(parent.organization));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, parent.organization, caller, true));
  v1::RecordOptOutRequest asked = request;
  const bool shortened = ShortenReply(asked.mutable_opt_out());
  DNC_RETURN_IF_ERROR(
      ShapeOptOut(parent.organization, region, mutation.propose_time(), asked.mutable_opt_out()));
  v1::RecordOptOutRequest* body = mutation.mutable_record_opt_out();
  *body = asked;
  DNC_RETURN_IF_ERROR(JudgeOptOut(AdditionalKeywords(*state_, parent.organization), shortened,
                                  body->mutable_opt_out()));
  // A repeat is the same request, whatever its words mean by then.
  return Finish(std::move(mutation), asked);
}

Preparer::Result Preparer::Prepare(const v1::ResolveReviewRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseReviewName(request.name(), "name"));
  if (request.decision() != v1::REVIEW_DECISION_CONFIRM &&
      request.decision() != v1::REVIEW_DECISION_DISMISS) {
    return InvalidField("decision", "use CONFIRM or DISMISS");
  }
  if (request.reason().empty()) return MissingField("reason", "say why, for the record");
  DNC_RETURN_IF_ERROR(CheckText(request.reason(), kMaxResolveReason, "reason"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, true));
  *mutation.mutable_resolve_review() = request;
  return Finish(std::move(mutation), request);
}

}  // namespace dnc
