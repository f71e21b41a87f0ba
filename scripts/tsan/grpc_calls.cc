// Makes the hand-overs of gRPC known to ThreadSanitizer. Linked into every program of the preset
// tsan.
//
// Debian's gRPC is not built for ThreadSanitizer: it does not see that what a thread did before it
// started an operation of a call happened before the operation's completion is handled elsewhere,
// nor that memory of an ended call is handed to a new one. Both are said here, on one address for
// all calls: so a call that starts after another ended is taken as ordered after it, and races are
// found between calls that overlap.
#include <grpc/grpc.h>

#include "scripts/tsan/tsan.h"

using dnc::tsan::Acquire;
using dnc::tsan::Library;
using dnc::tsan::Release;

namespace {

char calls;

}  // namespace

extern "C" {

grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t nops, void* tag,
                                      void* reserved) {
  static auto* const library =
      Library<grpc_call_error(grpc_call*, const grpc_op*, size_t, void*, void*)>(
          "grpc_call_start_batch");
  Release(&calls);
  return library(call, ops, nops, tag, reserved);
}

void grpc_call_unref(grpc_call* call) {
  static auto* const library = Library<void(grpc_call*)>("grpc_call_unref");
  Release(&calls);
  library(call);
  Acquire(&calls);
}

void* grpc_call_arena_alloc(grpc_call* call, size_t size) {
  static auto* const library = Library<void*(grpc_call*, size_t)>("grpc_call_arena_alloc");
  void* const memory = library(call, size);
  Acquire(&calls);
  return memory;
}

grpc_event grpc_completion_queue_next(grpc_completion_queue* cq, gpr_timespec deadline,
                                      void* reserved) {
  static auto* const library = Library<grpc_event(grpc_completion_queue*, gpr_timespec, void*)>(
      "grpc_completion_queue_next");
  const grpc_event event = library(cq, deadline, reserved);
  Acquire(&calls);
  return event;
}

grpc_event grpc_completion_queue_pluck(grpc_completion_queue* cq, void* tag, gpr_timespec deadline,
                                       void* reserved) {
  static auto* const library =
      Library<grpc_event(grpc_completion_queue*, void*, gpr_timespec, void*)>(
          "grpc_completion_queue_pluck");
  const grpc_event event = library(cq, tag, deadline, reserved);
  Acquire(&calls);
  return event;
}

}  // extern "C"
