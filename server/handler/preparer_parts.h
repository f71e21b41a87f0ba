// What the files of the preparer share; nobody else includes it.
#ifndef DNC_SERVER_HANDLER_PREPARER_PARTS_H_
#define DNC_SERVER_HANDLER_PREPARER_PARTS_H_

#include <string>
#include <utility>

#include "server/handler/preparer.h"
#include "server/workflow/shape.h"
#include "storage/base/status_macros.h"

namespace dnc {

inline constexpr size_t kMaxRequestIdBytes = 128;
inline constexpr size_t kMaxDisplayName = 256;
inline constexpr size_t kMaxEvidence = 1024;

// INVALID_FIELD where it is `global`, which has lists and entries only.
absl::Status CheckNotGlobal(absl::string_view organization, absl::string_view field);

// Brings a brand or campaign into the form in which checks compare it. INVALID_FIELD.
absl::Status ShapeScope(absl::string_view field, std::string* name);

// INVALID_FIELD unless it is a point in time that is not in the future, but for honest clocks'
// differences.
absl::Status CheckPast(const google::protobuf::Timestamp& time, UnixMicros now,
                       absl::string_view field);

// SHA-256 over both.
std::string FingerprintOf(absl::string_view kind, absl::string_view content);

// What tells a repeated request from another one under the same id: kind and normalised content. A
// dry run is told what the real request would be.
template <typename Request>
std::string Fingerprint(Request request) {
  request.clear_request_id();
  request.clear_validate_only();
  return FingerprintOf(request.GetDescriptor()->full_name(), request.SerializeAsString());
}

template <typename Request>
storage::v1::Mutation Finish(storage::v1::Mutation mutation, const Request& body) {
  // What this program does not know it has not judged, and a later one might believe it.
  mutation.DiscardUnknownFields();
  if (!mutation.request_id().empty()) mutation.set_fingerprint(Fingerprint(body));
  return mutation;
}

template <typename Request>
Preparer::Result Preparer::Start(const Request& request, const std::string& organization,
                                 const Principal& caller, bool actor_required) const {
  DNC_RETURN_IF_ERROR(CheckText(request.request_id(), kMaxRequestIdBytes, "request_id"));
  DNC_RETURN_IF_ERROR(CheckActor(request.actor(), actor_required, "actor"));
  storage::v1::Mutation mutation = StartPart(organization, request.actor(), caller);
  mutation.set_request_id(request.request_id());
  return mutation;
}

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_PREPARER_PARTS_H_
