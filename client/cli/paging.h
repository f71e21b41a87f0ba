// Lists longer than a page.
#ifndef DNC_CLIENT_CLI_PAGING_H_
#define DNC_CLIENT_CLI_PAGING_H_

#include <algorithm>
#include <cstdint>
#include <functional>

#include "absl/status/statusor.h"
#include "client/cli/answer.h"
#include "client/cli/session.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

inline constexpr int64_t kDefaultLimit = 100;

// Asks for page after page until there are `limit` items (0: all of them) and answers them as one
// page. `count_of` tells how many items a page has. Says on standard error where more exist.
template <typename Response, typename Request, typename Count>
absl::StatusOr<Response> ListAll(Session& session, Request request, int64_t limit, Count count_of) {
  constexpr int64_t kPageSize = 1000;
  const auto count = [&count_of](const Response& page) -> int64_t {
    return std::invoke(count_of, page);
  };
  Response all;
  while (true) {
    const int64_t left = limit == 0 ? kPageSize : limit - count(all);
    request.set_page_size(static_cast<int32_t>(std::min(kPageSize, left)));
    absl::StatusOr<Response> page = session.gateway().Call(request);
    if (!page.ok()) return page.status();
    request.set_page_token(page->next_page_token());
    all.MergeFrom(*page);
    all.set_next_page_token(request.page_token());
    if (request.page_token().empty()) return all;
    if (limit != 0 && count(all) >= limit) {
      session.err() << "dncctl: the first " << limit << "; --limit 0 shows all\n";
      return all;
    }
  }
}

// Prints all of them: as JSON, or as `print` shows the page to people, who are also told where
// there are none.
template <typename Response, typename Request, typename Print>
absl::StatusOr<int> PrintAll(Session& session, const Request& request, int64_t limit,
                             int (Response::*count)() const, Print print) {
  DNC_ASSIGN_OR_RETURN(const Response all, ListAll<Response>(session, request, limit, count));
  return PrintAnswer(session, all, [&] {
    print(all);
    if (std::invoke(count, all) == 0) session.err() << "dncctl: nothing found\n";
  });
}

// The same of what an organization has, where the request names nothing else.
template <typename Request, typename Response, typename Print>
absl::StatusOr<int> PrintAllOfOrganization(Session& session, int64_t limit,
                                           int (Response::*count)() const, Print print) {
  Request request;
  DNC_ASSIGN_OR_RETURN(*request.mutable_parent(), session.names().Organization());
  return PrintAll(session, request, limit, count, print);
}

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_PAGING_H_
