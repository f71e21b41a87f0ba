// What a check costs beside the processor's time: authorised, judged and recorded as it is served.
#include <gtest/gtest.h>
#include <jemalloc/jemalloc.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "bench/micro/check_fixture.h"
#include "bench/micro/served_checks.h"
#include "storage/base/wire.h"
#include "storage/rocksdb/block_reads.h"

namespace dnc::bench {
namespace {

constexpr uint64_t kLeads = 2'000;  // those with even numbers are on the internal list
constexpr uint64_t kUnknown = 1'000'000;
constexpr uint64_t kChecks = 200;

struct CostCase {
  std::string name;
  uint64_t first = 0;  // the first lead; the others follow two by two
  int names = kPhone;
  v1::Verdict verdict = v1::VERDICT_ALLOW;
};

void PrintTo(const CostCase& one, std::ostream* os) { *os << one.name; }

std::vector<std::string> Requests(const CostCase& one) {
  std::vector<std::string> requests;
  for (uint64_t i = 0; i < kChecks; ++i) {
    requests.push_back(CheckRequest(one.first + 2 * i, one.names));
  }
  return requests;
}

// Whether all are answered, with the verdict that is right.
bool AnswerAll(const ServedChecks& checks, const std::vector<std::string>& requests,
               v1::Verdict verdict) {
  return std::all_of(requests.begin(), requests.end(), [&](const std::string& request) {
    WireWriter answer;
    if (!checks.Check(request, &answer).ok()) return false;
    WireReader reader(answer.bytes());
    return reader.Next() && reader.number() == static_cast<uint64_t>(verdict);
  });
}

// What this thread has allocated since it began, by jemalloc's count.
uint64_t AllocatedBytes() {
  uint64_t bytes = 0;
  size_t size = sizeof(bytes);
  EXPECT_EQ(mallctl("thread.allocated", &bytes, &size, nullptr, 0), 0);
  return bytes;
}

class CheckCostTest : public ::testing::TestWithParam<CostCase> {
 protected:
  static ServedChecks& Checks() {
    static CheckFixture gateway(kLeads, StoredRecords::kCached);
    static ServedChecks checks(&gateway);
    return checks;
  }
};

TEST_P(CheckCostTest, AllocatesNothing) {
  const std::vector<std::string> requests = Requests(GetParam());
  ASSERT_TRUE(AnswerAll(Checks(), requests, GetParam().verdict));
  const uint64_t before = AllocatedBytes();
  const std::string counts(1'000, 'x');
  ASSERT_GE(AllocatedBytes(), before + counts.size()) << "allocations are not counted";
  const uint64_t start = AllocatedBytes();
  ASSERT_TRUE(AnswerAll(Checks(), requests, GetParam().verdict));
  EXPECT_EQ(AllocatedBytes() - start, 0u);
}

TEST_P(CheckCostTest, LeavesItsRecord) {
  const int64_t before = Checks().Recorded();
  ASSERT_TRUE(AnswerAll(Checks(), Requests(GetParam()), GetParam().verdict));
  EXPECT_EQ(Checks().Recorded() - before, static_cast<int64_t>(kChecks));
}

// From now on every call of the system but the end of the process kills it. False where a filter is
// not permitted.
bool ForbidSystemCalls() {
  std::array<sock_filter, 4> filter = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  }};
  const sock_fprog program = {filter.size(), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

enum class Ending { kRight, kWrong, kCalledSystem, kNotPermitted };

// How `work` ends in a process of its own that must not call the system.
template <typename Work>
Ending RunWithoutSystem(const Work& work) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (!ForbidSystemCalls()) _exit(static_cast<int>(Ending::kNotPermitted));
    _exit(static_cast<int>(work() ? Ending::kRight : Ending::kWrong));
  }
  int status = -1;
  if (waitpid(child, &status, 0) != child) return Ending::kNotPermitted;
  if (WIFSIGNALED(status)) return Ending::kCalledSystem;
  return static_cast<Ending>(WEXITSTATUS(status));
}

TEST_P(CheckCostTest, CallsNoSystem) {
  const std::vector<std::string> requests = Requests(GetParam());
  ServedChecks& checks = Checks();
  ASSERT_TRUE(AnswerAll(checks, requests, GetParam().verdict));
  const Ending noticed = RunWithoutSystem([] { return getppid() != 0; });
  if (noticed == Ending::kNotPermitted) GTEST_SKIP() << "seccomp filters are not permitted here";
  ASSERT_EQ(noticed, Ending::kCalledSystem);
  EXPECT_EQ(RunWithoutSystem([&] { return AnswerAll(checks, requests, GetParam().verdict); }),
            Ending::kRight);
}

INSTANTIATE_TEST_SUITE_P(Checks, CheckCostTest,
                         ::testing::Values(CostCase{"UnknownPhone", kUnknown, kPhone,
                                                    v1::VERDICT_ALLOW},
                                           CostCase{"PhoneOfLead", 1, kPhone, v1::VERDICT_ALLOW},
                                           CostCase{"PhoneWithEntry", 0, kPhone, v1::VERDICT_DENY},
                                           CostCase{"PhoneOnRegistry", ServedChecks::kFirstListed,
                                                    kPhone, v1::VERDICT_DENY},
                                           CostCase{"Lead", 1, kLead, v1::VERDICT_ALLOW},
                                           CostCase{"LeadWithEntry", 0, kLead, v1::VERDICT_DENY},
                                           CostCase{"LeadAndPhone", 1, kBoth, v1::VERDICT_ALLOW}),
                         [](const auto& info) { return info.param.name; });

class CheckReadsTest : public ::testing::Test {
 protected:
  // Records are in the store's files only, and the block cache begins empty.
  CheckFixture gateway_{kLeads, StoredRecords::kStored};
  ServedChecks checks_{&gateway_};
};

// The phones lie among those of leads, so that the files of the store may have them.
TEST_F(CheckReadsTest, WhatNothingIsKnownOfReadsNothing) {
  ASSERT_TRUE(gateway_.state().Read()->subjects->complete());
  const auto unknown = Requests({"", kUnknown, kPhone, v1::VERDICT_ALLOW});
  const auto listed = Requests({"", ServedChecks::kFirstListed, kPhone, v1::VERDICT_DENY});
  const BlockReads reads;
  ASSERT_TRUE(AnswerAll(checks_, unknown, v1::VERDICT_ALLOW));
  ASSERT_TRUE(AnswerAll(checks_, listed, v1::VERDICT_DENY));
  EXPECT_EQ(reads.all(), 0u);
  EXPECT_EQ(reads.cached(), 0u);
}

TEST_F(CheckReadsTest, WhatHasARecordReadsOneBlock) {
  const auto requests = Requests({"", 0, kPhone, v1::VERDICT_DENY});
  {
    const BlockReads cold;  // some of these records share a block
    ASSERT_TRUE(AnswerAll(checks_, requests, v1::VERDICT_DENY));
    EXPECT_GT(cold.data(), 0u);
    EXPECT_LE(cold.data() + cold.cached(), kChecks);
  }
  const BlockReads again;
  ASSERT_TRUE(AnswerAll(checks_, requests, v1::VERDICT_DENY));
  EXPECT_EQ(again.all(), 0u);
  EXPECT_EQ(again.cached(), kChecks);
}

// Its own record and that of the phone that it has.
TEST_F(CheckReadsTest, ALeadReadsOneBlockMore) {
  for (const int names : {kLead, kBoth}) {
    const auto requests = Requests({"", 0, names, v1::VERDICT_DENY});
    ASSERT_TRUE(AnswerAll(checks_, requests, v1::VERDICT_DENY));
    const BlockReads again;
    ASSERT_TRUE(AnswerAll(checks_, requests, v1::VERDICT_DENY));
    EXPECT_EQ(again.all(), 0u);
    EXPECT_EQ(again.cached(), 2 * kChecks);
  }
}

}  // namespace
}  // namespace dnc::bench
