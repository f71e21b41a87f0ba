// Work of the check path without clocks, threads or chance, for an instruction counter: scripts/
// cmd_bench.sh --instructions. usage: dnc_check_path CASE COUNT
//   phone      CheckContact of a phone that nothing is known of
//   entry      of one that the internal list denies
//   lead       of a lead
//   registry   facts and decision of a phone that is in a registry
//   served     a check of a phone that is in a registry, authorised and recorded, as it is served
//   event      what a check leaves for its record
//   block      a block of FilterContacts with 8,192 phones, every sixteenth denied
// What is to be counted happens within dnc_measured.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "bench/micro/catalog_fixture.h"
#include "bench/micro/check_fixture.h"
#include "bench/micro/served_checks.h"
#include "server/decision/decide.h"
#include "server/handler/facts_reader.h"
#include "server/handler/filter_request.h"
#include "server/handler/filter_session.h"
#include "server/recording/decision_event.h"
#include "storage/base/wire.h"

namespace dnc::bench {
namespace {

constexpr uint64_t kLeads = 2'000;
constexpr uint64_t kUnknown = 1'000'000;  // leads from here on do not exist, nor do their phones
constexpr uint64_t kRequests = 500;
constexpr uint64_t kBlockPhones = 8'192;

// One operation, by its number.
using Operation = std::function<void(uint64_t)>;

void Require(bool right) {
  if (right) return;
  std::fputs("wrong answer\n", stderr);
  std::exit(1);
}

Operation Checks(const CheckFixture& gateway, uint64_t first, int names) {
  std::vector<std::string> requests;
  requests.reserve(kRequests);
  for (uint64_t i = 0; i < kRequests; ++i) requests.push_back(CheckRequest(first + 2 * i, names));
  return [&gateway, requests = std::move(requests)](uint64_t i) {
    WireWriter answer;
    Require(gateway.checks().Check(requests[i % kRequests], &answer).ok());
  };
}

Operation ServedOnes(CheckFixture* gateway) {
  std::vector<std::string> requests;
  requests.reserve(kRequests);
  for (uint64_t i = 0; i < kRequests; ++i) {
    requests.push_back(CheckRequest(ServedChecks::kFirstListed + 2 * i, kPhone));
  }
  const auto checks = std::make_shared<const ServedChecks>(gateway);
  return [checks, requests = std::move(requests)](uint64_t i) {
    WireWriter answer;
    Require(checks->Check(requests[i % kRequests], &answer).ok());
  };
}

// A view of a catalog with registries, and of nothing else.
Operation RegistryMembers(const CheckFixture& gateway) {
  const std::shared_ptr<const Catalog> catalog = MakeCatalog();
  return [&gateway, catalog, question = MakeQuestion(*catalog)](uint64_t i) {
    const StateMachine::ViewGuard view = gateway.state().Read();
    KeptRecords kept;
    Facts facts;
    facts.points.resize(1);
    facts.points[0].point.phone = BenchPhone(10'000'000 + i % kRequests);
    Require(ReadPoint(*view, question, &kept, &facts.points[0]).ok());
    Require(Decide(question, facts).verdict == v1::VERDICT_DENY);
  };
}

Operation Events() {
  const std::shared_ptr<const Catalog> catalog = MakeCatalog();
  Facts facts;
  facts.points.resize(1);
  facts.points[0].point.phone = BenchPhone(1);
  return [catalog, question = MakeQuestion(*catalog), facts](uint64_t i) {
    Decision decision;
    decision.verdict = v1::VERDICT_ALLOW;
    EventWriter event;
    WriteCheckEvent({v1::DECISION_KIND_CHECK, "caller", &question, 7},
                    NewDecisionId(kNow + static_cast<int64_t>(i)), "", facts, decision, &event);
    Require(!event.bytes().empty());
  };
}

Operation Blocks(const CheckFixture& gateway) {
  v1::FilterContactsRequest message;
  for (uint64_t i = 0; i < kBlockPhones; ++i) {
    // Of the leads those with even numbers are on the internal list.
    message.add_phones(12'122'000'000 + (i % 16 == 0 ? i % kLeads : kUnknown + i));
  }
  const std::string bytes = message.SerializeAsString();
  const auto request = std::make_shared<FilterRequest>();
  const absl::string_view whole = bytes;
  Require(request->Parse(absl::MakeConstSpan(&whole, 1)));
  v1::FilterConfig config;
  config.set_organization("organizations/bench");
  config.set_channel(v1::CHANNEL_VOICE);
  config.set_message_class(v1::MESSAGE_CLASS_MARKETING);
  auto session = FilterSession::Create(&gateway.checks(), config);
  Require(session.ok());
  return [request, session = std::shared_ptr<FilterSession>(*std::move(session))](uint64_t) {
    WireWriter answer;
    Require(session->Filter(*request, &answer).ok());
  };
}

Operation OperationOf(CheckFixture& gateway, const std::string& name) {
  if (name == "phone") return Checks(gateway, kUnknown, kPhone);
  if (name == "entry") return Checks(gateway, 0, kPhone);
  if (name == "lead") return Checks(gateway, 1, kLead);
  if (name == "registry") return RegistryMembers(gateway);
  if (name == "served") return ServedOnes(&gateway);
  if (name == "event") return Events();
  if (name == "block") return Blocks(gateway);
  std::fprintf(stderr, "there is no case %s\n", name.c_str());
  std::exit(2);
}

}  // namespace

// Callgrind counts while this runs, which is told by its name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" __attribute__((noinline)) void dnc_measured(const Operation& operation, uint64_t count);
void dnc_measured(const Operation& operation, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) operation(i);
}

}  // namespace dnc::bench

int main(int argc, char** argv) {
  uint64_t count = 0;
  if (argc != 3 || !absl::SimpleAtoi(argv[2], &count) || count == 0) {
    std::fputs("usage: dnc_check_path CASE COUNT\n", stderr);
    return 2;
  }
  dnc::bench::CheckFixture gateway(dnc::bench::kLeads, dnc::bench::StoredRecords::kCached);
  const auto operation = dnc::bench::OperationOf(gateway, argv[1]);
  operation(0);  // what is made once, and does not count
  dnc::bench::dnc_measured(operation, count);
  return 0;
}
