#include "server/handler/check_handler.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/error/item_error.h"
#include "server/handler/facts_reader.h"
#include "server/handler/reason_text.h"
#include "server/name/resource_name.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kMaxItems = 10'000;
// Records of a batch that are kept at a time.
constexpr uint64_t kMostRecordBytes = 1u << 20;

// CheckContactRequest and CheckItem have the same fields for what is asked of one contact.
struct Asked {
  absl::string_view lead;
  std::optional<ContactPoint> point;
};

template <typename Request>
absl::Status ReadLead(const Request& request, const Question& question, Asked* asked) {
  if (request.lead().empty()) return absl::OkStatus();
  DNC_ASSIGN_OR_RETURN(const LeadIds name, LeadIdsOf(request.lead(), "lead"));
  if (name.organization != question.organization->id) {
    return InvalidField("lead", "must belong to the request's organization");
  }
  asked->lead = name.lead;
  return absl::OkStatus();
}

template <typename Request>
absl::Status ReadRequest(const Request& request, Question* question, Asked* asked) {
  DNC_RETURN_IF_ERROR(
      CheckHandler::SetChannel(request.channel(), request.message_class(), question));
  question->campaign = request.campaign();
  question->brand = request.brand();
  DNC_RETURN_IF_ERROR(ReadLead(request, *question, asked));
  if (request.has_contact_point()) {
    const std::string& region = question->organization->record.organization().default_region();
    DNC_ASSIGN_OR_RETURN(asked->point,
                         NormalizeContactPoint(request.contact_point(), region, "contact_point"));
    return CheckChannelReaches(question->channel, asked->point->kind, "contact_point");
  }
  if (!asked->lead.empty()) return absl::OkStatus();
  return MissingField("contact_point", "name a contact point, a lead or both");
}

// Fills what CheckContactResponse and CheckItemResult have in common.
template <typename Answer>
void Render(const Question& question, const Facts& facts, bool point_given, Answer* answer) {
  const Decision decision = Decide(question, facts);
  answer->set_verdict(decision.verdict);
  for (const MatchedRule& rule : decision.rules) FillReason(question, rule, answer->add_reasons());
  if (point_given) FillProto(facts.points.front().point, answer->mutable_contact_point());
  answer->set_decision_id(NewDecisionId());
  *answer->mutable_valid_for() =
      TimeUtil::MicrosecondsToDuration(decision.valid_until - question.now);
}

template <typename Request, typename Answer>
absl::Status Judge(const View& view, const Request& request, Question* question,
                   google::protobuf::Arena* arena, Answer* answer) {
  Asked asked;
  DNC_RETURN_IF_ERROR(ReadRequest(request, question, &asked));
  Facts facts;
  DNC_RETURN_IF_ERROR(ReadFacts(view, *question, asked.lead,
                                asked.point.has_value() ? &*asked.point : nullptr, arena, &facts));
  Render(*question, facts, asked.point.has_value(), answer);
  return absl::OkStatus();
}

void SetItemError(const absl::Status& status, v1::CheckItemResult* result) {
  result->Clear();
  result->set_verdict(v1::VERDICT_UNKNOWN);
  FillItemError(status, result->mutable_error());
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

}  // namespace

// Random for each thread, then counted: as unique as if every one were random.
std::string NewDecisionId() {
  constexpr char kHex[] = "0123456789abcdef";
  thread_local const uint64_t thread_id = absl::Uniform<uint64_t>(absl::BitGen());
  thread_local uint64_t number = absl::Uniform<uint64_t>(absl::BitGen());
  const std::array<uint64_t, 2> words = {thread_id, ++number};
  std::string id(32, '0');
  for (size_t i = 0; i < id.size(); ++i) id[i] = kHex[words[i / 16] >> (60 - 4 * (i % 16)) & 15];
  return id;
}

absl::StatusOr<Question> CheckHandler::Ask(const View& view, absl::string_view organization,
                                           int64_t at_least_revision) const {
  DNC_ASSIGN_OR_RETURN(const absl::string_view id, OrganizationIdOf(organization, "organization"));
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

absl::Status CheckHandler::Check(const v1::CheckContactRequest& request,
                                 v1::CheckContactResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(Question question,
                       Ask(*view, request.organization(), request.at_least_revision()));
  // With the records beside it, where gRPC's allocator gave the response an arena.
  google::protobuf::Arena spare;
  google::protobuf::Arena* arena = response->GetArena();
  if (arena == nullptr) arena = &spare;
  DNC_RETURN_IF_ERROR(Judge(*view, request, &question, arena, response));
  response->set_revision(view->revision);
  *response->mutable_evaluate_time() = TimeUtil::MicrosecondsToTimestamp(question.now);
  return absl::OkStatus();
}

absl::Status CheckHandler::Batch(const v1::BatchCheckContactsRequest& request,
                                 v1::BatchCheckContactsResponse* response) const {
  DNC_RETURN_IF_ERROR(CheckItemCount(request.items_size()));
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(Question question,
                       Ask(*view, request.organization(), request.at_least_revision()));
  google::protobuf::Arena records;
  for (int i = 0; i < request.items_size(); ++i) {
    v1::CheckItemResult* result = response->add_results();
    const absl::Status judged = Judge(*view, request.items(i), &question, &records, result);
    if (!judged.ok()) {
      SetItemError(WithFieldPrefix(judged, absl::StrCat("items[", i, "].")), result);
    }
    if (records.SpaceUsed() > kMostRecordBytes) records.Reset();
  }
  response->set_revision(view->revision);
  *response->mutable_evaluate_time() = TimeUtil::MicrosecondsToTimestamp(question.now);
  return absl::OkStatus();
}

}  // namespace dnc
