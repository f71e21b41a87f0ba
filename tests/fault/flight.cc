#include "tests/fault/flight.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace dnc::testing {
namespace {

constexpr uint64_t kMaxPhones = 3;
constexpr uint64_t kChecksOwn = 4;  // a writer checks every so many of its own opt-outs

uint64_t Draw(std::mt19937_64& random, uint64_t below) {
  return std::uniform_int_distribution<uint64_t>(0, below - 1)(random);
}

// What a call to a gateway that is killed may end with.
bool IsDeath(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status);
}

}  // namespace

bool CheckAcknowledged(GatewayClient& client, const OptOut& opt_out, std::mt19937_64& random,
                       FlightLog* log) {
  const uint64_t choice = Draw(random, opt_out.phones.size() + (opt_out.lead.empty() ? 0 : 1));
  const absl::StatusOr<v1::CheckContactResponse> response =
      choice < opt_out.phones.size() ? CheckPhone(client, opt_out.phones[choice])
                                     : CheckLead(client, opt_out.lead);
  if (!response.ok()) {
    if (!IsDeath(response.status())) {
      log->AddUnexpected(absl::StrCat("check: ", response.status().ToString()));
    }
    return false;
  }
  log->AddCheck();
  if (response->verdict() != v1::VERDICT_DENY) log->AddStale();
  return true;
}

Flight::Flight(GatewayClient* client, Ledger* ledger, FlightLog* log, const Options& options)
    : client_(client), ledger_(ledger), log_(log), writers_left_(options.writers) {
  for (int i = 0; i < options.writers; ++i) {
    threads_.emplace_back([this, seed = options.seed + static_cast<uint64_t>(i)] { Write(seed); });
  }
  for (int i = 0; i < options.checkers; ++i) {
    threads_.emplace_back([this, seed = ~options.seed + static_cast<uint64_t>(i)] { Check(seed); });
  }
}

Flight::~Flight() {
  for (std::thread& thread : threads_) thread.join();
}

bool Flight::WriteOne(std::mt19937_64& random) {
  const auto kind = static_cast<OptOutKind>(Draw(random, 4));
  const int phones = 1 + static_cast<int>(Draw(random, kMaxPhones));
  const size_t place = ledger_->Reserve(kind, phones);
  const OptOut opt_out = ledger_->Get(place).opt_out;
  absl::Status status = PrepareOptOut(*client_, opt_out);
  if (status.ok()) {
    ledger_->Begin(place);
    absl::StatusOr<Answer> answer = PerformOptOut(*client_, opt_out);
    if (answer.ok()) {
      ledger_->Acknowledge(place, *std::move(answer));
      if (Draw(random, kChecksOwn) != 0) return true;
      return CheckAcknowledged(*client_, opt_out, random, log_);
    }
    status = answer.status();
  }
  if (!IsDeath(status)) log_->AddUnexpected(absl::StrCat("write: ", status.ToString()));
  return false;
}

void Flight::Write(uint64_t seed) {
  std::mt19937_64 random(seed);
  while (WriteOne(random)) {
  }
  if (writers_left_.fetch_sub(1) == 1) ledger_->GiveUp();
}

void Flight::Check(uint64_t seed) {
  std::mt19937_64 random(seed);
  ledger_->AwaitAcknowledged(1);
  for (;;) {
    const std::optional<OptOut> opt_out = ledger_->Acknowledged(random());
    if (!opt_out.has_value() || !CheckAcknowledged(*client_, *opt_out, random, log_)) return;
  }
}

}  // namespace dnc::testing
