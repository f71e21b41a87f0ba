// Contacts that were made, on disk: each kept once, synced before its reporter is answered.
#ifndef DNC_STORAGE_RECORDING_CONTACT_STORE_H_
#define DNC_STORAGE_RECORDING_CONTACT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dnc/storage/v1/recording.pb.h"
#include "storage/base/clock.h"
#include "storage/rocksdb/recording_store.h"

namespace dnc {

// A contact and where it belongs.
struct ContactRow {
  uint32_t org = 0;
  UnixMicros time = 0;  // when it was made
  std::string lead;     // its id; empty: none
  storage::v1::RecordedContact record;
};

// Which contacts are wanted: [start_time, end_time) of one of the orders that recording_keys has.
struct ContactRange {
  std::string prefix;
  UnixMicros start_time = 0;
  UnixMicros end_time = 0;
};

// Thread-safe. Whoever writes contacts of one id takes turns.
class ContactStore {
 public:
  // `retention_micros`: how long after it was made a contact is kept.
  ContactStore(RecordingStore* store, int64_t retention_micros)
      : store_(store), retention_micros_(retention_micros) {}

  absl::StatusOr<std::optional<storage::v1::RecordedContact>> Find(
      uint32_t org, absl::string_view contact_id) const;
  // Survives everything once it has returned OK; UNAVAILABLE: nothing of it is kept.
  absl::Status Add(const std::vector<ContactRow>& rows);

  // Calls `on_row` for each contact of the range whose key is below `below` (empty: all), newest
  // first, until it answers false or `*budget` were looked at. The result is where to go on; empty:
  // there is no more.
  absl::StatusOr<std::string> ScanDown(
      uint32_t org, const ContactRange& range, absl::string_view below, int* budget,
      absl::FunctionRef<bool(const storage::v1::RecordedContact&)> on_row) const;

  // Deletes contacts that were made too long ago; of very many some, so call it again and again.
  absl::Status Retire(UnixMicros now);
  int64_t retention_micros() const { return retention_micros_; }

 private:
  // Deletes some of those that were made before `oldest`, from the key `*next` on; it is empty
  // where there are no more.
  absl::Status RetireSome(absl::string_view oldest, std::string* next);

  RecordingStore* const store_;
  const int64_t retention_micros_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_CONTACT_STORE_H_
