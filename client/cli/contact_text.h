// Contact points for people.
#ifndef DNC_CLIENT_CLI_CONTACT_TEXT_H_
#define DNC_CLIENT_CLI_CONTACT_TEXT_H_

#include <string>

#include "dnc/v1/contact.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace dnc::cli {

// Its text, whatever its kind; empty for none.
std::string ContactText(const v1::ContactPoint& point);

// All of them, separated by ", ".
std::string ContactTexts(const google::protobuf::RepeatedPtrField<v1::ContactPoint>& points);

}  // namespace dnc::cli

#endif  // DNC_CLIENT_CLI_CONTACT_TEXT_H_
