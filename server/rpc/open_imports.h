#ifndef DNC_SERVER_RPC_OPEN_IMPORTS_H_
#define DNC_SERVER_RPC_OPEN_IMPORTS_H_

#include <atomic>
#include <cstddef>

namespace dnc {

// Bounds the ImportList streams that are open, those that have sent nothing yet included.
// Thread-safe.
class OpenImports {
 public:
  explicit OpenImports(size_t most) : most_(most) {}

  // False: there are as many as there may be.
  bool TryOpen() {
    if (open_.fetch_add(1) < most_) return true;
    open_.fetch_sub(1);
    return false;
  }
  void Close() { open_.fetch_sub(1); }

 private:
  const size_t most_;
  std::atomic<size_t> open_{0};
};

}  // namespace dnc

#endif  // DNC_SERVER_RPC_OPEN_IMPORTS_H_
