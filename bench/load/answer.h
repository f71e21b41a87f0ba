// Whether a call was answered as it must be.
#ifndef DNC_BENCH_LOAD_ANSWER_H_
#define DNC_BENCH_LOAD_ANSWER_H_

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/load/unary_load.h"

namespace dnc::bench {

// OK where the status is and the answer begins as `call` says; INTERNAL otherwise.
inline absl::Status CheckAnswer(const std::string& method, const grpc::Status& status,
                                const grpc::ByteBuffer& answer, const PreparedCall& call) {
  if (!status.ok()) {
    return absl::InternalError(
        absl::StrCat(method, ": status ", status.error_code(), ": ", status.error_message()));
  }
  const std::string& prefix = call.answer_prefix;
  grpc::Slice slice;
  const bool read = answer.TrySingleSlice(&slice).ok() || answer.DumpToSingleSlice(&slice).ok();
  if (read && slice.size() >= prefix.size() &&
      std::memcmp(slice.begin(), prefix.data(), prefix.size()) == 0) {
    return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat(method, ": a call was not answered as it must be"));
}

}  // namespace dnc::bench

#endif  // DNC_BENCH_LOAD_ANSWER_H_
