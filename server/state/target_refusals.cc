#include "server/state/target_refusals.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace dnc {
namespace {

// gRPC carries an error in its headers, which clients limit to 8 KiB.
constexpr size_t kMaxRefusalBytes = 2048;

constexpr int kMaxWarnings = 100;

// All refusals, or as many as fit.
std::string RefusalList(const std::vector<std::string>& all) {
  std::string list;
  for (size_t i = 0; i < all.size(); ++i) {
    if (list.size() + all[i].size() > kMaxRefusalBytes) {
      return absl::StrCat(list, "; and ", all.size() - i, " more");
    }
    absl::StrAppend(&list, i == 0 ? "" : "; ", all[i]);
  }
  return list;
}

}  // namespace

absl::Status TargetAnswerTooLarge(size_t bytes) {
  return MakeError(v1::ERROR_REASON_LIMIT_EXCEEDED,
                   absl::StrCat("targets: the answer would have more than ", kMaxTargetAnswerBytes,
                                " bytes; name fewer targets, or fewer actions, at once"),
                   {{"field", "targets"},
                    {"limit", absl::StrCat(kMaxTargetAnswerBytes)},
                    {"actual", absl::StrCat(bytes)}});
}

std::string TargetField(size_t index) { return absl::StrCat("targets[", index, "]"); }

absl::Status RefusalError(const std::vector<RefusedTarget>& refused, size_t targets) {
  if (refused.empty()) return absl::OkStatus();
  std::vector<std::string> all;
  for (const RefusedTarget& target : refused) {
    for (const v1::CopyRefusal& refusal : *target.refusals) {
      all.push_back(absl::StrCat(target.target, " ", refusal.reason()));
    }
  }
  const RefusedTarget& first = refused.front();
  google::rpc::ErrorInfo info = ErrorInfoOf(first.first).value();
  (*info.mutable_metadata())["field"] = TargetField(first.index);
  (*info.mutable_metadata())["target"] = first.target;
  (*info.mutable_metadata())["refusals"] = RefusalList(all);
  const std::string& action = first.refusals->at(0).action();
  if (!action.empty()) (*info.mutable_metadata())["action"] = action;
  return WithErrorInfo(
      absl::Status(
          first.first.code(),
          absl::StrCat(
              first.target, ": ", first.refusals->at(0).message(), " (", all.size(),
              all.size() == 1 ? " refusal" : " refusals", "; nothing was copied",
              refused.size() < targets ? "; allow_partial copies to the other targets)" : ")")),
      info);
}

void AddTargetWarnings(google::protobuf::RepeatedPtrField<v1::NamingViolation> warnings,
                       google::protobuf::RepeatedPtrField<v1::NamingViolation>* answer) {
  for (v1::NamingViolation& warning : warnings) {
    if (answer->size() == kMaxWarnings) return;
    *answer->Add() = std::move(warning);
  }
}

}  // namespace dnc
