// CRC-32C (Castagnoli, RFC 3720 appendix B.4): guards persisted bytes against damage, not against
// intent. Thread-safe.
#ifndef DNC_STORAGE_REGISTRY_CRC32C_H_
#define DNC_STORAGE_REGISTRY_CRC32C_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace dnc {

// Uses the processor's instruction where there is one (SSE 4.2), else Crc32cPortable.
uint32_t Crc32c(absl::string_view bytes);

// The same value, from a table; public so that a test can hold the two against each other.
uint32_t Crc32cPortable(absl::string_view bytes);

}  // namespace dnc

#endif  // DNC_STORAGE_REGISTRY_CRC32C_H_
