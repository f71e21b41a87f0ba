// The client library's example, against a gateway: the only test of it that ends with "call".
#include "tests/integration/cli_fixture.h"

namespace dnc {
namespace {

using CliExampleTest = e2e::CliTest;
using e2e::Ends;
using e2e::RunProcess;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr char kExample[] = DNC_BIN_DIR "/may_i_call";

TEST_F(CliExampleTest, CallsOnlyWhereTheGatewayAllows) {
  StartDemo();
  EXPECT_THAT(RunProcess({kExample, "acme", "+12125550123", address()}),
              Ends(0, StartsWith("ALLOW"), IsEmpty()));
  ASSERT_EQ(Run({"entries", "add", "--phone", "+12125550123", "--reason", "asked"}).exit_code, 0);
  EXPECT_THAT(RunProcess({kExample, "acme", "+12125550123", address()}),
              Ends(1, StartsWith("DENY: CONTACT_POINT_ON_LIST"), IsEmpty()));
  EXPECT_THAT(RunProcess({kExample, "nobody", "+12125550124", address()}),
              Ends(1, StartsWith("UNKNOWN: "), IsEmpty()));
  EXPECT_THAT(RunProcess({kExample}), Ends(2, IsEmpty(), HasSubstr("usage")));
}

}  // namespace
}  // namespace dnc
