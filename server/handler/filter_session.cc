#include "server/handler/filter_session.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/contact/nanp.h"
#include "server/contact/phone.h"
#include "server/handler/facts_reader.h"
#include "server/subject/scope.h"
#include "server/subject/subject.h"

namespace dnc {
namespace {

constexpr size_t kMaxContactPointsPerMessage = 131'072;
// Each may need libphonenumber, tens of microseconds: half a second of a worker's time at the most.
constexpr size_t kMaxRawPerMessage = 16'384;
constexpr size_t kPerWord = 64;
// Looked up at once: so many stay in the processor's first cache until they are judged.
constexpr size_t kPerPiece = 32 * kPerWord;

// Those of the phones that are no canonical numbers.
uint64_t Unreadable(absl::Span<const uint64_t> phones, uint64_t all) {
  uint64_t readable = NanpShapes(phones);
  for (uint64_t others = all & ~readable; others != 0; others &= others - 1) {
    const int i = std::countr_zero(others);
    readable |= uint64_t{IsCanonicalPhone(phones[static_cast<size_t>(i)])} << i;
  }
  return all & ~readable;
}

absl::Status CheckBlock(absl::string_view field, size_t count, size_t limit) {
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

FilterSession::Refused FilterSession::DenyUnreadable(const Question& question, uint32_t index) {
  MatchedRule rule;
  rule.type = v1::REASON_TYPE_INVALID_CONTACT_POINT;
  rule.effect = v1::VERDICT_UNKNOWN;
  if (events_.has_value()) events_->Deny(index, v1::VERDICT_UNKNOWN, rule, question, {});
  return {uint64_t{1} << index % kPerWord, v1::VERDICT_UNKNOWN, answer_.PlaceOf(rule, question)};
}

absl::Status FilterSession::Record(const Question& question, int64_t revision) const {
  const DecisionContext context{v1::DECISION_KIND_FILTER_BLOCK, caller_, &question, revision};
  return handler_->recorder()->RecordBlock(events_->Finish(context), /*may_block=*/true);
}

void FilterSession::AllowUntil(UnixMicros time) {
  allowed_until_ = std::min(allowed_until_.value_or(time), time);
}

absl::StatusOr<std::optional<FilterSession::Refused>> FilterSession::JudgePoints(
    const View& view, const Question& question, RawPoints points, uint32_t index) {
  KeptRecords kept = {.may_be_cached = false};
  Facts facts;
  for (ContactPoint& point : points) {
    facts.points.emplace_back().point = std::move(point);
    DNC_RETURN_IF_ERROR(ReadPoint(view, question, &kept, &facts.points.back()));
  }
  return JudgeFacts(question, facts, index);
}

std::optional<FilterSession::Refused> FilterSession::JudgeFacts(const Question& question,
                                                                const Facts& facts,
                                                                uint32_t index) {
  const Decision decision = Decide(question, facts);
  if (decision.verdict == v1::VERDICT_ALLOW) {
    AllowUntil(decision.valid_until);
    return std::nullopt;
  }
  const MatchedRule& rule = decision.rules.front();
  if (events_.has_value()) {
    RawPoints judged;
    for (const PointFacts& fact : facts.points) judged.push_back(fact.point);
    events_->Deny(index, decision.verdict, rule, question, judged);
  }
  return Refused{uint64_t{1} << index % kPerWord, decision.verdict,
                 answer_.PlaceOf(rule, question)};
}

absl::Status FilterSession::JudgeSingly(const View& view, const Question& question, size_t word,
                                        absl::Span<const uint64_t> phones, uint64_t which,
                                        RefusedOfWord* refused) {
  PrefetchRecords(view, question, phones, which);
  KeptRecords kept = {.may_be_cached = false};
  for (; which != 0; which &= which - 1) {
    const auto i = static_cast<size_t>(std::countr_zero(which));
    const size_t index = word * kPerWord + i;
    Facts facts;
    PointFacts& point = facts.points.emplace_back();
    point.point = {ContactKind::kPhone, phones[i], {}};
    DNC_RETURN_IF_ERROR(registries_.can_group()
                            ? ReadPhone(view, question, registries_.Of(index), &kept, &point)
                            : ReadPoint(view, question, &kept, &point));
    const std::optional<Refused> one = JudgeFacts(question, facts, static_cast<uint32_t>(index));
    if (one.has_value()) refused->push_back(*one);
  }
  return absl::OkStatus();
}

void FilterSession::JudgeAlike(const Question& question, size_t word,
                               absl::Span<const uint64_t> phones, uint64_t which,
                               RefusedOfWord* refused) {
  while (which != 0) {
    uint64_t alike = 0;
    const BlockRegistries::Outcome& outcome = registries_.Next(word, which, &alike);
    which &= ~alike;
    if (outcome.verdict == v1::VERDICT_ALLOW) {
      AllowUntil(outcome.valid_until);
      continue;
    }
    const uint32_t place = answer_.PlaceOf(outcome.rule, question);
    refused->push_back({alike, outcome.verdict, place});
    if (!events_.has_value()) continue;
    if (refused_phones_.Add(outcome.rule, outcome.verdict, place, word * kPerWord, phones, alike)) {
      continue;
    }
    for (; alike != 0; alike &= alike - 1) {
      const auto i = static_cast<size_t>(std::countr_zero(alike));
      const ContactPoint point{ContactKind::kPhone, phones[i], {}};
      events_->Deny(static_cast<uint32_t>(word * kPerWord + i), outcome.verdict, outcome.rule,
                    question, absl::MakeConstSpan(&point, 1));
    }
  }
}

void FilterSession::Refuse(size_t word, const RefusedOfWord& refused) {
  uint64_t denied = 0;
  uint64_t unknown = 0;
  std::array<uint32_t, kPerWord> places;
  for (const Refused& group : refused) {
    (group.verdict == v1::VERDICT_DENY ? denied : unknown) |= group.phones;
    if (refused.size() == 1) break;
    for (uint64_t left = group.phones; left != 0; left &= left - 1) {
      places[static_cast<size_t>(std::countr_zero(left))] = group.place;
    }
  }
  answer_.SetWord(word, denied, unknown);
  const uint64_t all = denied | unknown;
  not_allowed_ += static_cast<uint32_t>(std::popcount(all));
  if (refused.size() == 1) {
    answer_.AddReasons(refused.front().place, static_cast<size_t>(std::popcount(all)));
    return;
  }
  for (uint64_t left = all; left != 0; left &= left - 1) {
    answer_.AddReasons(places[static_cast<size_t>(std::countr_zero(left))], 1);
  }
}

absl::Status FilterSession::FilterWord(const View& view, const Question& question, size_t word,
                                       absl::Span<const uint64_t> phones) {
  const uint64_t all = ~uint64_t{0} >> (kPerWord - phones.size());
  RefusedOfWord refused;
  uint64_t unreadable = all;
  if (ChannelReaches(question.channel, ContactKind::kPhone)) unreadable = Unreadable(phones, all);
  for (uint64_t left = unreadable; left != 0; left &= left - 1) {
    const auto i = static_cast<size_t>(std::countr_zero(left));
    refused.push_back(DenyUnreadable(question, static_cast<uint32_t>(word * kPerWord + i)));
  }
  uint64_t single = all & ~unreadable;
  if (registries_.can_group()) single &= may_have_records_[word];
  DNC_RETURN_IF_ERROR(JudgeSingly(view, question, word, phones, single, &refused));
  JudgeAlike(question, word, phones, all & ~unreadable & ~single, &refused);
  if (!refused.empty()) Refuse(word, refused);
  return absl::OkStatus();
}

absl::Status FilterSession::FilterPhones(const View& view, const Question& question,
                                         absl::Span<const uint64_t> phones) {
  registries_.Begin(question, phones);
  may_have_records_.resize((phones.size() + kPerWord - 1) / kPerWord);
  for (size_t first = 0; first < phones.size(); first += kPerPiece) {
    const absl::Span<const uint64_t> piece = phones.subspan(first, kPerPiece);
    const size_t begin = first / kPerWord;
    const size_t words = (piece.size() + kPerWord - 1) / kPerWord;
    registries_.Look(first, piece.size());
    MayHaveSubjects(view, question, piece, absl::MakeSpan(may_have_records_).subspan(begin, words));
    for (size_t word = 0; word < words; ++word) {
      DNC_RETURN_IF_ERROR(
          FilterWord(view, question, begin + word, piece.subspan(word * kPerWord, kPerWord)));
    }
  }
  return absl::OkStatus();
}

void FilterSession::DenyRaw(uint32_t index, const Refused& refused) {
  answer_.Set(index, refused.verdict);
  answer_.AddReasons(refused.place, 1);
  ++not_allowed_;
}

absl::Status FilterSession::FilterRaw(const View& view, const Question& question,
                                      const FilterRequest& block) {
  const std::string& region = config_.default_region().empty()
                                  ? question.organization->record.organization().default_region()
                                  : config_.default_region();
  auto index = static_cast<uint32_t>(block.phones().size());
  for (const std::string& text : block.rest().raw()) {
    absl::StatusOr<RawPoints> points = ReadRawText(text, question.channel, region);
    if (points.ok()) {
      DNC_ASSIGN_OR_RETURN(const std::optional<Refused> refused,
                           JudgePoints(view, question, *std::move(points), index));
      if (refused.has_value()) DenyRaw(index, *refused);
    } else {
      DenyRaw(index, DenyUnreadable(question, index));
    }
    ++index;
  }
  return absl::OkStatus();
}

absl::Status FilterSession::Filter(const FilterRequest& block, WireWriter* response) {
  const size_t raw = static_cast<size_t>(block.rest().raw_size());
  const size_t count = block.phones().size() + raw;
  DNC_RETURN_IF_ERROR(CheckBlock("phones", count, kMaxContactPointsPerMessage));
  DNC_RETURN_IF_ERROR(CheckBlock("raw", raw, kMaxRawPerMessage));
  const StateMachine::ViewGuard view = handler_->state().Read();
  DNC_ASSIGN_OR_RETURN(const Question question, Ask(*view));
  answer_.Begin(count, !config_.omit_reasons());
  allowed_until_.reset();
  not_allowed_ = 0;
  refused_phones_.Begin();
  const DecisionId id = NewDecisionId(question.now);
  if (handler_->recorder() != nullptr) events_.emplace(id);
  DNC_RETURN_IF_ERROR(FilterPhones(*view, question, block.phones()));
  DNC_RETURN_IF_ERROR(FilterRaw(*view, question, block));
  if (events_.has_value()) {
    events_->Deny(refused_phones_.columns(), question);
    events_->Allow(static_cast<uint32_t>(count) - not_allowed_);
    DNC_RETURN_IF_ERROR(Record(question, view->revision));
  }
  answer_.Write(question, view->revision, allowed_until_.value_or(question.now), id, response);
  return absl::OkStatus();
}

}  // namespace dnc
