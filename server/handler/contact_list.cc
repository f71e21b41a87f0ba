// Lists of contacts that were made.
#include <algorithm>
#include <string>
#include <utility>

#include "server/error/error.h"
#include "server/handler/contact_handler.h"
#include "server/handler/page.h"
#include "server/handler/read_handler.h"
#include "server/name/resource_name.h"
#include "server/subject/subject.h"
#include "storage/base/status_macros.h"
#include "storage/recording/recording_keys.h"

namespace dnc {
namespace {

// Rows that one call reads at the most; a filter that few contacts fit answers short pages.
constexpr int kMaxContactsRead = 10'000;

// A filter in its canonical form.
struct ContactQuery {
  v1::Channel channel = v1::CHANNEL_UNSPECIFIED;
  std::string campaign;
  std::string lead_name;
  std::string lead;
  std::string hash;
  TimeRange times;

  bool Fits(const storage::v1::RecordedContact& record) const {
    const v1::JudgedContact& contact = record.contact();
    if (channel != v1::CHANNEL_UNSPECIFIED && contact.channel() != channel) return false;
    if (!campaign.empty() && contact.campaign() != campaign) return false;
    if (!lead_name.empty() && contact.lead() != lead_name) return false;
    return hash.empty() || record.contact_hash() == hash;
  }

  // The narrowest range that holds all of them; `general`: where every contact that counts is.
  ContactRange Range(uint32_t org, std::string general) const {
    ContactRange range{std::move(general), times.start, times.end};
    if (!lead.empty()) range.prefix = recording_keys::ContactLeadPrefix(org, lead);
    if (!hash.empty()) range.prefix = recording_keys::ContactHashPrefix(org, hash);
    return range;
  }
};

absl::StatusOr<ContactQuery> ReadFilter(const CatalogOrganization& organization,
                                        const Secret& secret, const v1::ContactFilter& filter) {
  if (!v1::Channel_IsValid(filter.channel())) {
    return InvalidField("filter.channel", "unknown value");
  }
  ContactQuery query;
  query.channel = filter.channel();
  DNC_ASSIGN_OR_RETURN(query.campaign, RecordedScope(filter.campaign(), "filter.campaign"));
  DNC_ASSIGN_OR_RETURN(query.lead, LeadOf(organization, filter.lead(), "filter.lead"));
  query.lead_name = filter.lead();
  if (filter.has_contact_point()) {
    const std::string& region = organization.record.organization().default_region();
    DNC_ASSIGN_OR_RETURN(
        const ContactPoint point,
        NormalizeContactPoint(filter.contact_point(), region, "filter.contact_point"));
    query.hash = HashOf(secret, organization, point);
  }
  DNC_ASSIGN_OR_RETURN(query.times, RangeOf(filter.period(), "filter.period"));
  return query;
}

bool HasViolation(const v1::JudgedContact& contact,
                  const v1::ListContactViolationsRequest& request) {
  const auto wanted = [&](const v1::ContactViolation& violation) {
    if (request.certain_only() && violation.uncertain()) return false;
    return request.kind() == v1::CONTACT_VIOLATION_KIND_UNSPECIFIED ||
           violation.kind() == request.kind();
  };
  return std::any_of(contact.violations().begin(), contact.violations().end(), wanted);
}

// Where a listing reads.
struct ContactTable {
  const ContactStore& contacts;
  const CatalogOrganization& organization;
  const Secret& secret;
};

// One page of what `wanted` takes.
template <typename Request, typename Response, typename Wanted>
absl::Status ListPage(const ContactTable& table, const Request& request, std::string general,
                      Wanted wanted, Response* response) {
  const std::string filter_text = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter_text));
  DNC_ASSIGN_OR_RETURN(const ContactQuery query,
                       ReadFilter(table.organization, table.secret, request.filter()));
  const uint32_t org = table.organization.number();
  int budget = kMaxContactsRead;
  DNC_ASSIGN_OR_RETURN(
      const std::string next,
      table.contacts.ScanDown(org, query.Range(org, std::move(general)), page.start, &budget,
                              [&](const storage::v1::RecordedContact& record) {
                                if (!query.Fits(record) || !wanted(record.contact())) return true;
                                *response->add_contacts() = record.contact();
                                return response->contacts_size() < page.size;
                              }));
  if (!next.empty()) response->set_next_page_token(MakePageToken(next, filter_text));
  return absl::OkStatus();
}

}  // namespace

absl::Status ContactHandler::List(const v1::ListContactsRequest& request,
                                  v1::ListContactsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  return ListPage(
      {*contacts_, *organization, *sources_.secret}, request,
      recording_keys::ContactPrefix(organization->number()),
      [](const v1::JudgedContact&) { return true; }, response);
}

absl::Status ContactHandler::List(const v1::ListContactViolationsRequest& request,
                                  v1::ListContactViolationsResponse* response) const {
  if (!v1::ContactViolationKind_IsValid(request.kind())) {
    return InvalidField("kind", "unknown value");
  }
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  return ListPage(
      {*contacts_, *organization, *sources_.secret}, request,
      recording_keys::ViolationPrefix(organization->number()),
      [&](const v1::JudgedContact& contact) { return HasViolation(contact, request); }, response);
}

}  // namespace dnc
