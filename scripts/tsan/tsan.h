// What the files here share: telling ThreadSanitizer of an order, and calling a replaced function.
#ifndef DNC_SCRIPTS_TSAN_TSAN_H_
#define DNC_SCRIPTS_TSAN_TSAN_H_

#include <dlfcn.h>

#include <cstdlib>

extern "C" {
void __tsan_acquire(void* address);  // NOLINT: ThreadSanitizer's names
void __tsan_release(void* address);  // NOLINT
}

namespace dnc::tsan {

// What a thread did before Release happens before what another does after Acquire, of one address.
inline void Acquire(const void* address) { __tsan_acquire(const_cast<void*>(address)); }
inline void Release(const void* address) { __tsan_release(const_cast<void*>(address)); }

// The library's own function of that symbol.
template <typename Function>
Function* Library(const char* symbol) {
  void* const found = dlsym(RTLD_NEXT, symbol);
  if (found == nullptr) std::abort();
  return reinterpret_cast<Function*>(found);
}

}  // namespace dnc::tsan

#endif  // DNC_SCRIPTS_TSAN_TSAN_H_
