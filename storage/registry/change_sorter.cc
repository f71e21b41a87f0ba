#include "storage/registry/change_sorter.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/registry/block.h"

namespace dnc {
namespace {

constexpr size_t kMinReadRows = 64;
constexpr size_t kWordsPerRow = 2;

}  // namespace

// Reads one run through a buffer.
class ChangeSorter::RunReader {
 public:
  RunReader(const SpillFile* file, Run run, size_t buffer_rows)
      : file_(file), run_(run), buffer_rows_(buffer_rows) {}

  // Valid after an Advance that was true.
  const Row& row() const { return buffer_[at_]; }

  // False at the end.
  absl::StatusOr<bool> Advance() {
    if (++at_ < buffer_.size()) return true;
    const uint64_t left = (run_.past - run_.first) / kWordsPerRow;
    buffer_.resize(static_cast<size_t>(std::min<uint64_t>(buffer_rows_, left)));
    at_ = 0;
    if (buffer_.empty()) return false;
    words_.resize(buffer_.size() * kWordsPerRow);
    DNC_RETURN_IF_ERROR(file_->Read(run_.first, absl::MakeSpan(words_)));
    run_.first += words_.size();
    for (size_t i = 0; i < buffer_.size(); ++i) {
      buffer_[i] = {words_[i * kWordsPerRow], words_[i * kWordsPerRow + 1]};
    }
    return true;
  }

 private:
  const SpillFile* file_;
  Run run_;
  size_t buffer_rows_;
  std::vector<Row> buffer_;
  std::vector<uint64_t> words_;
  size_t at_ = 0;
};

// What the rows of one number come to.
class ChangeSorter::Tally {
 public:
  explicit Tally(Visit visit) : visit_(visit) {}

  absl::Status Take(const Row& row) {
    const uint64_t number = row.op >> 1;
    if (number != number_) {
      DNC_RETURN_IF_ERROR(Finish());
      number_ = number;
      add_ = delete_ = {};
    }
    Latest& latest = (row.op & 1) != 0 ? delete_ : add_;
    latest.seen = true;
    latest.timeless |= row.time == 0;
    latest.time = std::max(latest.time, row.time);
    return absl::OkStatus();
  }

  absl::Status Finish() const {
    return number_ == 0 ? absl::OkStatus() : visit_(number_, Deletes());
  }

 private:
  struct Latest {
    bool seen = false;
    bool timeless = false;
    uint64_t time = 0;
  };

  bool Deletes() const {
    if (!add_.seen) return true;
    return !add_.timeless && !delete_.timeless && delete_.time > add_.time;
  }

  Visit visit_;
  uint64_t number_ = 0;  // no number is 0
  Latest add_, delete_;
};

absl::StatusOr<ChangeSorter> ChangeSorter::Create(const std::string& dir, size_t run_rows,
                                                  SpillRoom room) {
  DNC_ASSIGN_OR_RETURN(SpillFile file, SpillFile::Create(dir, std::move(room)));
  return ChangeSorter(run_rows, std::move(file));
}

absl::Status ChangeSorter::Add(const Change& change) {
  const int64_t time = change.time.value_or(0);
  if (change.number == 0 || change.number > kMaxNumber || time < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("number ", MaskContact(absl::StrCat("+", change.number)),
                     " of a change list is not 1 to 15 digits without a leading 0, or its time is "
                     "before 1970; give E.164 numbers"));
  }
  if (buffer_.size() == run_rows_) DNC_RETURN_IF_ERROR(SpillRun());
  buffer_.push_back({change.number << 1 | (change.is_delete ? 1 : 0),
                     change.time.has_value() ? static_cast<uint64_t>(time) + 1 : 0});
  return absl::OkStatus();
}

absl::Status ChangeSorter::SpillRun() {
  std::sort(buffer_.begin(), buffer_.end(), [](const Row& a, const Row& b) { return a.op < b.op; });
  std::vector<uint64_t> words;
  words.reserve(buffer_.size() * kWordsPerRow);
  for (const Row& row : buffer_) {
    words.push_back(row.op);
    words.push_back(row.time);
  }
  const uint64_t first = file_.size();
  DNC_RETURN_IF_ERROR(file_.Append(words));
  runs_.push_back({first, file_.size()});
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status ChangeSorter::Merge(Visit visit) {
  if (!buffer_.empty()) DNC_RETURN_IF_ERROR(SpillRun());
  std::vector<Row>().swap(buffer_);
  using Head = std::pair<uint64_t, size_t>;  // the next row's op, and its run
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  std::vector<RunReader> readers;
  const size_t share = run_rows_ / std::max<size_t>(runs_.size(), 1);
  const auto advance = [&](size_t run) -> absl::Status {
    DNC_ASSIGN_OR_RETURN(const bool more, readers[run].Advance());
    if (more) heads.emplace(readers[run].row().op, run);
    return absl::OkStatus();
  };
  for (size_t run = 0; run < runs_.size(); ++run) {
    readers.emplace_back(&file_, runs_[run], std::max(share, kMinReadRows));
    DNC_RETURN_IF_ERROR(advance(run));
  }
  Tally tally(visit);
  while (!heads.empty()) {
    const size_t run = heads.top().second;
    heads.pop();
    DNC_RETURN_IF_ERROR(tally.Take(readers[run].row()));
    DNC_RETURN_IF_ERROR(advance(run));
  }
  return tally.Finish();
}

}  // namespace dnc
