#include "server/state/record_bytes.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace dnc {

std::string RecordBytes(const google::protobuf::MessageLite& record) {
  std::string bytes(record.ByteSizeLong(), '\0');
  google::protobuf::io::ArrayOutputStream array(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedOutputStream coded(&array);
  coded.SetSerializationDeterministic(true);
  record.SerializeWithCachedSizes(&coded);
  return bytes;
}

}  // namespace dnc
