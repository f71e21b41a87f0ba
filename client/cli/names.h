// Short ids on the command line and the full resource names of the API.
#ifndef DNC_CLIENT_CLI_NAMES_H_
#define DNC_CLIENT_CLI_NAMES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc::cli {

// Completes ids with an organization. Full names ("organizations/…") are taken as they are, if they
// name the right kind of thing. Errors are INVALID_ARGUMENT and show the right form.
class Names {
 public:
  // `organization`: an id or `organizations/{organization}`; empty where none was given, which is
  // an error only where a name needs it.
  explicit Names(absl::string_view organization);

  absl::StatusOr<std::string> Organization() const;
  absl::StatusOr<std::string> Lead(absl::string_view text) const;      // 42
  absl::StatusOr<std::string> List(absl::string_view text) const;      // national
  absl::StatusOr<std::string> Entry(absl::string_view text) const;     // 12-0
  absl::StatusOr<std::string> Review(absl::string_view text) const;    // 12
  absl::StatusOr<std::string> Template(absl::string_view text) const;  // opt-outs
  absl::StatusOr<std::string> Role(absl::string_view text) const;      // agent
  absl::StatusOr<std::string> Binding(absl::string_view text) const;   // jane-agent
  absl::StatusOr<std::string> Group(absl::string_view text) const;     // inside-sales
  absl::StatusOr<std::string> Workflow(absl::string_view text) const;  // sales
  absl::StatusOr<std::string> Status(absl::string_view text) const;    // sales/new
  absl::StatusOr<std::string> Action(absl::string_view text) const;    // sales/new/do-not-contact

 private:
  std::string organization_;
};

// The part of a full name that people write: "sales/new" for
// "organizations/acme/workflows/sales/statuses/new"; anything else as it is.
std::string ShortName(absl::string_view name);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_NAMES_H_
