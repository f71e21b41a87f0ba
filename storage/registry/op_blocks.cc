#include "storage/registry/op_blocks.h"

#include <cstdint>

#include "storage/base/status_macros.h"
#include "storage/registry/block.h"
#include "storage/registry/block_bits.h"

namespace dnc {
namespace {

class Gatherer {
 public:
  explicit Gatherer(ChangeSource::Visit visit) : visit_(visit) {}

  absl::Status Take(uint64_t number, bool is_delete) {
    const uint64_t block = number / kNumbersPerBlock;
    if (block != block_) {
      DNC_RETURN_IF_ERROR(Flush());
      block_ = block;
    }
    any_ = true;
    (is_delete ? deletes_ : adds_).Set(static_cast<uint32_t>(number - block * kNumbersPerBlock));
    return absl::OkStatus();
  }

  absl::Status Flush() {
    if (!any_) return absl::OkStatus();
    DNC_RETURN_IF_ERROR(visit_({block_, adds_.Payload(), deletes_.Payload()}));
    adds_.Clear();
    deletes_.Clear();
    any_ = false;
    return absl::OkStatus();
  }

 private:
  ChangeSource::Visit visit_;
  uint64_t block_ = 0;
  bool any_ = false;
  BlockBits adds_, deletes_;
};

}  // namespace

absl::Status OpBlocks::Merge(Visit visit) {
  Gatherer gatherer(visit);
  DNC_RETURN_IF_ERROR(ops_.Merge(
      [&gatherer](uint64_t number, bool is_delete) { return gatherer.Take(number, is_delete); }));
  return gatherer.Flush();
}

}  // namespace dnc
