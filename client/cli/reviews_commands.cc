#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "client/cli/answer.h"
#include "client/cli/commands.h"
#include "client/cli/opt_out_text.h"
#include "client/cli/options.h"
#include "client/cli/paging.h"
#include "client/cli/progress.h"
#include "client/cli/table.h"
#include "client/cli/time_text.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {
namespace {

const EnumNames& ReviewStateNames() {
  static const auto& names = *new EnumNames{{"pending", v1::REVIEW_STATE_PENDING},
                                            {"confirmed", v1::REVIEW_STATE_CONFIRMED},
                                            {"dismissed", v1::REVIEW_STATE_DISMISSED}};
  return names;
}

const EnumNames& ReviewKindNames() {
  static const auto& names = *new EnumNames{{"near-miss", v1::REVIEW_KIND_NEAR_MISS},
                                            {"re-grant", v1::REVIEW_KIND_CONSENT_REGRANT}};
  return names;
}

const EnumNames& ReviewDecisionNames() {
  static const auto& names = *new EnumNames{{"confirm", v1::REVIEW_DECISION_CONFIRM},
                                            {"dismiss", v1::REVIEW_DECISION_DISMISS}};
  return names;
}

template <typename Reviews>
void PrintReviews(Session& session, const Reviews& reviews) {
  Table table(
      {"REVIEW", "KIND", "STATE", "FROM", "HOW", "BLOCKS", "RECEIVED", "CAUSE", "RESOLVED"});
  for (const v1::Review& review : reviews) {
    const v1::OptOut& opt_out = review.opt_out();
    table.AddRow({ShortName(review.name()), EnumWord(ReviewKindNames(), review.kind()),
                  EnumWord(ReviewStateNames(), review.state()), OptOutSubject(opt_out),
                  WayText(opt_out), opt_out.blocks() ? "yes" : "no",
                  TimeText(opt_out.received_time()), Printable(opt_out.review_cause()),
                  TimeText(review.resolve_time())});
  }
  table.Print(session.out());
}

void PrintReview(Session& session, const v1::Review& review) {
  PrintReviews(session, std::vector<v1::Review>{review});
}

struct ReviewsListOptions {
  int state = v1::REVIEW_STATE_PENDING;
  bool all = false;
  int kind = v1::REVIEW_KIND_UNSPECIFIED;
  int64_t limit = kDefaultLimit;
};

absl::StatusOr<int> List(Session& session, const ReviewsListOptions& options) {
  v1::ListReviewsRequest request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  if (!options.all) request.set_state(static_cast<v1::ReviewState>(options.state));
  request.set_kind(static_cast<v1::ReviewKind>(options.kind));
  return PrintAll(session, request, options.limit, &v1::ListReviewsResponse::reviews_size,
                  [&](const auto& all) { PrintReviews(session, all.reviews()); });
}

absl::StatusOr<int> GetReview(Session& session, const std::string& id) {
  DNC_ASSIGN_OR_RETURN(const auto response,
                       ReadNamed<v1::GetReviewRequest>(session, session.names().Review(id)));
  return PrintAnswer(session, response, [&] { PrintReview(session, response.review()); });
}

struct ResolveOptions {
  std::string id;
  int decision = v1::REVIEW_DECISION_UNSPECIFIED;
  std::string reason;
  std::string etag;
  WriteOptions write;
};

absl::StatusOr<int> Resolve(Session& session, const ResolveOptions& options) {
  v1::ResolveReviewRequest request;
  session.BeginWrite(options.write);
  session.Sign(request);
  DNC_ASSIGN_OR_RETURN(*request.mutable_name(), session.names().Review(options.id));
  request.set_decision(static_cast<v1::ReviewDecision>(options.decision));
  request.set_reason(options.reason);
  request.set_etag(options.etag);
  DNC_ASSIGN_OR_RETURN(const auto response, session.gateway().Call(request));
  if (!session.json()) {
    session.err() << "dncctl: "
                  << Counted(response.review().created_entries_size(), "entry", "entries")
                  << " created, " << response.review().revoked_entries_size() << " revoked\n";
  }
  return PrintWrite(session, response, [&] { PrintReview(session, response.review()); });
}

void AddListReviews(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<ReviewsListOptions>();
  CLI::App* command = AddCommand(group, "list", "List what waits for a decision",
                                 "dncctl reviews list\n"
                                 "dncctl reviews list --kind re-grant\n"
                                 "dncctl -o json reviews list --all --limit 0");
  AddEnum(*command, "--state", options->state, ReviewStateNames(),
          "Only these; pending if not given");
  command->add_flag("--all", options->all, "Of every state");
  AddEnum(*command, "--kind", options->kind, ReviewKindNames(), "Only this kind");
  AddLimit(*command, options->limit);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return List(s, *options); }; });
}

void AddResolve(CLI::App& group, Command& chosen) {
  auto options = std::make_shared<ResolveOptions>();
  CLI::App* command = AddCommand(
      group, "resolve", "Decide a review, for the record",
      "dncctl reviews resolve 12 --decision dismiss --reason \"asked about a bus stop\"\n"
      "dncctl reviews resolve 13 --decision confirm --reason \"wants no more texts\"");
  command->add_option("REVIEW", options->id, "Its id")->required();
  AddEnum(*command, "--decision", options->decision, ReviewDecisionNames(),
          "confirm: it is what it seemed to be; dismiss: it is not")
      ->required();
  command->add_option("--reason", options->reason, "Why")->required();
  command->add_option("--etag", options->etag, "Refuse where it changed since it was read");
  AddWriteOptions(*command, options->write);
  command->callback(
      [&chosen, options] { chosen = [options](Session& s) { return Resolve(s, *options); }; });
}

}  // namespace

void AddReviewsCommands(CLI::App& app, Command& chosen) {
  CLI::App* group = AddGroup(app, "reviews", "What may be an opt-out, and consents granted again",
                             "dncctl reviews list\n"
                             "dncctl reviews resolve 12 --decision confirm --reason \"clear\"");
  AddListReviews(*group, chosen);
  auto id = std::make_shared<std::string>();
  CLI::App* get = AddCommand(*group, "get", "Show one review", "dncctl -o json reviews get 12");
  get->add_option("REVIEW", *id, "Its id")->required();
  get->callback([&chosen, id] { chosen = [id](Session& s) { return GetReview(s, *id); }; });
  AddResolve(*group, chosen);
}

}  // namespace dnc::cli
