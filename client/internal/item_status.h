// Errors of single items as the status that a call of their own would have ended in.
#ifndef DNC_CLIENT_INTERNAL_ITEM_STATUS_H_
#define DNC_CLIENT_INTERNAL_ITEM_STATUS_H_

#include "absl/status/status.h"
#include "dnc/v1/check.pb.h"

namespace dnc {

// Never OK, whatever the error's code is.
absl::Status ItemStatus(const v1::ItemError& error);

}  // namespace dnc

#endif  // DNC_CLIENT_INTERNAL_ITEM_STATUS_H_
