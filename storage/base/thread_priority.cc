#include "storage/base/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace dnc {
// On Linux the priority belongs to the thread, whatever POSIX says.
void LowerThreadPriority(ThreadPriority priority) {
  const int nice = priority == ThreadPriority::kPatient ? 10 : 5;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), nice);
}

}  // namespace dnc
