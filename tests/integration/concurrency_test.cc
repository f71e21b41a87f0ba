// A check that starts after an ApplyAction has returned never misses it, whatever else goes on.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {
namespace {

constexpr int kWriters = 4;
constexpr int kCheckers = 4;
constexpr int kLeadsPerWriter = 300;

class ConcurrencyTest : public GatewayTest {
 protected:
  static uint64_t PhoneOf(int writer, int i) {
    return 12122000000 + static_cast<uint64_t>(writer) * 10'000 + static_cast<uint64_t>(i);
  }
  static std::string LeadOf(int writer, int i) { return absl::StrCat("w", writer, "-", i); }

  void AddLeads() {
    v1::BatchUpsertLeadsRequest batch;
    batch.set_parent("organizations/acme");
    for (int writer = 0; writer < kWriters; ++writer) {
      batch.clear_leads();
      for (int i = 0; i < kLeadsPerWriter; ++i) {
        *batch.add_leads() = Parse<v1::Lead>(absl::StrCat(
            "name: '~/leads/", LeadOf(writer, i), "' record_type: 'contact' status: '~s/new' ",
            "contact_points { phone: '+", PhoneOf(writer, i), "' }"));
      }
      ASSERT_THAT(Send(batch), IsOk());
    }
  }

  void OptOut(int writer, int i) {
    const auto reply = Ask<v1::ApplyActionRequest>(
        absl::StrCat("lead: '~/leads/", LeadOf(writer, i), "' action: '~s/new/actions/dnc'"));
    EXPECT_THAT(reply, IsOk());
  }

  // Numbers below `acknowledged` of a writer must be denied in every way of asking.
  void ExpectDenied(int writer, int i) {
    const uint64_t phone = PhoneOf(writer, i);
    EXPECT_EQ(PhoneVerdict(absl::StrCat("+", phone)), v1::VERDICT_DENY) << phone;
    EXPECT_EQ(VerdictOf(absl::StrCat("lead: '~/leads/", LeadOf(writer, i), "'")), v1::VERDICT_DENY)
        << LeadOf(writer, i);
  }
};

TEST_F(ConcurrencyTest, NoCheckMissesAnAcknowledgedOptOut) {
  AddLeads();
  std::vector<std::atomic<int>> acknowledged(kWriters);
  std::atomic<int> writing{kWriters};
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kLeadsPerWriter; ++i) {
        OptOut(writer, i);
        acknowledged[static_cast<size_t>(writer)].store(i + 1, std::memory_order_release);
      }
      writing.fetch_sub(1);
    });
  }
  std::atomic<int> checks{0};
  for (int checker = 0; checker < kCheckers; ++checker) {
    threads.emplace_back([&, checker] {
      for (int round = 0; writing.load() > 0; ++round) {
        const int writer = (checker + round) % kWriters;
        const int known = acknowledged[static_cast<size_t>(writer)].load(std::memory_order_acquire);
        if (known == 0) continue;
        ExpectDenied(writer, known - 1);      // the newest
        ExpectDenied(writer, round % known);  // any
        checks.fetch_add(1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(checks.load(), 0);
  for (int writer = 0; writer < kWriters; ++writer) ExpectDenied(writer, kLeadsPerWriter - 1);
  EXPECT_EQ(GetList("internal").entry_count(), 2 * kWriters * kLeadsPerWriter);
}

TEST_F(ConcurrencyTest, NoFilterMissesAnAcknowledgedOptOut) {
  AddLeads();
  std::atomic<int> acknowledged{0};
  std::thread writer([&] {
    for (int i = 0; i < kLeadsPerWriter; ++i) {
      OptOut(0, i);
      acknowledged.store(i + 1, std::memory_order_release);
    }
  });
  v1::FilterContactsRequest block;
  for (int i = 0; i < kLeadsPerWriter; ++i) block.add_phones(PhoneOf(0, i));
  FilterStream stream(&client());
  ASSERT_TRUE(stream.Write(Parse<v1::FilterContactsRequest>(
      "config { organization: '~' channel: CHANNEL_VOICE omit_reasons: true }")));
  for (int known = 0; known < kLeadsPerWriter;) {
    known = acknowledged.load(std::memory_order_acquire);
    ASSERT_TRUE(stream.Write(block));
    const auto response = stream.Read();
    ASSERT_TRUE(response.has_value());
    for (int i = 0; i < known; ++i) {
      ASSERT_EQ(VerdictAt(*response, static_cast<uint32_t>(i)), v1::VERDICT_DENY) << i;
    }
  }
  stream.WritesDone();
  EXPECT_THAT(stream.Finish(), IsOk());
  writer.join();
}

TEST_F(ConcurrencyTest, ChecksNeverAllowAMemberWhileVersionsAreReplaced) {
  AddRegistry("national");
  const auto import = [&](int extra) {
    std::string file = "2125550102\n";
    for (int i = 0; i < 20 + extra; ++i) absl::StrAppend(&file, 2123000000 + i, "\n");
    return Import("list: '~/lists/national'", file);
  };
  ASSERT_THAT(import(0), IsOk());
  std::atomic<bool> importing{true};
  std::thread importer([&] {
    for (int i = 1; i <= 40; ++i) EXPECT_THAT(import(i), IsOk());
    importing.store(false);
  });
  while (importing.load()) {
    EXPECT_EQ(PhoneVerdict(kBobPhone), v1::VERDICT_DENY);
    EXPECT_EQ(PhoneVerdict(kAnnPhone), v1::VERDICT_ALLOW);
  }
  importer.join();
}

TEST_F(ConcurrencyTest, OneLeadsOptOutsAndUpsertsAtOnceLoseNothing) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 10; ++j) {
        if (i == 0 && j == 5) {
          Must<v1::ApplyActionRequest>("lead: '~/leads/ann' action: '~s/new/actions/novoice'");
          continue;
        }
        Must<v1::UpsertLeadRequest>(
            absl::StrCat("lead { name: '~/leads/ann' contact_points { phone: '+",
                         12124000000 + i * 100 + j, "' } }"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  // Whether a point came before or after the opt-out, it is blocked.
  const v1::Lead ann = GetLead("ann");
  EXPECT_EQ(ann.contact_points_size(), 2 + 79);
  for (const v1::ContactPoint& point : ann.contact_points()) {
    if (point.has_phone()) {
      EXPECT_EQ(PhoneVerdict(point.phone()), v1::VERDICT_DENY) << point.phone();
    }
  }
}

}  // namespace
}  // namespace dnc
