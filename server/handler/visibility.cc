#include "server/handler/visibility.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"
#include "server/name/resource_name.h"

namespace dnc {
namespace {

// The status of a name that is one's, or something's of one; empty where it is neither.
absl::string_view StatusPart(absl::string_view name) {
  const size_t begin = name.find("/statuses/");
  if (begin == absl::string_view::npos) return "";
  return name.substr(0, name.find('/', begin + absl::string_view("/statuses/").size()));
}

}  // namespace

bool SeesStatus(const View& view, const Principal& caller, const v1::Status& status) {
  if (status.visible_to_roles().empty() || caller.administrator) return true;
  const absl::StatusOr<ResourceName> name = ParseStatusName(status.name(), "name");
  const CatalogOrganization* organization =
      name.ok() ? view.catalog->Find(name->organization) : nullptr;
  if (organization == nullptr) return false;
  const CatalogAccess& access = *organization->access;
  return access.HasRole(caller.id, kAdministratorRole, status.name()) ||
         std::any_of(status.visible_to_roles().begin(), status.visible_to_roles().end(),
                     [&](const std::string& role) {
                       return access.HasRole(caller.id, role, status.name());
                     });
}

absl::Status CheckVisible(const View& view, const Principal& caller, absl::string_view name) {
  if (caller.administrator) return absl::OkStatus();
  const std::string status_name(StatusPart(name));
  const absl::StatusOr<ResourceName> parsed = ParseStatusName(status_name, "name");
  if (!parsed.ok()) return absl::OkStatus();
  const CatalogOrganization* organization = view.catalog->Find(parsed->organization);
  const CatalogStatus* status = organization == nullptr
                                    ? nullptr
                                    : organization->FindStatus(parsed->workflow, parsed->status);
  if (status == nullptr || SeesStatus(view, caller, status->proto())) return absl::OkStatus();
  return MakeError(v1::ERROR_REASON_STATUS_NOT_FOUND, absl::StrCat(status_name, " does not exist"),
                   {{"status", status_name}});
}

void Conceal(const View& view, const Principal& caller,
             google::protobuf::RepeatedPtrField<v1::Status>* statuses) {
  if (caller.administrator) return;
  const auto end =
      std::remove_if(statuses->begin(), statuses->end(),
                     [&](const v1::Status& status) { return !SeesStatus(view, caller, status); });
  statuses->erase(end, statuses->end());
}

}  // namespace dnc
