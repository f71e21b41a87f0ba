// What whoever writes a page of records and whoever reads it must agree upon; the grammar stands in
// decision_page.h.
#ifndef DNC_STORAGE_RECORDING_DECISION_PAGE_BYTES_H_
#define DNC_STORAGE_RECORDING_DECISION_PAGE_BYTES_H_

#include <cstddef>
#include <cstdint>

namespace dnc {

// 2: some rows are columns. Others need no newer program.
inline constexpr char kSchemaOfPages = 1;
inline constexpr char kSchemaOfColumns = 2;
inline constexpr char kEndOfTable = '\xff';

inline constexpr uint8_t kVerdictBits = 3;
inline constexpr uint8_t kHasLead = 4;
inline constexpr uint8_t kHasMore = 8;
inline constexpr uint8_t kHasReasons = 16;
inline constexpr uint8_t kIsColumn = 32;

inline constexpr uint32_t kPhoneMask = 0x800000;
inline constexpr uint32_t kFirstBits = 14;
inline constexpr uint32_t kFirstMask = (1u << kFirstBits) - 1;
inline constexpr uint32_t kLastMask = 0x7f;
inline constexpr size_t kMaskBytes = 3;

}  // namespace dnc

#endif  // DNC_STORAGE_RECORDING_DECISION_PAGE_BYTES_H_
