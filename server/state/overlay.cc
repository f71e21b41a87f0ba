#include "server/state/overlay.h"

#include <algorithm>

#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// Of an action; it grows to more.
constexpr size_t kTypicalChanges = 24;
// Longer values have memory of their own: a contact point that thousands of leads share is written
// anew for each of them, and what is replaced must not wait for the end of the batch.
constexpr size_t kMostSharedBytes = 512;

// Hands over what a change left.
absl::StatusOr<bool> ReadChange(const Overlay::Value& value,
                                absl::FunctionRef<absl::Status(absl::string_view)> on_value) {
  const std::optional<absl::string_view> bytes = value.bytes();
  if (!bytes.has_value()) return false;
  DNC_RETURN_IF_ERROR(on_value(*bytes));
  return true;
}

}  // namespace

const Overlay::Value* Overlay::FindChange(Family family, absl::string_view key) const {
  const auto it = changes_.find(std::make_pair(family, key));
  return it == changes_.end() ? nullptr : &it->second;
}

const Overlay::Value* Overlay::FindSeen(Family family, absl::string_view key) const {
  if (seen_ == nullptr) return nullptr;
  const auto it = seen_->find(std::make_pair(family, key));
  return it == seen_->end() ? nullptr : &it->second;
}

absl::StatusOr<bool> Overlay::ReadHere(
    Family family, absl::string_view key,
    absl::FunctionRef<absl::Status(absl::string_view)> on_value) const {
  const Value* const change = FindChange(family, key);
  return change != nullptr ? ReadChange(*change, on_value) : base_->Get(family, key, on_value);
}

absl::StatusOr<bool> Overlay::Read(
    Family family, absl::string_view key,
    absl::FunctionRef<absl::Status(absl::string_view)> on_value) const {
  const Overlay* overlay = this;
  for (; overlay->parent_ != nullptr; overlay = overlay->parent_) {
    const Value* change = overlay->FindChange(family, key);
    if (change != nullptr) return ReadChange(*change, on_value);
  }
  if (seen_ == nullptr || !IsKept(family)) return overlay->ReadHere(family, key, on_value);
  const Value* seen = FindSeen(family, key);
  if (seen == nullptr) {
    Value value;
    const auto keep = [&](absl::string_view bytes) {
      std::copy(bytes.begin(), bytes.end(), MakeValue(bytes.size(), &value));
      return absl::OkStatus();
    };
    DNC_RETURN_IF_ERROR(overlay->ReadHere(family, key, keep).status());
    Value* const slot = Slot(family, key, seen_.get());
    *slot = std::move(value);
    seen = slot;
  }
  return ReadChange(*seen, on_value);
}

absl::StatusOr<std::optional<std::string>> Overlay::Get(Family family,
                                                        absl::string_view key) const {
  std::optional<std::string> value;
  DNC_RETURN_IF_ERROR(Read(family, key, [&](absl::string_view bytes) {
                        value.emplace(bytes);
                        return absl::OkStatus();
                      }).status());
  return value;
}

char* Overlay::MakeValue(size_t bytes, Value* value) const {
  char* data = nullptr;
  if (bytes > kMostSharedBytes) {
    value->own_ = std::make_unique_for_overwrite<char[]>(bytes);
    data = value->own_.get();
  } else {
    value->own_ = nullptr;
    data = bytes_->Allocate(bytes);
  }
  value->there_ = true;
  value->data_ = data;
  value->size_ = bytes;
  return data;
}

Overlay::Value* Overlay::Slot(Family family, absl::string_view key, Rows* rows) const {
  if (rows->empty()) rows->reserve(kTypicalChanges);
  const auto it = rows->find(std::make_pair(family, key));
  if (it != rows->end()) return &it->second;
  return &rows->try_emplace(Key(family, bytes_->Copy(key))).first->second;
}

void Overlay::Put(Family family, absl::string_view key, absl::string_view value) {
  // The value may be of the row that this replaces.
  Value made;
  std::copy(value.begin(), value.end(), MakeValue(value.size(), &made));
  *Slot(family, key, &changes_) = std::move(made);
}

char* Overlay::PutBytes(Family family, absl::string_view key, size_t bytes) {
  return MakeValue(bytes, Slot(family, key, &changes_));
}

void Overlay::Delete(Family family, absl::string_view key) {
  *Slot(family, key, &changes_) = Value();
}

void Overlay::MergeInto(Overlay* below) && {
  if (below->changes_.empty()) {
    below->changes_ = std::move(changes_);
    return;
  }
  for (auto& [key, value] : changes_) below->changes_.insert_or_assign(key, std::move(value));
}

void Overlay::AppendTo(WriteSet* writes) const {
  std::vector<WriteSet::Change> rows;
  rows.reserve(changes_.size());
  for (const auto& [key, value] : changes_) rows.push_back({key.first, key.second, value.bytes()});
  std::sort(rows.begin(), rows.end(), [](const WriteSet::Change& a, const WriteSet::Change& b) {
    return a.family != b.family ? a.family < b.family : a.key < b.key;
  });
  writes->Reserve(rows.size());
  for (const WriteSet::Change& row : rows) writes->Add(row);
}

absl::StatusOr<bool> PendingReader::Get(
    Family family, absl::string_view key,
    absl::FunctionRef<absl::Status(absl::string_view)> on_value) const {
  for (auto overlay = pending_.rbegin(); overlay != pending_.rend(); ++overlay) {
    const Overlay::Value* change = (*overlay)->FindChange(family, key);
    if (change != nullptr) return ReadChange(*change, on_value);
  }
  return below_->Get(family, key, on_value);
}

}  // namespace dnc
