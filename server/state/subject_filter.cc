#include "server/state/subject_filter.h"

#include <memory>

#include "storage/schema/keys.h"

namespace dnc {
namespace {

constexpr size_t kInitialCapacity = 1024;

// The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every input bit reaches every output bit.
uint64_t Mix(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

uint64_t NonZero(uint64_t hash) { return hash == 0 ? 1 : hash; }

constexpr size_t kPhoneKeyBytes = 13;

uint64_t BigEndian(absl::string_view bytes) {
  uint64_t value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

}  // namespace

SubjectTable::SubjectTable(size_t capacity)
    : mask_(capacity - 1),
      memory_(capacity * sizeof(std::atomic<uint64_t>)),
      slots_(reinterpret_cast<std::atomic<uint64_t>*>(memory_.data())) {
  std::uninitialized_value_construct_n(slots_, capacity);
}

bool SubjectTable::MayContain(uint64_t hash) const {
  for (size_t i = hash & mask_;; i = (i + 1) & mask_) {
    const uint64_t found = slots_[i].load(std::memory_order_relaxed);
    if (found == hash) return true;
    if (found == 0) return false;
  }
}

bool SubjectTable::Insert(uint64_t hash) {
  for (size_t i = hash & mask_;; i = (i + 1) & mask_) {
    const uint64_t found = slots_[i].load(std::memory_order_relaxed);
    if (found == hash) return false;
    if (found == 0) {
      slots_[i].store(hash, std::memory_order_relaxed);
      return true;
    }
  }
}

SubjectFilter::SubjectFilter() : table_(std::make_shared<SubjectTable>(kInitialCapacity)) {}

void SubjectFilter::Insert(uint64_t hash) {
  if (!table_->Insert(hash)) return;
  if (++size_ * 2 > table_->capacity()) Grow();
}

void SubjectFilter::Grow() {
  auto larger = std::make_shared<SubjectTable>(table_->capacity() * 2);
  for (size_t i = 0; i < table_->capacity(); ++i) {
    const uint64_t hash = table_->slots_[i].load(std::memory_order_relaxed);
    if (hash != 0) larger->Insert(hash);
  }
  table_ = std::move(larger);
}

uint64_t SubjectFilter::HashPhone(uint32_t organization, uint64_t digits) {
  return NonZero(Mix(Mix(digits) + organization));
}

bool SubjectFilter::IsGlobal(absl::string_view subject_key) {
  return BigEndian(subject_key.substr(0, 4)) == 0;
}

uint64_t SubjectFilter::Hash(absl::string_view subject_key) {
  const auto organization = static_cast<uint32_t>(BigEndian(subject_key.substr(0, 4)));
  if (subject_key.size() == kPhoneKeyBytes && subject_key[4] == '\x01') {
    return HashPhone(organization, BigEndian(subject_key.substr(5)));
  }
  uint64_t hash = Mix(uint64_t{organization} + 1);
  for (size_t i = 4; i < subject_key.size(); i += 8) {
    hash = Mix(hash ^ BigEndian(subject_key.substr(i, 8))) + i;
  }
  return NonZero(Mix(hash));
}

}  // namespace dnc
