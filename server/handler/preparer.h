// Turns writing requests into mutations: judges their shape, brings contact points into canonical
// form, and fixes everything that Apply may depend on. Rules about the state are Apply's.
#ifndef DNC_SERVER_HANDLER_PREPARER_H_
#define DNC_SERVER_HANDLER_PREPARER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dnc/storage/v1/mutation.pb.h"
#include "server/auth/authenticator.h"
#include "server/state/state_machine.h"
#include "storage/base/clock.h"

namespace dnc {

// Thread-safe. Errors: INVALID_ARGUMENT with the field, ORGANIZATION_NOT_FOUND where the
// organization's default region is needed.
class Preparer {
 public:
  Preparer(const StateMachine* state, const Clock* clock) : state_(state), clock_(clock) {}

  using Result = absl::StatusOr<storage::v1::Mutation>;
  Result Prepare(const v1::CreateOrganizationRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateOrganizationRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateWorkflowRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateWorkflowRequest& request, const Principal& caller) const;
  Result Prepare(const v1::ApplyWorkflowRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateStatusRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateStatusRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateActionRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateActionRequest& request, const Principal& caller) const;
  Result Prepare(const v1::DeleteActionRequest& request, const Principal& caller) const;
  Result Prepare(const v1::ApplyActionRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CopyActionsRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpsertLeadRequest& request, const Principal& caller) const;
  Result Prepare(const v1::DeleteLeadRequest& request, const Principal& caller) const;
  Result Prepare(const v1::MergeLeadsRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateListRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateListRequest& request, const Principal& caller) const;
  Result Prepare(const v1::AddEntryRequest& request, const Principal& caller) const;
  Result Prepare(const v1::RevokeEntryRequest& request, const Principal& caller) const;
  Result Prepare(const v1::RecordOptOutRequest& request, const Principal& caller) const;
  Result Prepare(const v1::ResolveReviewRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateTemplateRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateTemplateRequest& request, const Principal& caller) const;
  Result Prepare(const v1::DeleteTemplateRequest& request, const Principal& caller) const;
  Result Prepare(const v1::ApplyTemplateRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateRoleRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateRoleRequest& request, const Principal& caller) const;
  Result Prepare(const v1::DeleteRoleRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateRoleBindingRequest& request, const Principal& caller) const;
  Result Prepare(const v1::DeleteRoleBindingRequest& request, const Principal& caller) const;
  Result Prepare(const v1::CreateGroupRequest& request, const Principal& caller) const;
  Result Prepare(const v1::UpdateGroupRequest& request, const Principal& caller) const;
  Result Prepare(const v1::DeleteGroupRequest& request, const Principal& caller) const;
  Result Prepare(const v1::SyncGroupRequest& request, const Principal& caller) const;

  // A batch in which rows of a wrong shape are left out: `rows` gets one status for each row, and
  // the mutation carries those that are OK, in order (possibly none). With all_or_nothing the first
  // bad row is the error.
  Result PrepareBatch(const v1::BatchUpsertLeadsRequest& request, const Principal& caller,
                      std::vector<absl::Status>* rows) const;

  // Parts of an import, which have no request of their own.
  storage::v1::Mutation Prepare(storage::v1::ImportEntries part, const std::string& organization,
                                const v1::Actor& actor, const Principal& caller) const;
  storage::v1::Mutation Prepare(storage::v1::ActivateVersion part, const std::string& organization,
                                const v1::Actor& actor, const Principal& caller) const;

  // The region for phone numbers of the organization without a country code.
  absl::StatusOr<std::string> DefaultRegion(const std::string& organization) const;

 private:
  template <typename Request>
  absl::StatusOr<storage::v1::Mutation> Start(const Request& request,
                                              const std::string& organization,
                                              const Principal& caller, bool actor_required) const;
  storage::v1::Mutation StartPart(const std::string& organization, const v1::Actor& actor,
                                  const Principal& caller) const;
  absl::Status ShapeLead(const std::string& organization, const std::string& region,
                         const std::string& field, v1::Lead* lead) const;
  static absl::Status ShapeList(const std::string& id, const std::string& field, v1::DncList* list);
  static absl::Status ShapeLists(const std::string& organization,
                                 google::protobuf::RepeatedPtrField<v1::DncList>* lists);
  absl::Status ShapeEntry(const std::string& organization, v1::Entry* entry) const;

  const StateMachine* const state_;
  const Clock* const clock_;
};

// INVALID_FIELD, REQUIRED_FIELD_MISSING for who does something.
absl::Status CheckActor(const v1::Actor& actor, bool required, absl::string_view field);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_PREPARER_H_
