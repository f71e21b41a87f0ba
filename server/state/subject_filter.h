// Which contact points have a record at all: a set of 64-bit hashes in memory, so that a check of
// a clean contact point reads nothing from the store. May claim a record that is not there (once in
// 2^64 over the number of records), never the reverse.
#ifndef DNC_SERVER_STATE_SUBJECT_FILTER_H_
#define DNC_SERVER_STATE_SUBJECT_FILTER_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "storage/base/huge_memory.h"

namespace dnc {

// Open addressing, at most half full. One thread inserts while any number read.
class SubjectTable {
 public:
  explicit SubjectTable(size_t capacity);  // a power of two

  bool MayContain(uint64_t hash) const;
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  size_t capacity() const { return mask_ + 1; }

 private:
  friend class SubjectFilter;
  bool Insert(uint64_t hash);  // false: it was there

  const size_t mask_;
  const HugeMemory memory_;
  std::atomic<uint64_t>* const slots_;  // in memory_; 0: empty
};

// The writer's side. One thread.
class SubjectFilter {
 public:
  SubjectFilter();

  void Insert(uint64_t hash);
  // The table with everything inserted so far. Later inserts may or may not appear in it.
  std::shared_ptr<const SubjectTable> table() const { return table_; }

  // The hash of a key of the family subjects; never 0.
  static uint64_t Hash(absl::string_view subject_key);
  // Whether it is a key of the organization `global`.
  static bool IsGlobal(absl::string_view subject_key);
  static uint64_t HashPhone(uint32_t organization, uint64_t digits);

 private:
  void Grow();

  std::shared_ptr<SubjectTable> table_;
  size_t size_ = 0;
};

}  // namespace dnc

#endif  // DNC_SERVER_STATE_SUBJECT_FILTER_H_
