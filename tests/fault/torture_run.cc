#include "tests/fault/torture_run.h"

#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/base/status_macros.h"

namespace dnc::testing {
namespace {

constexpr absl::Duration kStop = absl::Seconds(30);
constexpr int64_t kMaxFlightMillis = 350;
constexpr int64_t kMaxStartMillis = 60;
constexpr int64_t kMaxFlushMillis = 20;
constexpr int kRoundsPerInterruptedStart = 5;
constexpr int kRoundsPerFlush = 3;
constexpr absl::Duration kLongFlight = absl::Seconds(2);
constexpr absl::Duration kPoll = absl::Microseconds(500);
constexpr int kRoundsPerLine = 10;
constexpr size_t kSampled = 60;
constexpr int kRoundsForARotation = 10;  // so many without a new log have not tried enough

// The moments of the kills are what the tool is about: nothing waits for anything here.
void Linger(std::mt19937_64& random, int64_t max_millis) {
  absl::SleepFor(absl::Milliseconds(std::uniform_int_distribution<int64_t>(0, max_millis)(random)));
}

std::string DataDir(const TortureOptions& options) { return absl::StrCat(options.dir, "/data"); }
std::string StoreDir(const TortureOptions& options) {
  return absl::StrCat(DataDir(options), "/store");
}
std::string Marker(const TortureOptions& options) {
  return absl::StrCat(DataDir(options), "/ACKNOWLEDGED");
}

// The numbers of the store's write-ahead logs, ascending.
std::vector<uint64_t> LogNumbers(const std::string& store) {
  std::vector<uint64_t> numbers;
  for (const auto& file : std::filesystem::directory_iterator(store)) {
    uint64_t number = 0;
    const bool log =
        file.path().extension() == ".log" && absl::SimpleAtoi(file.path().stem().string(), &number);
    if (log) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// Returns while a flush is under way: the log before it is not deleted yet. Or after a while.
void AwaitFlush(const std::string& store) {
  const absl::Time limit = absl::Now() + kLongFlight;
  while (LogNumbers(store).size() < 2 && absl::Now() < limit) absl::SleepFor(kPoll);
}

void PrintCount(const char* what, size_t count) { std::printf("%-16s %zu\n", what, count); }

}  // namespace

TortureRun::TortureRun(const TortureOptions& options) : options_(options), random_(options.seed) {
  if (options.power_cut_shim.empty()) return;
  power_cut_.emplace(options.power_cut_shim, DataDir(options), absl::StrCat(options.dir, "/notes"));
}

// Mostly the smallest buffers, so that the kills meet flushes, compactions and logs that rotate.
std::vector<std::string> TortureRun::ServerArguments() {
  if (std::uniform_int_distribution<int>(0, 4)(random_) == 0) return {};
  return {"--write-buffer-mib", "1"};
}

// A gateway that is killed while it recovers leaves no less to recover from.
void TortureRun::KillDuringStart() {
  if (power_cut_.has_value()) power_cut_->Arm();
  std::vector<std::string> arguments = {options_.dncd, "--listen", "127.0.0.1:0", "--data-dir",
                                        DataDir(options_)};
  for (std::string& argument : ServerArguments()) arguments.push_back(std::move(argument));
  auto process = e2e::BackgroundProcess::Start(arguments, absl::StrCat(options_.dir, "/dncd.log"),
                                               Environment());
  if (!process.ok()) return;  // Start will say why
  Linger(random_, kMaxStartMillis);
  (*process)->Signal(SIGKILL);
  (*process)->Wait(kStop);
  CutPower();
}

absl::Status TortureRun::Start() {
  client_.reset();
  gateway_.reset();
  if (power_cut_.has_value()) power_cut_->Arm();
  DNC_ASSIGN_OR_RETURN(gateway_, e2e::GatewayProcess::Start(options_.dncd, options_.dir,
                                                            ServerArguments(), Environment()));
  client_ = std::make_unique<GatewayClient>(gateway_->address());
  marker_at_start_ = e2e::ReadFile(Marker(options_));
  return absl::OkStatus();
}

void TortureRun::End(int signal) {
  gateway_->process().Signal(signal);
  gateway_->process().Wait(kStop);
  CutPower();
}

// The marker is not synced: it may survive or be as old as the system made it durable.
void TortureRun::CutPower() {
  if (!power_cut_.has_value()) return;
  lost_unsynced_ += power_cut_->Strike();
  const bool reverted = std::uniform_int_distribution<int>(0, 1)(random_) == 0;
  if (reverted && !marker_at_start_.empty()) e2e::WriteFile(Marker(options_), marker_at_start_);
}

void TortureRun::NoteActivity(uint64_t newest_log_before) {
  const std::vector<uint64_t> logs = LogNumbers(StoreDir(options_));
  if (!logs.empty() && logs.back() > newest_log_before) ++activity_.rotations;
  if (logs.size() > 1) ++activity_.several_logs;
}

absl::Status TortureRun::Round(int round) {
  if (round % kRoundsPerInterruptedStart == kRoundsPerInterruptedStart - 1) KillDuringStart();
  DNC_RETURN_IF_ERROR(Start());
  if (round == 0) DNC_RETURN_IF_ERROR(SetUpScenario(*client_));
  ledger_.Resume();
  Flight::Options options;
  options.seed = random_();
  const size_t acknowledged = ledger_.acknowledged();
  const uint64_t newest_log = LogNumbers(StoreDir(options_)).back();
  {
    const Flight flight(client_.get(), &ledger_, &log_, options);
    ledger_.AwaitAcknowledged(acknowledged + 1);
    const bool during_flush = round % kRoundsPerFlush == kRoundsPerFlush - 1;
    if (during_flush) AwaitFlush(StoreDir(options_));
    Linger(random_, during_flush ? kMaxFlushMillis : kMaxFlightMillis);
    gateway_->process().Signal(SIGKILL);
  }
  gateway_->process().Wait(kStop);
  NoteActivity(newest_log);
  CutPower();
  ++rounds_;
  return absl::OkStatus();
}

// Places from `first` on are of the last round; a share of the older ones is looked at again.
void TortureRun::Verify(size_t first) {
  Verifier verifier(client_.get(), &ledger_, &findings_);
  const size_t past = ledger_.size();
  verifier.CheckDenied(first, past);
  verifier.SettleDoubts(first, past);
  verifier.Sample(first, past, kSampled, random_);
  verifier.Sample(0, first, kSampled / 4, random_);
  verifier.CheckAudit();
}

absl::Status TortureRun::Run() {
  for (int round = 0; round < options_.rounds; ++round) {
    const size_t first = ledger_.size();
    DNC_RETURN_IF_ERROR(Round(round));
    DNC_RETURN_IF_ERROR(Start());
    Verify(first);
    client_.reset();  // an idle client keeps a draining server waiting
    End(round % 2 == 0 ? SIGKILL : SIGTERM);
    if ((round + 1) % kRoundsPerLine != 0) continue;
    std::printf("round %d: acknowledged %zu, lost %zu, stale %lld, half applied %zu\n", round + 1,
                ledger_.acknowledged(), findings_.lost.size(), static_cast<long long>(log_.stale()),
                findings_.half_applied.size());
    std::fflush(stdout);
  }
  DNC_RETURN_IF_ERROR(Start());
  Verifier(client_.get(), &ledger_, &findings_).CheckDenied(0, ledger_.size());
  return absl::OkStatus();
}

absl::StatusOr<TortureRun::Planted> TortureRun::Plant() {
  Planted planted;
  planted.lost = ledger_.Reserve(OptOutKind::kPhoneEntry, 1);
  ledger_.Acknowledge(planted.lost, {1, {"never written"}});
  CheckAcknowledged(*client_, ledger_.Get(planted.lost).opt_out, random_, &log_);

  planted.half_applied = ledger_.Reserve(OptOutKind::kKnownLead, 2);
  const OptOut half = ledger_.Get(planted.half_applied).opt_out;
  DNC_RETURN_IF_ERROR(PrepareOptOut(*client_, half));
  OptOut part = half;
  part.kind = OptOutKind::kPhoneEntry;
  part.request_id = "a part of it";
  DNC_RETURN_IF_ERROR(PerformOptOut(*client_, part).status());
  ledger_.Begin(planted.half_applied);

  planted.repeated = ledger_.Reserve(OptOutKind::kNewLead, 2);
  DNC_ASSIGN_OR_RETURN(Answer answer,
                       PerformOptOut(*client_, ledger_.Get(planted.repeated).opt_out));
  ++answer.revision;
  ledger_.Acknowledge(planted.repeated, std::move(answer));
  return planted;
}

absl::Status TortureRun::SelfTest() {
  DNC_RETURN_IF_ERROR(Start());
  DNC_RETURN_IF_ERROR(SetUpScenario(*client_));
  DNC_ASSIGN_OR_RETURN(const Planted planted, Plant());
  End(SIGKILL);
  DNC_RETURN_IF_ERROR(Start());
  Verifier verifier(client_.get(), &ledger_, &findings_);
  verifier.CheckDenied(0, ledger_.size());
  verifier.SettleDoubts(0, ledger_.size());
  verifier.Sample(planted.repeated, planted.repeated + 1, 1, random_);
  if (findings_.lost != std::set<size_t>{planted.lost}) {
    return absl::InternalError("the lost opt-out was not found");
  }
  if (findings_.half_applied != std::set<size_t>{planted.half_applied}) {
    return absl::InternalError("the half applied opt-out was not found");
  }
  if (findings_.repeated.count(planted.repeated) == 0) {
    return absl::InternalError("the twice applied opt-out was not found");
  }
  if (log_.stale() != 1) return absl::InternalError("the stale check was not found");
  if (Clean()) return absl::InternalError("a run with findings counts as clean");
  return absl::OkStatus();
}

void TortureRun::Report() const {
  PrintCount("rounds", static_cast<size_t>(rounds_));
  PrintCount("acknowledged", ledger_.acknowledged());
  PrintCount("in doubt, kept", static_cast<size_t>(findings_.in_doubt_kept));
  PrintCount("in doubt, absent", static_cast<size_t>(findings_.in_doubt_absent));
  PrintCount("checks in flight", static_cast<size_t>(log_.checks()));
  PrintCount("new logs", static_cast<size_t>(activity_.rotations));
  PrintCount("several logs", static_cast<size_t>(activity_.several_logs));
  if (power_cut_.has_value()) PrintCount("unsynced bytes", lost_unsynced_);
  PrintCount("lost", findings_.lost.size());
  PrintCount("stale", static_cast<size_t>(log_.stale()));
  PrintCount("half applied", findings_.half_applied.size());
  PrintCount("applied twice", findings_.repeated.size());
  for (const std::string& error : findings_.errors) std::printf("error: %s\n", error.c_str());
  for (const std::string& error : log_.unexpected()) std::printf("error: %s\n", error.c_str());
}

bool TortureRun::Clean() const {
  return findings_.lost.empty() && findings_.half_applied.empty() && findings_.repeated.empty() &&
         log_.stale() == 0 && findings_.errors.empty() && log_.unexpected().empty() &&
         ledger_.acknowledged() > 0 && (rounds_ < kRoundsForARotation || activity_.rotations > 0);
}

}  // namespace dnc::testing
