#include "server/error/item_error.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/error/corrupt_log.h"
#include "server/error/error.h"

namespace dnc {

void FillItemError(const absl::Status& status, v1::ItemError* error) {
  LogIfCorrupt(status);
  error->set_code(static_cast<int32_t>(status.code()));
  error->set_message(std::string(status.message()));
  const auto info = ErrorInfoOf(status);
  if (!info.has_value()) return;
  error->set_reason(info->reason());
  const auto field = info->metadata().find("field");
  if (field != info->metadata().end()) error->set_field(field->second);
}

void RenumberField(absl::string_view collection, int index, v1::ItemError* error) {
  const absl::string_view field = error->field();
  if (!absl::StartsWith(field, absl::StrCat(collection, "["))) return;
  const size_t end = field.find(']');
  if (end == absl::string_view::npos) return;
  error->set_field(absl::StrCat(collection, "[", index, field.substr(end)));
}

}  // namespace dnc
