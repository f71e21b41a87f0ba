#include "client/cli/enums.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "dnc/v1/action.pb.h"
#include "dnc/v1/contact.pb.h"
#include "dnc/v1/contact_report.pb.h"
#include "dnc/v1/registry.pb.h"
#include "dnc/v1/workflow.pb.h"

namespace dnc::cli {
namespace {

std::string Join(const EnumNames& names, absl::string_view separator) {
  return absl::StrJoin(names, separator, [](std::string* out, const EnumName& entry) {
    absl::StrAppend(out, entry.name);
  });
}

}  // namespace

const EnumNames& ChannelNames() {
  static const auto& names = *new EnumNames{
      {"voice", v1::CHANNEL_VOICE}, {"sms", v1::CHANNEL_SMS}, {"email", v1::CHANNEL_EMAIL},
      {"mail", v1::CHANNEL_MAIL},   {"fax", v1::CHANNEL_FAX}, {"messaging", v1::CHANNEL_MESSAGING}};
  return names;
}

const EnumNames& MessageClassNames() {
  static const auto& names = *new EnumNames{{"marketing", v1::MESSAGE_CLASS_MARKETING},
                                            {"transactional", v1::MESSAGE_CLASS_TRANSACTIONAL},
                                            {"emergency", v1::MESSAGE_CLASS_EMERGENCY}};
  return names;
}

const EnumNames& VerdictNames() {
  static const auto& names = *new EnumNames{
      {"allow", v1::VERDICT_ALLOW}, {"deny", v1::VERDICT_DENY}, {"unknown", v1::VERDICT_UNKNOWN}};
  return names;
}

const EnumNames& ContactViolationKindNames() {
  static const auto& names =
      *new EnumNames{{"without-check", v1::CONTACT_VIOLATION_KIND_WITHOUT_CHECK},
                     {"after-deny", v1::CONTACT_VIOLATION_KIND_AFTER_DENY},
                     {"after-opt-out", v1::CONTACT_VIOLATION_KIND_AFTER_OPT_OUT}};
  return names;
}

const EnumNames& ListKindNames() {
  static const auto& names =
      *new EnumNames{{"internal", v1::LIST_KIND_INTERNAL}, {"registry", v1::LIST_KIND_REGISTRY}};
  return names;
}

const EnumNames& ImportModeNames() {
  static const auto& names =
      *new EnumNames{{"full", v1::IMPORT_MODE_FULL}, {"change", v1::IMPORT_MODE_CHANGE}};
  return names;
}

const EnumNames& ConflictPolicyNames() {
  static const auto& names = *new EnumNames{{"fail", v1::CONFLICT_POLICY_FAIL},
                                            {"skip", v1::CONFLICT_POLICY_SKIP},
                                            {"replace", v1::CONFLICT_POLICY_REPLACE},
                                            {"rename", v1::CONFLICT_POLICY_RENAME}};
  return names;
}

const EnumNames& SystemStatusNames() {
  static const auto& names =
      *new EnumNames{{"new", v1::SYSTEM_STATUS_NEW},         {"working", v1::SYSTEM_STATUS_WORKING},
                     {"nurture", v1::SYSTEM_STATUS_NURTURE}, {"won", v1::SYSTEM_STATUS_WON},
                     {"dead", v1::SYSTEM_STATUS_DEAD},       {"lost", v1::SYSTEM_STATUS_LOST}};
  return names;
}

const EnumNames& ObjectStateNames() {
  static const auto& names = *new EnumNames{{"enabled", v1::OBJECT_STATE_ENABLED},
                                            {"disabled", v1::OBJECT_STATE_DISABLED},
                                            {"archived", v1::OBJECT_STATE_ARCHIVED}};
  return names;
}

const EnumNames& ActionCategoryNames() {
  static const auto& names = *new EnumNames{{"do-not-contact", v1::ACTION_CATEGORY_DO_NOT_CONTACT},
                                            {"progress", v1::ACTION_CATEGORY_PROGRESS},
                                            {"defer", v1::ACTION_CATEGORY_DEFER},
                                            {"close", v1::ACTION_CATEGORY_CLOSE},
                                            {"other", v1::ACTION_CATEGORY_OTHER}};
  return names;
}

absl::StatusOr<int> ParseEnum(const EnumNames& names, absl::string_view text) {
  for (const EnumName& entry : names) {
    if (absl::EqualsIgnoreCase(entry.name, text)) return entry.value;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is not one of ", Join(names, ", ")));
}

std::string EnumWord(const EnumNames& names, int value) {
  for (const EnumName& entry : names) {
    if (entry.value == value) return std::string(entry.name);
  }
  return absl::StrCat(value);
}

std::string EnumWords(const EnumNames& names, const std::vector<int>& values) {
  return absl::StrJoin(values, ", ", [&names](std::string* out, int value) {
    absl::StrAppend(out, EnumWord(names, value));
  });
}

std::string WordOrFirst(const EnumNames& names, int value) {
  return EnumWord(names, value == 0 ? names.front().value : value);
}

std::string EnumChoices(const EnumNames& names) { return Join(names, "|"); }

}  // namespace dnc::cli
