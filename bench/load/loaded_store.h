// A store that was loaded once, for runs that need not load it again.
#ifndef DNC_BENCH_LOAD_LOADED_STORE_H_
#define DNC_BENCH_LOAD_LOADED_STORE_H_

#include <string>

#include "absl/status/status.h"

namespace dnc::bench {

// Makes `to` a store like `from`, which nobody has open. Table files, which are never changed once
// they are written, are shared with it where both lie on the same file system. UNAVAILABLE with the
// file that cannot be copied.
absl::Status CopyStore(const std::string& from, const std::string& to);

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_LOADED_STORE_H_
