// A message of FilterContacts, read as it travels: the phones of a block are one long column, which
// is copied once, to where it is judged.
#ifndef DNC_SERVER_HANDLER_FILTER_REQUEST_H_
#define DNC_SERVER_HANDLER_FILTER_REQUEST_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "dnc/v1/check.pb.h"

namespace dnc {

// One message after the other, in the same memory. Not thread-safe.
class FilterRequest {
 public:
  // Reads the message whose bytes lie in `pieces`, one after the other. False: they are no
  // v1.FilterContactsRequest, and there is nothing in here.
  bool Parse(absl::Span<const absl::string_view> pieces);

  absl::Span<const uint64_t> phones() const { return phones_; }
  // Everything but the phones.
  const v1::FilterContactsRequest& rest() const { return rest_; }
  bool has_config() const { return rest_.has_config(); }

 private:
  // False: there is something else than phones, or they are not packed as everybody packs them.
  bool ReadPhonesOnly(absl::Span<const absl::string_view> pieces);
  bool ParseAny(absl::Span<const absl::string_view> pieces);

  std::vector<uint64_t> phones_;
  v1::FilterContactsRequest rest_;
};

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_FILTER_REQUEST_H_
