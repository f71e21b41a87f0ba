#include "server/handler/stored_rows.h"

#include <utility>

#include "absl/strings/match.h"
#include "server/error/error.h"

namespace dnc {
namespace {

constexpr int kMaxRowsRead = 10'000;

// What one page makes of the rows that it reads.
class RowPager {
 public:
  RowPager(const Page& page, absl::string_view filter, OnStoredRow on_row)
      : page_(page), filter_(filter), on_row_(on_row) {}

  // Whether to go on.
  bool Take(absl::string_view key, absl::string_view value) {
    if (taken_ == page_.size || rows_++ == kMaxRowsRead) {
      next_ = MakePageToken(key, filter_);
      return false;
    }
    const absl::StatusOr<bool> took = on_row_(key, value);
    if (!took.ok()) error_ = took.status();
    if (took.ok() && *took) ++taken_;
    return error_.ok();
  }

  // The token of the next page.
  absl::StatusOr<std::string> Next() && {
    if (!error_.ok()) return error_;
    return std::move(next_);
  }

 private:
  const Page& page_;
  const absl::string_view filter_;
  const OnStoredRow on_row_;
  std::string next_;
  absl::Status error_;
  int taken_ = 0;
  int rows_ = 0;
};

absl::Status CheckStart(const Page& page, absl::string_view prefix) {
  if (page.start.empty() || absl::StartsWith(page.start, prefix)) return absl::OkStatus();
  return InvalidField("page_token", "not a token of this request; begin again without it");
}

}  // namespace

absl::StatusOr<std::string> ReadRows(const View& view, const Range& range, const Page& page,
                                     absl::string_view filter, OnStoredRow on_row) {
  DNC_RETURN_IF_ERROR(CheckStart(page, range.prefix));
  RowPager reader(page, filter, on_row);
  const std::string start = page.start.empty() ? range.prefix : page.start;
  DNC_RETURN_IF_ERROR(view.reader->Scan(
      range.family, start, keys::PrefixEnd(range.prefix),
      [&](absl::string_view key, absl::string_view value) { return reader.Take(key, value); }));
  return std::move(reader).Next();
}

absl::StatusOr<std::string> ReadEntryRows(const View& view, const EntryOwner& owner,
                                          const Page& page, absl::string_view filter,
                                          OnStoredRow on_row) {
  const std::string& prefix = owner.index_prefix();
  DNC_RETURN_IF_ERROR(CheckStart(page, prefix));
  EntryId first;
  if (!page.start.empty()) {
    if (page.start.size() != keys::WithEntryId(prefix, first).size()) {
      return InvalidField("page_token", "not a token of this request; begin again without it");
    }
    first = keys::EntryIdOfKey(page.start);
  }
  RowPager reader(page, filter, on_row);
  DNC_RETURN_IF_ERROR(owner.ForEachEntry(*view.reader, first, [&](EntryId id) {
    return reader.Take(keys::WithEntryId(prefix, id), "");
  }));
  return std::move(reader).Next();
}

}  // namespace dnc
