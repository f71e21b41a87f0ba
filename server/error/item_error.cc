#include "server/error/item_error.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/error/sent_error.h"

namespace dnc {

void FillItemError(const absl::Status& status, v1::ItemError* error) {
  SentError sent = ToSentError(status);
  error->set_code(static_cast<int32_t>(sent.code));
  error->set_message(std::move(sent.message));
  error->set_reason(sent.info.reason());
  const auto& metadata = sent.info.metadata();
  if (const auto field = metadata.find("field"); field != metadata.end()) {
    error->set_field(field->second);
  }
  // No metadata: outcomes of mutations have such errors, and protobuf writes maps in any order.
}

void RenumberField(absl::string_view collection, int index, v1::ItemError* error) {
  const absl::string_view field = error->field();
  if (!absl::StartsWith(field, absl::StrCat(collection, "["))) return;
  const size_t end = field.find(']');
  if (end == absl::string_view::npos) return;
  error->set_field(absl::StrCat(collection, "[", index, field.substr(end)));
}

}  // namespace dnc
