// Imports into the lists of "acme", beneath gRPC.
#ifndef DNC_TESTS_UNIT_HANDLER_IMPORT_FIXTURE_H_
#define DNC_TESTS_UNIT_HANDLER_IMPORT_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/handler/import_session.h"
#include "tests/contract/temp_dir.h"
#include "tests/unit/state/state_fixture.h"

namespace dnc::testing {

class ImportFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    SetUpAcme(&gateway_);
    ASSERT_EQ(gateway_.Apply(CreateRegistry("national")).code(), 0);
  }

  // With everything but a reason to stop.
  ImportContext Context(MutationLog* log) {
    ImportContext context;
    context.state = &gateway_.state();
    context.log = log;
    context.store = &gateway_.store();
    context.preparer = &preparer_;
    context.clock = &clock_;
    context.locks = &locks_;
    context.memory = &memory_;
    context.temp_dir = dir_.Path("");
    return context;
  }
  static v1::ImportConfig Config(const std::string& list) {
    v1::ImportConfig config;
    config.set_list(absl::StrCat("organizations/acme/lists/", list));
    config.set_format("plain");
    config.mutable_actor()->set_id("tests");
    return config;
  }
  // A file of so many numbers.
  static std::string FileOf(int numbers) {
    std::string file;
    for (int i = 0; i < numbers; ++i) absl::StrAppend(&file, 2122000000 + i, "\n");
    return file;
  }
  static absl::StatusOr<v1::ImportSummary> Run(
      const ImportContext& context, const v1::ImportConfig& config, std::string file,
      const RejectSink& on_rejected = [](const auto&) { return absl::OkStatus(); }) {
    DNC_ASSIGN_OR_RETURN(const std::unique_ptr<ImportSession> session,
                         ImportSession::Create(context, config, {"tests"}, on_rejected,
                                               [](int64_t /*numbers*/, int64_t /*most*/) {
                                                 return absl::OkStatus();
                                               }));
    DNC_RETURN_IF_ERROR(session->Feed(&file));
    return session->Finish();
  }

  const TempDir dir_;
  Gateway gateway_;
  ManualClock clock_{1'768'478'400'000'000};
  Preparer preparer_{&gateway_.state(), &clock_};
  ImportLocks locks_;
  ImportMemory memory_{size_t{64} << 20};
};

}  // namespace dnc::testing

#endif  // DNC_TESTS_UNIT_HANDLER_IMPORT_FIXTURE_H_
