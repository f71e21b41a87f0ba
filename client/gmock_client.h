// gMock class for callers' tests that set expectations. Whatever a test does not say permits
// nothing: Check and BatchCheck answer UNKNOWN, Filter and the writes fail.
#ifndef DNC_CLIENT_GMOCK_CLIENT_H_
#define DNC_CLIENT_GMOCK_CLIENT_H_

#include <gmock/gmock.h>

#include <vector>

#include "absl/status/status.h"
#include "client/api.h"

namespace dnc {

class MockClient : public CheckApi, public ActionApi {
 public:
  MockClient() {
    // gMock's own defaults would be a Filter that is OK without having judged anything, and a
    // BatchCheck without answers.
    const absl::Status unset =
        absl::UnimplementedError("the test does not say what MockClient does");
    ON_CALL(*this, Check).WillByDefault([unset](const auto&) { return Decision::Failed(unset); });
    ON_CALL(*this, BatchCheck).WillByDefault([unset](const auto& requests) {
      return std::vector<Decision>(requests.size(), Decision::Failed(unset));
    });
    ON_CALL(*this, Filter).WillByDefault([unset](auto&&...) { return unset; });
    ON_CALL(*this, ApplyAction).WillByDefault([unset](auto&&...) { return unset; });
    ON_CALL(*this, CopyActions).WillByDefault([unset](auto&&...) { return unset; });
  }

  MOCK_METHOD(Decision, Check, (const CheckRequest&), (override));
  MOCK_METHOD(std::vector<Decision>, BatchCheck, (const std::vector<CheckRequest>&), (override));
  MOCK_METHOD(absl::Status, Filter, (const FilterOptions&, FilterSource, FilterSink), (override));
  MOCK_METHOD(absl::StatusOr<v1::ApplyActionResponse>, ApplyAction, (v1::ApplyActionRequest),
              (override));
  MOCK_METHOD(absl::StatusOr<v1::CopyActionsResponse>, CopyActions, (v1::CopyActionsRequest),
              (override));
};

}  // namespace dnc

#endif  // DNC_CLIENT_GMOCK_CLIENT_H_
