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
#include "server/state/byte_arena.h"
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
  // What a row becomes.
  class Value {
   public:
    // Empty: it is deleted. Lives as long as this and the batch do.
    std::optional<absl::string_view> bytes() const {
      if (!there_) return std::nullopt;
      return absl::string_view(data_, size_);
    }

   private:
    friend class Overlay;
    bool there_ = false;
    const char* data_ = nullptr;
    size_t size_ = 0;
    std::unique_ptr<char[]> own_;  // null: it is in the memory of the batch
  };

  // A batch upon a committed state.
  explicit Overlay(const StoreReader* base)
      : base_(base), parent_(nullptr), bytes_(std::make_shared<ByteArena>()) {}
  // A mutation upon its batch, or a part upon its mutation.
  explicit Overlay(const Overlay* parent)
      : base_(nullptr), parent_(parent), bytes_(parent->bytes_) {
    if (parent->parent_ == nullptr) {
      seen_ = std::make_shared<Rows>();
    } else {
      seen_ = parent->seen_;
    }
  }

  // Hands the value to `on_value` where there is one; see StoreReader::Get.
  absl::StatusOr<bool> Read(Family family, absl::string_view key,
                            absl::FunctionRef<absl::Status(absl::string_view)> on_value) const;
  absl::StatusOr<std::optional<std::string>> Get(Family family, absl::string_view key) const;
  void Put(Family family, absl::string_view key, absl::string_view value);
  // Puts a value of so many bytes, which the caller fills in at once.
  char* PutBytes(Family family, absl::string_view key, size_t bytes);
  void Delete(Family family, absl::string_view key);

  // What was put here; null: nothing was.
  const Value* FindChange(Family family, absl::string_view key) const;
  // What a mutation, or a part of it, read of a row as it was before the mutation; null: it read
  // nothing of it, or the row is of a family of which that is not kept (see IsKept).
  const Value* FindSeen(Family family, absl::string_view key) const;

  // Moves everything into `below`, which wins nothing over it.
  void MergeInto(Overlay* below) &&;
  // Adds everything to `writes`, in the order of its keys, which is the cheapest to insert and
  // replays alike. This outlives `writes`, and does not change.
  void AppendTo(WriteSet* writes) const;

  const auto& changes() const { return changes_; }

 private:
  using Key = std::pair<Family, absl::string_view>;
  using Rows = absl::flat_hash_map<Key, Value, internal::RowHash, internal::RowEqual>;

  // Families of which an audit record tells what was there before a change: whoever changes such a
  // row has read it, and reading it once more may cost a disk's block.
  static bool IsKept(Family family) {
    return family == Family::kLeads || family == Family::kEntries || family == Family::kReviews;
  }
  // A value of so many bytes, and where to write them.
  char* MakeValue(size_t bytes, Value* value) const;
  Value* Slot(Family family, absl::string_view key, Rows* rows) const;
  // Of the batch itself, and what is beneath it.
  absl::StatusOr<bool> ReadHere(Family family, absl::string_view key,
                                absl::FunctionRef<absl::Status(absl::string_view)> on_value) const;

  const StoreReader* const base_;
  const Overlay* const parent_;
  const std::shared_ptr<ByteArena> bytes_;  // the batch's, for what its overlays hold
  Rows changes_;
  std::shared_ptr<Rows> seen_;  // the mutation's; null: this is a batch
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
