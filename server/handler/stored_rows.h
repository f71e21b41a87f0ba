// Reads records of the store: one by its key, or a page of those that a listing wants.
#ifndef DNC_SERVER_HANDLER_STORED_ROWS_H_
#define DNC_SERVER_HANDLER_STORED_ROWS_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/handler/page.h"
#include "server/state/entry_ids.h"
#include "server/state/txn.h"
#include "server/state/view.h"
#include "storage/base/status_macros.h"

namespace dnc {

// The record at that key; nothing where there is none. CORRUPT_RECORD.
template <typename Record>
absl::StatusOr<std::optional<Record>> ReadRecord(const View& view, Family family,
                                                 const std::string& key) {
  Record record;
  DNC_ASSIGN_OR_RETURN(const bool found,
                       view.reader->Get(family, key, [&](absl::string_view bytes) {
                         return record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
                                    ? absl::OkStatus()
                                    : CorruptRecord(family);
                       }));
  if (!found) return std::optional<Record>();
  return std::optional<Record>(std::move(record));
}

// Where a listing reads its rows: every key of `family` that starts with `prefix`.
struct Range {
  Family family;
  std::string prefix;
};

// Answers whether it took the row.
using OnStoredRow =
    absl::FunctionRef<absl::StatusOr<bool>(absl::string_view key, absl::string_view value)>;

// Calls `on_row` for each row from the page's start until it has taken a page, or 10,000 were read:
// a filter that few rows match answers short pages. The result is the token of the next page.
absl::StatusOr<std::string> ReadRows(const View& view, const Range& range, const Page& page,
                                     absl::string_view filter, OnStoredRow on_row);

// The same for the entries of a contact point or lead, as if each had its row in the index, without
// a value.
absl::StatusOr<std::string> ReadEntryRows(const View& view, const EntryOwner& owner,
                                          const Page& page, absl::string_view filter,
                                          OnStoredRow on_row);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_STORED_ROWS_H_
