// Calls of any method by its descriptor, and what its request's fields are said to be.
#ifndef DNC_TESTS_INTEGRATION_ANY_METHOD_H_
#define DNC_TESTS_INTEGRATION_ANY_METHOD_H_

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

#include "dnc/v1/check.pb.h"
#include "google/protobuf/message.h"
#include "tests/integration/rpc_client.h"

namespace dnc {

// Every method of the product's services.
std::vector<const google::protobuf::MethodDescriptor*> ProductMethods();
// The one of that name; null where there is none.
const google::protobuf::MethodDescriptor* ProductMethod(const std::string& name);

std::unique_ptr<google::protobuf::Message> NewMessage(const google::protobuf::Descriptor* type);

// Sends one request; a stream is read to its end, and `response` gets the last answer. A check of
// StreamChecks that has an error of its own counts as a call that ended so.
CallStatus CallMethod(RpcClient* client, const google::protobuf::MethodDescriptor& method,
                      const std::string& request, std::string* response);

// An item's error as the end of a call; code 0 is OK.
CallStatus StatusOf(const v1::ItemError& error);

// Reads the first message of a stream that goes on until its caller cancels: OK where there is one,
// else how it ended.
CallStatus FirstOf(RpcStream& stream);

// Whether the proto file says of the field that it is "Output only".
bool IsOutputOnly(const google::protobuf::FieldDescriptor& field);

// A request with every field that a caller may set, in an order in which each finds what it needs.
struct FullRequest {
  const char* method;
  const char* text;  // as for ReadText
};
const std::vector<FullRequest>& FullRequests();

}  // namespace dnc

#endif  // DNC_TESTS_INTEGRATION_ANY_METHOD_H_
