// The lines that nearly all lines of a registry's full list are, read several at a time: ten digits
// of a North American number, and nothing else. Internal to this folder.
#ifndef DNC_SERVER_REGISTRY_FLAT_LINES_H_
#define DNC_SERVER_REGISTRY_FLAT_LINES_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace dnc {

struct FlatLines {
  size_t lines = 0;
  size_t bytes = 0;
};

// Reads the lines at the start of `bytes` that are `NNNNNNNNNN`, or where `with_comma` says so
// `AAA,NNNNNNN`, end in LF or CRLF, and are numbers that NormalizePhone takes for the region US;
// writes each as canonical number to `numbers`. Stops before the first line of any other kind, with
// the last bytes, and when `numbers` is full: what is not read says nothing about the line.
// Thread-safe.
FlatLines ReadFlatLines(absl::string_view bytes, bool with_comma, absl::Span<uint64_t> numbers);

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_FLAT_LINES_H_
