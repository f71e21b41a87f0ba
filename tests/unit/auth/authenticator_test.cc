#include "server/auth/authenticator.h"

#include <gtest/gtest.h>

#include "tests/unit/error/error_matchers.h"

namespace dnc {
namespace {

class FakeEvidence : public CallerEvidence {
 public:
  FakeEvidence(std::string peer, std::string principal)
      : peer_(std::move(peer)), principal_(std::move(principal)) {}
  std::string peer() const override { return peer_; }
  std::string metadata(const std::string& name) const override {
    return name == "x-dnc-principal" ? principal_ : "";
  }

 private:
  const std::string peer_;
  const std::string principal_;
};

TEST(LocalAuthenticatorTest, EveryCallerIsTheMachinesAdministrator) {
  const auto caller = LocalAuthenticator().Authenticate(FakeEvidence("ipv4:10.0.0.1:1", "x"));
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(caller->id, "local");
  EXPECT_TRUE(caller->administrator);
  EXPECT_FALSE(caller->named);
  EXPECT_TRUE(LocalAuthenticator().IsAdministrator("local"));
  EXPECT_FALSE(LocalAuthenticator().IsAdministrator("users/jane"));
}

TEST(DevelopmentAuthenticatorTest, CallersOfThisMachineAreWhoTheySay) {
  const DevelopmentAuthenticator authenticator({"users/root"});
  for (const char* peer : {"ipv4:127.0.0.1:4711", "ipv4:127.8.9.1:1", "ipv6:[::1]:4711",
                           "ipv6:%5B::1%5D:4711", "ipv6:%5B::ffff:127.0.0.1%5D:1", "unix:/run/x"}) {
    const auto caller = authenticator.Authenticate(FakeEvidence(peer, "users/jane"));
    ASSERT_TRUE(caller.ok()) << peer;
    EXPECT_EQ(caller->id, "users/jane");
    EXPECT_FALSE(caller->administrator);
    EXPECT_TRUE(caller->named);
  }
  EXPECT_TRUE(
      authenticator.Authenticate(FakeEvidence("ipv4:127.0.0.1:1", "users/root"))->administrator);
  EXPECT_TRUE(authenticator.IsAdministrator("users/root"));
}

TEST(DevelopmentAuthenticatorTest, OthersAreRefused) {
  const DevelopmentAuthenticator authenticator({});
  for (const char* peer :
       {"ipv4:10.0.0.1:1", "ipv4:128.0.0.1:1", "ipv6:[::2]:1", "ipv6:[fe80::1]:1",
        "ipv6:%5B::10%5D:1", "ipv6:[::ffff:10.0.0.1]:1", "dns:127.0.0.1", ""}) {
    EXPECT_THAT(authenticator.Authenticate(FakeEvidence(peer, "users/jane")).status(),
                HasReason(v1::ERROR_REASON_UNAUTHENTICATED))
        << peer;
  }
  for (const std::string& id : {std::string(), std::string("users/jane doe"), std::string("a\nb"),
                                std::string("a,b"), std::string(129, 'x')}) {
    EXPECT_THAT(authenticator.Authenticate(FakeEvidence("ipv4:127.0.0.1:1", id)).status(),
                HasReason(v1::ERROR_REASON_UNAUTHENTICATED))
        << id;
  }
}

}  // namespace
}  // namespace dnc
