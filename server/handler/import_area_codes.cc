#include "server/handler/import_area_codes.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/contact/phone.h"
#include "server/error/error.h"

namespace dnc {
namespace {

constexpr uint64_t kNumbersOfAreaCode = 10'000'000;
constexpr absl::string_view kAll = "all";
constexpr absl::string_view kField = "config.area_codes";

bool IsAreaCode(const std::string& text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

bool IsFullListOfFtc(ListFormat format) {
  return format == ListFormat::kFtcFlat || format == ListFormat::kFtcXml;
}

// Before versions said where their area codes came from, an import had named those that they have.
bool WasNamed(const Subscription& subscription) {
  return subscription.source == v1::AREA_CODE_SOURCE_CONFIG ||
         (subscription.source == v1::AREA_CODE_SOURCE_UNSPECIFIED &&
          !subscription.area_codes.empty());
}

}  // namespace

void SeenAreaCodes::AddNumber(uint64_t phone) {
  if (IsNanp(phone)) seen_.set(phone / kNumbersOfAreaCode % 1000);
}

void SeenAreaCodes::AddNumbers(absl::Span<const uint64_t> phones) {
  uint64_t last = 0;  // seen just before: in a sorted file, most of the time
  for (const uint64_t phone : phones) {
    const uint64_t code = phone / kNumbersOfAreaCode;
    if (code == last) continue;
    AddNumber(phone);
    if (IsNanp(phone)) last = code;
  }
}

void SeenAreaCodes::AddCode(absl::string_view code) {
  size_t number = 0;
  if (absl::SimpleAtoi(code, &number) && number < seen_.size()) seen_.set(number);
}

std::vector<std::string> SeenAreaCodes::codes() const {
  std::vector<std::string> codes;
  for (size_t number = 0; number < seen_.size(); ++number) {
    if (seen_.test(number)) codes.push_back(absl::StrCat(absl::Dec(number, absl::kZeroPad3)));
  }
  return codes;
}

Subscription SubscriptionOf(const v1::ListVersion& version) {
  return {{version.area_codes().begin(), version.area_codes().end()}, version.area_codes_source()};
}

absl::Status CheckAreaCodes(const v1::ImportConfig& config) {
  for (const std::string& code : config.area_codes()) {
    if (code == kAll) {
      if (config.area_codes_size() == 1) continue;
      return InvalidField(kField, "\"all\" stands alone; give either it or single area codes");
    }
    if (!IsAreaCode(code)) {
      return InvalidField(kField,
                          absl::StrCat("\"", code, "\" is neither three digits nor \"all\""));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Subscription> SubscriptionFor(const v1::ImportConfig& config, ListFormat format,
                                             bool is_full, const v1::ListVersion& active,
                                             const SeenAreaCodes& seen) {
  if (!config.area_codes().empty()) {
    std::set<std::string> named(config.area_codes().begin(), config.area_codes().end());
    named.erase(std::string(kAll));
    return Subscription{{named.begin(), named.end()}, v1::AREA_CODE_SOURCE_CONFIG};
  }
  Subscription held = SubscriptionOf(active);
  if (!is_full || !IsFullListOfFtc(format) || WasNamed(held)) return held;
  Subscription subscription{seen.codes(), v1::AREA_CODE_SOURCE_FILE};
  if (!subscription.area_codes.empty()) return subscription;
  return InvalidField(kField,
                      "the file has no number to tell which area codes it covers; name them, or "
                      "\"all\"");
}

}  // namespace dnc
