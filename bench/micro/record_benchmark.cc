// What a record of a check costs beside the check: on its own thread (the event), and on the one
// that writes records (masks, hashes, pages, index, RocksDB with its flushes and compactions, as
// CPU time of the whole process), and how long searches take among many. "disk_bytes" is per
// record.
#include <benchmark/benchmark.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/recording/decision_event.h"
#include "server/subject/subject.h"
#include "storage/recording/decision_store.h"

namespace dnc::bench {
namespace {

constexpr UnixMicros kStartOfRecords = int64_t{1'768'478'400} * 1'000'000;
constexpr uint64_t kPhones = 5'000'000;

double ProcessSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Checks of random phones by three callers for five campaigns, every tenth denied by an entry.
class CheckSource {
 public:
  CheckSource() {
    own_.record.set_number(1);
    question_.organization = &own_;
    question_.global = &global_;
    question_.channel = v1::CHANNEL_VOICE;
    question_.message_class = v1::MESSAGE_CLASS_MARKETING;
    facts_.points.resize(1);
    facts_.points[0].point.kind = ContactKind::kPhone;
    rule_.type = v1::REASON_TYPE_CONTACT_POINT_ON_LIST;
    rule_.effect = v1::VERDICT_DENY;
    rule_.owner = &own_;
  }

  // The event of the next check, of that time.
  void Write(UnixMicros now, EventWriter* event) {
    const uint64_t draw = random_();
    facts_.points[0].point.phone = 12'120'000'000 + draw % kPhones;
    decision_.verdict = draw % 10 == 0 ? v1::VERDICT_DENY : v1::VERDICT_ALLOW;
    decision_.rules.clear();
    rule_.entry = EntryId{draw % 1'000'000 + 1, 0};
    if (draw % 10 == 0) decision_.rules.push_back(rule_);
    question_.campaign = kCampaigns[draw / 16 % kCampaigns.size()];
    const absl::string_view caller = kCallers[draw / 256 % kCallers.size()];
    WriteCheckEvent({v1::DECISION_KIND_CHECK, caller, &question_, 44}, NewDecisionId(now), "",
                    facts_, decision_, event);
  }
  static uint32_t org() { return 1; }

 private:
  static constexpr std::array<absl::string_view, 5> kCampaigns = {"", "spring", "summer", "autumn",
                                                                  "winter"};
  static constexpr std::array<absl::string_view, 3> kCallers = {"dialer-1", "dialer-2", "sms"};
  std::mt19937_64 random_{7};
  CatalogOrganization own_, global_;
  Question question_;
  Facts facts_;
  MatchedRule rule_;
  Decision decision_;
};

class Records {
 public:
  Records() : path_(absl::StrCat(Root(), "/dnc-record-bench-XXXXXX")) {
    if (mkdtemp(path_.data()) == nullptr) std::abort();
    DecisionLimits limits;
    limits.retention_micros = limits.counter_retention_micros = int64_t{1} << 60;
    limits.max_bytes = uint64_t{10} << 30;
    store_ = *RecordingStore::Open({path_, nullptr});
    decisions_ = *DecisionStore::Create(store_.get(), limits, now_, true, false);
  }
  ~Records() {
    decisions_.reset();
    store_.reset();
    std::filesystem::remove_all(path_);
  }

  // One batch, as the recorder makes it, over so much time.
  void AppendBatch(int checks, int64_t micros) {
    for (int i = 0; i < checks; ++i) {
      EventWriter event;
      source_.Write(now_ + i * micros / checks, &event);
      ReadEvent(event.bytes(), secret_, &batch_.records);
    }
    now_ += micros;
    if (!decisions_->Append(batch_, now_, now_).ok()) std::abort();
    batch_.records.Clear();
  }

  const DecisionStore& decisions() const { return *decisions_; }
  const Secret& secret() const { return secret_; }

 private:
  static std::string Root() {
    const char* dir = std::getenv("DNC_BENCH_DIR");
    return dir == nullptr ? std::filesystem::temp_directory_path().string() : dir;
  }

  std::string path_;
  const Secret secret_{"k"};
  UnixMicros now_ = kStartOfRecords;
  CheckSource source_;
  DecisionBatch batch_;
  std::unique_ptr<RecordingStore> store_;
  std::unique_ptr<DecisionStore> decisions_;
};

void EventOfCheck(benchmark::State& state) {
  CheckSource source;
  UnixMicros now = kStartOfRecords;
  for (auto _ : state) {
    EventWriter event;
    source.Write(++now, &event);
    benchmark::DoNotOptimize(event.bytes());
  }
}
BENCHMARK(EventOfCheck);

void RecordOfCheck(benchmark::State& state) {
  Records records;
  const auto batch = static_cast<int>(state.range(0));
  const double before = ProcessSeconds();
  for (auto _ : state) records.AppendBatch(batch, 50'000);
  const auto count = static_cast<double>(state.iterations() * batch);
  state.counters["cpu_us"] = (ProcessSeconds() - before) * 1e6 / count;
  state.counters["disk_bytes"] = static_cast<double>(records.decisions().SizeOnDisk()) / count;
  state.SetItemsProcessed(state.iterations() * batch);
}
BENCHMARK(RecordOfCheck)->Arg(1)->Arg(50)->Arg(1500)->MinTime(3);

// Among ten million records of ten minutes.
void FindByContact(benchmark::State& state) {
  static Records* const records = [] {
    auto* made = new Records();
    for (int i = 0; i < 6'667; ++i) made->AppendBatch(1500, 90'000);
    return made;
  }();
  uint64_t phone = 0;
  uint64_t found = 0;
  for (auto _ : state) {
    const ContactPoint point{ContactKind::kPhone, 12'120'000'000 + phone++ * 7919 % kPhones, {}};
    DecisionRange range;
    range.of = DecisionRange::Of::kContact;
    range.contact = records->secret().Hash(SubjectKey(CheckSource::org(), point));
    int budget = 1000;
    const auto next = records->decisions().ScanDown(CheckSource::org(), range, "", &budget,
                                                    [&](const auto&) { return ++found != 0; });
    if (!next.ok()) std::abort();
  }
  state.counters["found"] = static_cast<double>(found) / static_cast<double>(state.iterations());
}
BENCHMARK(FindByContact);

}  // namespace
}  // namespace dnc::bench

BENCHMARK_MAIN();
