#include "client/cli/session.h"

#include <utility>

#include "absl/strings/str_join.h"
#include "client/client.h"
#include "google/protobuf/util/json_util.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

Session::Session(GlobalOptions options, std::ostream& out, std::ostream& err)
    : Session(std::move(options), out, err, nullptr, nullptr) {}

Session::Session(GlobalOptions options, std::ostream& out, std::ostream& err, Gateway* gateway,
                 CheckApi* checks)
    : options_(std::move(options)),
      names_(options_.organization),
      out_(out),
      err_(err),
      gateway_(gateway),
      checks_(checks) {}

void Session::BeginWrite(const WriteOptions& options) {
  write_ = options;
  if (write_.request_id.empty()) write_.request_id = NewRequestId();
}

v1::Actor Session::actor() const {
  v1::Actor actor;
  actor.set_id(options_.actor);
  actor.set_origin("dncctl");
  return actor;
}

Gateway& Session::gateway() {
  if (gateway_ == nullptr) {
    own_gateway_ = MakeGrpcGateway({.target = options_.server,
                                    .principal = options_.principal,
                                    .timeout = options_.timeout,
                                    .stream_timeout = options_.stream_timeout});
    gateway_ = own_gateway_.get();
  }
  return *gateway_;
}

absl::StatusOr<CheckApi*> Session::checks() {
  if (checks_ == nullptr) {
    DNC_ASSIGN_OR_RETURN(std::string organization, names_.Organization());
    DNC_ASSIGN_OR_RETURN(own_checks_, Client::Create({.target = options_.server,
                                                      .organization = std::move(organization),
                                                      .actor = options_.actor,
                                                      .principal = options_.principal,
                                                      .deadline = options_.timeout}));
    checks_ = own_checks_.get();
  }
  return checks_;
}

std::string Session::ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  if (status.ok()) return json;
  err_ << "dncctl: the answer cannot be shown as JSON: " << status.ToString() << '\n';
  out_.setstate(std::ios::failbit);  // so that dncctl does not exit with success
  return "";
}

void Session::PrintJson(const google::protobuf::Message& message, std::ostream& out) {
  out << ToJson(message);
}

void Session::PrintJsonList(
    const std::string& key,
    const std::vector<std::reference_wrapper<const google::protobuf::Message>>& messages) {
  std::vector<std::string> elements;
  elements.reserve(messages.size());
  for (const google::protobuf::Message& message : messages) elements.push_back(ToJson(message));
  out_ << "{\n\"" << key << "\": [\n" << absl::StrJoin(elements, ",\n") << "]\n}\n";
}

}  // namespace dnc::cli
