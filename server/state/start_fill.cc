#include "server/state/start_fill.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/base/thread_priority.h"

namespace dnc {
namespace {

// What one iterator reads before it lets go of the files that it holds.
constexpr uint64_t kPiece = 65'536;
// Fingerprints between which those who insert for a commit may have the filter.
constexpr size_t kAtOnce = 256;

constexpr absl::Duration kPause = absl::Milliseconds(1);
constexpr absl::Duration kBetweenReports = absl::Seconds(10);

void FillIn(absl::Span<const uint64_t> hashes, SubjectFilter* filter) {
  for (size_t i = 0; i < hashes.size(); i += kAtOnce) filter->Fill(hashes.subspan(i, kAtOnce));
}

}  // namespace

StartFill::StartFill(std::shared_ptr<const StoreReader> snapshot, int64_t revision,
                     SubjectFilters filters, RecordCache* cache, const FillOptions& options)
    : snapshot_(snapshot->ForScans()),
      revision_(revision),
      filters_(filters),
      cache_(cache),
      options_(options) {
  cache_->BeginFill();
}

StartFill::~StartFill() {
  stop_.Notify();
  if (thread_.joinable()) thread_.join();
}

absl::Status StartFill::Begin() {
  uint64_t left = options_.rows_at_start;
  while (left > 0 && !finished()) {
    const uint64_t rows = std::min(left, kPiece);
    DNC_RETURN_IF_ERROR(Read(rows));
    left -= rows;
  }
  if (finished()) {
    End();
  } else {
    thread_ = std::thread([this] { Run(); });
  }
  return absl::OkStatus();
}

bool StartFill::AwaitTurn() const {
  while (options_.paused != nullptr && options_.paused->load()) {
    if (stop_.WaitForNotificationWithTimeout(kPause)) return false;
  }
  return !stop_.HasBeenNotified();
}

void StartFill::Run() {
  LowerThreadPriority(ThreadPriority::kPatient);
  spdlog::info(
      "contact points are still being read into memory; until they are, checks ask the store");
  absl::Time reported = absl::Now();
  while (!finished() && AwaitTurn()) {
    if (const absl::Status read = Read(kPiece); !read.ok()) {
      spdlog::error(
          "contact points cannot be read into memory ({}); checks ask the store for each of them: "
          "mend the disk, then restart the server",
          std::string(read.message()));
      cache_->EndFill();
      break;
    }
    if (absl::Now() - reported < kBetweenReports) continue;
    reported = absl::Now();
    spdlog::info("contact points read into memory so far: {}",
                 filters_.own->size() + filters_.global->size());
  }
  End();
}

// Lets go of the snapshot: it keeps what was overwritten since.
void StartFill::End() {
  snapshot_.reset();
  ended_.Notify();
}

absl::Status StartFill::Read(uint64_t rows) {
  std::vector<uint64_t> own;
  std::vector<uint64_t> global;
  uint64_t read = 0;
  bool more = false;
  const auto on_row = [&](absl::string_view key, absl::string_view value) {
    if (read == rows) {
      more = true;
      next_ = std::string(key);
      return false;
    }
    ++read;
    if (family_ == Family::kSubjects) {
      (SubjectFilter::IsGlobal(key) ? global : own).push_back(SubjectFilter::Hash(key));
    }
    cache_full_ = cache_full_ || !cache_->Fill(family_, key, value, revision_);
    return family_ == Family::kSubjects || !cache_full_;
  };
  DNC_RETURN_IF_ERROR(snapshot_->Scan(family_, next_, "", on_row));
  FillIn(own, filters_.own);
  FillIn(global, filters_.global);
  if (!more) NextFamily();
  return absl::OkStatus();
}

void StartFill::NextFamily() {
  next_.clear();
  if (family_ == Family::kSubjects) {
    filters_.own->Complete();
    filters_.global->Complete();
    spdlog::info("contact points known: {} in {} bytes",
                 filters_.own->size() + filters_.global->size(),
                 filters_.own->memory_bytes() + filters_.global->memory_bytes());
  }
  family_ = family_ == Family::kSubjects && !cache_full_ ? Family::kLeads : Family::kMeta;
  if (finished()) cache_->EndFill();
}

}  // namespace dnc
