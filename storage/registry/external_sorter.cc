#include "storage/registry/external_sorter.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "storage/base/logging.h"

namespace dnc {
namespace {

constexpr size_t kDigitBits = 11;  // a pass of the radix sort distributes over 2^11 counters
constexpr size_t kDigits = size_t{1} << kDigitBits;
constexpr size_t kSmallRun = 4 * kDigits;  // below it, comparing is cheaper than counting
constexpr size_t kMinReadRecords = 64;
constexpr size_t kMaxReadRecords = 128 * 1024;

uint64_t NumberOf(uint64_t record) { return record >> 1; }
bool IsDelete(uint64_t record) { return (record & 1) != 0; }

bool ByNumber(uint64_t a, uint64_t b) { return NumberOf(a) < NumberOf(b); }

// Stable sort by number, lowest digit first; a digit that all records share costs one pass of
// counting and no moves. `scratch` is as long as `records`.
void RadixSort(std::vector<uint64_t>& records, std::vector<uint64_t>& scratch) {
  for (size_t shift = 0; (kMaxNumber >> shift) != 0; shift += kDigitBits) {
    const auto digit = [shift](uint64_t record) {
      return (NumberOf(record) >> shift) & (kDigits - 1);
    };
    std::array<size_t, kDigits> place{};
    for (const uint64_t record : records) ++place[digit(record)];
    if (place[digit(records.front())] == records.size()) continue;
    size_t sum = 0;
    for (size_t& at : place) sum += std::exchange(at, sum);
    for (const uint64_t record : records) scratch[place[digit(record)]++] = record;
    records.swap(scratch);
  }
}

// Leaves, of records sorted by number, the last of each number.
void KeepLast(std::vector<uint64_t>& records) {
  size_t kept = 0;
  for (size_t i = 0; i < records.size(); ++i) {
    if (i + 1 < records.size() && NumberOf(records[i]) == NumberOf(records[i + 1])) continue;
    records[kept++] = records[i];
  }
  records.resize(kept);
}

// Reads one run through a buffer.
class RunReader {
 public:
  RunReader(const SpillFile& file, uint64_t first, uint64_t past, size_t buffer_records)
      : file_(&file), next_(first), past_(past), buffer_records_(buffer_records) {}

  uint64_t record() const { return buffer_[at_]; }
  bool done() const { return at_ == buffer_.size(); }  // valid after the first Advance

  absl::Status Advance() {
    if (++at_ < buffer_.size()) return absl::OkStatus();
    buffer_.resize(static_cast<size_t>(std::min<uint64_t>(buffer_records_, past_ - next_)));
    at_ = 0;
    DNC_RETURN_IF_ERROR(file_->Read(next_, absl::MakeSpan(buffer_)));
    next_ += buffer_.size();
    return absl::OkStatus();
  }

 private:
  const SpillFile* file_;
  uint64_t next_;  // record number of the first not yet read
  uint64_t past_;
  size_t buffer_records_;
  std::vector<uint64_t> buffer_;
  size_t at_ = 0;
};

// What a run offers next. Orders by number; of one number, the run added last comes first.
struct Head {
  uint64_t record;
  size_t run;

  bool operator>(const Head& other) const {
    if (NumberOf(record) != NumberOf(other.record)) return ByNumber(other.record, record);
    return run < other.run;
  }
};

absl::StatusOr<std::vector<Head>> FirstHeads(std::vector<RunReader>& readers) {
  std::vector<Head> heads;
  for (size_t run = 0; run < readers.size(); ++run) {
    DNC_RETURN_IF_ERROR(readers[run].Advance());
    heads.push_back({readers[run].record(), run});
  }
  std::make_heap(heads.begin(), heads.end(), std::greater<>());
  return heads;
}

}  // namespace

absl::StatusOr<ExternalSorter> ExternalSorter::Create(Options options) {
  if (options.dir.empty()) {
    return absl::InvalidArgumentError(
        "sorting an import needs a directory for its temporary file; none was given");
  }
  if (options.memory_bytes < kMinMemoryBytes) {
    return absl::InvalidArgumentError(absl::StrCat("sorting an import with ", options.memory_bytes,
                                                   " bytes of memory; give at least ",
                                                   kMinMemoryBytes));
  }
  DNC_ASSIGN_OR_RETURN(SpillFile file, SpillFile::Create(options.dir, std::move(options.room)));
  return ExternalSorter(options.memory_bytes, std::move(file));
}

ExternalSorter::ExternalSorter(size_t memory_bytes, SpillFile file)
    : memory_bytes_(memory_bytes),
      run_records_(memory_bytes / (2 * sizeof(uint64_t))),
      file_(std::move(file)) {}

absl::Status ExternalSorter::Refuse(uint64_t number) const {
  if (merged_) {
    return absl::FailedPreconditionError(
        "the changes of this import were merged already; create another sorter for more");
  }
  return absl::InvalidArgumentError(
      absl::StrCat("number ", MaskContact(absl::StrCat("+", number)),
                   " of an import is not 1 to 15 digits without a leading 0; give E.164 numbers"));
}

void ExternalSorter::SortBuffer() {
  if (!std::is_sorted(buffer_.begin(), buffer_.end(), ByNumber)) {
    if (buffer_.size() < kSmallRun) {
      std::stable_sort(buffer_.begin(), buffer_.end(), ByNumber);
    } else {
      scratch_.resize(buffer_.size());
      RadixSort(buffer_, scratch_);
    }
  }
  KeepLast(buffer_);
}

absl::Status ExternalSorter::SpillRun() {
  SortBuffer();
  const uint64_t first = file_.size();
  DNC_RETURN_IF_ERROR(file_.Append(buffer_));
  runs_.push_back({first, file_.size()});
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status ExternalSorter::Merge(Visit visit) {
  if (std::exchange(merged_, true)) {
    return absl::FailedPreconditionError(
        "the changes of this import were merged already; create another sorter to merge again");
  }
  if (!runs_.empty()) return MergeRuns(visit);
  SortBuffer();
  for (const uint64_t record : buffer_) {
    DNC_RETURN_IF_ERROR(visit(NumberOf(record), IsDelete(record)));
  }
  return absl::OkStatus();
}

absl::Status ExternalSorter::MergeRuns(Visit visit) {
  if (!buffer_.empty()) DNC_RETURN_IF_ERROR(SpillRun());
  std::vector<uint64_t>().swap(buffer_);
  std::vector<uint64_t>().swap(scratch_);
  const size_t share = memory_bytes_ / sizeof(uint64_t) / runs_.size();
  std::vector<RunReader> readers;
  for (const Run& run : runs_) {
    readers.emplace_back(file_, run.first, run.past,
                         std::clamp(share, kMinReadRecords, kMaxReadRecords));
  }
  DNC_ASSIGN_OR_RETURN(std::vector<Head> heads, FirstHeads(readers));
  uint64_t last = 0;  // no number is 0
  while (!heads.empty()) {
    std::pop_heap(heads.begin(), heads.end(), std::greater<>());
    Head head = heads.back();
    heads.pop_back();
    RunReader& reader = readers[head.run];
    // Stays on this run while it is ahead of all others, as it does where runs do not overlap.
    while (!reader.done() && (heads.empty() || heads.front() > head)) {
      if (NumberOf(head.record) != last) {
        last = NumberOf(head.record);
        DNC_RETURN_IF_ERROR(visit(last, IsDelete(head.record)));
      }
      DNC_RETURN_IF_ERROR(reader.Advance());
      if (!reader.done()) head.record = reader.record();
    }
    if (reader.done()) continue;
    heads.push_back(head);
    std::push_heap(heads.begin(), heads.end(), std::greater<>());
  }
  return absl::OkStatus();
}

}  // namespace dnc
