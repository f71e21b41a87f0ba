// gMock class for callers' tests that set expectations; its Check answers UNKNOWN by default.
#ifndef DNC_CLIENT_GMOCK_CLIENT_H_
#define DNC_CLIENT_GMOCK_CLIENT_H_

#include <gmock/gmock.h>

#include <vector>

#include "client/api.h"

namespace dnc {

class MockClient : public CheckApi, public ActionApi {
 public:
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
