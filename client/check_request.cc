#include "client/check_request.h"

namespace dnc {

v1::ContactPoint Phone(absl::string_view number, absl::string_view default_region) {
  v1::ContactPoint point;
  point.set_phone(std::string(number));
  point.set_default_region(std::string(default_region));
  return point;
}

v1::ContactPoint Email(absl::string_view address) {
  v1::ContactPoint point;
  point.set_email(std::string(address));
  return point;
}

v1::ContactPoint OtherAddress(absl::string_view address) {
  v1::ContactPoint point;
  point.set_other(std::string(address));
  return point;
}

}  // namespace dnc
