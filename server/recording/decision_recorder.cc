#include "server/recording/decision_recorder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/error/error.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// How long a record waits at the most before it is written, while the disk takes it. Each time
// costs the checks a processor for a moment; where many come, their queue must not fill meanwhile.
constexpr absl::Duration kInterval = absl::Milliseconds(50);
constexpr absl::Duration kBusyInterval = absl::Milliseconds(5);
constexpr uint64_t kBusyPercent = 20;
constexpr absl::Duration kResumeInterval = absl::Milliseconds(500);
// How long a check may wait for room.
constexpr absl::Duration kLongestWait = absl::Seconds(2);
constexpr absl::Duration kLongestFlush = absl::Seconds(10);
// Written at once.
constexpr size_t kBatchRows = 4096;
constexpr size_t kBatchBytes = 256u << 10;
constexpr int64_t kRetireInterval = int64_t{60} * 1'000'000;
constexpr uint64_t kRetireRows = 100'000;
// A check that was judged before the last cycle may have been dropped after it.
constexpr int64_t kGapMargin = 1'000'000;
// Checks are sent to wait before there is no room at all: those on their way still find some.
constexpr uint64_t kCrowdedPercent = 90;

uint64_t PercentOf(const RecordRing& ring) {
  const uint64_t popped = ring.popped();
  const uint64_t pushed = ring.pushed();
  return pushed <= popped ? 0 : (pushed - popped) * 100 / ring.capacity();
}

absl::Status FallsBehind() {
  return Overloaded("the records of checks fall behind, and checks wait for them");
}

storage::v1::RecordedGap MakeGap(v1::DecisionGapCause cause, UnixMicros start, UnixMicros end,
                                 int64_t count) {
  storage::v1::RecordedGap gap;
  gap.set_cause(cause);
  gap.set_start_time(start);
  gap.set_end_time(end);
  gap.set_count(count);
  return gap;
}

}  // namespace

DecisionRecorder::DecisionRecorder(DecisionStore* store, const Secret* secret, const Clock* clock,
                                   const RecorderOptions& options)
    : store_(store),
      secret_(secret),
      clock_(clock),
      options_(options),
      blocks_(options.queue * RecordRing::kSlotBytes) {
  rings_.reserve(kRings);
  for (size_t i = 0; i < kRings; ++i) {
    rings_.push_back(std::make_unique<RecordRing>(options.queue / kRings));
  }
  known_time_ = complete_until_ = last_retire_ = clock_->Now();
  disk_bytes_ = store_->SizeOnDisk();
  next_look_ = absl::Now() + options_.look_interval;
  thread_ = std::thread([this] { Run(); });
  retiring_thread_ = std::thread([this] { RunRetiring(); });
}

DecisionRecorder::~DecisionRecorder() {
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  thread_.join();
  retiring_thread_.join();
}

RecordRing& DecisionRecorder::RingOfThread() {
  static std::atomic<size_t> threads{0};
  thread_local const size_t mine = threads.fetch_add(1) % kRings;
  return *rings_[mine];
}

bool DecisionRecorder::MustWait() const {
  if (!options_.enabled || !options_.wait) return false;
  return std::any_of(rings_.begin(), rings_.end(),
                     [](const auto& ring) { return PercentOf(*ring) >= kCrowdedPercent; });
}

absl::Status DecisionRecorder::Record(absl::string_view event, bool may_block) {
  RecordRing& ring = RingOfThread();
  if (ring.TryPush(event)) return absl::OkStatus();
  if (!options_.wait) {
    dropped_.fetch_add(1, std::memory_order_release);
    return absl::OkStatus();
  }
  if (may_block) return PushWhenThereIsRoom([&] { return ring.TryPush(event); });
  return FallsBehind();
}

absl::Status DecisionRecorder::RecordBlock(BlockRecord block, bool may_block) {
  if (blocks_.TryPush(&block)) return absl::OkStatus();
  if (options_.wait) {
    if (!may_block) return FallsBehind();
    return PushWhenThereIsRoom([&] { return blocks_.TryPush(&block); });
  }
  uint32_t left_out = block.Trim();
  if (!blocks_.TryPush(&block)) ++left_out;
  if (left_out != 0) dropped_.fetch_add(left_out, std::memory_order_release);
  return absl::OkStatus();
}

absl::Status DecisionRecorder::PushWhenThereIsRoom(absl::FunctionRef<bool()> try_push) {
  const absl::Time deadline = absl::Now() + kLongestWait;
  while (true) {
    uint64_t seen = 0;
    {
      absl::MutexLock lock(&mu_);
      seen = cycles_;
    }
    if (try_push()) return absl::OkStatus();
    absl::MutexLock lock(&mu_);
    const auto cycled = [this, seen]()
                            ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return cycles_ != seen; };
    if (!mu_.AwaitWithDeadline(absl::Condition(&cycled), deadline)) return FallsBehind();
  }
}

absl::Status DecisionRecorder::Flush() {
  known_time_ = clock_->Now();
  absl::MutexLock lock(&mu_);
  const uint64_t mine = ++asked_;
  const auto settled = [this, mine]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return done_ >= mine || !writable_.load();
  };
  mu_.AwaitWithTimeout(absl::Condition(&settled), kLongestFlush);
  if (done_ >= mine) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_RECORDING_UNAVAILABLE,
                   "the records of checks cannot be written now; see the server's log, then repeat",
                   {});
}

RecorderState DecisionRecorder::state() const {
  const storage::v1::RecordingState stored = store_->state();
  RecorderState state;
  state.enabled = options_.enabled;
  state.wait = options_.wait;
  state.writable = writable_.load();
  state.recorded = stored.recorded();
  state.dropped = stored.dropped() + dropped_.load();
  state.last_drop_time = last_drop_time_.load();
  for (const auto& ring : rings_) {
    state.queue_percent = std::max(state.queue_percent, static_cast<int>(PercentOf(*ring)));
  }
  state.queue_percent = std::max(state.queue_percent, static_cast<int>(blocks_.percent()));
  state.oldest_time = store_->OldestTime();
  state.disk_bytes = disk_bytes_.load();
  return state;
}

void DecisionRecorder::Run() {
  bool stopping = false;
  bool written = true;
  absl::Duration interval = kInterval;
  while (!stopping) {
    uint64_t asked = 0;
    {
      absl::MutexLock lock(&mu_);
      const auto called = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || (asked_ > done_ && writable_.load() && !Paused());
      };
      mu_.AwaitWithTimeout(absl::Condition(&called), interval);
      stopping = stopping_;
      asked = asked_;
    }
    if (Paused() && !stopping) continue;
    interval = IsBusy() ? kBusyInterval : kInterval;
    written = WriteAll();
    absl::MutexLock lock(&mu_);
    ++cycles_;
    if (written) done_ = asked;
  }
  if (!written) return;  // the next start finds that records may be missing
  const absl::Status closed = store_->Close(known_time_.load());
  if (!closed.ok()) spdlog::warn("closing the records of checks: {}", closed.ToString());
}

bool DecisionRecorder::IsBusy() const {
  if (blocks_.percent() >= kBusyPercent) return true;
  return std::any_of(rings_.begin(), rings_.end(),
                     [](const auto& ring) { return PercentOf(*ring) >= kBusyPercent; });
}

bool DecisionRecorder::BatchIsFull() const {
  return batch_.records.rows() >= kBatchRows || batch_.records.bytes() >= kBatchBytes;
}

bool DecisionRecorder::WriteAll() {
  const bool looks = absl::Now() >= next_look_;
  if (looks) {
    next_look_ = absl::Now() + options_.look_interval;
    known_time_ = clock_->Now();
  }
  const UnixMicros begin = known_time_.load();
  bool written = true;
  for (const auto& ring : rings_) {
    const uint64_t end = ring->pushed();
    while (ring->popped() < end && (written || !options_.wait)) {
      Collect(ring.get(), end);
      // What the other rings hold may be older.
      if (BatchIsFull()) written = WriteBatch(complete_until_);
    }
  }
  const uint64_t blocks_end = blocks_.pushed();
  while (blocks_.popped() < blocks_end && (written || !options_.wait)) {
    const std::optional<BlockRecord> block = blocks_.Pop();
    if (block.has_value()) written = WriteBlock(*block);
  }
  const bool left = !batch_.records.empty() || dropped_.load() != 0 || lost_ != 0 ||
                    !writable_.load() || (looks && begin > store_->state().last_batch_time());
  if (written && left) written = WriteBatch(begin);
  if (!written) return false;
  complete_until_ = begin;
  RetireWhenDue();
  return true;
}

// Up to a batch, of what was pushed before `end`.
void DecisionRecorder::Collect(RecordRing* ring, uint64_t end) {
  while (ring->popped() < end && !BatchIsFull()) {
    if (!ring->Pop(&event_)) {
      absl::SleepFor(absl::Microseconds(20));  // a check is about to finish this very record
      continue;
    }
    known_time_ = ReadEvent(event_, *secret_, &batch_.records);
  }
}

// What is read of it stays in the batch where the disk does not take it and checks wait.
bool DecisionRecorder::WriteBlock(const BlockRecord& block) {
  BlockReader reader(block, *secret_);
  known_time_ = reader.time();
  bool written = true;
  while (reader.Read([this, &written] { return written && BatchIsFull(); }, &batch_.records)) {
    written = WriteBatch(complete_until_);
  }
  return written;
}

std::vector<storage::v1::RecordedGap> DecisionRecorder::Gaps(UnixMicros now,
                                                             int64_t dropped) const {
  std::vector<storage::v1::RecordedGap> gaps;
  const UnixMicros start = complete_until_ - kGapMargin;
  if (dropped != 0) {
    gaps.push_back(MakeGap(v1::DECISION_GAP_CAUSE_OVERLOAD, start, now, dropped));
  }
  if (lost_ != 0) {
    gaps.push_back(MakeGap(v1::DECISION_GAP_CAUSE_WRITE_FAILURE, start, now, lost_));
  }
  return gaps;
}

// Where the disk does not take it: what waits is kept while checks wait, and else given up, but for
// how much it was.
bool DecisionRecorder::WriteBatch(UnixMicros complete_until) {
  const int64_t dropped = dropped_.load(std::memory_order_acquire);
  // What was dropped or lost is younger than what was taken out of the rings since.
  if (dropped != 0 || lost_ != 0) known_time_ = clock_->Now();
  const UnixMicros now = known_time_.load();
  if (dropped != 0) last_drop_time_ = now;
  batch_.gaps = Gaps(now, dropped);
  const absl::Status status = TryWrite(now, complete_until);
  if (status.ok()) {
    dropped_ -= dropped;
    lost_ = 0;
    if (!writable_.exchange(true)) spdlog::info("records of checks are written again");
    rows_since_retire_ += batch_.records.rows();
    batch_.records.Clear();
    return true;
  }
  if (writable_.exchange(false)) {
    spdlog::error("records of checks cannot be written: {}", status.ToString());
  }
  if (!options_.wait && !batch_.records.empty()) {
    lost_ += static_cast<int64_t>(batch_.records.rows());
    last_drop_time_ = now;
    batch_.records.Clear();
  }
  return false;
}

// Not again and again where it failed.
absl::Status DecisionRecorder::TryWrite(UnixMicros now, UnixMicros complete_until) {
  if (!writable_.load()) {
    if (absl::Now() < next_resume_) return absl::UnavailableError("it has just failed");
    next_resume_ = absl::Now() + kResumeInterval;
    DNC_RETURN_IF_ERROR(store_->Resume());
  }
  return store_->Append(batch_, now, complete_until);
}

void DecisionRecorder::RetireWhenDue() {
  const UnixMicros now = known_time_.load();
  const bool late = now >= last_retire_ + kRetireInterval || now < last_retire_;
  if (!late && rows_since_retire_ < kRetireRows) return;
  last_retire_ = now;
  rows_since_retire_ = 0;
  absl::MutexLock lock(&mu_);
  retire_at_ = now;
}

void DecisionRecorder::RunRetiring() {
  while (true) {
    UnixMicros now = 0;
    {
      absl::MutexLock lock(&mu_);
      const auto called = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || retire_at_ != 0;
      };
      mu_.Await(absl::Condition(&called));
      if (stopping_) return;
      now = std::exchange(retire_at_, 0);
    }
    Retire(now);
  }
}

void DecisionRecorder::Retire(UnixMicros now) {
  absl::Status status = store_->Retire(now);
  if (status.ok() && options_.retire) status = options_.retire(now);
  if (!status.ok()) spdlog::warn("retiring records of checks: {}", status.ToString());
  disk_bytes_ = store_->SizeOnDisk();
}

}  // namespace dnc
