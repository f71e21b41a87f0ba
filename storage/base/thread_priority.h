// The processor's time between threads.
#ifndef DNC_STORAGE_BASE_THREAD_PRIORITY_H_
#define DNC_STORAGE_BASE_THREAD_PRIORITY_H_

namespace dnc {

// From now on the calling thread gives way to threads of ordinary priority that have work. A thread
// is left about a tenth of a busy processor as kPatient, a quarter as kSoon. Where the system does
// not let it, everything stays as it is.
enum class ThreadPriority {
  kPatient,  // nobody waits for it
  kSoon,     // somebody would, were it late
};
void LowerThreadPriority(ThreadPriority priority);

}  // namespace dnc

#endif  // DNC_STORAGE_BASE_THREAD_PRIORITY_H_
