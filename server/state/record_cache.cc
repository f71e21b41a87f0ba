#include "server/state/record_cache.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "absl/numeric/bits.h"
#include "storage/base/status_macros.h"

namespace dnc {
namespace {

// What a record of a lead or contact point takes on the average, with its key.
constexpr size_t kTypicalNodeBytes = 192;
// A contact point that thousands of leads share is read from the store.
constexpr size_t kMaxValueBytes = 16u << 10;
// How many sets one record may clear to find its room.
constexpr size_t kMostSetsCleared = 64;
// What may wait for Reclaim before offered records push out no more: a share of the memory, and no
// more than the next change frees within some milliseconds.
constexpr size_t kMostReplacedShare = 16;
constexpr size_t kMostReplacedBytes = 4u << 20;
constexpr int kChangeBits = 16;
// Where so many records in a row find no place, nearly all are taken.
constexpr int kMostFillsInVain = 1'000;

uint64_t HashOf(Family family, absl::string_view key) {
  return SubjectFilter::Hash(key) ^ (family == Family::kLeads ? 0x9e3779b97f4a7c15u : 0);
}

uint32_t TagOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

}  // namespace

// Key and value follow it in memory.
struct RecordCache::Node {
  int64_t revision;
  uint32_t key_bytes;
  uint32_t value_bytes;
  Family family;

  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  absl::string_view key() const { return {data(), key_bytes}; }
  absl::string_view value() const { return {data() + key_bytes, value_bytes}; }
  size_t bytes() const { return sizeof(Node) + key_bytes + value_bytes; }
};

const RecordCache::Node* RecordCache::MakeNode(Family family, absl::string_view key,
                                               absl::string_view value, int64_t revision) {
  Node* node = new (slab_.Allocate(sizeof(Node) + key.size() + value.size())) Node{
      revision, static_cast<uint32_t>(key.size()), static_cast<uint32_t>(value.size()), family};
  char* data = reinterpret_cast<char*>(node + 1);
  std::memcpy(data, key.data(), key.size());
  std::memcpy(data + key.size(), value.data(), value.size());
  return node;
}

void RecordCache::FreeNode(const Node* node) { slab_.Free(const_cast<Node*>(node), node->bytes()); }

RecordCache::RecordCache(size_t budget_bytes)
    : budget_(budget_bytes),
      mask_(absl::bit_floor(std::max<size_t>(1, budget_bytes / (kWays * kTypicalNodeBytes))) - 1),
      table_((mask_ + 1) * sizeof(Set)),
      sets_(reinterpret_cast<Set*>(table_.data())),
      bytes_((mask_ + 1) * sizeof(Set)),
      changes_(size_t{1} << kChangeBits) {
  std::uninitialized_value_construct_n(sets_, mask_ + 1);
}

size_t RecordCache::memory_bytes() const {
  absl::MutexLock lock(&mu_);
  return bytes_;
}

RecordCache::~RecordCache() {
  absl::MutexLock lock(&mu_);
  for (size_t i = 0; i <= mask_; ++i) {
    for (const auto& place : sets_[i].nodes) {
      if (const Node* node = place.load(); node != nullptr) FreeNode(node);
    }
  }
  for (const auto& [revision, node] : replaced_) FreeNode(node);
}

const RecordCache::Node* RecordCache::Place::node() const {
  return set->nodes[way].load(std::memory_order_acquire);
}

const RecordCache::Node* RecordCache::Lookup(uint64_t hash, Family family, absl::string_view key,
                                             Place* place) const {
  for (Set* set : {&SetOf(hash), &SecondSetOf(hash)}) {
    for (size_t way = 0; way < kWays; ++way) {
      if (set->tags[way].load(std::memory_order_relaxed) != TagOf(hash)) continue;
      const Node* node = set->nodes[way].load(std::memory_order_acquire);
      if (node == nullptr || node->family != family || node->key() != key) continue;
      *place = {set, way};
      return node;
    }
  }
  return nullptr;
}

void RecordCache::PrefetchSubjectRecord(uint64_t hash) const {
  const Set& set = SetOf(hash);
  for (size_t way = 0; way < kWays; ++way) {
    if (set.tags[way].load(std::memory_order_relaxed) != TagOf(hash)) continue;
    const auto* const node =
        reinterpret_cast<const char*>(set.nodes[way].load(std::memory_order_acquire));
    if (node == nullptr) continue;
    __builtin_prefetch(node);
    __builtin_prefetch(node + sizeof(Set));
  }
}

bool RecordCache::Find(Family family, absl::string_view key, int64_t revision,
                       absl::string_view* value) const {
  Place place;
  const Node* node = Lookup(HashOf(family, key), family, key, &place);
  if (node == nullptr || node->revision > revision) return false;
  *value = node->value();
  return true;
}

RecordCache::Place RecordCache::FreeOrOldest(uint64_t hash) const {
  Place oldest;
  for (Set* set : {&SetOf(hash), &SecondSetOf(hash)}) {
    for (size_t way = 0; way < kWays; ++way) {
      const Place place{set, way};
      if (place.node() == nullptr) return place;
      if (oldest.set == nullptr || place.node()->revision < oldest.node()->revision) oldest = place;
    }
  }
  return oldest;
}

void RecordCache::Drop(Place place, int64_t revision) {
  const Node* node = place.set->nodes[place.way].exchange(nullptr, std::memory_order_acq_rel);
  const size_t bytes = Slab::BlockBytes(node->bytes());
  bytes_ -= bytes;
  replaced_bytes_ += bytes;
  replaced_.emplace_back(revision, node);
}

void RecordCache::Settle(Place place, uint64_t hash, const Node* node) {
  bytes_ += Slab::BlockBytes(node->bytes());
  place.set->tags[place.way].store(TagOf(hash), std::memory_order_relaxed);
  place.set->nodes[place.way].store(node, std::memory_order_release);
}

void RecordCache::Put(Family family, absl::string_view key, absl::string_view value,
                      int64_t revision) {
  const uint64_t hash = HashOf(family, key);
  absl::MutexLock lock(&mu_);
  Touch(hash, revision);
  EraseLocked(hash, family, key, revision);
  const size_t bytes = Slab::BlockBytes(sizeof(Node) + key.size() + value.size());
  if (value.size() > kMaxValueBytes) return;
  const Place place = FreeOrOldest(hash);
  if (place.node() != nullptr) Drop(place, revision);
  MakeRoom(bytes, revision);
  if (bytes_ + bytes > budget_) return;
  Settle(place, hash, MakeNode(family, key, value, revision));
}

void RecordCache::BeginFill() {
  absl::MutexLock lock(&mu_);
  touched_ = std::make_unique<SubjectFilter>();
  fills_in_vain_ = 0;
}

bool RecordCache::Fill(Family family, absl::string_view key, absl::string_view value,
                       int64_t revision) {
  const uint64_t hash = HashOf(family, key);
  absl::MutexLock lock(&mu_);
  const size_t bytes = Slab::BlockBytes(sizeof(Node) + key.size() + value.size());
  if (bytes_ + std::max(bytes, kTypicalNodeBytes) > budget_) return false;
  if (value.size() > kMaxValueBytes || touched_->MayContain(hash)) return true;
  Place place;
  if (Lookup(hash, family, key, &place) != nullptr) return true;  // a check has offered it
  place = FreeOrOldest(hash);
  if (place.node() != nullptr) return ++fills_in_vain_ < kMostFillsInVain;
  fills_in_vain_ = 0;
  Settle(place, hash, MakeNode(family, key, value, revision));
  return true;
}

void RecordCache::EndFill() {
  absl::MutexLock lock(&mu_);
  touched_ = nullptr;
}

void RecordCache::Advance(int64_t revision) {
  absl::MutexLock lock(&mu_);
  newest_ = revision;
}

void RecordCache::Offer(Family family, absl::string_view key, absl::string_view value,
                        int64_t revision) {
  if (value.size() > kMaxValueBytes || !mu_.TryLock()) return;
  OfferLocked(family, key, value, revision);
  mu_.Unlock();
}

void RecordCache::OfferLocked(Family family, absl::string_view key, absl::string_view value,
                              int64_t revision) {
  const uint64_t hash = HashOf(family, key);
  // Whoever changed it may have pushed its node out again since.
  if (ChangeOf(hash) > revision) return;
  Place place;
  if (Lookup(hash, family, key, &place) != nullptr) return;
  place = FreeOrOldest(hash);
  const size_t bytes = Slab::BlockBytes(sizeof(Node) + key.size() + value.size());
  const bool is_full = place.node() != nullptr || bytes_ + bytes > budget_;
  const size_t may_wait = std::min(budget_ / kMostReplacedShare, kMostReplacedBytes);
  if (is_full && replaced_bytes_ > may_wait) return;
  // Readers of every view that is published so far may be at what gives way.
  const int64_t replaced_at = newest_ + 1;
  if (place.node() != nullptr) Drop(place, replaced_at);
  MakeRoom(bytes, replaced_at);
  if (bytes_ + bytes > budget_) return;
  Settle(place, hash, MakeNode(family, key, value, revision));
}

int64_t& RecordCache::ChangeOf(uint64_t hash) { return changes_[hash >> (64 - kChangeBits)]; }

void RecordCache::Touch(uint64_t hash, int64_t revision) {
  ChangeOf(hash) = revision;
  if (touched_ == nullptr) return;
  touched_->Insert(hash, 0);
  touched_->Reclaim(0);
}

// Where memory runs out before the table is full, the sets give way in turn.
void RecordCache::MakeRoom(size_t bytes, int64_t revision) {
  for (size_t tried = 0; bytes_ + bytes > budget_ && tried <= kMostSetsCleared; ++tried) {
    Set& set = sets_[next_cleared_++ & mask_];
    for (size_t way = 0; way < kWays; ++way) {
      if (Place{&set, way}.node() != nullptr) Drop({&set, way}, revision);
    }
  }
}

void RecordCache::Erase(Family family, absl::string_view key, int64_t revision) {
  const uint64_t hash = HashOf(family, key);
  absl::MutexLock lock(&mu_);
  Touch(hash, revision);
  EraseLocked(hash, family, key, revision);
}

void RecordCache::EraseLocked(uint64_t hash, Family family, absl::string_view key,
                              int64_t revision) {
  Place place;
  if (Lookup(hash, family, key, &place) != nullptr) Drop(place, revision);
}

void RecordCache::Reclaim(int64_t oldest) {
  absl::MutexLock lock(&mu_);
  const auto end = std::find_if(replaced_.begin(), replaced_.end(),
                                [&](const auto& entry) { return entry.first > oldest; });
  for (auto it = replaced_.begin(); it != end; ++it) {
    replaced_bytes_ -= Slab::BlockBytes(it->second->bytes());
    FreeNode(it->second);
  }
  replaced_.erase(replaced_.begin(), end);
}

absl::StatusOr<bool> CachedReader::Get(
    Family family, absl::string_view key,
    absl::FunctionRef<absl::Status(absl::string_view)> on_value) const {
  if (family == Family::kSubjects && filters_.own != nullptr &&
      !filters_.Of(key)->MayContain(SubjectFilter::Hash(key))) {
    return false;
  }
  absl::string_view value;
  if (!RecordCache::Holds(family) || !cache_->Find(family, key, revision_, &value)) {
    return below_->Get(family, key, on_value);
  }
  DNC_RETURN_IF_ERROR(on_value(value));
  return true;
}

}  // namespace dnc
