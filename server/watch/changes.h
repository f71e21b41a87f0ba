// What an audit record means to those who watch entries and restrictions. Pure.
#ifndef DNC_SERVER_WATCH_CHANGES_H_
#define DNC_SERVER_WATCH_CHANGES_H_

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "dnc/storage/v1/record.pb.h"
#include "dnc/v1/watch.pb.h"

namespace dnc {

// Which changes a consumer wants.
struct ChangeFilter {
  std::set<int> kinds;    // v1::ChangeKind; none: all
  std::string list;       // its name; empty: all
  uint32_t channels = 0;  // bit (1 << Channel); 0: all

  bool Wants(const v1::Change& change) const;
};

// The changes of a record, in its order. `added` are the entries that it added where the record
// does not have them, as they are in the store now. DATA_LOSS: an object of the record cannot be
// read.
absl::StatusOr<std::vector<v1::Change>> ChangesOf(const storage::v1::AuditRecord& record,
                                                  absl::Span<const v1::Entry> added);

}  // namespace dnc

#endif  // DNC_SERVER_WATCH_CHANGES_H_
