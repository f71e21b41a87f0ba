// Reads opt-outs as they arrived, their keywords, and reviews.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "server/handler/page.h"
#include "server/handler/period.h"
#include "server/handler/read_handler.h"
#include "server/handler/stored_rows.h"
#include "server/name/resource_name.h"
#include "server/optout/keywords.h"
#include "server/state/txn.h"

namespace dnc {
namespace {

using storage::v1::OptOutRecord;
using storage::v1::ReviewRecord;

absl::StatusOr<std::optional<ReviewRecord>> ReadReview(const View& view, uint32_t organization,
                                                       uint64_t revision) {
  return ReadRecord<ReviewRecord>(view, Family::kReviews, keys::Review(organization, revision));
}

bool IsWanted(const v1::ListOptOutsRequest& request, const v1::OptOut& opt_out) {
  if (request.late_only() && !opt_out.late()) return false;
  if (request.outcome() != v1::OPT_OUT_OUTCOME_UNSPECIFIED &&
      opt_out.outcome() != request.outcome()) {
    return false;
  }
  const v1::Period& period = request.record_period();
  if (period.has_start_time() && opt_out.effective_time() < period.start_time()) return false;
  return !period.has_end_time() || opt_out.effective_time() < period.end_time();
}

bool IsWanted(const v1::ListReviewsRequest& request, const v1::Review& review) {
  return (request.state() == v1::REVIEW_STATE_UNSPECIFIED || review.state() == request.state()) &&
         (request.kind() == v1::REVIEW_KIND_UNSPECIFIED || review.kind() == request.kind());
}

}  // namespace

absl::Status ReadHandler::List(const v1::ListOptOutsRequest& request,
                               v1::ListOptOutsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  if (!v1::OptOutOutcome_IsValid(request.outcome())) {
    return InvalidField("outcome", "unknown value");
  }
  DNC_RETURN_IF_ERROR(CheckPeriod(request.record_period(), "record_period"));
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      ReadRows(*view, Range{Family::kReviews, keys::OptOutPrefix(organization->number())}, page,
               filter,
               [&](absl::string_view /*key*/, absl::string_view value) -> absl::StatusOr<bool> {
                 OptOutRecord record;
                 if (!record.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
                   return CorruptRecord(Family::kReviews);
                 }
                 if (!IsWanted(request, record.opt_out())) return false;
                 *response->add_opt_outs() = std::move(*record.mutable_opt_out());
                 return true;
               }));
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::ListOptOutKeywordsRequest& request,
                              v1::ListOptOutKeywordsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  for (const std::string& keyword :
       organization->record.organization().opt_out_policy().additional_keywords()) {
    v1::OptOutKeyword* own = response->add_keywords();
    own->set_text(keyword);
    own->set_meaning(v1::KEYWORD_MEANING_STOP);
    own->set_source("organization");
  }
  for (const Keyword& keyword : BuiltInKeywords()) {
    v1::OptOutKeyword* built_in = response->add_keywords();
    built_in->set_text(std::string(keyword.text));
    built_in->set_language(std::string(keyword.language));
    built_in->set_meaning(keyword.meaning);
    built_in->set_language_required(keyword.use == KeywordUse::kLanguageRequired);
    built_in->set_source(std::string(keyword.source));
  }
  return absl::OkStatus();
}

absl::Status ReadHandler::Get(const v1::GetReviewRequest& request,
                              v1::GetReviewResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  DNC_ASSIGN_OR_RETURN(const ResourceName name, ParseReviewName(request.name(), "name"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, name.organization));
  uint64_t revision = 0;
  std::optional<ReviewRecord> record;
  if (absl::SimpleAtoi(name.review, &revision) && absl::StrCat(revision) == name.review) {
    DNC_ASSIGN_OR_RETURN(record, ReadReview(*view, organization->number(), revision));
  }
  if (!record.has_value()) {
    return MakeError(v1::ERROR_REASON_REVIEW_NOT_FOUND,
                     absl::StrCat(request.name(), " does not exist"), {{"review", request.name()}});
  }
  *response->mutable_review() = std::move(*record->mutable_review());
  response->set_revision(view->revision);
  return absl::OkStatus();
}

absl::Status ReadHandler::List(const v1::ListReviewsRequest& request,
                               v1::ListReviewsResponse* response) const {
  const StateMachine::ViewGuard view = state_->Read();
  const std::string filter = FilterOf(request);
  DNC_ASSIGN_OR_RETURN(const ResourceName parent,
                       ParseOrganizationName(request.parent(), "parent"));
  DNC_ASSIGN_OR_RETURN(const CatalogOrganization* organization,
                       FindOrganization(*view, parent.organization));
  if (!v1::ReviewState_IsValid(request.state())) return InvalidField("state", "unknown value");
  if (!v1::ReviewKind_IsValid(request.kind())) return InvalidField("kind", "unknown value");
  DNC_ASSIGN_OR_RETURN(const Page page,
                       ReadPage(request.page_size(), request.page_token(), filter));
  const uint32_t number = organization->number();
  const std::string prefix = request.state() == v1::REVIEW_STATE_PENDING
                                 ? keys::PendingReviewPrefix(number)
                                 : keys::ReviewPrefix(number);
  DNC_ASSIGN_OR_RETURN(
      *response->mutable_next_page_token(),
      ReadRows(*view, Range{Family::kReviews, prefix}, page, filter,
               [&](absl::string_view key, absl::string_view) -> absl::StatusOr<bool> {
                 DNC_ASSIGN_OR_RETURN(std::optional<ReviewRecord> record,
                                      ReadReview(*view, number, keys::RevisionOfReviewsKey(key)));
                 if (!record.has_value()) return CorruptRecord(Family::kReviews);
                 if (!IsWanted(request, record->review())) return false;
                 *response->add_reviews() = std::move(*record->mutable_review());
                 return true;
               }));
  return absl::OkStatus();
}

}  // namespace dnc
