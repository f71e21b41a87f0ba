#include "server/state/overlay.h"

#include "storage/base/status_macros.h"

namespace dnc {

absl::StatusOr<std::optional<std::string>> Overlay::Get(Family family,
                                                        const std::string& key) const {
  const auto it = changes_.find(Key(family, key));
  if (it != changes_.end()) return it->second;
  if (parent_ != nullptr) return parent_->Get(family, key);
  std::string value;
  DNC_ASSIGN_OR_RETURN(const bool found, base_->Get(family, key, [&](absl::string_view bytes) {
    value = std::string(bytes);
    return absl::OkStatus();
  }));
  if (!found) return std::optional<std::string>();
  return std::optional<std::string>(std::move(value));
}

void Overlay::Put(Family family, std::string key, std::string value) {
  changes_[Key(family, std::move(key))] = std::move(value);
}

void Overlay::Delete(Family family, std::string key) {
  changes_[Key(family, std::move(key))] = std::nullopt;
}

void Overlay::MergeInto(Overlay* below) && {
  for (auto& [key, value] : changes_) below->changes_[key] = std::move(value);
}

void Overlay::AppendTo(WriteSet* writes) && {
  for (auto& [key, value] : changes_) {
    if (value.has_value()) {
      writes->Put(key.first, key.second, *std::move(value));
    } else {
      writes->Delete(key.first, key.second);
    }
  }
}

}  // namespace dnc
