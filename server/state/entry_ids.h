// Which entries a contact point or a lead ever had. Those that block, or will, its own record
// names; the others, which were revoked or whose place another took, the index: an entry gets its
// row there when it leaves the record, so that an opt-out writes none. Stores that were written
// before schema version 3 have rows of all.
#ifndef DNC_SERVER_STATE_ENTRY_IDS_H_
#define DNC_SERVER_STATE_ENTRY_IDS_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "storage/rocksdb/store.h"
#include "storage/schema/keys.h"

namespace dnc {

// Whose entries are meant.
class EntryOwner {
 public:
  // By its key in the family subjects.
  static EntryOwner Subject(const std::string& subject_key);
  static EntryOwner Lead(uint32_t organization, absl::string_view lead_id);

  // Calls `on_entry` once with the id of each of its entries from `first` on, ascending, until it
  // answers false. CORRUPT_RECORD.
  absl::Status ForEachEntry(const StoreReader& reader, EntryId first,
                            absl::FunctionRef<bool(EntryId)> on_entry) const;

  // How the keys of its index rows begin.
  const std::string& index_prefix() const { return index_prefix_; }

 private:
  EntryOwner(Family family, std::string key, std::string index_prefix)
      : family_(family), key_(std::move(key)), index_prefix_(std::move(index_prefix)) {}

  const Family family_;  // of its record
  const std::string key_;
  const std::string index_prefix_;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_ENTRY_IDS_H_
