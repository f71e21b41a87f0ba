// Which area codes a version of a registry vouches for: numbers of others are UNKNOWN to a check.
#ifndef DNC_SERVER_HANDLER_IMPORT_AREA_CODES_H_
#define DNC_SERVER_HANDLER_IMPORT_AREA_CODES_H_

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/registry.pb.h"
#include "server/registry/list_format.h"

namespace dnc {

// The area codes that occur in a file.
class SeenAreaCodes {
 public:
  // That of a North American number; numbers of other plans have none.
  void AddNumber(uint64_t phone);
  void AddNumbers(absl::Span<const uint64_t> phones);
  // Three digits.
  void AddCode(absl::string_view code);
  // Ascending.
  std::vector<std::string> codes() const;

 private:
  std::bitset<1000> seen_;
};

struct Subscription {
  std::vector<std::string> area_codes;  // none: all
  v1::AreaCodeSource source = v1::AREA_CODE_SOURCE_UNSPECIFIED;

  bool operator==(const Subscription&) const = default;
};

// The subscription of a stored version; of none, that of a first version that names no codes.
Subscription SubscriptionOf(const v1::ListVersion& version);

// INVALID_FIELD unless each is three digits, or "all" stands alone.
absl::Status CheckAreaCodes(const v1::ImportConfig& config);

// The subscription of the version that an import makes: what the config names; else, for a full
// list of the FTC, which holds the area codes that were paid for, those of the file, unless an
// earlier import named them; else that of the active version. INVALID_FIELD where a full list has
// none, because a version without any vouches for all.
absl::StatusOr<Subscription> SubscriptionFor(const v1::ImportConfig& config, ListFormat format,
                                             bool is_full, const v1::ListVersion& active,
                                             const SeenAreaCodes& seen);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_IMPORT_AREA_CODES_H_
