#include "client/cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace dnc::cli {
namespace {

constexpr absl::Duration kQuietFor = absl::Seconds(1);
constexpr absl::Duration kBetweenLines = absl::Milliseconds(200);
constexpr char kClearLine[] = "\r\x1b[K";

std::string Bar(double done) {
  constexpr size_t kWidth = 20;
  const auto filled = static_cast<size_t>(done * kWidth);
  return absl::StrCat("[", std::string(filled, '#'), std::string(kWidth - filled, ' '), "]");
}

}  // namespace

bool ErrIsTerminal() { return isatty(STDERR_FILENO) == 1; }

bool OutIsTerminal() { return isatty(STDOUT_FILENO) == 1; }

std::string Grouped(int64_t number) {
  std::string text = absl::StrCat(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

Progress::Progress(std::ostream& err, bool is_terminal, std::string noun, int64_t total,
                   std::shared_ptr<const SteadyTime> time)
    : err_(err),
      is_terminal_(is_terminal),
      noun_(std::move(noun)),
      total_(total),
      time_(std::move(time)),
      start_(time_->Now()),
      shown_at_(start_) {}

Progress::~Progress() {
  absl::MutexLock lock(&mutex_);
  if (shown_) err_ << kClearLine << std::flush;
}

void Progress::Update(int64_t count, int64_t done) {
  if (!is_terminal_) return;
  const absl::Duration now = time_->Now();
  absl::MutexLock lock(&mutex_);
  if (now - start_ < kQuietFor || now - shown_at_ < kBetweenLines) return;
  shown_at_ = now;
  shown_ = true;
  err_ << kClearLine << Line(count, done, now - start_) << std::flush;
}

std::string Progress::Rate(int64_t count) const {
  const double seconds = std::max(absl::ToDoubleSeconds(time_->Now() - start_), 1e-3);
  return absl::StrCat(Grouped(static_cast<int64_t>(static_cast<double>(count) / seconds)), " ",
                      noun_, "/s");
}

std::string Progress::Line(int64_t count, int64_t done, absl::Duration elapsed) const {
  const std::string so_far = absl::StrCat(Grouped(count), " ", noun_, ", ", Rate(count));
  if (total_ <= 0 || done <= 0) return so_far;
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total_));
  const absl::Duration left = elapsed * ((1 - share) / share);
  return absl::StrCat(Bar(share), " ", static_cast<int>(share * 100), "%, ", so_far, ", ",
                      absl::ToInt64Seconds(left) == 0
                          ? "less than 1s"
                          : absl::FormatDuration(absl::Trunc(left, absl::Seconds(1))),
                      " left");
}

std::string Counted(int64_t number, absl::string_view one, absl::string_view many) {
  return absl::StrCat(Grouped(number), " ", number == 1 ? one : many);
}

}  // namespace dnc::cli
