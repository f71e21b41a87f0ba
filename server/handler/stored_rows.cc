#include "server/handler/stored_rows.h"

#include "absl/strings/match.h"
#include "server/error/error.h"

namespace dnc {
namespace {

constexpr int kMaxRowsRead = 10'000;

}  // namespace

absl::StatusOr<std::string> ReadRows(const View& view, const Range& range, const Page& page,
                                     absl::string_view filter, OnStoredRow on_row) {
  std::string next;
  absl::Status error;
  int taken = 0;
  int rows = 0;
  if (!page.start.empty() && !absl::StartsWith(page.start, range.prefix)) {
    return InvalidField("page_token", "not a token of this request; begin again without it");
  }
  const std::string start = page.start.empty() ? range.prefix : page.start;
  DNC_RETURN_IF_ERROR(view.reader->Scan(range.family, start, keys::PrefixEnd(range.prefix),
                                        [&](absl::string_view key, absl::string_view value) {
                                          if (taken == page.size || rows++ == kMaxRowsRead) {
                                            next = MakePageToken(key, filter);
                                            return false;
                                          }
                                          const absl::StatusOr<bool> took = on_row(key, value);
                                          if (!took.ok()) error = took.status();
                                          if (took.ok() && *took) ++taken;
                                          return error.ok();
                                        }));
  if (!error.ok()) return error;
  return next;
}

}  // namespace dnc
