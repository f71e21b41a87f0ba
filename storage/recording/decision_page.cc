#include "storage/recording/decision_page.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "storage/recording/decision_page_bytes.h"
#include "storage/recording/sip_hash.h"
#include "storage/recording/varint.h"

namespace dnc {
namespace {

constexpr uint64_t kMicrosPerHour = uint64_t{3600} * 1'000'000;

// The longest that each of them gets.
constexpr size_t kHeadBytes = 6 * kLongestVarint;
constexpr size_t kReasonBytes = 3 * kLongestVarint;
constexpr size_t kPointBytes = kMaskBytes + sizeof(uint64_t);

// Differences wrap, as those that read them do.
char* PutDifference(uint64_t value, uint64_t base, char* to) {
  return PutVarint(ZigZag(static_cast<int64_t>(value - base)), to);
}

template <typename T>
char* PutFixed(T value, char* to) {
  std::memcpy(to, &value, sizeof(T));
  return to + sizeof(T);
}

char* PutPlain(absl::string_view bytes, char* to) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

absl::string_view Cut(absl::string_view text) { return text.substr(0, PageBuilder::kLongestText); }

char* PutText(absl::string_view text, char* to) {
  text = Cut(text);
  return PutPlain(text, PutVarint(text.size(), to));
}

void AppendText(absl::string_view text, std::string* out) {
  text = Cut(text);
  AppendVarint(text.size(), out);
  out->append(text.data(), text.size());
}

template <typename T>
void AppendFixed(T value, std::string* out) {
  char bytes[sizeof(T)];
  PutFixed(value, bytes);
  out->append(bytes, sizeof(T));
}

uint32_t PackMask(uint16_t first, uint8_t last) {
  return kPhoneMask | first | uint32_t{last} << kFirstBits;
}

char* PutPoint(const PointView& point, char* to) {
  const ContactMask& mask = point.mask;
  const absl::string_view text = Cut(mask.text);
  const uint32_t packed =
      mask.is_phone ? PackMask(mask.first, mask.last) : static_cast<uint32_t>(text.size());
  std::memcpy(to, &packed, kMaskBytes);
  to += kMaskBytes;
  if (!mask.is_phone) to = PutPlain(text, to);
  return PutFixed(point.code, to);
}

size_t SizeOf(absl::Span<const PointView> points) {
  size_t size = 0;
  for (const PointView& point : points) size += kPointBytes + point.mask.text.size();
  return size;
}

uint64_t PackRule(const ReasonView& reason) {
  return uint64_t{reason.list} << 32 | uint64_t{reason.type} << 16 | uint64_t{reason.effect} << 8 |
         (reason.global ? 1u : 0u);
}

// The most that a phone takes in a column.
constexpr size_t kDeniedBytes = kLongestVarint + 1 + kMaskBytes + sizeof(uint64_t);

bool SameBlock(const DecisionId& a, const DecisionId& b) {
  return a.time == b.time && a.random == b.random && a.number == b.number;
}

}  // namespace

uint64_t OrganizationCode(uint32_t org) { return SipHash({'O', org}, ""); }

uint64_t LeadCode(uint32_t org, absl::string_view lead) { return SipHash({'L', org}, lead); }

uint64_t IncompleteCode(uint32_t org, uint8_t channel) {
  return SipHash({'B', org}, {reinterpret_cast<const char*>(&channel), 1});
}

void PageBuilder::Clear() {
  contexts_.clear();
  threads_.clear();
  rules_.clear();
  rule_numbers_.clear();
  codes_.clear();
  body_.clear();
  open_ = OpenRow();
  has_columns_ = false;
  rows_ = 0;
  last_context_ = last_thread_ = 0;
}

uint32_t PageBuilder::ContextOf(const DecisionView& view) {
  const auto same = [&](const Context& context) {
    return context.org == view.org && context.kind == view.kind &&
           context.channel == view.channel && context.message_class == view.message_class &&
           context.caller == view.caller && context.campaign == view.campaign &&
           context.brand == view.brand;
  };
  if (last_context_ < contexts_.size() && same(contexts_[last_context_])) return last_context_;
  const auto found = std::find_if(contexts_.begin(), contexts_.end(), same);
  last_context_ = static_cast<uint32_t>(found - contexts_.begin());
  if (found != contexts_.end()) return last_context_;
  const bool new_org = std::none_of(contexts_.begin(), contexts_.end(),
                                    [&](const Context& c) { return c.org == view.org; });
  if (new_org) codes_.push_back(OrganizationCode(view.org));
  contexts_.push_back({view.org, view.kind, view.channel, view.message_class,
                       std::string(view.caller), std::string(view.campaign),
                       std::string(view.brand), absl::AsciiStrToLower(view.campaign),
                       absl::AsciiStrToLower(view.brand)});
  return last_context_;
}

uint32_t PageBuilder::ThreadOf(const DecisionId& id) {
  const auto same = [&](const Thread& thread) { return thread.random == id.random; };
  if (last_thread_ < threads_.size() && same(threads_[last_thread_])) return last_thread_;
  const auto found = std::find_if(threads_.begin(), threads_.end(), same);
  last_thread_ = static_cast<uint32_t>(found - threads_.begin());
  if (found == threads_.end()) threads_.push_back({id.random, id.number});
  return last_thread_;
}

uint32_t PageBuilder::RuleOf(const ReasonView& reason) {
  const uint64_t packed = PackRule(reason);
  const auto [found, is_new] =
      rule_numbers_.try_emplace(packed, static_cast<uint32_t>(rules_.size()));
  if (is_new) rules_.push_back(packed);
  return found->second;
}

void PageBuilder::CountRow(const DecisionView& view, Context* context) {
  const auto hour = static_cast<uint32_t>(view.id.time / kMicrosPerHour);
  const auto add = [&](uint8_t verdict, uint8_t reason, uint64_t count) {
    if (count == 0) return;
    for (PageCount& counted : context->counts) {
      const bool same =
          counted.hour == hour && counted.verdict == verdict && counted.reason == reason;
      if (same) {
        counted.count += count;
        return;
      }
    }
    context->counts.push_back({hour, verdict, reason, count});
  };
  if (view.kind == v1::DECISION_KIND_FILTER_DENIED) return;  // its block counts it
  if (view.kind != v1::DECISION_KIND_FILTER_BLOCK) {
    const bool explained = view.verdict != v1::VERDICT_ALLOW && !view.reasons.empty();
    return add(view.verdict, explained ? view.reasons[0].type : uint8_t{0}, 1);
  }
  add(v1::VERDICT_ALLOW, 0, view.allowed);
  for (const ReasonCountView& count : view.counts) add(count.verdict, count.type, count.count);
}

void PageBuilder::AddCodes(const DecisionView& view, Context* context) {
  for (const PointView& point : view.points) codes_.push_back(point.code);
  if (!view.lead.empty()) codes_.push_back(LeadCode(view.org, view.lead));
  if (view.IsIncomplete() && !context->incomplete) {
    context->incomplete = true;
    codes_.push_back(IncompleteCode(view.org, view.channel));
  }
}

uint32_t PageBuilder::Begin(const DecisionView& view, size_t rows) {
  if (rows_ == 0) {
    base_time_ = min_time_ = max_time_ = view.id.time;
    base_revision_ = view.revision;
  }
  rows_ += rows;
  min_time_ = std::min(min_time_, view.id.time);
  max_time_ = std::max(max_time_, view.id.time);
  return ContextOf(view);
}

void PageBuilder::Add(const DecisionView& given) {
  DecisionView view = given;
  view.caller = Cut(view.caller);
  view.lead = Cut(view.lead);
  view.campaign = Cut(view.campaign);
  view.brand = Cut(view.brand);
  view.reasons = view.reasons.subspan(0, kMostReasons);
  view.points = view.points.subspan(0, kMostPoints);
  const uint32_t context = Begin(view, 1);
  CountRow(view, &contexts_[context]);
  AddCodes(view, &contexts_[context]);
  if (view.kind == v1::DECISION_KIND_FILTER_DENIED) return AddDenied(view, context);
  open_.items = 0;
  if (view.kind == v1::DECISION_KIND_FILTER_BLOCK) return AddBlock(view, context);
  AddCheck(view, context);
}

char* PageBuilder::PutHead(const DecisionView& view, uint32_t context, uint8_t flags, char* to) {
  const uint32_t thread = ThreadOf(view.id);
  to = PutVarint(context, to);
  to = PutVarint(thread, to);
  to = PutDifference(view.id.time, base_time_, to);
  to = PutVarint(ZigZag(int64_t{view.id.number} - int64_t{threads_[thread].number}), to);
  to = PutDifference(static_cast<uint64_t>(view.revision), static_cast<uint64_t>(base_revision_),
                     to);
  *to++ = static_cast<char>(flags | (view.verdict & kVerdictBits));
  return to;
}

char* PageBuilder::PutReason(const ReasonView& reason, char* to) {
  to = PutVarint(RuleOf(reason), to);
  to = PutVarint(reason.entry_revision, to);
  return reason.entry_revision == 0 ? to : PutVarint(reason.entry_ordinal, to);
}

void PageBuilder::AddCheck(const DecisionView& view, uint32_t context) {
  const size_t begin = body_.size();
  body_.resize(begin + kHeadBytes + 4 * kLongestVarint + view.lead.size() +
               view.reasons.size() * kReasonBytes + SizeOf(view.points));
  uint8_t flags = 0;
  if (!view.lead.empty()) flags |= kHasLead;
  if (view.more_points) flags |= kHasMore;
  if (!view.reasons.empty()) flags |= kHasReasons;
  char* to = PutHead(view, context, flags, body_.data() + begin);
  if (!view.lead.empty()) to = PutText(view.lead, to);
  if (!view.reasons.empty()) to = PutVarint(view.reasons.size(), to);
  for (const ReasonView& reason : view.reasons) to = PutReason(reason, to);
  to = PutVarint(view.points.size(), to);
  for (const PointView& point : view.points) to = PutPoint(point, to);
  body_.resize(static_cast<size_t>(to - body_.data()));
}

void PageBuilder::AddBlock(const DecisionView& view, uint32_t context) {
  const size_t begin = body_.size();
  body_.resize(begin + kHeadBytes + 2 * kLongestVarint + view.counts.size() * (2 + kLongestVarint));
  char* to = PutHead(view, context, 0, body_.data() + begin);
  to = PutVarint(view.allowed, to);
  to = PutVarint(view.counts.size(), to);
  for (const ReasonCountView& count : view.counts) {
    *to++ = static_cast<char>(count.type);
    *to++ = static_cast<char>(count.verdict);
    to = PutVarint(count.count, to);
  }
  body_.resize(static_cast<size_t>(to - body_.data()));
}

bool PageBuilder::Continues(const DecisionView& view, uint32_t context) const {
  return open_.items != 0 && open_.items != UINT16_MAX && open_.context == context &&
         open_.revision == view.revision && SameBlock(open_.id, view.id);
}

void PageBuilder::AddDenied(const DecisionView& view, uint32_t context) {
  const size_t begin = body_.size();
  body_.resize(begin + kHeadBytes + 4 * kLongestVarint + kReasonBytes + SizeOf(view.points));
  char* to = body_.data() + begin;
  if (!Continues(view, context)) {
    DecisionView head = view;
    head.verdict = 0;
    to = PutHead(head, context, 0, to);
    open_ = {static_cast<size_t>(to - body_.data()), 0, context, view.id, view.revision};
    to += sizeof(uint16_t);
  }
  ++open_.items;
  PutFixed(open_.items, body_.data() + open_.count_at);
  to = PutVarint(view.id.index, to);
  *to++ = static_cast<char>(view.verdict);
  to = PutReason(view.reasons.empty() ? ReasonView() : view.reasons[0], to);
  to = PutVarint(view.points.size(), to);
  for (const PointView& point : view.points) to = PutPoint(point, to);
  body_.resize(static_cast<size_t>(to - body_.data()));
}

void PageBuilder::AddDenied(const DecisionView& block, absl::Span<const DeniedKind> kinds,
                            absl::Span<const DeniedPhone> phones) {
  if (phones.empty()) return;
  DecisionView head = block;
  head.kind = v1::DECISION_KIND_FILTER_DENIED;
  head.verdict = 0;
  head.caller = Cut(head.caller);
  head.campaign = Cut(head.campaign);
  head.brand = Cut(head.brand);
  const uint32_t context = Begin(head, phones.size());
  open_.items = 0;
  has_columns_ = true;
  const size_t begin = body_.size();
  body_.resize(begin + kHeadBytes + sizeof(uint16_t) + kLongestVarint +
               kinds.size() * (1 + kReasonBytes) + phones.size() * kDeniedBytes);
  char* to = PutHead(head, context, kIsColumn, body_.data() + begin);
  to = PutFixed(static_cast<uint16_t>(phones.size()), to);
  to = PutVarint(kinds.size(), to);
  for (const DeniedKind& kind : kinds) {
    *to++ = static_cast<char>(kind.verdict);
    to = PutReason(kind.reason, to);
  }
  size_t code = codes_.size();
  codes_.resize(code + phones.size());
  uint32_t before = 0;
  for (const DeniedPhone& phone : phones) {
    to = PutVarint(phone.index - before, to);
    before = phone.index;
    *to++ = static_cast<char>(phone.kind);
    const uint32_t mask = PackMask(phone.first, phone.last);
    std::memcpy(to, &mask, kMaskBytes);
    to = PutFixed(phone.code, to + kMaskBytes);
    codes_[code++] = phone.code;
  }
  body_.resize(static_cast<size_t>(to - body_.data()));
}

std::string PageBuilder::Encode() const {
  std::string page(1, has_columns_ ? kSchemaOfColumns : kSchemaOfPages);
  page.reserve(body_.size() + 64 * (contexts_.size() + rules_.size() + threads_.size()));
  AppendVarint(base_time_, &page);
  AppendVarint(static_cast<uint64_t>(base_revision_), &page);
  AppendVarint(rows_, &page);
  for (const Context& context : contexts_) {
    page.push_back(static_cast<char>(context.kind));
    page.push_back(static_cast<char>(context.channel));
    page.push_back(static_cast<char>(context.message_class));
    AppendVarint(context.org, &page);
    AppendText(context.caller, &page);
    AppendText(context.kept_campaign, &page);
    AppendText(context.kept_brand, &page);
  }
  page.push_back(kEndOfTable);
  for (const uint64_t rule : rules_) {
    page.push_back(static_cast<char>(rule >> 16));
    page.push_back(static_cast<char>(rule >> 8));
    page.push_back(static_cast<char>(rule & 1));
    AppendVarint(rule >> 32, &page);
  }
  page.push_back(kEndOfTable);
  for (const Thread& thread : threads_) {
    page.push_back('\0');
    AppendFixed(thread.random, &page);
    AppendFixed(thread.number, &page);
  }
  page.push_back(kEndOfTable);
  return page.append(body_);
}

}  // namespace dnc
