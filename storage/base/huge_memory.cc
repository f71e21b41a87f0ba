#include "storage/base/huge_memory.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

namespace dnc {
namespace {

// Of x86-64 and of AArch64 with pages of 4 KiB.
constexpr size_t kHugePage = size_t{2} << 20;

size_t RoundUp(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

char* Map(size_t bytes) {
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(mapped);
}

// Maps `bytes`, a multiple of the huge page, where a huge page begins.
char* MapAligned(size_t bytes) {
  char* mapped = Map(bytes + kHugePage);
  const size_t before =
      RoundUp(reinterpret_cast<uintptr_t>(mapped), kHugePage) - reinterpret_cast<uintptr_t>(mapped);
  if (before > 0) munmap(mapped, before);
  munmap(mapped + before + bytes, kHugePage - before);
  madvise(mapped + before, bytes, MADV_HUGEPAGE);  // a system without them says no, harmlessly
  return mapped + before;
}

}  // namespace

HugeMemory::HugeMemory(size_t bytes) : data_(nullptr), bytes_(RoundUp(bytes, kHugePage)) {
  if (bytes >= kHugePage / 2) {
    data_ = MapAligned(bytes_);
  } else {
    bytes_ = RoundUp(bytes == 0 ? 1 : bytes, 4096);
    data_ = Map(bytes_);
  }
}

HugeMemory::~HugeMemory() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

}  // namespace dnc
