#include "server/error/sent_error.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/error/corrupt_log.h"
#include "server/error/error.h"
#include "storage/base/disk_full.h"

namespace dnc {
namespace {

v1::ErrorReason ImpliedReason(const absl::Status& status) {
  if (IsDiskFull(status)) return v1::ERROR_REASON_DISK_SPACE_LOW;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return v1::ERROR_REASON_INVALID_FIELD;
    case absl::StatusCode::kResourceExhausted:
      return v1::ERROR_REASON_OVERLOADED;
    case absl::StatusCode::kDataLoss:
      return v1::ERROR_REASON_CORRUPT_RECORD;
    case absl::StatusCode::kUnauthenticated:
      return v1::ERROR_REASON_UNAUTHENTICATED;
    case absl::StatusCode::kPermissionDenied:
      return v1::ERROR_REASON_PERMISSION_DENIED;
    default:
      return v1::ERROR_REASON_STORE_UNAVAILABLE;
  }
}

// gRPC drops a call's trailers, and with them the whole error, beyond 8 KiB. The message travels
// twice, once percent-encoded (up to three bytes for one), and the details in base64 (four for
// three): 3 * 1024 + 4 / 3 * (1024 + 1536) bytes leave room for keys and framing.
constexpr size_t kMaxTextBytes = 1024;
constexpr size_t kMaxMetadataBytes = 1536;  // of all values
constexpr absl::string_view kCut = "...";

// At most `most` bytes of the text, never a part of a character; `kCut` says that there was more.
void Clamp(size_t most, std::string* text) {
  if (text->size() <= most) return;
  size_t end = most - std::min(most, kCut.size());
  while (end > 0 && (static_cast<unsigned char>((*text)[end]) & 0xC0) == 0x80) --end;
  text->resize(end);
  absl::StrAppend(text, kCut.substr(0, most - end));
}

// Small values stay whole, whatever the others are: in the end, a value that is too long is what
// the caller sent.
void ClampMetadata(google::rpc::ErrorInfo* info) {
  size_t left = kMaxMetadataBytes;
  size_t values = info->metadata().size();
  std::vector<std::string*> by_size;
  for (auto& [key, value] : *info->mutable_metadata()) by_size.push_back(&value);
  std::sort(by_size.begin(), by_size.end(),
            [](const std::string* a, const std::string* b) { return a->size() < b->size(); });
  for (std::string* value : by_size) {
    Clamp(left / values--, value);
    left -= value->size();
  }
}

}  // namespace

SentError ToSentError(const absl::Status& status) {
  LogIfCorrupt(status);
  SentError error{status.code(), std::string(status.message()), {}};
  Clamp(kMaxTextBytes, &error.message);
  if (auto attached = ErrorInfoOf(status); attached.has_value()) {
    error.info = *std::move(attached);
  } else {
    error.info.set_reason(ShortName(ImpliedReason(status)));
    error.info.set_domain("dnc.v1");
  }
  ClampMetadata(&error.info);
  return error;
}

}  // namespace dnc
