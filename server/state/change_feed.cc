#include "server/state/change_feed.h"

#include <algorithm>
#include <utility>

namespace dnc {

void ChangeFeed::SetLimits(Limits limits) {
  absl::MutexLock lock(&mu_);
  limits_ = limits;
}

void ChangeFeed::Prepare(absl::string_view content, Prepared* prepared) const {
  if (!followed_.load(std::memory_order_relaxed)) return;
  auto record = std::make_shared<storage::v1::AuditRecord>();
  // What does not parse here does not in the store either, which tells so to whoever reads it.
  if (!record->ParseFromArray(content.data(), static_cast<int>(content.size()))) return;
  prepared->push_back({std::move(record), content.size()});
}

void ChangeFeed::Publish(int64_t revision, Prepared prepared) {
  if (!followed_.load()) return;
  std::vector<std::shared_ptr<Follower>> followers;
  int64_t evicted = 0;
  {
    absl::MutexLock lock(&mu_);
    const int64_t first = prepared.empty() ? revision + 1 : prepared.front().record->revision();
    for (Kept& kept : prepared) {
      // What was not kept, because nobody followed then, leaves a hole: nothing older is of use.
      if (!kept_.empty() && kept_.back().record->revision() + 1 != kept.record->revision()) {
        kept_.clear();
        kept_bytes_ = 0;
      }
      kept_bytes_ += kept.bytes;
      kept_.push_back(std::move(kept));
    }
    while (!kept_.empty() && (kept_.size() > limits_.records || kept_bytes_ > limits_.bytes)) {
      evicted_ = kept_.front().record->revision();
      kept_bytes_ -= kept_.front().bytes;
      kept_.pop_front();
    }
    evicted = std::min(evicted_, first - 1);
    followers.reserve(followers_.size());
    for (const auto& [key, follower] : followers_) {
      if (auto alive = follower.lock(); alive != nullptr) followers.push_back(std::move(alive));
    }
  }
  for (const std::shared_ptr<Follower>& follower : followers) {
    follower->OnRevision(revision, evicted);
  }
}

void ChangeFeed::Add(const std::shared_ptr<Follower>& follower) {
  absl::MutexLock lock(&mu_);
  followers_[follower.get()] = follower;
  followed_.store(true);
}

void ChangeFeed::Remove(const Follower* follower) {
  absl::MutexLock lock(&mu_);
  followers_.erase(follower);
  if (!followers_.empty()) return;
  followed_.store(false);
  kept_.clear();
  kept_bytes_ = 0;
}

ChangeFeed::Record ChangeFeed::Find(int64_t revision) const {
  absl::MutexLock lock(&mu_);
  if (kept_.empty()) return nullptr;
  const int64_t first = kept_.front().record->revision();
  if (revision < first || revision > kept_.back().record->revision()) return nullptr;
  return kept_[static_cast<size_t>(revision - first)].record;
}

}  // namespace dnc
