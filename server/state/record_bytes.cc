#include "server/state/record_bytes.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace dnc {

void WriteSizedRecord(const google::protobuf::MessageLite& record, size_t bytes, char* out) {
  google::protobuf::io::ArrayOutputStream array(out, static_cast<int>(bytes));
  google::protobuf::io::CodedOutputStream coded(&array);
  coded.SetSerializationDeterministic(true);
  record.SerializeWithCachedSizes(&coded);
}

std::string RecordBytes(const google::protobuf::MessageLite& record) {
  std::string bytes(record.ByteSizeLong(), '\0');
  WriteSizedRecord(record, bytes.size(), bytes.data());
  return bytes;
}

}  // namespace dnc
