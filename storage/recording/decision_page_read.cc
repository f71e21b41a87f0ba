#include <algorithm>
#include <cstring>

#include "storage/recording/decision_page.h"
#include "storage/recording/decision_page_bytes.h"
#include "storage/recording/varint.h"

namespace dnc {

std::optional<PageReader> PageReader::Open(absl::string_view page) {
  PageReader reader;
  reader.page_ = page;
  if (!reader.ReadHeader()) return std::nullopt;
  return reader;
}

bool PageReader::Byte(uint8_t* value) {
  if (at_ >= page_.size()) return false;
  *value = static_cast<uint8_t>(page_[at_++]);
  return true;
}

bool PageReader::Number(uint64_t* value) {
  if (at_ < page_.size() && page_[at_] >= 0) {  // of one byte, as most are
    *value = static_cast<unsigned char>(page_[at_++]);
    return true;
  }
  absl::string_view rest = page_.substr(std::min(at_, page_.size()));
  const bool read = TakeVarint(&rest, value);
  at_ = page_.size() - rest.size();
  return read;
}

bool PageReader::Signed(int64_t* value) {
  uint64_t number = 0;
  if (!Number(&number)) return false;
  *value = UnZigZag(number);
  return true;
}

bool PageReader::Bytes(size_t count, absl::string_view* value) {
  if (count > page_.size() - at_) return false;
  *value = page_.substr(at_, count);
  at_ += count;
  return true;
}

bool PageReader::Text(absl::string_view* value) {
  uint64_t size = 0;
  return Number(&size) && Bytes(size, value);
}

bool PageReader::ReadHeader() {
  uint8_t schema = 0;
  uint64_t revision = 0;
  uint64_t rows = 0;
  if (!Byte(&schema) || (schema != kSchemaOfPages && schema != kSchemaOfColumns)) return false;
  if (!Number(&base_time_) || !Number(&revision) || !Number(&rows)) return false;
  base_revision_ = static_cast<int64_t>(revision);
  rows_ = rows;
  return ReadContexts() && ReadRules() && ReadThreads();
}

bool PageReader::ReadContexts() {
  Context context{};
  uint64_t org = 0;
  while (Byte(&context.kind)) {
    if (context.kind == static_cast<uint8_t>(kEndOfTable)) return true;
    const bool whole = Byte(&context.channel) && Byte(&context.message_class) && Number(&org) &&
                       Text(&context.caller) && Text(&context.campaign) && Text(&context.brand);
    if (!whole) return false;
    context.org = static_cast<uint32_t>(org);
    contexts_.push_back(context);
  }
  return false;
}

bool PageReader::ReadRules() {
  ReasonView rule;
  uint8_t global = 0;
  uint64_t list = 0;
  while (Byte(&rule.type)) {
    if (rule.type == static_cast<uint8_t>(kEndOfTable)) return true;
    if (!Byte(&rule.effect) || !Byte(&global) || !Number(&list)) return false;
    rule.global = global != 0;
    rule.list = static_cast<uint32_t>(list);
    rules_.push_back(rule);
  }
  return false;
}

bool PageReader::ReadThreads() {
  uint8_t tag = 0;
  while (Byte(&tag)) {
    if (tag == static_cast<uint8_t>(kEndOfTable)) return true;
    absl::string_view bytes;
    if (!Bytes(sizeof(Thread), &bytes)) return false;
    Thread& thread = threads_.emplace_back();
    std::memcpy(&thread.random, bytes.data(), sizeof(uint32_t));
    std::memcpy(&thread.number, bytes.data() + sizeof(uint32_t), sizeof(uint32_t));
  }
  return false;
}

bool PageReader::Next(DecisionView* view) {
  if (!ok_ || (items_left_ == 0 && at_ == page_.size())) return false;
  if (items_left_ == 0) {
    place_.row = static_cast<uint32_t>(at_);
    ok_ = ReadRow(&row_);
    if (!ok_) return false;
  }
  place_.item = static_cast<uint32_t>(at_);
  place_.before = index_;
  if (items_left_ != 0) ok_ = ReadItem(&row_);
  *view = row_;
  return ok_;
}

bool PageReader::ReadAt(Place place, DecisionView* view) {
  at_ = place.row;
  items_left_ = 0;  // of the row that was read before
  ok_ = at_ < page_.size() && ReadRow(&row_);
  if (ok_ && items_left_ != 0) {
    at_ = place.item;
    index_ = place.before;
    ok_ = at_ < page_.size() && ReadItem(&row_);
  }
  *view = row_;
  return ok_;
}

bool PageReader::ReadRow(DecisionView* view) {
  uint64_t context = 0;
  uint64_t thread = 0;
  int64_t time = 0;
  int64_t number = 0;
  int64_t revision = 0;
  uint8_t flags = 0;
  const bool whole = Number(&context) && Number(&thread) && Signed(&time) && Signed(&number) &&
                     Signed(&revision) && Byte(&flags) && context < contexts_.size() &&
                     thread < threads_.size();
  if (!whole) return false;
  const Context& shared = contexts_[context];
  *view = DecisionView();
  view->org = shared.org;
  view->kind = shared.kind;
  view->channel = shared.channel;
  view->message_class = shared.message_class;
  view->caller = shared.caller;
  view->campaign = shared.campaign;
  view->brand = shared.brand;
  view->id.time = base_time_ + static_cast<uint64_t>(time);
  view->id.random = threads_[thread].random;
  view->id.number = threads_[thread].number + static_cast<uint32_t>(number);
  view->revision =
      static_cast<int64_t>(static_cast<uint64_t>(base_revision_) + static_cast<uint64_t>(revision));
  view->verdict = flags & kVerdictBits;
  if (shared.kind == v1::DECISION_KIND_FILTER_BLOCK) return ReadCounts(view);
  if (shared.kind != v1::DECISION_KIND_FILTER_DENIED) return ReadCheck(flags, view);
  absl::string_view items;
  if (!Bytes(sizeof(items_left_), &items)) return false;
  std::memcpy(&items_left_, items.data(), sizeof(items_left_));
  in_column_ = (flags & kIsColumn) != 0;
  return items_left_ != 0 && (!in_column_ || ReadKinds());
}

bool PageReader::ReadKinds() {
  uint64_t count = 0;
  kinds_.clear();
  index_ = 0;
  if (!Number(&count)) return false;
  for (uint64_t i = 0; i < count; ++i) {
    reasons_.clear();
    uint8_t verdict = 0;
    if (!Byte(&verdict) || !ReadReason()) return false;
    kinds_.push_back({verdict, reasons_.front()});
  }
  return true;
}

bool PageReader::ReadItemOfColumn(DecisionView* view) {
  uint64_t more = 0;
  uint8_t kind = 0;
  points_.clear();
  if (!Number(&more) || !Byte(&kind) || kind >= kinds_.size() || !ReadPoint()) return false;
  index_ += static_cast<uint32_t>(more);
  view->id.index = index_;
  view->verdict = kinds_[kind].verdict;
  view->reasons = absl::MakeConstSpan(&kinds_[kind].reason, 1);
  view->points = points_;
  --items_left_;
  return true;
}

bool PageReader::ReadItem(DecisionView* view) {
  if (in_column_) return ReadItemOfColumn(view);
  uint64_t index = 0;
  uint64_t points = 0;
  reasons_.clear();
  if (!Number(&index) || !Byte(&view->verdict) || !ReadReason() || !Number(&points)) return false;
  if (!ReadPoints(points)) return false;
  view->id.index = static_cast<uint32_t>(index);
  view->reasons = reasons_;
  view->points = points_;
  --items_left_;
  return true;
}

bool PageReader::ReadCheck(uint8_t flags, DecisionView* view) {
  uint64_t reasons = 0;
  uint64_t points = 0;
  reasons_.clear();
  view->more_points = (flags & kHasMore) != 0;
  if ((flags & kHasLead) != 0 && !Text(&view->lead)) return false;
  if ((flags & kHasReasons) != 0 && !Number(&reasons)) return false;
  for (uint64_t i = 0; i < reasons; ++i) {
    if (!ReadReason()) return false;
  }
  if (!Number(&points) || !ReadPoints(points)) return false;
  view->reasons = reasons_;
  view->points = points_;
  return true;
}

bool PageReader::ReadCounts(DecisionView* view) {
  uint64_t allowed = 0;
  uint64_t kinds = 0;
  uint64_t count = 0;
  counts_.clear();
  if (!Number(&allowed) || !Number(&kinds)) return false;
  for (uint64_t i = 0; i < kinds; ++i) {
    ReasonCountView counted;
    if (!Byte(&counted.type) || !Byte(&counted.verdict) || !Number(&count)) return false;
    counted.count = static_cast<uint32_t>(count);
    counts_.push_back(counted);
  }
  view->allowed = static_cast<uint32_t>(allowed);
  view->counts = counts_;
  return true;
}

bool PageReader::ReadReason() {
  uint64_t rule = 0;
  uint64_t revision = 0;
  uint64_t ordinal = 0;
  if (!Number(&rule) || !Number(&revision) || rule >= rules_.size()) return false;
  if (revision != 0 && !Number(&ordinal)) return false;
  ReasonView& reason = reasons_.emplace_back(rules_[rule]);
  reason.entry_revision = revision;
  reason.entry_ordinal = static_cast<uint32_t>(ordinal);
  return true;
}

bool PageReader::ReadPoints(uint64_t count) {
  points_.clear();
  for (uint64_t i = 0; i < count; ++i) {
    if (!ReadPoint()) return false;
  }
  return true;
}

bool PageReader::ReadPoint() {
  PointView& point = points_.emplace_back();
  absl::string_view bytes;
  uint32_t packed = 0;
  if (!Bytes(kMaskBytes, &bytes)) return false;
  std::memcpy(&packed, bytes.data(), kMaskBytes);
  point.mask.is_phone = (packed & kPhoneMask) != 0;
  if (point.mask.is_phone) {
    point.mask.first = static_cast<uint16_t>(packed & kFirstMask);
    point.mask.last = static_cast<uint8_t>(packed >> kFirstBits & kLastMask);
  } else if (!Bytes(packed, &point.mask.text)) {
    return false;
  }
  if (!Bytes(sizeof(point.code), &bytes)) return false;
  std::memcpy(&point.code, bytes.data(), sizeof(point.code));
  return true;
}

}  // namespace dnc
