// Finding out what format a list file has. Internal to this folder.
#ifndef DNC_SERVER_REGISTRY_FORMAT_DETECT_H_
#define DNC_SERVER_REGISTRY_FORMAT_DETECT_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/registry/list_format.h"

namespace dnc {

// INVALID_ARGUMENT, saying what to do, where the first bytes of the file (at least four, or all of
// it) show that it is no UTF-8 text: archives, compressed files, UTF-16, binary. Thread-safe.
absl::Status CheckIsText(absl::string_view head);

// The format that the rows in `head`, the first bytes of the file, agree on; `whole` says that
// there is no more. Judged by the header where there is one, else by the shape of the first rows;
// rows of no known shape have no vote. `region`, where national numbers belong, or empty, has a say
// only where American numbers could be meant as well. INVALID_ARGUMENT where the file is empty, no
// format fits, or the rows speak for several. Thread-safe.
absl::StatusOr<ListFormat> DetectFormat(absl::string_view head, bool whole,
                                        absl::string_view region);

}  // namespace dnc

#endif  // DNC_SERVER_REGISTRY_FORMAT_DETECT_H_
