// Changes that are not committed yet, on top of a state: reads see them. Overlays stack, so that a
// mutation's changes join the batch's only once the mutation has succeeded.
#ifndef DNC_SERVER_STATE_OVERLAY_H_
#define DNC_SERVER_STATE_OVERLAY_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "storage/rocksdb/store.h"

namespace dnc {

namespace internal {

// So that a look-up makes no key of its own.
struct RowHash {
  using is_transparent = void;
  template <typename Key>
  size_t operator()(const std::pair<Family, Key>& row) const {
    return absl::HashOf(row.first, absl::string_view(row.second));
  }
};
struct RowEqual {
  using is_transparent = void;
  template <typename A, typename B>
  bool operator()(const std::pair<Family, A>& a, const std::pair<Family, B>& b) const {
    return a.first == b.first && absl::string_view(a.second) == absl::string_view(b.second);
  }
};

}  // namespace internal

// Not thread-safe; while nobody changes it, any number may read.
class Overlay {
 public:
  using Value = std::optional<std::string>;  // empty: deleted

  // Either `base` (committed state) or `parent` is below.
  explicit Overlay(const StoreReader* base) : base_(base), parent_(nullptr) {}
  explicit Overlay(const Overlay* parent) : base_(nullptr), parent_(parent) {}

  // Hands the value to `on_value` where there is one; see StoreReader::Get.
  absl::StatusOr<bool> Read(Family family, absl::string_view key,
                            absl::FunctionRef<absl::Status(absl::string_view)> on_value) const;
  absl::StatusOr<Value> Get(Family family, absl::string_view key) const;
  void Put(Family family, std::string key, std::string value);
  void Delete(Family family, std::string key);

  // What was put here; null: nothing was.
  const Value* FindChange(Family family, absl::string_view key) const;

  // Moves everything into `below`, which wins nothing over it.
  void MergeInto(Overlay* below) &&;
  // Adds everything to `writes`, in the order of its keys, which is the cheapest to insert and
  // replays alike. This outlives `writes`, and does not change.
  void AppendTo(WriteSet* writes) const;

  const auto& changes() const { return changes_; }

 private:
  using Key = std::pair<Family, std::string>;

  const StoreReader* const base_;
  const Overlay* const parent_;
  absl::flat_hash_map<Key, Value, internal::RowHash, internal::RowEqual> changes_;
};

// A committed state beneath batches that are judged and not yet committed.
class PendingReader : public StoreReader {
 public:
  // `pending` in the order in which they commit. `below` outlives this, and may take them over
  // meanwhile.
  PendingReader(std::vector<std::shared_ptr<const Overlay>> pending, const StoreReader* below)
      : pending_(std::move(pending)), below_(below) {}

  absl::StatusOr<bool> Get(
      Family family, absl::string_view key,
      absl::FunctionRef<absl::Status(absl::string_view)> on_value) const override;
  // Of what is committed: nothing that is judged scans.
  absl::Status Scan(
      Family family, absl::string_view lower, absl::string_view upper,
      absl::FunctionRef<bool(absl::string_view, absl::string_view)> on_row) const override {
    return below_->Scan(family, lower, upper, on_row);
  }
  std::shared_ptr<const StoreReader> ForScans() const override { return below_->ForScans(); }

 private:
  const std::vector<std::shared_ptr<const Overlay>> pending_;
  const StoreReader* const below_;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_OVERLAY_H_
