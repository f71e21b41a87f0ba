#include "server/state/overlay.h"

#include <algorithm>

#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// Of an action; it grows to more.
constexpr size_t kTypicalChanges = 24;

// Hands over what a change left.
absl::StatusOr<bool> ReadChange(const Overlay::Value& value,
                                absl::FunctionRef<absl::Status(absl::string_view)> on_value) {
  if (!value.has_value()) return false;
  DNC_RETURN_IF_ERROR(on_value(*value));
  return true;
}

}  // namespace

const Overlay::Value* Overlay::FindChange(Family family, absl::string_view key) const {
  const auto it = changes_.find(std::make_pair(family, key));
  return it == changes_.end() ? nullptr : &it->second;
}

absl::StatusOr<bool> Overlay::Read(
    Family family, absl::string_view key,
    absl::FunctionRef<absl::Status(absl::string_view)> on_value) const {
  const Overlay* overlay = this;
  for (;; overlay = overlay->parent_) {
    const Value* change = overlay->FindChange(family, key);
    if (change != nullptr) return ReadChange(*change, on_value);
    if (overlay->parent_ == nullptr) return overlay->base_->Get(family, key, on_value);
  }
}

absl::StatusOr<Overlay::Value> Overlay::Get(Family family, absl::string_view key) const {
  Value value;
  DNC_RETURN_IF_ERROR(Read(family, key, [&](absl::string_view bytes) {
                        value.emplace(bytes);
                        return absl::OkStatus();
                      }).status());
  return value;
}

void Overlay::Put(Family family, std::string key, std::string value) {
  if (changes_.empty()) changes_.reserve(kTypicalChanges);
  changes_[Key(family, std::move(key))] = std::move(value);
}

void Overlay::Delete(Family family, std::string key) {
  changes_[Key(family, std::move(key))] = std::nullopt;
}

void Overlay::MergeInto(Overlay* below) && {
  if (below->changes_.empty()) {
    below->changes_ = std::move(changes_);
    return;
  }
  while (!changes_.empty()) {
    auto added = below->changes_.insert(changes_.extract(changes_.begin()));
    if (!added.inserted) added.position->second = std::move(added.node.mapped());
  }
}

void Overlay::AppendTo(WriteSet* writes) const {
  std::vector<WriteSet::Change> rows;
  rows.reserve(changes_.size());
  for (const auto& [key, value] : changes_) rows.push_back({key.first, key.second, value});
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
