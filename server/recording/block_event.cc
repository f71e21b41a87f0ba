#include "server/recording/block_event.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

using event_bytes::PackedReason;

// A block is: the head, PackedCounts and so many PackedCount; then pieces, each a tag and
//   kColumns  count:u32 rules:u32 (PackedReason verdict:u8)*  index:u32*  phone:u64*  rule:u8*
//   kItem     PackedItem and its contact points
enum class Piece : uint8_t { kEnd = 0, kColumns = 1, kItem = 2 };

struct PackedCounts {
  uint32_t allowed;
  uint8_t kinds;
};

struct PackedCount {
  uint32_t count;
  uint8_t type;
  uint8_t verdict;
};

struct PackedItem {
  PackedReason reason;
  uint32_t index;
  uint8_t verdict;
  uint8_t points;
};

constexpr size_t kMostReadings = 3;

template <typename T>
void AppendPlain(const T& value, std::string* out) {
  static_assert(std::is_trivially_copyable_v<T>);
  out->append(reinterpret_cast<const char*>(&value), sizeof(T));
}

template <typename T>
void AppendColumn(absl::Span<const T> column, std::string* out) {
  out->append(reinterpret_cast<const char*>(column.data()), column.size() * sizeof(T));
}

template <typename T>
T PlainAt(absl::string_view column, size_t index) {
  T value;
  std::memcpy(&value, column.data() + index * sizeof(T), sizeof(T));
  return value;
}

}  // namespace

uint32_t BlockRecord::Trim() {
  const uint32_t left_out = records - 1;
  bytes.resize(summary_bytes);
  bytes.shrink_to_fit();
  records = 1;
  return left_out;
}

void BlockEvents::CountDenied(v1::ReasonType type, v1::Verdict verdict, uint32_t count) {
  const auto same = [&](const Count& c) { return c.type == type && c.verdict == verdict; };
  const auto found = std::find_if(counts_.begin(), counts_.end(), same);
  if (found == counts_.end()) {
    counts_.push_back({type, verdict, count});
  } else {
    found->count += count;
  }
}

void BlockEvents::Deny(uint32_t index, v1::Verdict verdict, const MatchedRule& rule,
                       const Question& question, absl::Span<const ContactPoint> points) {
  CountDenied(rule.type, verdict, 1);
  if (points.empty()) return;
  PackedItem item{};
  item.reason = event_bytes::PackReason(rule, question);
  item.index = index;
  item.verdict = static_cast<uint8_t>(verdict);
  item.points = static_cast<uint8_t>(std::min(points.size(), kMostReadings));
  EventWriter bytes;
  bytes.Put(Piece::kItem);
  bytes.Put(item);
  for (size_t i = 0; i < item.points; ++i) event_bytes::PutPoint(points[i], &bytes);
  items_.append(bytes.bytes().data(), bytes.bytes().size());
  ++denied_;
}

void BlockEvents::Deny(const DeniedPhones& denied, const Question& question) {
  const size_t count = denied.phones.size();
  if (count == 0) return;
  std::array<uint32_t, 256> counts{};
  for (const uint8_t rule : denied.rule_of) ++counts[rule];
  AppendPlain(Piece::kColumns, &columns_);
  AppendPlain(static_cast<uint32_t>(count), &columns_);
  AppendPlain(static_cast<uint32_t>(denied.rules.size()), &columns_);
  for (size_t i = 0; i < denied.rules.size(); ++i) {
    const BlockRule& rule = denied.rules[i];
    if (counts[i] != 0) CountDenied(rule.rule.type, rule.verdict, counts[i]);
    AppendPlain(event_bytes::PackReason(rule.rule, question), &columns_);
    AppendPlain(static_cast<uint8_t>(rule.verdict), &columns_);
  }
  AppendColumn(denied.indexes, &columns_);
  AppendColumn(denied.phones, &columns_);
  AppendColumn(denied.rule_of, &columns_);
  denied_ += static_cast<uint32_t>(count);
}

void BlockEvents::WriteSummary(const DecisionContext& context, EventWriter* writer) const {
  v1::Verdict verdict = v1::VERDICT_ALLOW;
  for (const Count& count : counts_) {
    if (count.verdict == v1::VERDICT_DENY || verdict == v1::VERDICT_ALLOW) verdict = count.verdict;
  }
  DecisionContext block = context;
  block.kind = v1::DECISION_KIND_FILTER_BLOCK;
  event_bytes::PutHead(block, id_, verdict, "", writer);
  PackedCounts counts{};
  counts.allowed = allowed_;
  counts.kinds = static_cast<uint8_t>(counts_.size());
  writer->Put(counts);
  for (const Count& count : counts_) {
    PackedCount packed{};
    packed.count = count.count;
    packed.type = static_cast<uint8_t>(count.type);
    packed.verdict = static_cast<uint8_t>(count.verdict);
    writer->Put(packed);
  }
}

BlockRecord BlockEvents::Finish(const DecisionContext& context) const {
  EventWriter summary;
  WriteSummary(context, &summary);
  BlockRecord block;
  block.summary_bytes = summary.size();
  block.records = 1 + denied_;
  block.bytes.reserve(summary.size() + columns_.size() + items_.size());
  block.bytes.append(summary.bytes().data(), summary.size());
  block.bytes.append(columns_).append(items_);
  return block;
}

BlockReader::BlockReader(const BlockRecord& block, const Secret& secret)
    : bytes_(block.bytes),
      view_(event_bytes::ReadHead(&bytes_)),
      codes_(view_.org, secret),
      points_(&bytes_, view_.org, secret) {}

void BlockReader::ReadSummary(PageBuilder* records) {
  const auto packed = bytes_.Take<PackedCounts>();
  view_.allowed = packed.allowed;
  absl::InlinedVector<ReasonCountView, 16> counts;
  for (int i = 0; i < packed.kinds; ++i) {
    const auto count = bytes_.Take<PackedCount>();
    counts.push_back({count.type, count.verdict, count.count});
  }
  view_.counts = counts;
  records->Add(view_);
  view_.counts = {};
  view_.kind = v1::DECISION_KIND_FILTER_DENIED;
  begun_ = true;
}

void BlockReader::BeginColumns() {
  next_ = 0;
  columns_ = Columns();
  columns_.count = bytes_.Take<uint32_t>();
  const auto rules = bytes_.Take<uint32_t>();
  for (uint32_t i = 0; i < rules; ++i) {
    const ReasonView reason = event_bytes::ViewOf(bytes_.Take<PackedReason>());
    columns_.kinds.push_back({bytes_.Take<uint8_t>(), reason});
  }
  columns_.indexes = bytes_.TakeBytes(columns_.count * sizeof(uint32_t));
  columns_.phones = bytes_.TakeBytes(columns_.count * sizeof(uint64_t));
  columns_.rule_of = bytes_.TakeBytes(columns_.count);
}

void BlockReader::ReadPhones(PageBuilder* records) {
  denied_.clear();
  const size_t end = std::min(columns_.count, next_ + kMostAtOnce);
  PointView point;
  for (; next_ < end; ++next_) {
    const auto digits = PlainAt<uint64_t>(columns_.phones, next_);
    if (!event_bytes::ShowPhone(codes_, digits, &point)) break;
    denied_.push_back({point.code, PlainAt<uint32_t>(columns_.indexes, next_) + 1, point.mask.first,
                       point.mask.last, PlainAt<uint8_t>(columns_.rule_of, next_)});
  }
  records->AddDenied(view_, columns_.kinds, denied_);
  if (next_ < end) ReadPhone(records);
}

void BlockReader::ReadPhone(PageBuilder* records) {
  const auto digits = PlainAt<uint64_t>(columns_.phones, next_);
  const DeniedKind& kind = columns_.kinds[PlainAt<uint8_t>(columns_.rule_of, next_)];
  view_.id.index = PlainAt<uint32_t>(columns_.indexes, next_) + 1;
  view_.verdict = kind.verdict;
  view_.reasons = absl::MakeConstSpan(&kind.reason, 1);
  ++next_;
  PointView point;
  point.code = codes_.CodeOf(digits);
  const std::string shown = MaskContact(ToString({ContactKind::kPhone, digits, {}}));
  point.mask.text = shown;
  view_.points = absl::MakeConstSpan(&point, 1);
  records->Add(view_);
}

void BlockReader::ReadItem(PageBuilder* records) {
  const auto item = bytes_.Take<PackedItem>();
  const ReasonView reason = event_bytes::ViewOf(item.reason);
  view_.id.index = item.index + 1;
  view_.verdict = item.verdict;
  view_.reasons = absl::MakeConstSpan(&reason, 1);
  view_.points = points_.Take(item.points);
  records->Add(view_);
}

bool BlockReader::Read(absl::FunctionRef<bool()> is_full, PageBuilder* records) {
  if (!begun_) ReadSummary(records);
  while (!is_full()) {
    if (next_ < columns_.count) {
      ReadPhones(records);
    } else if (bytes_.done()) {
      return false;
    } else if (bytes_.Take<Piece>() == Piece::kColumns) {
      BeginColumns();
    } else {
      ReadItem(records);
    }
  }
  return true;
}

}  // namespace dnc
