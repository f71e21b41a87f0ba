// The date that a registry's file speaks of.
#ifndef DNC_SERVER_HANDLER_IMPORT_DATE_H_
#define DNC_SERVER_HANDLER_IMPORT_DATE_H_

#include "absl/status/statusor.h"
#include "dnc/v1/registry.pb.h"
#include "storage/base/clock.h"

namespace dnc {

struct ContentDate {
  UnixMicros as_of = 0;
  bool given = false;  // by the config or the file's name; otherwise it is only the time of import
};

// The config's as_of_time, else the date in the file's name, else `now`, which is refused where the
// registry grows stale (`max_age` is not 0): a file of unknown age would count as fresh. A file
// name's date may lie up to a day ahead of UTC, as it does in Asia's mornings, and means now.
//
// REQUIRED_FIELD_MISSING, INVALID_FIELD.
absl::StatusOr<ContentDate> ContentDateOf(const v1::ImportConfig& config, UnixMicros max_age,
                                          UnixMicros now);

}  // namespace dnc

#endif  // DNC_SERVER_HANDLER_IMPORT_DATE_H_
