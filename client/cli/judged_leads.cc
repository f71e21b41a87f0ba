#include "client/cli/judged_leads.h"

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "client/cli/names.h"
#include "client/error.h"

namespace dnc::cli {

uint64_t JudgedLeads::KeyOf(absl::string_view name) {
  return absl::Hash<absl::string_view>()(name);
}

void JudgedLeads::Remember(const v1::Lead& lead) {
  const auto [number, is_new] = numbers_.try_emplace({lead.record_type(), lead.status()},
                                                     static_cast<uint32_t>(kinds_.size()));
  if (is_new) kinds_.push_back(number->first);
  kinds_of_.try_emplace(KeyOf(lead.name()), number->second);
}

absl::Status JudgedLeads::Complete(v1::Lead* lead) const {
  const auto kind = kinds_of_.find(KeyOf(lead->name()));
  if (kind == kinds_of_.end()) return absl::OkStatus();
  const auto& [record_type, status] = kinds_[kind->second];
  if (!lead->record_type().empty() && lead->record_type() != record_type) {
    google::rpc::ErrorInfo info;
    info.set_reason("RECORD_TYPE_MISMATCH");
    (*info.mutable_metadata())["field"] = "record_type";
    return WithErrorInfo(absl::FailedPreconditionError(
                             absl::StrCat("an earlier row makes ", ShortName(lead->name()), " a ",
                                          record_type, ", and its record type is fixed")),
                         info);
  }
  lead->set_record_type(record_type);
  if (lead->status().empty()) lead->set_status(status);
  return absl::OkStatus();
}

}  // namespace dnc::cli
