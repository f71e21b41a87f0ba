#include "server/handler/check_handler.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dnc/v1/check.pb.h"
#include "server/error/item_error.h"
#include "server/handler/check_query.h"
#include "server/handler/facts_reader.h"
#include "server/handler/raw_text.h"
#include "server/handler/reason_text.h"
#include "server/name/resource_name.h"
#include "server/recording/decision_event.h"
#include "server/subject/scope.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

constexpr int kMaxItems = 10'000;
// Of the results of a batch: many items may each be denied for many leads. With room for the rest
// of the answer it stays below the 64 MiB that clients take.
constexpr size_t kMaxAnswerBytes = (64u << 20) - 1024;

// Who is asked about.
struct Asked {
  absl::string_view lead;
  RawPoints points;  // the readings of the contact point; none where only the lead is named
  std::string brand, campaign;  // where the request spells them otherwise than lists do
};

absl::Status ReadLead(const CheckQuery& query, const Question& question, Asked* asked) {
  if (query.lead.empty()) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(const LeadIds name, LeadIdsOf(query.lead, "lead"));
  if (name.organization != question.organization->id) {
    return InvalidField("lead", "must belong to the request's organization");
  }
  asked->lead = name.lead;
  return absl::OkStatus();
}

absl::Status ReadAsked(const CheckQuery& query, Question* question, Asked* asked) {
  DNC_RETURN_IF_ERROR(CheckHandler::SetChannel(query.channel, query.message_class, question));
  DNC_ASSIGN_OR_RETURN(question->brand, CanonicalScope(query.brand, "brand", &asked->brand));
  DNC_ASSIGN_OR_RETURN(question->campaign,
                       CanonicalScope(query.campaign, "campaign", &asked->campaign));
  DNC_RETURN_IF_ERROR(ReadLead(query, *question, asked));
  if (query.contact_point.has_value()) {
    const absl::string_view region = RegionOf(
        *query.contact_point, question->organization->record.organization().default_region());
    DNC_RETURN_IF_ERROR(CheckRegionFor(question->channel, *query.contact_point, "contact_point"));
    DNC_ASSIGN_OR_RETURN(ContactPoint point,
                         NormalizeContactPoint(*query.contact_point, region, "contact_point"));
    DNC_RETURN_IF_ERROR(CheckChannelReaches(question->channel, point.kind, "contact_point"));
    asked->points = ReadingsOf(std::move(point), question->channel, region);
    return absl::OkStatus();
  }
  if (!asked->lead.empty()) return absl::OkStatus();
  return MissingField("contact_point", "name a contact point, a lead or both");
}

// A check and what was decided. Stays where it is: the decision points into the facts.
struct Judged {
  Question question;
  Asked asked;
  KeptRecords kept;
  Facts facts;
  Decision decision;
};

absl::Status Judge(const View& view, const CheckQuery& query, Judged* judged) {
  DNC_RETURN_IF_ERROR(ReadAsked(query, &judged->question, &judged->asked));
  DNC_RETURN_IF_ERROR(ReadFacts(view, judged->question, judged->asked.lead, judged->asked.points,
                                &judged->kept, &judged->facts));
  judged->decision = Decide(judged->question, judged->facts);
  return absl::OkStatus();
}

// CheckContactResponse and CheckItemResult begin alike.
template <typename Answer>
void WriteVerdict(const Judged& judged, WireWriter* writer) {
  const Decision& decision = judged.decision;
  writer->Number(Answer::kVerdictFieldNumber, static_cast<uint64_t>(decision.verdict));
  for (const MatchedRule& rule : decision.rules) {
    WriteReason(Answer::kReasonsFieldNumber, judged.question, rule, writer);
  }
  if (!judged.asked.points.empty()) {
    WriteContactPoint(Answer::kContactPointFieldNumber, judged.asked.points.front(), writer);
  }
}

template <typename Answer>
void WriteDecisionId(const DecisionId& id, WireWriter* writer) {
  const DecisionText text(id);
  writer->Text(Answer::kDecisionIdFieldNumber, text.view());
}

// Leaves the record of a check.
absl::Status Record(DecisionRecorder* recorder, const DecisionContext& context,
                    const Judged& judged, const DecisionId& id, bool may_wait) {
  if (recorder == nullptr) return absl::OkStatus();
  EventWriter event;
  WriteCheckEvent(context, id, judged.asked.lead, judged.facts, judged.decision, &event);
  return recorder->Record(event.bytes(), may_wait);
}

int64_t ValidFor(const Judged& judged) { return judged.decision.valid_until - judged.question.now; }

void WriteResponse(const Judged& judged, const DecisionId& id, int64_t revision,
                   WireWriter* writer) {
  using Answer = v1::CheckContactResponse;
  WriteVerdict<Answer>(judged, writer);
  WriteDecisionId<Answer>(id, writer);
  writer->Number(Answer::kRevisionFieldNumber, static_cast<uint64_t>(revision));
  writer->Micros(Answer::kEvaluateTimeFieldNumber, judged.question.now);
  writer->Micros(Answer::kValidForFieldNumber, ValidFor(judged));
}

void WriteItemResult(const Judged& judged, const DecisionId& id, WireWriter* writer) {
  using Answer = v1::CheckItemResult;
  WriteVerdict<Answer>(judged, writer);
  writer->Micros(Answer::kValidForFieldNumber, ValidFor(judged));
  WriteDecisionId<Answer>(id, writer);
}

void WriteItemError(const absl::Status& status, WireWriter* writer) {
  v1::ItemError error;
  FillItemError(status, &error);
  writer->Number(v1::CheckItemResult::kVerdictFieldNumber,
                 static_cast<uint64_t>(v1::VERDICT_UNKNOWN));
  writer->Text(v1::CheckItemResult::kErrorFieldNumber, error.SerializeAsString());
}

absl::Status CheckItemCount(int count) {
  if (count == 0) return MissingField("items", "give 1 to 10,000 items");
  if (count <= kMaxItems) return absl::OkStatus();
  return MakeError(
      v1::ERROR_REASON_LIMIT_EXCEEDED,
      absl::StrCat("items: ", count, " given, at most ", kMaxItems,
                   " are taken; split the batch or use FilterContacts"),
      {{"field", "items"}, {"limit", absl::StrCat(kMaxItems)}, {"actual", absl::StrCat(count)}});
}

absl::Status CheckAnswerSize(int items, size_t bytes) {
  if (bytes <= kMaxAnswerBytes) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat("items: the answer to the first ", items, " has more than ",
                                kMaxAnswerBytes, " bytes; split the batch or use FilterContacts"),
                   {{"field", "items"},
                    {"limit", absl::StrCat(kMaxAnswerBytes)},
                    {"actual", absl::StrCat(bytes)}});
}

}  // namespace

absl::StatusOr<Question> CheckHandler::Ask(const View& view, absl::string_view organization,
                                           int64_t at_least_revision) const {
  DNC_ASSIGN_OR_RETURN(const absl::string_view id, OrganizationIdOf(organization, "organization"));
  if (at_least_revision < 0) return InvalidField("at_least_revision", "must not be negative");
  if (view.revision < at_least_revision) {
    return MakeError(v1::ERROR_REASON_REVISION_NOT_REACHED,
                     absl::StrCat("at_least_revision: this node is at revision ", view.revision,
                                  "; ask again, or ask the node that acknowledged the write"),
                     {{"at_least_revision", absl::StrCat(at_least_revision)},
                      {"revision", absl::StrCat(view.revision)}});
  }
  Question question;
  question.organization = view.catalog->Find(id);
  if (question.organization == nullptr) {
    return MakeError(v1::ERROR_REASON_ORGANIZATION_NOT_FOUND,
                     absl::StrCat(organization, " does not exist; create it first"),
                     {{"organization", std::string(organization)}});
  }
  question.global = &view.catalog->global();
  question.now = clock_->Now();
  question.max_validity_micros = settings_.max_validity_micros;
  question.store_writable = view.writable;
  return question;
}

absl::Status CheckHandler::SetChannel(v1::Channel channel, v1::MessageClass message_class,
                                      Question* question) {
  if (channel == v1::CHANNEL_UNSPECIFIED) {
    return MissingField("channel", "one of VOICE, SMS, EMAIL, MAIL, FAX and MESSAGING");
  }
  if (!v1::Channel_IsValid(channel)) {
    return InvalidField("channel", absl::StrCat(static_cast<int>(channel), " is not a channel"));
  }
  if (!v1::MessageClass_IsValid(message_class)) {
    return InvalidField("message_class",
                        absl::StrCat(static_cast<int>(message_class), " is not a message class"));
  }
  question->channel = channel;
  question->message_class = EffectiveClass(message_class);
  return absl::OkStatus();
}

absl::Status CheckHandler::Check(absl::string_view request, WireWriter* response,
                                 const CheckCaller& caller) const {
  std::optional<v1::CheckContactRequest> parsed;
  CheckQuery query;
  DNC_RETURN_IF_ERROR(ReadQuery(request, &parsed, &query));
  const StateMachine::ViewGuard view = state_->Read();
  Judged judged;
  DNC_ASSIGN_OR_RETURN(judged.question, Ask(*view, query.organization, query.at_least_revision));
  DNC_RETURN_IF_ERROR(Judge(*view, query, &judged));
  const DecisionId id = NewDecisionId(judged.question.now);
  WriteResponse(judged, id, view->revision, response);
  const DecisionContext context{v1::DECISION_KIND_CHECK, caller.id, &judged.question,
                                view->revision};
  return Record(recorder_, context, judged, id, caller.may_wait);
}

absl::Status CheckHandler::Batch(absl::string_view bytes, WireWriter* response,
                                 const CheckCaller& caller) const {
  using Answer = v1::BatchCheckContactsResponse;
  v1::BatchCheckContactsRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return MalformedRequest(request.GetTypeName());
  }
  DNC_RETURN_IF_ERROR(CheckItemCount(request.items_size()));
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const Question question,
                       Ask(*view, request.organization(), request.at_least_revision()));
  for (int i = 0; i < request.items_size(); ++i) {
    Judged judged;
    judged.question = question;
    const absl::Status status = Judge(*view, QueryOf(request.items(i)), &judged);
    const size_t begin = response->Begin(Answer::kResultsFieldNumber);
    if (status.ok()) {
      const DecisionId id = NewDecisionId(question.now);
      WriteItemResult(judged, id, response);
      const DecisionContext context{v1::DECISION_KIND_BATCH_ITEM, caller.id, &judged.question,
                                    view->revision};
      DNC_RETURN_IF_ERROR(Record(recorder_, context, judged, id, caller.may_wait));
    } else {
      WriteItemError(WithFieldPrefix(status, absl::StrCat("items[", i, "].")), response);
    }
    response->End(begin);
    DNC_RETURN_IF_ERROR(CheckAnswerSize(i + 1, response->bytes().size()));
  }
  response->Number(Answer::kRevisionFieldNumber, static_cast<uint64_t>(view->revision));
  response->Micros(Answer::kEvaluateTimeFieldNumber, question.now);
  return absl::OkStatus();
}

}  // namespace dnc
