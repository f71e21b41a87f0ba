// Requests that end leads: deletions and merges.
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/handler/preparer_parts.h"
#include "server/name/resource_name.h"

namespace dnc {

using storage::v1::Mutation;

Preparer::Result Preparer::Prepare(const v1::DeleteLeadRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseLeadName(request.name(), "name"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.etag(), "etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, name.organization, caller, true));
  *mutation.mutable_delete_lead() = request;
  return Finish(std::move(mutation), request);
}

Preparer::Result Preparer::Prepare(const v1::MergeLeadsRequest& request,
                                   const Principal& caller) const {
  DNC_ASSIGN_OR_RETURN(const ResourceName source, ParseLeadName(request.source(), "source"));
  DNC_ASSIGN_OR_RETURN(const ResourceName target, ParseLeadName(request.target(), "target"));
  if (source.organization != target.organization) {
    return InvalidField("target", absl::StrCat("must belong to organizations/", source.organization,
                                               ", as the source does"));
  }
  if (source.lead == target.lead) return InvalidField("target", "is the source itself");
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.source_etag(), "source_etag"));
  DNC_RETURN_IF_ERROR(CheckEtagShape(request.target_etag(), "target_etag"));
  DNC_ASSIGN_OR_RETURN(Mutation mutation, Start(request, source.organization, caller, true));
  *mutation.mutable_merge_leads() = request;
  return Finish(std::move(mutation), request);
}

}  // namespace dnc
