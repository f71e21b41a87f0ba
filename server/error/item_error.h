// Errors of single items of a batch.
#ifndef DNC_SERVER_ERROR_ITEM_ERROR_H_
#define DNC_SERVER_ERROR_ITEM_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "dnc/v1/check.pb.h"

namespace dnc {

// As ToSentError makes it.
void FillItemError(const absl::Status& status, v1::ItemError* error);

// Makes `error.field` "collection[index]…" whatever the index in it was.
void RenumberField(absl::string_view collection, int index, v1::ItemError* error);

}  // namespace dnc

#endif  // DNC_SERVER_ERROR_ITEM_ERROR_H_
