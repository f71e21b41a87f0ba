// Changes that are not committed yet, on top of a state: reads see them. Overlays stack, so that a
// mutation's changes join the batch's only once the mutation has succeeded.
#ifndef DNC_SERVER_STATE_OVERLAY_H_
#define DNC_SERVER_STATE_OVERLAY_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/rocksdb/store.h"

namespace dnc {

// Not thread-safe.
class Overlay {
 public:
  // Either `base` (committed state) or `parent` is below.
  explicit Overlay(const StoreReader* base) : base_(base), parent_(nullptr) {}
  explicit Overlay(const Overlay* parent) : base_(nullptr), parent_(parent) {}

  absl::StatusOr<std::optional<std::string>> Get(Family family, const std::string& key) const;
  void Put(Family family, std::string key, std::string value);
  void Delete(Family family, std::string key);

  // Moves everything into `below`, which wins nothing over it.
  void MergeInto(Overlay* below) &&;
  // Moves everything into `writes`.
  void AppendTo(WriteSet* writes) &&;

  const auto& changes() const { return changes_; }

 private:
  using Key = std::pair<Family, std::string>;

  const StoreReader* const base_;
  const Overlay* const parent_;
  absl::flat_hash_map<Key, std::optional<std::string>> changes_;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_OVERLAY_H_
