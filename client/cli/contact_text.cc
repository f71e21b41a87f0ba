#include "client/cli/contact_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace dnc::cli {

std::string ContactText(const v1::ContactPoint& point) {
  switch (point.address_case()) {
    case v1::ContactPoint::kPhone:
      return point.phone();
    case v1::ContactPoint::kEmail:
      return point.email();
    case v1::ContactPoint::kOther:
      return point.other();
    case v1::ContactPoint::ADDRESS_NOT_SET:
      break;
  }
  return "";
}

std::string ContactTexts(const google::protobuf::RepeatedPtrField<v1::ContactPoint>& points) {
  return absl::StrJoin(points, ", ", [](std::string* out, const v1::ContactPoint& point) {
    absl::StrAppend(out, ContactText(point));
  });
}

}  // namespace dnc::cli
