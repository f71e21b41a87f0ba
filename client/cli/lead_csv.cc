#include "client/cli/lead_csv.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "client/check_request.h"
#include "client/cli/contact_titles.h"
#include "client/cli/utf8.h"
#include "storage/base/status_macros.h"

namespace dnc::cli {

LeadCsv::Kind LeadCsv::KindOf(absl::string_view title) {
  static const auto& kinds = *new std::map<std::string, Kind>{
      {"id", Kind::kId},
      {"lead", Kind::kId},
      {"leadid", Kind::kId},
      {"displayname", Kind::kDisplayName},
      {"name", Kind::kDisplayName},
      {"recordtype", Kind::kRecordType},
      {"type", Kind::kRecordType},
      {"status", Kind::kStatus},
      {"phone", Kind::kPhone},
      {"phonenumber", Kind::kPhone},
      {"mobile", Kind::kPhone},
      {"cell", Kind::kPhone},
      {"email", Kind::kEmail},
      {"emailaddress", Kind::kEmail},
      {"other", Kind::kOther},
      {"address", Kind::kOther},
  };
  std::string key = PlainTitle(title);
  // "phone2" is another phone.
  while (key.size() > 1 && absl::ascii_isdigit(static_cast<unsigned char>(key.back()))) {
    key.pop_back();
  }
  const auto kind = kinds.find(key);
  return kind == kinds.end() ? Kind::kIgnored : kind->second;
}

absl::StatusOr<LeadCsv> LeadCsv::FromHeader(CsvReader::Fields header, Defaults defaults) {
  LeadCsv csv;
  csv.defaults_ = std::move(defaults);
  for (const absl::string_view title : header) {
    const Kind kind = KindOf(title);
    const bool single = kind != Kind::kIgnored && kind < Kind::kPhone;
    if (single && std::count(csv.columns_.begin(), csv.columns_.end(), kind) > 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("column \"", title, "\" says what another column says already; remove one"));
    }
    if (kind == Kind::kIgnored) csv.ignored_.emplace_back(title);
    csv.columns_.push_back(kind);
  }
  if (std::count(csv.columns_.begin(), csv.columns_.end(), Kind::kId) == 0) {
    return absl::InvalidArgumentError(
        "the first line names no column \"id\"; it must be a header like "
        "id,name,record_type,status,phone,phone2,email");
  }
  return csv;
}

absl::Status LeadCsv::ReadCell(Kind kind, const std::string& text, const Names& names,
                               v1::Lead* lead) const {
  switch (kind) {
    case Kind::kId: {
      DNC_ASSIGN_OR_RETURN(*lead->mutable_name(), names.Lead(text));
      break;
    }
    case Kind::kStatus: {
      DNC_ASSIGN_OR_RETURN(*lead->mutable_status(), names.Status(text));
      break;
    }
    case Kind::kDisplayName:
      lead->set_display_name(text);
      break;
    case Kind::kRecordType:
      lead->set_record_type(text);
      break;
    case Kind::kPhone:
      *lead->add_contact_points() = Phone(text, defaults_.region);
      break;
    case Kind::kEmail:
      *lead->add_contact_points() = Email(text);
      break;
    case Kind::kOther:
      *lead->add_contact_points() = OtherAddress(text);
      break;
    case Kind::kIgnored:
      break;
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Lead> LeadCsv::Read(CsvReader::Fields row, const Names& names) const {
  if (row.size() > columns_.size()) {
    return absl::InvalidArgumentError(absl::StrCat(row.size(), " fields, but the header has ",
                                                   columns_.size(),
                                                   "; quote fields that hold a comma"));
  }
  v1::Lead lead;
  for (size_t i = 0; i < row.size(); ++i) {
    const std::string text(absl::StripAsciiWhitespace(row[i]));
    if (text.empty() || columns_[i] == Kind::kIgnored) continue;
    if (!IsUtf8(text)) {
      return absl::InvalidArgumentError(
          absl::StrCat("field ", i + 1, " is not UTF-8; convert the file, e.g. with iconv"));
    }
    DNC_RETURN_IF_ERROR(ReadCell(columns_[i], text, names, &lead));
  }
  if (lead.name().empty()) return absl::InvalidArgumentError("the row has no id");
  if (lead.record_type().empty()) lead.set_record_type(defaults_.record_type);
  if (lead.status().empty() && !defaults_.status.empty()) {
    DNC_ASSIGN_OR_RETURN(*lead.mutable_status(), names.Status(defaults_.status));
  }
  return lead;
}

}  // namespace dnc::cli
