// What DecisionStore reads.
#include <algorithm>
#include <tuple>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/recording/decision_store.h"

namespace dnc {
namespace {

using storage::v1::RecordedGap;

absl::Status CorruptDecision() {
  return absl::DataLossError(
      "a record of a check cannot be read; restore the directory `recording`");
}

bool SameDecision(const DecisionView& view, uint32_t org, const DecisionId& id) {
  return view.org == org && view.id == id;
}

uint64_t CodeOf(uint32_t org, const DecisionRange& range) {
  switch (range.of) {
    case DecisionRange::Of::kContact:
      return range.contact.code;
    case DecisionRange::Of::kLead:
      return LeadCode(org, range.lead);
    case DecisionRange::Of::kIncomplete:
      return IncompleteCode(org, static_cast<uint8_t>(range.channel));
    case DecisionRange::Of::kOrganization:
      break;
  }
  return OrganizationCode(org);
}

bool IsOf(const DecisionView& view, uint32_t org, const DecisionRange& range) {
  if (view.org != org || view.id.time < range.start_time || view.id.time >= range.end_time) {
    return false;
  }
  switch (range.of) {
    case DecisionRange::Of::kContact:
      return std::any_of(view.points.begin(), view.points.end(),
                         [&](const PointView& point) { return point.code == range.contact.code; });
    case DecisionRange::Of::kLead:
      return view.lead == range.lead;
    case DecisionRange::Of::kIncomplete:
      return view.IsIncomplete() && view.channel == range.channel;
    case DecisionRange::Of::kOrganization:
      break;
  }
  return true;
}

// Behind the bucket: where in it a scan goes on.
struct PagePlace {
  uint32_t page = std::numeric_limits<uint32_t>::max();
  std::optional<DecisionId> id;  // in that page only what is below it; none: all
};

constexpr size_t kPlaceBytes =
    recording_keys::kBucketBytes + sizeof(uint32_t) + sizeof(uint16_t) + 1;

std::string PlaceKey(uint64_t bucket, const PagePlace& place) {
  std::string key = recording_keys::Page(bucket, {place.page});
  if (place.id.has_value()) key += recording_keys::Decision(*place.id);
  return key;
}

PagePlace PlaceOf(uint64_t bucket, absl::string_view key) {
  PagePlace place;
  const bool here = key.size() >= kPlaceBytes && recording_keys::BucketOf(key) == bucket &&
                    recording_keys::IsOfPages(key);
  if (!here) return place;
  place.page = recording_keys::PageOf(key.substr(0, kPlaceBytes)).page;
  if (key.size() == kPlaceBytes + recording_keys::kDecisionBytes) {
    place.id = recording_keys::DecisionOf(key);
  }
  return place;
}

auto OrderOf(const DecisionId& id) { return std::tie(id.time, id.random, id.number, id.index); }

// The records of one page that a scan wants, newest first.
class PageMatches {
 public:
  // False where the page is damaged.
  bool Read(const DecisionPages::Parts& parts,
            absl::FunctionRef<bool(const DecisionView&)> is_wanted) {
    readers_.reserve(parts.size());
    for (const auto& part : parts) {
      std::optional<PageReader> opened = PageReader::Open(*part);
      if (!opened.has_value()) return false;
      PageReader& reader = readers_.emplace_back(*std::move(opened));
      DecisionView view;
      while (reader.Next(&view)) {
        if (is_wanted(view)) matches_.push_back({view.id, readers_.size() - 1, reader.place()});
      }
      if (!reader.ok()) return false;
    }
    std::sort(matches_.begin(), matches_.end(),
              [](const Match& a, const Match& b) { return OrderOf(a.id) > OrderOf(b.id); });
    return true;
  }

  size_t size() const { return matches_.size(); }
  const DecisionId& id(size_t index) const { return matches_[index].id; }
  DecisionRow Row(size_t index) {
    const Match& match = matches_[index];
    DecisionView view;
    readers_[match.part].ReadAt(match.place, &view);
    return ToRow(view);
  }

 private:
  struct Match {
    DecisionId id;
    size_t part;
    PageReader::Place place;
  };
  std::vector<PageReader> readers_;
  std::vector<Match> matches_;
};

}  // namespace

// First the one that was open when it was judged, and those after it; then, since clocks are set,
// all others.
std::vector<uint64_t> DecisionStore::BucketsFor(const DecisionId& id) const {
  std::vector<uint64_t> buckets = Buckets();
  auto first = std::upper_bound(buckets.begin(), buckets.end(), id.time);
  if (first != buckets.begin()) --first;
  std::rotate(buckets.begin(), first, buckets.end());
  return buckets;
}

absl::StatusOr<std::optional<DecisionRow>> DecisionStore::Get(uint32_t org,
                                                              const DecisionId& id) const {
  for (const uint64_t bucket : BucketsFor(id)) {
    DNC_ASSIGN_OR_RETURN(std::optional<DecisionRow> row,
                         IsOld(bucket) ? GetInOld(bucket, org, id) : GetIn(bucket, org, id));
    if (row.has_value()) return row;
  }
  return std::optional<DecisionRow>();
}

absl::StatusOr<std::optional<DecisionRow>> DecisionStore::GetIn(uint64_t bucket, uint32_t org,
                                                                const DecisionId& id) const {
  PageQuery query;
  query.start = id.time;
  query.end = id.time + 1;
  std::optional<DecisionRow> row;
  bool whole = true;
  const auto is_it = [&](const DecisionView& view) { return SameDecision(view, org, id); };
  DNC_RETURN_IF_ERROR(pages_.ForEach(bucket, query, [&](uint32_t, const auto& parts) {
    PageMatches matches;
    whole = matches.Read(parts, is_it);
    if (whole && matches.size() != 0) row = matches.Row(0);
    return whole && !row.has_value();
  }));
  if (!whole) return CorruptDecision();
  return row;
}

absl::StatusOr<std::string> DecisionStore::ScanBucket(uint64_t bucket, uint32_t org,
                                                      const DecisionRange& range,
                                                      absl::string_view below, int* budget,
                                                      OnRow on_row) const {
  const PagePlace place = PlaceOf(bucket, below);
  const PageQuery query{CodeOf(org, range), range.start_time, range.end_time, place.page};
  std::string next;
  bool whole = true;
  bool begun = false;
  const auto show = [&](uint32_t page, const DecisionPages::Parts& parts) {
    if (*budget <= 0 && begun) {
      next = PlaceKey(bucket, {page, std::nullopt});
      return false;
    }
    begun = true;
    PageMatches matches;
    whole = matches.Read(parts, [&](const DecisionView& view) {
      const bool left =
          page != place.page || !place.id.has_value() || OrderOf(view.id) < OrderOf(*place.id);
      return left && IsOf(view, org, range);
    });
    if (!whole) return false;
    if (matches.size() == 0) --*budget;
    for (size_t i = 0; i < matches.size(); ++i) {
      const bool go_on = on_row(matches.Row(i));
      if (go_on && --*budget > 0) continue;
      next = PlaceKey(bucket, {page, matches.id(i)});
      return false;
    }
    return true;
  };
  DNC_RETURN_IF_ERROR(pages_.ForEach(bucket, query, show));
  if (!whole) return CorruptDecision();
  return next;
}

// Newest first, without those that can have nothing of the range.
std::vector<uint64_t> DecisionStore::BucketsOf(const DecisionRange& range) const {
  const std::vector<uint64_t> buckets = Buckets();
  const bool ordered = !state().unordered();
  constexpr auto kDisorder = static_cast<uint64_t>(kDisorderMicros);
  std::vector<uint64_t> wanted;
  for (size_t i = buckets.size(); i-- > 0;) {
    const bool later = buckets[i] > range.end_time + kDisorder;
    const bool earlier = i + 1 < buckets.size() && buckets[i + 1] + kDisorder < range.start_time;
    if (!ordered || (!later && !earlier)) wanted.push_back(buckets[i]);
  }
  return wanted;
}

absl::StatusOr<std::string> DecisionStore::ScanDown(
    uint32_t org, const DecisionRange& range, absl::string_view below, int* budget,
    absl::FunctionRef<bool(const DecisionRow&)> on_row) const {
  for (const uint64_t bucket : BucketsOf(range)) {
    const std::string end = recording_keys::Bucket(bucket + 1);
    if (!below.empty() && recording_keys::Bucket(bucket) >= below) continue;  // looked through
    if (--*budget < 0) return below.empty() ? end : std::min(end, std::string(below));
    DNC_ASSIGN_OR_RETURN(std::string next,
                         IsOld(bucket) ? ScanOldBucket(bucket, org, range, below, budget, on_row)
                                       : ScanBucket(bucket, org, range, below, budget, on_row));
    if (!next.empty()) return next;
  }
  return std::string();
}

absl::StatusOr<std::vector<RecordedGap>> DecisionStore::Gaps(UnixMicros start, UnixMicros end,
                                                             size_t limit) const {
  const storage::v1::RecordingState now = state();
  std::vector<RecordedGap> gaps;
  // Gaps are in the order of their ends, but not of their beginnings.
  absl::Status error;
  DNC_RETURN_IF_ERROR(
      store_->ScanDown(RecordingFamily::kGaps, recording_keys::Gap(std::max<int64_t>(start, 0), 0),
                       std::string(13, '\xff'), [&](absl::string_view, absl::string_view value) {
                         RecordedGap gap;
                         if (!gap.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
                           error = CorruptDecision();
                           return false;
                         }
                         if (gap.start_time() <= end) gaps.push_back(std::move(gap));
                         return gaps.size() < limit;
                       }));
  if (!error.ok()) return error;
  const auto add = [&](v1::DecisionGapCause cause, UnixMicros from, UnixMicros until) {
    if (gaps.size() >= limit || until < start || from > end) return;
    RecordedGap& gap = gaps.emplace_back();
    gap.set_cause(cause);
    gap.set_start_time(from);
    gap.set_end_time(until);
  };
  if (now.disabled_since() != 0) {
    add(v1::DECISION_GAP_CAUSE_DISABLED, now.disabled_since(), std::numeric_limits<int64_t>::max());
  }
  if (now.retired_until() > 0) add(v1::DECISION_GAP_CAUSE_RETIRED, 0, now.retired_until() - 1);
  return gaps;
}

absl::Status DecisionStore::ScanCounters(
    uint32_t first_hour, uint32_t last_hour,
    absl::FunctionRef<void(const recording_keys::Counter&, uint64_t)> on_count) const {
  return store_->ScanUp(RecordingFamily::kCounters, recording_keys::CounterHour(first_hour),
                        recording_keys::CounterHour(last_hour + 1),
                        [&](absl::string_view key, absl::string_view value) {
                          on_count(recording_keys::CounterOf(key),
                                   recording_keys::ReadNumber(value));
                          return true;
                        });
}

}  // namespace dnc
