// Gathers the changes of single numbers into blocks.
#ifndef DNC_STORAGE_REGISTRY_OP_BLOCKS_H_
#define DNC_STORAGE_REGISTRY_OP_BLOCKS_H_

#include "absl/status/status.h"
#include "storage/registry/streams.h"

namespace dnc {

// Not thread-safe.
class OpBlocks : public ChangeSource {
 public:
  // `ops` outlives it.
  explicit OpBlocks(OpSource& ops) : ops_(ops) {}

  absl::Status Merge(Visit visit) override;

 private:
  OpSource& ops_;
};

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_OP_BLOCKS_H_
