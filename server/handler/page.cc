#include "server/handler/page.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace dnc {
namespace {

constexpr int kDefaultPageSize = 100;
constexpr int kMaxPageSize = 1000;
constexpr size_t kTagBytes = 8;

// 64-bit FNV-1a: tells filters apart; nobody gains by forging one.
std::string Tag(absl::string_view filter) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : filter) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  std::string tag(kTagBytes, '\0');
  for (size_t i = 0; i < kTagBytes; ++i) tag[i] = static_cast<char>(hash >> (8 * i));
  return tag;
}

}  // namespace

absl::StatusOr<Page> ReadPage(int page_size, const std::string& page_token,
                              absl::string_view filter) {
  if (page_size < 0) return InvalidField("page_size", "must not be negative");
  Page page;
  page.size = page_size == 0 ? kDefaultPageSize : std::min(page_size, kMaxPageSize);
  if (page_token.empty()) return page;
  std::string decoded;
  if (!absl::WebSafeBase64Unescape(page_token, &decoded) || decoded.size() <= kTagBytes ||
      decoded.substr(0, kTagBytes) != Tag(filter)) {
    return InvalidField("page_token", "not a token of this request; begin again without it");
  }
  page.start = decoded.substr(kTagBytes);
  return page;
}

std::string MakePageToken(absl::string_view next_key, absl::string_view filter) {
  return absl::WebSafeBase64Escape(absl::StrCat(Tag(filter), next_key));
}

}  // namespace dnc
