#include "server/handler/filter_session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/contact/phone.h"
#include "server/handler/facts_reader.h"
#include "server/subject/scope.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int kMaxContactPointsPerMessage = 131'072;
// Each may need libphonenumber, tens of microseconds: half a second of a worker's time at the most.
constexpr int kMaxRawPerMessage = 16'384;
constexpr uint32_t kVerdictsPerByte = 4;
// Four times VERDICT_ALLOW.
constexpr char kFourAllows = 0x55;

void SetVerdict(uint32_t index, v1::Verdict verdict, std::string* verdicts) {
  char& byte = (*verdicts)[index / kVerdictsPerByte];
  const uint32_t shift = 2 * (index % kVerdictsPerByte);
  const uint32_t cleared = static_cast<unsigned char>(byte) & ~(3u << shift);
  byte = static_cast<char>(cleared | static_cast<uint32_t>(verdict) << shift);
}

// Every contact point allowed, the bits after the last one zero.
std::string AllAllowed(uint32_t count) {
  std::string verdicts((count + kVerdictsPerByte - 1) / kVerdictsPerByte, kFourAllows);
  if (count % kVerdictsPerByte != 0) {
    verdicts.back() = static_cast<char>(kFourAllows & ((1 << 2 * (count % kVerdictsPerByte)) - 1));
  }
  return verdicts;
}

// The list behind a rule, told apart from one of `global` with the same id.
std::string ListOf(const MatchedRule& rule, const Question& question) {
  if (rule.list == nullptr) return "";
  const bool is_global = question.global != question.organization &&
                         question.global->FindList(rule.list->id) == rule.list;
  return is_global ? absl::StrCat(kGlobalOrganization, "/", rule.list->id) : rule.list->id;
}

// The registries that apply, and whether one of them cannot vouch for all numbers.
struct Registries {
  absl::InlinedVector<RegistryFact, 4> facts;
  bool vouch_for_all = true;   // but for numbers outside their area codes
  UnixMicros fresh_until = 0;  // until when what they say holds, at the most

  bool Cover(uint64_t phone) const {
    for (const RegistryFact& fact : facts) {
      if (!fact.list->Covers(phone)) return false;
    }
    return true;
  }
};

Registries ApplicableRegistries(const Question& question) {
  Registries registries;
  registries.fresh_until = question.now + question.max_validity_micros;
  AppendRegistries(question, *question.organization, &registries.facts);
  if (question.organization != question.global) {
    AppendRegistries(question, *question.global, &registries.facts);
  }
  for (const RegistryFact& fact : registries.facts) {
    const UnixMicros stale = fact.list->StaleTime();
    const bool vouches = fact.list->numbers != nullptr && fact.list->IsFresh(question.now);
    if (!vouches) registries.vouch_for_all = false;
    if (vouches && stale != 0) registries.fresh_until = std::min(registries.fresh_until, stale);
  }
  return registries;
}

absl::Status CheckBlock(absl::string_view field, int count, int limit) {
  if (count <= limit) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat(field, ": ", count, " in one message, at most ", limit,
                                " are taken; send more messages"),
                   {{"field", std::string(field)},
                    {"limit", absl::StrCat(limit)},
                    {"actual", absl::StrCat(count)}});
}

}  // namespace

absl::StatusOr<std::unique_ptr<FilterSession>> FilterSession::Create(const CheckHandler* handler,
                                                                     const v1::FilterConfig& config,
                                                                     absl::string_view caller) {
  std::unique_ptr<FilterSession> session(new FilterSession(handler, config, caller));
  DNC_RETURN_IF_ERROR(session->SetScope());
  const StateMachine::ViewGuard view = handler->state().Read();
  DNC_RETURN_IF_ERROR(session->Ask(*view).status());
  if (!config.default_region().empty() && !IsKnownRegion(config.default_region())) {
    return InvalidField("config.default_region", "not an ISO 3166-1 alpha-2 region such as \"US\"");
  }
  return session;
}

absl::StatusOr<Question> FilterSession::Ask(const View& view) const {
  absl::StatusOr<Question> asked =
      handler_->Ask(view, config_.organization(), config_.at_least_revision());
  if (!asked.ok()) return WithFieldPrefix(asked.status(), "config.");
  Question question = *std::move(asked);
  DNC_RETURN_IF_ERROR(WithFieldPrefix(
      CheckHandler::SetChannel(config_.channel(), config_.message_class(), &question), "config."));
  question.campaign = campaign_;
  question.brand = brand_;
  return question;
}

absl::Status FilterSession::SetScope() {
  DNC_ASSIGN_OR_RETURN(brand_, CanonicalScope(config_.brand(), "config.brand", &kept_brand_));
  DNC_ASSIGN_OR_RETURN(campaign_,
                       CanonicalScope(config_.campaign(), "config.campaign", &kept_campaign_));
  return absl::OkStatus();
}

void FilterSession::Deny(const Question& question, uint32_t index, v1::Verdict verdict,
                         const MatchedRule& rule, absl::Span<const ContactPoint> points,
                         v1::FilterContactsResponse* response) {
  SetVerdict(index, verdict, response->mutable_verdicts());
  ++not_allowed_;
  if (events_.has_value()) events_->Deny(index, verdict, rule, question, points);
  if (config_.omit_reasons()) return;
  v1::FilterReason* reason = response->add_reasons();
  reason->set_index(index);
  reason->set_type(rule.type);
  reason->set_list(ListOf(rule, question));
}

void FilterSession::DenyUnreadable(const Question& question, uint32_t index,
                                   v1::FilterContactsResponse* response) {
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_INVALID_CONTACT_POINT;
  rule.effect = v1::VERDICT_UNKNOWN;
  Deny(question, index, v1::VERDICT_UNKNOWN, rule, {}, response);
}

absl::Status FilterSession::Record(const Question& question, int64_t revision) const {
  const DecisionContext context{v1::DECISION_KIND_FILTER_BLOCK, caller_, &question, revision};
  absl::Status status;
  events_->Write(context, [&](absl::string_view event, uint32_t records) {
    if (!status.ok()) return;
    status = handler_->recorder()->Record(DecisionRecorder::Lane::kBlock, event, records,
                                          /*may_block=*/true);
  });
  return status;
}

void FilterSession::AllowUntil(UnixMicros time) {
  allowed_until_ = std::min(allowed_until_.value_or(time), time);
}

absl::Status FilterSession::JudgePoints(const View& view, const Question& question,
                                        RawPoints points, uint32_t index,
                                        v1::FilterContactsResponse* response) {
  KeptRecords kept;
  Facts facts;
  for (ContactPoint& point : points) {
    facts.points.emplace_back().point = std::move(point);
    DNC_RETURN_IF_ERROR(ReadPoint(view, question, &kept, &facts.points.back()));
  }
  const Decision decision = Decide(question, facts);
  if (decision.verdict == v1::VERDICT_ALLOW) {
    AllowUntil(decision.valid_until);
    return absl::OkStatus();
  }
  RawPoints judged;
  for (const PointFacts& fact : facts.points) judged.push_back(fact.point);
  Deny(question, index, decision.verdict, decision.rules.front(), judged, response);
  return absl::OkStatus();
}

absl::Status FilterSession::FilterPhones(const View& view, const Question& question,
                                         const v1::FilterContactsRequest& block,
                                         v1::FilterContactsResponse* response) {
  const absl::Span<const uint64_t> phones(block.phones().data(),
                                          static_cast<size_t>(block.phones_size()));
  const Registries registries = ApplicableRegistries(question);
  const size_t words = (phones.size() + 63) / 64;
  std::vector<uint64_t> members(words);
  hits_.assign(words, 0);
  for (const RegistryFact& fact : registries.facts) {
    if (fact.list->numbers == nullptr) continue;
    fact.list->numbers->ContainsBatch(phones, absl::MakeSpan(members));
    for (size_t w = 0; w < words; ++w) hits_[w] |= members[w];
  }
  const bool reachable = ChannelReaches(question.channel, ContactKind::kPhone);
  const bool judge_all = !registries.vouch_for_all || !question.store_writable;
  bool any_clean = false;
  for (size_t i = 0; i < phones.size(); ++i) {
    const auto index = static_cast<uint32_t>(i);
    if (!reachable || !IsCanonicalPhone(phones[i])) {
      DenyUnreadable(question, index, response);
      continue;
    }
    const bool member = (hits_[i / 64] >> (i % 64) & 1) != 0;
    const bool clean = !member && !judge_all && registries.Cover(phones[i]) &&
                       !MayHaveSubject(view, question, phones[i]);
    any_clean |= clean;
    if (clean) continue;
    DNC_RETURN_IF_ERROR(
        JudgePoints(view, question, {{ContactKind::kPhone, phones[i], {}}}, index, response));
  }
  if (any_clean) AllowUntil(registries.fresh_until);
  return absl::OkStatus();
}

absl::Status FilterSession::FilterRaw(const View& view, const Question& question,
                                      const v1::FilterContactsRequest& block,
                                      v1::FilterContactsResponse* response) {
  const std::string& region = config_.default_region().empty()
                                  ? question.organization->record.organization().default_region()
                                  : config_.default_region();
  for (int i = 0; i < block.raw_size(); ++i) {
    const auto index = static_cast<uint32_t>(block.phones_size() + i);
    absl::StatusOr<RawPoints> points = ReadRawText(block.raw(i), question.channel, region);
    if (!points.ok()) {
      DenyUnreadable(question, index, response);
      continue;
    }
    DNC_RETURN_IF_ERROR(JudgePoints(view, question, *std::move(points), index, response));
  }
  return absl::OkStatus();
}

absl::Status FilterSession::Filter(const v1::FilterContactsRequest& block,
                                   v1::FilterContactsResponse* response) {
  const int count = block.phones_size() + block.raw_size();
  DNC_RETURN_IF_ERROR(CheckBlock("phones", count, kMaxContactPointsPerMessage));
  DNC_RETURN_IF_ERROR(CheckBlock("raw", block.raw_size(), kMaxRawPerMessage));
  const StateMachine::ViewGuard view = handler_->state().Read();
  DNC_ASSIGN_OR_RETURN(const Question question, Ask(*view));
  response->set_count(static_cast<uint32_t>(count));
  response->set_verdicts(AllAllowed(static_cast<uint32_t>(count)));
  allowed_until_.reset();
  not_allowed_ = 0;
  const DecisionId id = NewDecisionId(question.now);
  if (handler_->recorder() != nullptr) events_.emplace(id);
  DNC_RETURN_IF_ERROR(FilterPhones(*view, question, block, response));
  DNC_RETURN_IF_ERROR(FilterRaw(*view, question, block, response));
  if (events_.has_value()) {
    events_->Allow(static_cast<uint32_t>(count) - not_allowed_);
    DNC_RETURN_IF_ERROR(Record(question, view->revision));
  }
  response->set_decision_id(FormatDecisionId(id));
  response->set_revision(view->revision);
  *response->mutable_evaluate_time() = TimeUtil::MicrosecondsToTimestamp(question.now);
  *response->mutable_valid_for() =
      TimeUtil::MicrosecondsToDuration(allowed_until_.value_or(question.now) - question.now);
  return absl::OkStatus();
}

}  // namespace dnc
