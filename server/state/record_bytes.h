// How records become bytes.
#ifndef DNC_SERVER_STATE_RECORD_BYTES_H_
#define DNC_SERVER_STATE_RECORD_BYTES_H_

#include <cstddef>
#include <string>

#include "google/protobuf/message_lite.h"

namespace dnc {

// Whatever is persisted is serialised here: equal records give equal bytes, maps in them included,
// so that the log determines the store byte by byte.
std::string RecordBytes(const google::protobuf::MessageLite& record);
// The same to `out`, which has room for `bytes`: what record.ByteSizeLong() has just answered.
void WriteSizedRecord(const google::protobuf::MessageLite& record, size_t bytes, char* out);

}  // namespace dnc

#endif  // DNC_SERVER_STATE_RECORD_BYTES_H_
