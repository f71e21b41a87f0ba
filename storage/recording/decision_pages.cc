#include "storage/recording/decision_pages.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/recording/recording_keys.h"

namespace dnc {
namespace {

constexpr RecordingFamily kPageFamily = RecordingFamily::kDecisions;
constexpr RecordingFamily kIndexFamily = RecordingFamily::kIndex;

// A page is whole once it has so much.
constexpr size_t kPageRows = 1024;
constexpr size_t kPageBytes = 64u << 10;
// And a run, so that its pages count in 16 bits.
constexpr size_t kRunEntries = 1u << 18;
constexpr size_t kRunPages = 60'000;

absl::Status CorruptPages(absl::string_view what) {
  return absl::DataLossError(absl::StrCat(
      what,
      " of the records of checks cannot be read; restore the directory `recording`, or move "
      "it away"));
}

// Adds all of its records. False where it is damaged.
bool AddPage(absl::string_view page, PageBuilder* to) {
  std::optional<PageReader> reader = PageReader::Open(page);
  if (!reader.has_value()) return false;
  DecisionView view;
  while (reader->Next(&view)) to->Add(view);
  return reader->ok();
}

}  // namespace

absl::Status DecisionPages::Load(absl::Span<const uint64_t> buckets) {
  for (const uint64_t bucket : buckets) DNC_RETURN_IF_ERROR(LoadRuns(bucket));
  return buckets.empty() ? absl::OkStatus() : LoadOpenRun(buckets.back());
}

absl::Status DecisionPages::LoadRuns(uint64_t bucket) {
  Runs runs;
  bool whole = true;
  const std::string prefix = recording_keys::RunPrefix(bucket);
  DNC_RETURN_IF_ERROR(store_->ScanUp(kIndexFamily, prefix, recording_keys::Chunk(bucket, 0, 0),
                                     [&](absl::string_view, absl::string_view value) {
                                       const auto run = std::make_shared<DecisionRun>();
                                       whole = run->Decode(value);
                                       runs.push_back(run);
                                       return whole;
                                     }));
  if (!whole) return CorruptPages("the index");
  absl::MutexLock lock(&mu_);
  runs_[bucket] = std::move(runs);
  return absl::OkStatus();
}

// Everything behind the last run, as it was in memory.
absl::Status DecisionPages::LoadOpenRun(uint64_t bucket) {
  uint32_t first_page = 0;
  {
    absl::MutexLock lock(&mu_);
    BeginBucket(bucket);
    first_page = open_.first_page;
  }
  std::vector<Written> pages;
  bool whole = true;
  DNC_RETURN_IF_ERROR(store_->ScanUp(
      kPageFamily, recording_keys::Page(bucket, {first_page}), recording_keys::Bucket(bucket + 1),
      [&](absl::string_view key, absl::string_view value) {
        merged_.Clear();
        whole = AddPage(value, &merged_);
        if (!whole || merged_.empty()) return whole;
        const bool fills = recording_keys::PageOf(key).part == recording_keys::kWholePage;
        pages.push_back({fills ? nullptr : std::make_shared<const std::string>(value),
                         fills,
                         {merged_.min_time(), merged_.max_time()},
                         merged_.rows(),
                         merged_.codes()});
        return true;
      }));
  if (!whole) return CorruptPages("a page");
  absl::MutexLock lock(&mu_);
  for (const Written& page : pages) Show(page);
  return absl::OkStatus();
}

void DecisionPages::BeginBucket(uint64_t bucket) {
  const Runs& runs = runs_[bucket];
  recent_.Clear();
  open_ = OpenRun();
  open_.bucket = bucket;
  open_.number = static_cast<uint32_t>(runs.size());
  if (!runs.empty()) open_.first_page = runs.back()->end_page();
}

absl::Status DecisionPages::Open(uint64_t bucket) {
  {
    absl::MutexLock lock(&mu_);
    if (open_.bucket == bucket) return absl::OkStatus();
  }
  DNC_RETURN_IF_ERROR(CloseRun());
  absl::MutexLock lock(&mu_);
  BeginBucket(bucket);
  return absl::OkStatus();
}

absl::StatusOr<std::string> DecisionPages::Merge(const Parts& parts, absl::string_view last) {
  merged_.Clear();
  for (const auto& part : parts) {
    if (!AddPage(*part, &merged_)) return CorruptPages("a page");
  }
  if (!last.empty() && !AddPage(last, &merged_)) return CorruptPages("a page");
  return merged_.Encode();
}

absl::StatusOr<DecisionPages::Written> DecisionPages::Put(const PageBuilder& page,
                                                          RecordingBatch* changes) {
  Parts parts;
  uint64_t bucket = 0;
  uint32_t number = 0;
  size_t rows = page.rows();
  size_t bytes = page.bytes();
  {
    absl::MutexLock lock(&mu_);
    bucket = open_.bucket;
    number = open_.page();
    rows += open_.part_rows;
    bytes += open_.part_bytes;
    parts = open_.parts;
  }
  std::string encoded = page.Encode();
  Written written;
  written.fills = rows >= kPageRows || bytes >= kPageBytes;
  written.times = {page.min_time(), page.max_time()};
  written.rows = page.rows();
  written.codes = page.codes();
  recording_keys::PageKey key{number, recording_keys::kWholePage};
  if (written.fills && !parts.empty()) {
    DNC_ASSIGN_OR_RETURN(encoded, Merge(parts, encoded));
    for (size_t part = 1; part <= parts.size(); ++part) {
      changes->Delete(kPageFamily,
                      recording_keys::Page(bucket, {number, static_cast<uint16_t>(part)}));
    }
  } else if (!written.fills) {
    key.part = static_cast<uint16_t>(parts.size() + 1);
    written.part = std::make_shared<const std::string>(encoded);
  }
  changes->Add(kPageFamily, recording_keys::Page(bucket, key), std::move(encoded));
  return written;
}

void DecisionPages::Show(const Written& written) {
  recent_.Add(written.codes, open_.page());
  open_.rows += written.rows;
  if (open_.parts.empty()) {
    open_.pages.push_back(written.times);
  } else {
    PageTimes& times = open_.pages.back();
    times = {std::min(times.min, written.times.min), std::max(times.max, written.times.max)};
  }
  if (written.fills) {
    open_.parts.clear();
    open_.part_rows = open_.part_bytes = 0;
  } else {
    open_.part_rows += written.rows;
    open_.part_bytes += written.part->size();
    open_.parts.push_back(written.part);
  }
}

void DecisionPages::Publish(Written written) {
  bool full = false;
  {
    absl::MutexLock lock(&mu_);
    Show(written);
    full = open_.parts.empty() &&
           (recent_.entries().size() >= kRunEntries || open_.pages.size() >= kRunPages);
  }
  // Where the disk does not take it, the next page tries again.
  if (full) CloseRun().IgnoreError();
}

DecisionRun DecisionPages::RunOfOpen() const {
  DecisionRun run;
  const Runs& earlier = runs_.at(open_.bucket);
  // The same throughout a bucket, so that a partition's chunks stand together.
  run.bits = earlier.empty() ? PartitionBits(recent_.entries().size()) : earlier.front()->bits;
  run.first_page = open_.first_page;
  run.rows = open_.rows;
  run.pages = open_.pages;
  run.times = run.pages.front();
  for (const PageTimes& page : run.pages) {
    run.times = {std::min(run.times.min, page.min), std::max(run.times.max, page.max)};
  }
  return run;
}

absl::Status DecisionPages::CloseRun() {
  OpenRun open;
  DecisionRun run;
  std::vector<IndexEntry> entries;
  {
    absl::MutexLock lock(&mu_);
    if (open_.bucket == 0 || open_.pages.empty()) return absl::OkStatus();
    open = open_;
    run = RunOfOpen();
    entries = recent_.entries();
  }
  RecordingBatch changes;
  if (!open.parts.empty()) {
    DNC_ASSIGN_OR_RETURN(std::string page, Merge(open.parts, ""));
    const uint32_t number = open.page();
    for (size_t part = 1; part <= open.parts.size(); ++part) {
      changes.Delete(kPageFamily,
                     recording_keys::Page(open.bucket, {number, static_cast<uint16_t>(part)}));
    }
    changes.Add(kPageFamily, recording_keys::Page(open.bucket, {number}), std::move(page));
  }
  EncodeChunks(run, entries, [&](uint16_t partition, std::string chunk) {
    changes.Add(kIndexFamily, recording_keys::Chunk(open.bucket, partition, open.number),
                std::move(chunk));
  });
  changes.Add(kIndexFamily, recording_keys::Run(open.bucket, open.number), run.Encode());
  DNC_RETURN_IF_ERROR(store_->Write(changes, /*synced=*/false));
  absl::MutexLock lock(&mu_);
  runs_[open.bucket].push_back(std::make_shared<const DecisionRun>(std::move(run)));
  BeginBucket(open.bucket);
  return absl::OkStatus();
}

void DecisionPages::Forget(uint64_t end) {
  absl::MutexLock lock(&mu_);
  runs_.erase(runs_.begin(), runs_.lower_bound(end));
  if (open_.bucket >= end) return;
  open_ = OpenRun();
  recent_.Clear();
}

DecisionPages::Runs DecisionPages::RunsOf(uint64_t bucket) const {
  const auto found = runs_.find(bucket);
  return found == runs_.end() ? Runs() : found->second;
}

DecisionPages::Recent DecisionPages::FindRecent(uint64_t bucket, const PageQuery& query) const {
  Recent recent;
  if (open_.bucket != bucket || open_.pages.empty()) return recent;
  recent.open_page = open_.page();
  recent.parts = open_.parts;
  std::vector<uint32_t> pages;
  if (query.code.has_value()) {
    pages = recent_.Find(*query.code);
  } else {
    for (size_t i = open_.pages.size(); i-- > 0;) {
      pages.push_back(open_.first_page + static_cast<uint32_t>(i));
    }
  }
  for (const uint32_t page : pages) {
    const bool wanted = page <= query.last_page &&
                        open_.pages[page - open_.first_page].Overlap(query.start, query.end);
    if (wanted) recent.pages.push_back(page);
  }
  return recent;
}

absl::Status DecisionPages::ForEach(
    uint64_t bucket, const PageQuery& query,
    absl::FunctionRef<bool(uint32_t page, const Parts& parts)> on_page) const {
  Recent recent;
  Runs runs;
  {
    absl::MutexLock lock(&mu_);
    recent = FindRecent(bucket, query);
    runs = RunsOf(bucket);
  }
  // False: no more are wanted.
  const auto show = [&](uint32_t page) -> absl::StatusOr<bool> {
    DNC_ASSIGN_OR_RETURN(std::optional<std::string> bytes,
                         store_->Get(kPageFamily, recording_keys::Page(bucket, {page})));
    if (!bytes.has_value()) return true;  // retired meanwhile
    return on_page(page, {std::make_shared<const std::string>(*std::move(bytes))});
  };
  for (const uint32_t page : recent.pages) {
    if (page == recent.open_page && !recent.parts.empty()) {
      if (!on_page(page, recent.parts)) return absl::OkStatus();
      continue;
    }
    DNC_ASSIGN_OR_RETURN(const bool go_on, show(page));
    if (!go_on) return absl::OkStatus();
  }
  return ForEachOfRuns(runs, bucket, query, show);
}

absl::Status DecisionPages::ForEachOfRuns(
    const Runs& runs, uint64_t bucket, const PageQuery& query,
    absl::FunctionRef<absl::StatusOr<bool>(uint32_t)> on_page) const {
  // Those that can have anything of it are between the first and the last that has.
  const auto wanted = [&](const std::shared_ptr<const DecisionRun>& run) {
    return run->first_page <= query.last_page && run->times.Overlap(query.start, query.end);
  };
  const auto first = std::find_if(runs.begin(), runs.end(), wanted);
  if (first == runs.end()) return absl::OkStatus();
  const auto last = std::find_if(runs.rbegin(), runs.rend(), wanted).base();
  const absl::Span<const std::shared_ptr<const DecisionRun>> some(
      &*first, static_cast<size_t>(last - first));
  if (query.code.has_value()) {
    return ForEachOfCode(bucket, query, some, static_cast<uint32_t>(first - runs.begin()), on_page);
  }
  for (size_t i = some.size(); i-- > 0;) {
    const DecisionRun& run = *some[i];
    for (uint32_t page = run.end_page(); page-- > run.first_page;) {
      if (page > query.last_page) continue;
      if (!run.pages[page - run.first_page].Overlap(query.start, query.end)) continue;
      DNC_ASSIGN_OR_RETURN(const bool go_on, on_page(page));
      if (!go_on) return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::Status DecisionPages::ForEachOfCode(
    uint64_t bucket, const PageQuery& query,
    absl::Span<const std::shared_ptr<const DecisionRun>> runs, uint32_t first,
    absl::FunctionRef<absl::StatusOr<bool>(uint32_t)> on_page) const {
  const uint16_t partition = runs.front()->PartitionOf(*query.code);
  const auto end = static_cast<uint32_t>(first + runs.size());
  absl::Status error;
  // False: no more are wanted.
  const auto on_chunk = [&](const DecisionRun& run, absl::string_view chunk) {
    const std::optional<std::vector<uint32_t>> pages = PagesOf(run, *query.code, chunk);
    if (!pages.has_value()) error = CorruptPages("the index");
    if (!error.ok()) return false;
    for (const uint32_t page : *pages) {
      if (page > query.last_page) continue;
      if (!run.pages[page - run.first_page].Overlap(query.start, query.end)) continue;
      const absl::StatusOr<bool> go_on = on_page(page);
      error = go_on.status();
      if (!error.ok() || !*go_on) return false;
    }
    return true;
  };
  DNC_RETURN_IF_ERROR(
      store_->ScanDown(kIndexFamily, recording_keys::Chunk(bucket, partition, first),
                       recording_keys::Chunk(bucket, partition, end),
                       [&](absl::string_view key, absl::string_view chunk) {
                         const uint32_t number = recording_keys::RunOf(key) - first;
                         return number >= runs.size() || on_chunk(*runs[number], chunk);
                       }));
  return error;
}

}  // namespace dnc
