#include "bench/micro/served_checks.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/micro/catalog_fixture.h"
#include "server/rpc/check_bytes.h"

namespace dnc::bench {
namespace {

constexpr char kCaller[] = "services/dialler";
constexpr int64_t kYear = int64_t{365} * 86'400 * 1'000'000;

storage::v1::Mutation BindChecker() {
  storage::v1::Mutation mutation = MutationOfBench();
  mutation.set_principal_is_administrator(true);
  v1::CreateRoleBindingRequest& request = *mutation.mutable_create_role_binding();
  request.set_parent("organizations/bench");
  request.set_binding_id("dialler");
  request.mutable_binding()->set_role("organizations/bench/roles/checker");
  request.mutable_binding()->set_principal(kCaller);
  request.mutable_binding()->set_scope("organizations/bench");
  return mutation;
}

}  // namespace

ServedChecks::ServedChecks(CheckFixture* gateway)
    : dir_(absl::StrCat(gateway->dir(), "-records")),
      clock_(kNow),
      secret_("bench"),
      authorizer_(&gateway->state()),
      caller_{kCaller} {
  gateway->Apply(BindChecker());
  gateway->ImportRegistry(kFirstListed, kListed);
  auto store = RecordingStore::Open({dir_});
  if (!store.ok()) std::abort();
  store_ = *std::move(store);
  auto decisions = DecisionStore::Create(store_.get(), {kYear, kYear, uint64_t{1} << 30}, kNow,
                                         /*recording=*/true, /*answered_before=*/false);
  if (!decisions.ok()) std::abort();
  decisions_ = *std::move(decisions);
  recorder_ =
      std::make_unique<DecisionRecorder>(decisions_.get(), &secret_, &clock_, RecorderOptions());
  checks_ =
      std::make_unique<CheckHandler>(&gateway->state(), &clock_, CheckSettings(), recorder_.get());
}

ServedChecks::~ServedChecks() {
  checks_.reset();
  recorder_.reset();
  decisions_.reset();
  store_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(dir_, ignored);
}

int64_t ServedChecks::Recorded() const {
  return recorder_->Flush().ok() ? recorder_->state().recorded : 0;
}

absl::Status ServedChecks::Check(absl::string_view request, WireWriter* answer) const {
  Services services;
  services.authorizer = &authorizer_;
  services.checks = checks_.get();
  return AnswerBytes<v1::CheckContactRequest>(services, &CheckHandler::Check, caller_,
                                              "/dnc.v1.CheckService/CheckContact", request,
                                              /*may_wait=*/false, answer);
}

}  // namespace dnc::bench
