// Opt-outs by reply, call or letter, on a real server.
#ifndef DNC_TESTS_INTEGRATION_OPT_OUT_FIXTURE_H_
#define DNC_TESTS_INTEGRATION_OPT_OUT_FIXTURE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/integration/gateway_fixture.h"

namespace dnc {

class OptOutsAsTheyArrive : public GatewayTest {
 protected:
  static std::string ReceivedBefore(int64_t micros) {
    return absl::StrCat("received_time { seconds: ", (kStart - micros) / kSecond, " } ");
  }
  // A text message from bob, received now.
  static std::string Text(absl::string_view text, absl::string_view more = "") {
    return absl::StrCat("contact_point { phone: '2125550102' } keyword_reply { text: '", text,
                        "' medium: REPLY_MEDIUM_SMS } ", more);
  }
  std::string Received() {
    return absl::StrCat("received_time { seconds: ", clock().Now() / kSecond, " } ");
  }
  Reply<v1::RecordOptOutResponse> TryRecord(absl::string_view opt_out,
                                            absl::string_view more = "") {
    return Ask<v1::RecordOptOutRequest>(
        absl::StrCat("parent: '~' opt_out { ", opt_out, " } ", more));
  }
  v1::OptOut Record(absl::string_view opt_out) {
    const auto reply = TryRecord(absl::StrCat(opt_out, Received()));
    EXPECT_THAT(reply, IsOk()) << opt_out;
    return reply->opt_out();
  }
  v1::Review Resolve(const std::string& review, absl::string_view decision) {
    return Must<v1::ResolveReviewRequest>(absl::StrCat("name: '", review, "' decision: ", decision,
                                                       " reason: 'listened to the call'"))
        .review();
  }
  v1::Entry EntryOf(const std::string& name) {
    return Must<v1::GetEntryRequest>(absl::StrCat("name: '", name, "'")).entry();
  }
  void SetPolicy(absl::string_view policy) {
    Must<v1::UpdateOrganizationRequest>(
        absl::StrCat("organization { name: '~' opt_out_policy { ", policy, " } }"));
  }
  v1::Verdict BobVerdict() { return PhoneVerdict(kBobPhone); }
};

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_OPT_OUT_FIXTURE_H_
