// The answer to "may we contact this person?", built so that it can only fail towards "no".
#ifndef DNC_CLIENT_DECISION_H_
#define DNC_CLIENT_DECISION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/steady_time.h"
#include "dnc/v1/check.pb.h"
#include "dnc/v1/contact.pb.h"

namespace dnc {

// Only kAllow permits a contact. Zero, and so every value that nobody set, is kUnknown.
enum class [[nodiscard]] Verdict : uint8_t{kUnknown = 0, kDeny = 1, kAllow = 2};

// "ALLOW", "DENY" or "UNKNOWN".
absl::string_view VerdictName(Verdict verdict);

// The verdict on the wire; kUnknown for every value that is not ALLOW or DENY.
Verdict VerdictFromProto(int wire_value);

// One decision. A value: copy and move it at will; const methods are thread-safe.
//
// may_contact() is true only for an ALLOW that the gateway gave, that is well-formed, and that is
// not older than its valid_for, counted from the moment the call was started. Whatever else happens
// (an error, a deadline, an answer of a future version, waiting too long before dialling) makes it
// false. So ask may_contact() right before the contact is made.
class [[nodiscard]] Decision {
 public:
  // UNKNOWN: nothing was asked.
  Decision();

  // UNKNOWN because of a failure. An OK status is one too: it brought no answer.
  static Decision Failed(absl::Status status);

  // From the gateway's answer to a call that was started at `started` on `time`.
  static Decision FromResponse(const v1::CheckContactResponse& response, absl::Duration started,
                               std::shared_ptr<const SteadyTime> time);
  // From the same as it travels: the bytes of a v1.CheckContactResponse. What they say beside the
  // verdict is read when it is asked for.
  static Decision FromBytes(std::string response, absl::Duration started,
                            std::shared_ptr<const SteadyTime> time);

  // Whether the contact may be made, now.
  bool may_contact() const { return verdict() == Verdict::kAllow; }

  // The verdict, now: an ALLOW turns to kUnknown when its time is over.
  Verdict verdict() const;

  // OK where the gateway judged and the answer still holds; otherwise why there is no verdict. See
  // client/error.h for its details.
  absl::Status status() const;

  // Every rule that matched, blocking ones first.
  const std::vector<v1::Reason>& reasons() const;

  // The contact point as the registry keys it.
  const v1::ContactPoint& contact_point() const;

  // Names the decision, for the caller's own records; empty where there is none.
  const std::string& decision_id() const;

  // The state at which it was judged; 0 where there is none.
  int64_t revision() const { return revision_; }

  // How much longer an ALLOW may be relied on; zero for every other verdict.
  absl::Duration remaining() const;

  // "DENY: CONTACT_POINT_ON_LIST, STATUS_RESTRICTS", for logs: without contact data.
  std::string ToString() const;

 private:
  class Details;

  // Of an answer to a call that was started at `started`.
  Decision(int verdict, absl::Duration valid_for, absl::Duration started,
           std::shared_ptr<const SteadyTime> time);
  bool Expired() const;
  static absl::Status JudgeShape(int verdict, absl::Duration valid_for);

  absl::Status status_;
  Verdict verdict_ = Verdict::kUnknown;
  absl::Duration allowed_until_;  // on time_
  std::shared_ptr<const SteadyTime> time_;
  std::shared_ptr<const Details> details_;  // null: there are none
  int64_t revision_ = 0;
};

}  // namespace dnc

#endif  // DNC_CLIENT_DECISION_H_
