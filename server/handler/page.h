// Pagination (https://google.aip.dev/158): page sizes and opaque page tokens.
#ifndef DNC_SERVER_HANDLER_PAGE_H_
#define DNC_SERVER_HANDLER_PAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace dnc {

struct Page {
  int size = 0;
  std::string start;  // the key to begin with; empty: the first
};

// `filter` is everything else that the request asks for: a token is good only for the request that
// it came from. INVALID_FIELD for a negative size or a foreign token.
absl::StatusOr<Page> ReadPage(int page_size, const std::string& page_token,
                              absl::string_view filter);
// The filter of a request: its kind and everything in it but the page.
template <typename Request>
std::string FilterOf(Request request) {
  request.clear_page_token();
  request.clear_page_size();
  return request.GetDescriptor()->full_name() + request.SerializeAsString();
}

std::string MakePageToken(absl::string_view next_key, absl::string_view filter);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_PAGE_H_
