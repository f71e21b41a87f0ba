// Lists longer than a page.
#ifndef DNC_CLIENT_CLI_PAGING_H_
#define DNC_CLIENT_CLI_PAGING_H_

#include <algorithm>
#include <cstdint>

#include "absl/status/statusor.h"
#include "client/cli/session.h"

namespace dnc::cli {

inline constexpr int64_t kDefaultLimit = 100;

// Asks for page after page until there are `limit` items (0: all of them) and answers them as one
// page. `count` tells how many items a page has. Says on standard error where more exist.
template <typename Response, typename Request, typename Count>
absl::StatusOr<Response> ListAll(Session& session, Request request, int64_t limit, Count count) {
  constexpr int64_t kPageSize = 1000;
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

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_PAGING_H_
