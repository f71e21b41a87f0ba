// A dncd on a folder of its own, for tests that damage the folder or starve the process.
#ifndef DNC_TESTS_FAULT_FAULT_FIXTURE_H_
#define DNC_TESTS_FAULT_FAULT_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/fault/scenario.h"
#include "tests/integration/process.h"

namespace dnc::testing {

class FaultTest : public ::testing::Test {
 protected:
  FaultTest();
  ~FaultTest() override;

  const std::string& folder() const { return folder_; }
  std::string data_dir() const { return folder_ + "/data"; }

  // Starts the server with more arguments, and a client for it. Fails the test where it does not
  // serve.
  void StartServer(const std::vector<std::string>& arguments = {},
                   const std::vector<std::string>& environment = {});
  // The same on a folder that has the scenario: it writes nothing.
  void RestartServer(const std::vector<std::string>& arguments = {},
                     const std::vector<std::string>& environment = {});
  void Kill();
  // Tells the server to end, and answers its exit code.
  int Terminate();
  // Starts a server that is expected to refuse and end by itself.
  e2e::ProcessResult RunRefused();

  // Asks for opt-outs until `count` more are acknowledged; all of them are remembered.
  void OptOutPeople(int count);
  // Everything acknowledged so far is DENY by phone and by lead.
  void ExpectNothingLost();

  GatewayClient& client() { return *client_; }
  e2e::BackgroundProcess& server() { return gateway_->process(); }
  // What this and earlier servers on the folder wrote.
  std::string Log() const { return e2e::ReadFile(folder_ + "/dncd.log"); }
  int64_t Revision();
  const std::vector<OptOut>& acknowledged() const { return acknowledged_; }
  // An opt-out that nobody asked for yet.
  OptOut NextOptOut(OptOutKind kind) { return MakeOptOut(kind, next_++, 2); }

 private:
  std::string folder_;
  std::unique_ptr<e2e::GatewayProcess> gateway_;
  std::unique_ptr<GatewayClient> client_;
  std::vector<OptOut> acknowledged_;
  int64_t next_ = 0;
};

// Repeats `holds` until it is true; false where it is not within a generous limit. For states that
// the server reaches by itself and says so only when asked.
bool Eventually(const std::function<bool()>& holds);

}  // namespace dnc::testing

#endif  // DNC_TESTS_FAULT_FAULT_FIXTURE_H_
