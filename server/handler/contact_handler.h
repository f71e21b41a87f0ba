// Takes reports of contacts, and lists them.
#ifndef DNC_SERVER_HANDLER_CONTACT_HANDLER_H_
#define DNC_SERVER_HANDLER_CONTACT_HANDLER_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "dnc/v1/contact_report.pb.h"
#include "server/handler/contact_judge.h"
#include "server/handler/decision_handler.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"
#include "storage/recording/contact_store.h"

namespace dnc {

// Thread-safe. An OK answer to a report says that it survives any crash.
class ContactHandler {
 public:
  ContactHandler(const StateMachine* state, const Clock* clock, const DecisionSources& sources,
                 ContactStore* contacts)
      : state_(state), clock_(clock), sources_(sources), contacts_(contacts) {}

  // CONTACT_ID_REUSED, RECORDING_UNAVAILABLE, and errors of the shape.
  absl::Status Report(const v1::ReportContactRequest& request, absl::string_view reporter,
                      v1::ReportContactResponse* response);
  // One message of a stream.
  absl::Status Report(const v1::ReportContactsConfig& config,
                      const v1::ReportContactsRequest& message, absl::string_view reporter,
                      v1::ReportContactsResponse* response);
  // What of a stream's config can be told before a contact is reported.
  absl::Status CheckConfig(const v1::ReportContactsConfig& config) const;

  absl::Status List(const v1::ListContactsRequest& request,
                    v1::ListContactsResponse* response) const;
  absl::Status List(const v1::ListContactViolationsRequest& request,
                    v1::ListContactViolationsResponse* response) const;

 private:
  class Turns;
  // Contacts that are reported at once.
  struct Wanted {
    absl::string_view organization;
    int64_t max_check_age = 0;
    absl::string_view reporter;
    std::vector<const v1::ReportedContact*> contacts;
  };
  struct Result {
    v1::JudgedContact contact;
    bool repeated = false;
    absl::Status status;
  };

  absl::StatusOr<std::vector<Result>> ReportAll(const Wanted& wanted);
  absl::Status Settle(const ContactBench& bench, const Wanted& wanted,
                      absl::StatusOr<ContactReport> report, std::vector<ContactRow>* rows,
                      Result* result);

  static constexpr size_t kStripes = 64;

  const StateMachine* const state_;
  const Clock* const clock_;
  const DecisionSources sources_;
  ContactStore* const contacts_;
  // Whoever reports contacts of one id takes turns: a stripe for every so many ids.
  std::array<absl::Mutex, kStripes> stripes_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_CONTACT_HANDLER_H_
