// Identifies a write, so that repeating it is safe.
#ifndef DNC_CLIENT_REQUEST_ID_H_
#define DNC_CLIENT_REQUEST_ID_H_

#include <string>

namespace dnc {

// A new random UUID (RFC 9562, version 4) in lower case. Thread-safe.
std::string NewRequestId();

}  // namespace dnc

#endif  // DNC_CLIENT_REQUEST_ID_H_
